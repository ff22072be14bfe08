"""The version of a row: a digest of its content, for comparing what an editor saw with what is there."""

from psycopg import sql

from layers.model import Layer
from services.database.schema import RAW_LINEAGE, table_shape


def row_version(layer: Layer) -> sql.Composed:
    """SQL of the version of a row ``t`` of ``core.<table>``: 16 hexadecimal digits that differ where the content does.

    The same content has the same version, whatever changed it and changed it back; which load brought it is no
    content.
    """
    columns = [name for name in table_shape(layer).types if name not in RAW_LINEAGE]
    return sql.SQL("left(encode(sha256(convert_to(ROW({})::text, 'UTF8')), 'hex'), 16)").format(
        sql.SQL(", ").join(sql.Identifier("t", name) for name in columns)
    )
