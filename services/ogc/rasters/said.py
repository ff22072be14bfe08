"""What a coverage says of itself, wherever it goes: source, licence, date, and whether it is fictitious."""

from collections.abc import Mapping

from services.ogc.rasters.cells import Cells
from services.ogc.rasters.depth import DepthCells
from services.ogc.rights import FICTITIOUS, as_of, attribution, rights_of


def tags_of(cells: Cells) -> Mapping[str, str]:
    """The tags of a file."""
    source = cells.source
    found = {
        "LAYER": source.layer.id,
        "TITLE": source.layer.title.ja,
        "SOURCE": attribution(source, "ja"),
        "LICENCE": ", ".join(licence.id for licence in rights_of(source)),
        "AS_OF": as_of(source, "en"),
        "REVISION": str(source.state.revision),
        "FICTITIOUS": FICTITIOUS.ja if source.state.fictitious else "no",
    }
    if isinstance(cells, DepthCells):
        if cells.chosen is not None:
            found["SCENARIO"] = cells.chosen
        found["BURNT"] = (
            "公表された区域を格子にしたもの。格子に触れる区域のうち最も深い区分の値。"
            " / Published zones burnt into cells: of the zones that touch a cell, the deepest."
        )
    return found
