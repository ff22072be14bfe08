"""People and facilities in a hazard's areas: counted by hand in a town of squares."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from shapely.geometry import Point, box

from geo.mesh import mesh_bounds, mesh_cells
from services.ogc.errors import ParameterError, UnanswerableError
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from tests.services.ogc.processes.town import EVERY, FLOOD, Rows, context, flood

PROCESS = processes()["exposure"]


def cell(code: str, population: int | None, **more: Any) -> dict[str, Any]:
    """A cell of the census of 2020: a fifth under 15, a fifth from 65, a tenth from 75, a twentieth from 85."""
    people = population or 0
    bands = {
        "aged_under_15": people // 5,
        "aged_15_to_64": people - 2 * (people // 5),
        "aged_65_plus": people // 5,
        "aged_75_plus": people // 10,
        "aged_85_plus": people // 20,
        "households": people // 2,
    }
    return {
        "id": f"T001142-{code}",
        "mesh_code": code,
        "mesh_size_m": 250,
        "census_year": 2020,
        "statistics_table": "T001142",
        "population": population,
        **bands,
        "dataset": "mesh/5235",
        "geometry": box(*mesh_bounds(code)),
        **more,
    }


CODES = list(mesh_cells((135.335, 34.735, 135.345, 34.745), 5))[:9]
WEST, SOUTH, EAST, NORTH = mesh_bounds(CODES[0])
MIDDLE = (WEST + EAST) / 2


def town(areas: Rows, cells: Rows, sites: Rows | None = None, **more: Rows) -> Context:
    return context(
        {
            "districts": EVERY["districts"],
            "hazard-flood": areas,
            **({"population-mesh": cells} if cells else {}),
            **({"emergency-sites": sites} if sites else {}),
            **more,
        }
    )


def run(where: Context, **inputs: Any) -> dict[str, Any]:
    defaults = {name: each.schema["default"] for name, each in PROCESS.inputs.items() if "default" in each.schema}
    found: dict[str, Any] = PROCESS.run({**defaults, "hazard": "hazard-flood", **inputs}, where)["exposure"]
    Draft202012Validator(dict(PROCESS.outputs["exposure"].schema)).validate(found)
    return found


def test_half_a_cell_is_half_its_people() -> None:
    found = run(town([flood("a", "maximum", 2, box(WEST, SOUTH, MIDDLE, NORTH))], [cell(CODES[0], 1000)]))
    people = found["population"]
    assert people["totals"]["total"] == 500
    assert people["totals"]["counts"] == [100, 300, 50, 25, 25, 0]
    assert people["bounds"] == {"lower": 0, "upper": 1000}
    assert people["households"] == 250
    assert [row["class"]["id"] for row in people["rows"]] == ["depth-2"]
    assert "約500人" in found["statement"]


def test_a_whole_cell_is_certain() -> None:
    around = box(WEST - 0.001, SOUTH - 0.001, EAST + 0.0001, NORTH + 0.0001)
    people = run(town([flood("a", "maximum", 2, around)], [cell(CODES[0], 1000)]))["population"]
    assert people["totals"]["total"] == 1000
    assert people["bounds"] == {"lower": 1000, "upper": 1000}


def test_where_rivers_overlap_the_deeper_counts_and_nobody_twice() -> None:
    areas = [
        flood("a", "maximum", 2, box(WEST, SOUTH, EAST, NORTH)),
        flood("b", "maximum", 3, box(WEST, SOUTH, MIDDLE, NORTH), river_name="乙川"),
        flood("c", "maximum", 2, box(WEST, SOUTH, EAST, NORTH), river_name="丙川"),
    ]
    found = run(town(areas, [cell(CODES[0], 1000)]))
    assert [(row["class"]["rank"], row["total"]) for row in found["population"]["rows"]] == [(3, 500), (2, 500)]
    classes = found["hazard"]["classes"]
    assert classes[0]["area_km2"] == pytest.approx(classes[1]["area_km2"], rel=1e-3)
    assert found["hazard"]["area_km2"] == pytest.approx(sum(each["area_km2"] for each in classes), abs=1e-3)


def test_scenario_rank_and_depth_narrow_the_areas() -> None:
    areas = [
        flood("a", "maximum", 2, box(WEST, SOUTH, MIDDLE, NORTH)),
        flood("b", "maximum", 3, box(MIDDLE, SOUTH, EAST, NORTH)),
        flood("c", "planned", 1, box(WEST, SOUTH, EAST, NORTH)),
    ]
    where = town(areas, [cell(CODES[0], 1000)])

    def total(**inputs: Any) -> object:
        return run(where, **inputs)["population"]["totals"]["total"]

    assert (total(), total(scenario="planned"), total(scenario="duration")) == (1000, 1000, 0)
    assert (total(minimum_rank=3), total(minimum_rank=4)) == (500, 0)
    # 0.5-3 m may exceed 2 m, and does not exceed 3 m.
    assert (total(minimum_depth_m=2), total(minimum_depth_m=3), total(minimum_depth_m=5)) == (1000, 500, 0)


def test_areas_of_unknown_class_are_meant_and_come_first() -> None:
    areas = [*FLOOD[:1], flood("x", "maximum", None, box(WEST, SOUTH, MIDDLE, NORTH))]
    found = run(town(areas, [cell(CODES[0], 1000)]), minimum_rank=3)
    assert [row["class"]["rank"] for row in found["population"]["rows"]] == [None]
    assert any("区分のわからない" in note for note in found["notes"])


def test_within_an_area_only() -> None:
    areas = [flood("a", "maximum", 2, box(WEST, SOUTH, EAST, NORTH))]
    where = town(areas, [cell(CODES[0], 1000)])
    half = {
        "type": "Polygon",
        "coordinates": [[[MIDDLE, SOUTH], [EAST, SOUTH], [EAST, NORTH], [MIDDLE, NORTH], [MIDDLE, SOUTH]]],
    }
    assert run(where, area=half)["population"]["totals"]["total"] == 500
    assert run(where, area="28204")["population"]["totals"]["total"] == 1000
    assert run(where, area="尼崎市")["population"]["totals"]["total"] == 0


def test_small_counts_are_withheld_and_cannot_be_had_back() -> None:
    areas = [
        flood("a", "maximum", 3, box(WEST, SOUTH, WEST + (EAST - WEST) * 0.03, NORTH)),
        flood("b", "maximum", 2, box(WEST + (EAST - WEST) * 0.03, SOUTH, EAST, NORTH)),
    ]
    where = town(areas, [cell(CODES[0], 1000)])
    people = run(where)["population"]
    worst, other = people["rows"]
    assert worst["counts"][3] is None  # 1.5 people from 75 to 84
    assert other["counts"][3] is None  # else the total less this one would tell
    assert people["totals"]["total"] == 1000
    assert people["suppression"] == {"k": 10, "rounding": 1, "withheld": people["suppression"]["withheld"]}
    assert run(where, k=3)["population"]["suppression"]["withheld"] < people["suppression"]["withheld"]
    fewer = run(town(areas[:1], [cell(CODES[0], 100)]))
    assert fewer["population"]["totals"]["total"] is None
    assert fewer["population"]["bounds"] == {"lower": 0, "upper": 100}
    assert "10人未満" in fewer["statement"]


def test_rounding() -> None:
    where = town([flood("a", "maximum", 2, box(WEST, SOUTH, MIDDLE, NORTH))], [cell(CODES[0], 1234)])
    counts = run(where, rounding=10)["population"]["totals"]["counts"]
    assert all(count % 10 == 0 for count in counts if count is not None)


def test_people_without_a_published_age_are_counted_without_it() -> None:
    row = cell(CODES[0], 1000) | {"aged_75_plus": None, "aged_85_plus": None}
    around = box(WEST, SOUTH, EAST, NORTH)
    people = run(town([flood("a", "maximum", 2, around)], [row]))["population"]
    assert people["totals"]["counts"] == [200, 600, 0, 0, 0, 200]
    assert people["totals"]["total"] == 1000


def test_a_cell_without_figures_is_told_of() -> None:
    cells = [cell(CODES[0], 1000), cell(CODES[1], None, **dict.fromkeys(("aged_under_15", "aged_15_to_64"), None))]
    bounds = [mesh_bounds(code) for code in CODES[:2]]
    around = box(
        min(b[0] for b in bounds), min(b[1] for b in bounds), max(b[2] for b in bounds), max(b[3] for b in bounds)
    )
    found = run(town([flood("a", "maximum", 2, around)], cells))
    assert found["population"]["cells"] == {"reached": 2, "without_figures": 1}
    assert any("人口が公表されていない" in note for note in found["notes"])


def test_of_several_tables_of_one_census_the_finest_is_counted_once() -> None:
    coarse = cell(CODES[0], 4000, id="coarse", statistics_table="T001140", mesh_size_m=1000)
    older = cell(CODES[0], 9000, id="older", census_year=2015, statistics_table="T000876")
    around = box(WEST, SOUTH, EAST, NORTH)
    people = run(town([flood("a", "maximum", 2, around)], [cell(CODES[0], 1000), coarse, older]))["population"]
    assert people["totals"]["total"] == 1000
    assert people["statistics"]["table"] == "T001142"


SITES: Rows = [
    {"id": "s1", "name": "中", "position_error_m": 0.0, "geometry": Point(WEST + 0.0005, SOUTH + 0.001)},
    {"id": "s2", "name": "外", "position_error_m": 0.0, "geometry": Point(EAST + 0.02, SOUTH + 0.001)},
    {"id": "s3", "name": "縁", "position_error_m": 150.0, "geometry": Point(MIDDLE + 0.0005, SOUTH + 0.001)},
    {"id": "s4", "name": "町", "position_error_m": 500.0, "geometry": Point(WEST + 0.0005, SOUTH + 0.001)},
    {"id": "s5", "name": "位置なし", "position_error_m": None, "geometry": None},
]


def test_facilities_and_what_their_positions_leave_open() -> None:
    where = town([flood("a", "maximum", 2, box(WEST, SOUTH, MIDDLE, NORTH))], [], SITES)
    found = run(where, facilities=["emergency-sites", "aeds"])
    assert [each["layer"] for each in found["facilities"]] == ["emergency-sites"]
    sites = found["facilities"][0]
    assert (sites["in_area"], sites["without_position"]) == (4, 1)
    assert (sites["inside"], sites["may_be_outside"], sites["may_be_inside"]) == (2, 1, 1)
    listed = {each["name"]: (each["inside"], each["may_differ"], each["rank"]) for each in sites["features"]}
    assert listed == {"中": (True, False, 2), "町": (True, True, 2), "縁": (False, True, None)}
    assert found["population"] is None
    assert "人口のデータは読み込まれていない" in found["statement"]


def test_sources_of_everything_that_was_read() -> None:
    made_up = [{**row, "fictitious": True} for row in SITES]
    found = run(town([*FLOOD], [cell(CODES[0], 1000)], made_up))
    assert [each["layer"] for each in found["sources"]] == ["hazard-flood", "population-mesh", "emergency-sites"]
    assert found["sources"][0] | {"licence": None} == {
        "layer": "hazard-flood",
        "title": "洪水浸水想定区域",
        "source": "兵庫県",
        "licence": None,
        "as_of": "2024-03-31",
        "fictitious": False,
        "revision": 3,
    }
    assert found["fictitious"]


def test_no_areas_for_the_city_is_not_no_danger() -> None:
    elsewhere = [flood("a", "maximum", 2, box(135.44, 34.70, 135.46, 34.75))]
    found = run(town(elsewhere, [cell(CODES[0], 1000)]))
    assert found["population"]["totals"]["total"] == 0
    assert any("安全を意味しない" in note for note in found["notes"])


def test_a_hazard_that_is_not_loaded_has_no_answer() -> None:
    with pytest.raises(UnanswerableError, match="not loaded"):
        run(context(without="hazard-flood"))
    with pytest.raises(UnanswerableError, match="boundary"):
        run(context(without="districts"))


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"scenario": "worst"}, "scenario"),
        ({"area": "京都市"}, "area"),
        ({"area": {"type": "Polygon", "coordinates": [[[135, 34], [136, 34]]]}}, "area"),
        ({"area": {"type": "Polygon", "coordinates": [["a", "b"]]}}, "area"),
        ({"area": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}}, "area"),
        ({"area": {"type": "Polygon", "coordinates": [[[135e9, 34], [136, 34], [136, 35], [135e9, 34]]]}}, "area"),
        ({"area": {"type": "MultiPolygon", "coordinates": [[[]]]}}, "area"),
        ({"hazard": "hazard-tsunami", "scenario": "planned"}, "scenario"),
    ],
)
def test_inputs_that_cannot_be_used(inputs: dict[str, Any], told: str) -> None:
    with pytest.raises(ParameterError) as caught:
        run(context(), **inputs)
    assert caught.value.parameter == told


def test_the_work_reports_and_can_be_ended() -> None:
    heard: list[int] = []
    ended = 0

    class EndedError(Exception):
        pass

    def check() -> None:
        nonlocal ended
        ended += 1
        if ended > 1:
            raise EndedError

    where = town([*FLOOD], [cell(code, 100) for code in CODES])
    listening = Context(where.layers, where.city, report=lambda percent, _: heard.append(percent))
    run(listening)
    assert heard == sorted(heard)
    assert heard[0] > 0
    assert heard[-1] < 100
    with pytest.raises(EndedError):
        run(Context(where.layers, where.city, check=check))
