"""The reference system of what a request carries: the header ``Content-Crs`` (Features Part 4, 11)."""

from collections.abc import Mapping

from layers.model import Text
from services.ogc.crs import CRS84, ServedCrs, served_crs
from services.ogc.errors import ParameterError
from services.ogc.source import Source


def content_crs(headers: Mapping[str, str], source: Source) -> ServedCrs:
    """The system named, CRS84 where none is; with angle brackets, as the standard writes them, or without.

    Raises
    ------
    ParameterError
        If features are not served in it.
    """
    given = headers.get("content-crs")
    if given is None:
        return served_crs(source.plane_crs)[CRS84]
    name = given.strip()
    if name.startswith("<") and name.endswith(">"):
        name = name[1:-1]
    known = served_crs(source.plane_crs)
    if name not in known:
        raise ParameterError(
            "Content-Crs",
            Text(f"次のいずれかを指定してください: {', '.join(known)}", f"give one of {', '.join(known)}."),
        )
    return known[name]
