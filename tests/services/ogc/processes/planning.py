"""How analyses of facilities and demand are asked in tests, and a small town without roads to ask them in."""

import csv
import io
from typing import Any

from jsonschema import Draft202012Validator
from shapely.geometry import Point, box

from geo.mesh import mesh_bounds
from services.ogc.execution.inputs import checked
from services.ogc.processes import processes
from services.ogc.processes._model import Context, Values
from tests.services.ogc.processes.town import DISTRICTS, TOWNS, Rows, context

KPH = 36.0
"""Ten metres a second."""
EAST = 1e-5 / 0.9157
"""Degrees of longitude that are about a metre at 34.74 N."""
BASE = (135.34, 34.74)


def outputs(process_id: str, where: Context, /, **inputs: Any) -> Values:
    """All outputs; the answer fits its schema, and the inputs are checked as a server checks them."""
    process = processes()[process_id]
    found = process.run(checked(process, inputs), where)
    Draft202012Validator(dict(process.outputs["answer"].schema)).validate(found["answer"])
    return found


def points(*given: tuple[float, dict[str, Any]], crs: str | None = None) -> dict[str, Any]:
    """A FeatureCollection of points so many metres east of ``BASE``, with their properties."""
    found: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": f"p{number}",
                "geometry": {"type": "Point", "coordinates": [BASE[0] + east * EAST, BASE[1]]},
                "properties": properties,
            }
            for number, (east, properties) in enumerate(given)
        ],
    }
    return found if crs is None else {**found, "crs": {"type": "name", "properties": {"name": crs}}}


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of a table as written: UTF-8 with a byte order mark, CRLF."""
    assert table.startswith("\ufeff")
    assert table.count("\n") == table.count("\r\n")
    return list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))


def cell(code: str, **figures: Any) -> dict[str, Any]:
    """A cell of the census mesh."""
    return {
        "id": code,
        "mesh_code": code,
        "mesh_size_m": 250,
        "census_year": 2020,
        "statistics_table": "T001142",
        "source_id": "estat-mesh-t001142",
        "dataset": "estat-mesh-t001142/5235",
        "geometry": box(*mesh_bounds(code)),
        **{name: figures.get(name) for name in ("population", "households", "aged_under_15", "aged_15_to_64")},
        **{f"aged_{age}_plus": figures.get(f"aged_{age}_plus") for age in (65, 75, 85)},
    }


MESH: Rows = [
    cell(
        "5235028732", population=100, households=40, aged_under_15=10, aged_15_to_64=50, aged_65_plus=40,
        aged_75_plus=25, aged_85_plus=5,
    ),
    cell("5235028734", population=60, households=30, aged_under_15=20, aged_15_to_64=None, aged_65_plus=None),
    cell("5235028741", population=None),
]  # fmt: skip
STATIONS: Rows = [
    {"id": "s1", "name": "甲署", "kind": "station", "geometry": Point(135.3420, 34.7385)},
    {"id": "s2", "name": "乙分署", "kind": "branch", "geometry": Point(135.3900, 34.7900)},
    {"id": "s3", "name": "丙分団", "kind": "corps-post", "geometry": Point(135.3421, 34.7386)},
]


def small_town(**more: Rows) -> Context:
    """Towns, a boundary, three cells and three stations; no roads."""
    every = {"districts": DISTRICTS, "towns": TOWNS, "population-mesh": MESH, "fire-stations": STATIONS}
    return context({**every, **{name.replace("_", "-"): rows for name, rows in more.items()}})
