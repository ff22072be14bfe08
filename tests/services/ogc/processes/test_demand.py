"""demand: the index by hand; records that are nowhere afterwards; releases that are refused beside others."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point

from geo.errors import InputError
from geo.mesh import mesh_bounds, mesh_children
from geo.privacy.mesh_release import mesh_release
from services.ogc.analysis.releases import MemoryReleases
from services.ogc.errors import ContentError, ParameterError, UnanswerableError
from services.ogc.execution.inputs import checked
from services.ogc.processes import processes
from services.ogc.processes._model import Context, Values
from services.planning import demand
from tests.services.ogc.processes.planning import MESH, cell, outputs, rows_of, small_town
from web_map import folium_map

SECRET = "山田太郎"
KNOWN, HALF_KNOWN, UNKNOWN = (each["mesh_code"] for each in MESH)
TOLD: dict[str, Any] = {
    "subject": "救急出動",
    "period": ["2025-01-01", "2025-12-31"],
    "purpose": "署所の検討",
    "approved_by": "課長",
}
SMALL_AREA = {
    "type": "Polygon",
    "coordinates": [[[135.335, 34.735], [135.35, 34.735], [135.35, 34.745], [135.335, 34.745], [135.335, 34.735]]],
}


def at(code: str, number: int, **properties: Any) -> list[dict[str, Any]]:
    west, south, east, north = mesh_bounds(code)
    place = {"type": "Point", "coordinates": [(west + east) / 2, (south + north) / 2]}
    return [
        {"type": "Feature", "geometry": place, "properties": {"name": SECRET, "on": "2025-04-01", **properties}}
        for _ in range(number)
    ]


def collection(*features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [each for some in features for each in some]}


@pytest.fixture
def desk() -> Context:
    more = [*MESH, cell("5235028743", population=30, aged_75_plus=0)]
    return replace(small_town(population_mesh=more), releases=MemoryReleases())


def asked(desk: Context, *features: list[dict[str, Any]], **inputs: Any) -> Values:
    return outputs("demand", desk, records=collection(*features), area=SMALL_AREA, **{**TOLD, **inputs})


def test_the_index_by_hand_without_records() -> None:
    found = outputs(
        "demand", small_town(population_mesh=[*MESH, cell("5235028743", population=30, aged_75_plus=0)]), older_weight=3
    )
    answer = found["answer"]
    rows = {each["id"]: each["properties"] for each in json.loads(found["layer"])["features"]}
    # Means: 190 people in three cells, 25 older people in two.
    assert rows[KNOWN]["index"] == pytest.approx((100 / (190 / 3) + 3 * 25 / 12.5) / 4, abs=1e-4)
    assert rows["5235028743"]["index"] == pytest.approx(30 / (190 / 3) / 4, abs=1e-4)
    assert (rows[HALF_KNOWN]["index"], rows[UNKNOWN]["index"], rows[HALF_KNOWN]["population"]) == (None, None, 60)
    assert (answer["cells"], answer["cells_without_index"], answer["release"]) == (4, 2, None)
    assert "2区画に求めた（ほか2区画は、値のない成分があり分からない）" in answer["headline"]
    assert [(each["id"], each["share_of_weights"]) for each in answer["components"]] == [
        ("population", 0.25),
        ("older", 0.75),
    ]
    assert rows[KNOWN]["weight"] == rows[KNOWN]["index"]
    assert sum(each["share"] for each in answer["towns"]) == pytest.approx(1)
    assert any("0とはしない" in each for each in answer["assumptions"])
    assert "需要指数" in found["report"]
    with pytest.raises(ParameterError, match="all weights are 0"):
        outputs("demand", small_town(), population_weight=0, older_weight=0)


def test_records_become_counts_and_are_nowhere(desk: Context) -> None:
    lost = {"type": "Feature", "geometry": None, "properties": {"name": SECRET}}
    found = asked(
        desk,
        at(KNOWN, 25, kind="急病"),
        at(HALF_KNOWN, 3, kind="急病"),
        at("5235028731", 12, kind="交通"),
        at(KNOWN, 2, on="2024-12-31"),
        [lost],
        by="kind",
        date_field="on",
    )
    answer = found["answer"]
    release = answer["release"]
    assert (release["number"], release["total"], release["k"], release["merged_cells"]) == (1, 40, 10, 4)
    assert answer["left_out"] == {
        "without_place": 0,
        "without_date": None,
        "other_period": None,
        "other_area": 0,
    }
    everything = json.dumps({name: found[name] for name in found}, ensure_ascii=False)
    everything += repr(desk.releases.of_subject())  # type: ignore[union-attr]
    assert SECRET not in everything
    assert answer["parameters"]["records"] == "not kept"
    # The whole square of four was merged, though only one of its cells is small: of labels both have 10 or more.
    (group,) = [each["properties"] for each in json.loads(found["released"])["features"] if each["properties"]["count"]]
    assert (group["count"], group["count_急病"], group["count_交通"]) == (40, 28, 12)
    rows = {each["KEY_CODE"]: each for each in rows_of(found["released_table"])}
    first, *others = group["mesh_codes"]
    assert (rows[first]["HTKSYORI"], rows[first]["GASSAN"], rows[first]["count"]) == ("1", ";".join(others), "40")
    assert all(
        (rows[code]["HTKSYORI"], rows[code]["HTKSAKI"], rows[code]["count"]) == ("2", first, "*") for code in others
    )
    # What was counted together is shared among its cells, and none of it is lost.
    cells = json.loads(found["layer"])["features"]
    assert {each["id"]: each["properties"]["incidents"] for each in cells}[KNOWN] == 10
    assert sum(each["properties"]["incidents"] for each in cells) == pytest.approx(40)
    assert answer["cells_beyond_census"] == 2


def test_a_release_in_the_log_stands_for_its_records(desk: Context) -> None:
    first = asked(desk, at(KNOWN, 25))
    again = outputs("demand", desk, release=1, area=SMALL_AREA)
    assert json.loads(again["layer"])["features"] == json.loads(first["layer"])["features"]
    assert again["answer"]["release"] == first["answer"]["release"]
    assert len(desk.releases.of_subject()) == 1  # type: ignore[union-attr]
    with pytest.raises(ParameterError, match="no release of this number"):
        outputs("demand", desk, release=7)


def test_what_would_give_somebody_away_is_refused_and_not_written_down(desk: Context) -> None:
    people = (at(KNOWN, 25), at(HALF_KNOWN, 14), at(UNKNOWN, 4))
    asked(desk, *people)
    # Both were counted with the four persons beside them; by themselves they would leave those over.
    (west, south, east, _), (_, _, _, north) = mesh_bounds(KNOWN), mesh_bounds(HALF_KNOWN)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    with pytest.raises(UnanswerableError, match=r"earlier releases \(1\)") as refused:
        outputs("demand", desk, records=collection(*people), area={"type": "Polygon", "coordinates": [ring]}, **TOLD)
    assert SECRET not in str(refused.value)
    with pytest.raises(UnanswerableError, match="contradicts"):
        asked(desk, at(KNOWN, 26), at(HALF_KNOWN, 14), at(UNKNOWN, 4))
    asked(desk, at(KNOWN, 26), at(HALF_KNOWN, 14), at(UNKNOWN, 4), period=["2026-01-01", "2026-12-31"])
    asked(desk, *people)
    assert [each.number for each in desk.releases.of_subject()] == [1, 2, 3]  # type: ignore[union-attr]


def test_incidents_of_the_layer_are_records_too(desk: Context) -> None:
    west, south, _, _ = mesh_bounds(KNOWN)
    rows = [
        {"id": str(each), "kind": "fire", "reported_at": day, "geometry": Point(west + 1e-4, south + 1e-4)}
        for each, day in enumerate(["2025-05-01T10:00:00+09:00"] * 15 + ["2024-05-01T10:00:00+09:00"] * 20)
    ]
    inside = replace(small_town(incidents=rows), releases=desk.releases)
    answer = outputs("demand", inside, records="incidents", area=SMALL_AREA, **TOLD)["answer"]
    assert (answer["release"]["total"], answer["left_out"]["other_period"]) == (15, 20)
    assert "incidents" in {each["layer"] for each in answer["sources"]}
    with pytest.raises(UnanswerableError, match="not loaded"):
        outputs("demand", desk, records="incidents", area=SMALL_AREA, **TOLD)


def test_records_that_cannot_be_read_are_not_a_release_of_none(desk: Context) -> None:
    """That would stand in the log, and contradict the same records once they are mended."""
    metres = at(KNOWN, 20)
    for each in metres:
        each["geometry"] = {"type": "Point", "coordinates": [92_000.0, -139_000.0]}
    for broken in (collection(metres), {**collection(at(KNOWN, 20)), "crs": "EPSG:6673"}):
        with pytest.raises(ParameterError, match="longitude"):
            outputs("demand", desk, records=broken, area=SMALL_AREA, **TOLD)
    assert asked(desk, at(KNOWN, 20))["answer"]["release"]["total"] == 20


def test_too_few_are_not_released_at_all(desk: Context) -> None:
    with pytest.raises(UnanswerableError, match="too few records"):
        asked(desk, at(KNOWN, 4), at(HALF_KNOWN, 5))
    assert not desk.releases.of_subject()  # type: ignore[union-attr]
    nobody = asked(desk, [])["answer"]
    assert nobody["release"]["total"] == 0


def test_two_at_once_are_tested_against_one_another(desk: Context) -> None:
    """Another release of the same subject comes between the test and the log."""
    log = desk.releases
    assert log is not None

    class Late(MemoryReleases):
        def append(self, entry: Any, after: int) -> Any:
            if not self.of_subject():
                half = KNOWN[:9]
                narrow = mesh_release([KNOWN] * 24, mesh_children(half, 5), (date(2025, 1, 1), date(2025, 12, 31)))
                assert narrow is not None
                super().append(replace(entry, release=narrow), 0)
            return super().append(entry, after)

    with pytest.raises(UnanswerableError, match=r"\(1\)"):
        asked(replace(desk, releases=Late()), at(KNOWN, 25))


@pytest.mark.parametrize("name", ["subject", "period", "purpose", "approved_by"])
def test_a_release_needs_a_purpose_and_a_person(desk: Context, name: str) -> None:
    given = {key: value for key, value in TOLD.items() if key != name}
    with pytest.raises(ParameterError, match=name):
        outputs("demand", desk, records=collection(at(KNOWN, 20)), **given)


@pytest.mark.parametrize(
    "inputs",
    [
        {"k": 2},
        {"records": [SECRET]},
        {"records": {"type": "FeatureCollection", "features": [SECRET]}},
        {"records": {"type": SECRET, "features": []}},
        {"period": ["2025-02-30", "2025-12-31"]},
        {"period": ["2025-12-31", "2025-01-01"]},
        {"mesh_size_m": 300},
        {"records": collection(at(KNOWN, 20)), "release": 1},
        {
            "area": {"type": "Polygon", "coordinates": [[[120, 20], [150, 20], [150, 45], [120, 20]]]},
            "mesh_size_m": 125,
        },
    ],
)
def test_no_error_quotes_a_record(desk: Context, inputs: dict[str, Any]) -> None:
    given = {"records": collection(at(KNOWN, 4)), "area": SMALL_AREA, **TOLD, **inputs}
    with pytest.raises((ContentError, ParameterError, UnanswerableError)) as refused:
        outputs("demand", desk, **given)
    said = str(refused.value) + refused.value.reason.ja  # type: ignore[attr-defined]
    assert SECRET not in said


def test_the_public_face_takes_no_records() -> None:
    with pytest.raises(ParameterError, match="internal face only"):
        outputs("demand", small_town(), records=collection(at(KNOWN, 20)), **TOLD)
    with pytest.raises(ParameterError, match="internal face only"):
        outputs("demand", small_town(), release=1)


def test_from_frames_only_what_is_needed_is_handed_on(desk: Context) -> None:
    west, south, _, _ = mesh_bounds(KNOWN)
    rows = {"name": [SECRET] * 25, "lon": [west + 1e-4] * 25, "lat": [str(south + 1e-4)] * 25, "kind": ["火災"] * 25}
    table = pd.DataFrame(rows)
    found = demand(table, context=desk, area=SMALL_AREA, by="kind", **TOLD)
    assert found.released.loc[KNOWN, "count_火災"] == 25
    assert found.towns["incidents"].sum() == 25
    frame = gpd.GeoDataFrame({"kind": ["火災"] * 25}, geometry=[Point(west + 1e-4, south + 1e-4)] * 25, crs=6668)
    same = demand(frame.to_crs(6673), context=desk, area=SMALL_AREA, by="kind", **TOLD)
    assert same.answer["release"]["number"] == 2
    assert same.released.equals(found.released)
    for wrong in (table.drop(columns="lon"), table.drop(columns="kind")):
        with pytest.raises(InputError) as refused:
            demand(wrong, context=desk, by="kind", **TOLD)
        assert SECRET not in str(refused.value)
    by_itself = demand(context=desk, area=SMALL_AREA)
    assert by_itself.released.empty
    assert "最も多い5分の1" in folium_map(by_itself).html


def test_records_are_never_kept() -> None:
    process = processes()["demand"]
    assert process.never_kept == {"records"}
    with pytest.raises(ContentError) as refused:
        checked(process, {"records": SECRET})
    assert SECRET not in str(refused.value)
