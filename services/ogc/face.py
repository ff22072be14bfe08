"""The two faces of the system, kept apart by the database role each connects as."""

from enum import StrEnum

from services.database.revisions import Schema


class Face(StrEnum):
    """Who is served: everybody, or the city's staff."""

    PUBLIC = "public"  # 庁外: role ngis_public, reads the views of ``published``
    INTERNAL = "internal"  # 庁内: role ngis_internal, reads the tables of ``core``

    @property
    def schema(self) -> Schema:
        """The database schema whose relations this face serves."""
        return "published" if self is Face.PUBLIC else "core"
