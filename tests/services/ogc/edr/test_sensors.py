"""Any sensor by its declaration alone; two layers behind one answer; what was not published is not there."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from geo.errors import InputError
from layers import catalogue as catalogue_module
from layers.catalogue import catalogue, layer_named
from layers.fields import number, text
from layers.model import Field, FieldKind, Text
from layers.observations import Observations, Observed, Statistic
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.database.publish import publish
from services.database.schema import synchronise, table_shapes
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.edr.conftest import GAUGES, LAYERS, client_of, fill

LEVELS = dataclasses.replace(
    layer_named("rain-observations"),
    id="tide-levels",
    title=Text("潮位", "Tide levels"),
    fields=(
        text("gauge", "検潮所", "Gauge", required=True),
        Field(name="seen_at", kind=FieldKind.DATETIME, title=Text("時刻", "Time"), required=True),
        number("level_m", "潮位", "Level", unit="m"),
    ),
    formats=(),
    title_field=None,
    time_field="seen_at",
)
TIDE_GAUGES = dataclasses.replace(
    layer_named("rain-gauges"),
    id="tide-gauges",
    title=Text("検潮所", "Tide gauges"),
    fields=(text("gauge", "検潮所", "Gauge", required=True),),
    formats=(),
    title_field=None,
    observations=Observations(
        layer="tide-levels", station="gauge", observed=(Observed(field="level_m"),), reach_m=1000
    ),
)


@pytest.fixture
def tide(database: DatabaseUnderTest, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A city with a tide gauge, declared here and nowhere else."""
    every = {**catalogue(), LEVELS.id: LEVELS, TIDE_GAUGES.id: TIDE_GAUGES}
    monkeypatch.setattr("services.ogc.watch.catalogue", lambda: every)
    with connect(database.urls.owner, autocommit=True) as connection:
        synchronise(connection, every)
        lineage = ("x", "test", "2026-01-01", False, "as-published", 1, 1)
        connection.execute(
            "INSERT INTO core.tide_gauges (id, gauge, geometry, source_id, dataset, as_of, fictitious, "
            "position_quality, load_id, raw_number) "
            "VALUES ('g1', '西宮', ST_SetSRID(ST_MakePoint(135.33, 34.71), 6668), %s, %s, %s, %s, %s, %s, %s)",
            lineage,
        )
        for minute, level in ((0, 0.5), (7, None), (11, -0.25)):
            connection.execute(
                "INSERT INTO core.tide_levels (id, gauge, seen_at, level_m, source_id, dataset, as_of, fictitious, "
                "position_quality, load_id, raw_number) VALUES (%s, '西宮', %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (f"l{minute}", f"2026-01-01T00:{minute:02}:00Z", level, *lineage),
            )
        for layer in (LEVELS, TIDE_GAUGES):
            publish(connection, layer.id, "試験", layer=layer)
    with client_of(database) as client:
        yield client


def test_a_sensor_works_by_its_declaration_alone(tide: TestClient) -> None:
    path = "/ogc/collections/tide-gauges"
    found = tide.get(f"{path}/position?coords=POINT(135.331 34.71)").json()
    (coverage,) = found["coverages"]
    assert coverage["domain"]["axes"]["t"]["values"] == [
        "2026-01-01T00:00:00Z", "2026-01-01T00:07:00Z", "2026-01-01T00:11:00Z",
    ]  # fmt: skip
    assert coverage["ranges"]["level_m"]["values"] == [0.5, None, -0.25]
    parameter = found["parameters"]["level_m"]
    assert parameter["measurementType"] == {"method": "instantaneous"}
    assert parameter["unit"]["symbol"]["value"] == "m"
    far = tide.get(f"{path}/position?coords=POINT(135.35 34.71)&lang=en").json()
    assert far["coverages"] == []
    assert "within 1 km" in far["dct:description"]["en"]
    csv = tide.get(f"{path}/locations/西宮?f=csv").text.splitlines()
    assert csv[1].split(",")[5:10] == ["2026-01-01T09:00:00+09:00", "level_m", "潮位", "0.5", "m"]
    assert "level_m" in tide.get(f"{path}").json()["parameter_names"]


def test_series_are_read_by_an_index_that_follows_from_the_declaration(database: DatabaseUnderTest) -> None:
    shapes = table_shapes(catalogue())
    assert shapes["rain-observations"].station_field == "station_id"
    assert [shape.name for shape in shapes.values() if shape.station_field] == ["rain_observations"]
    with connect(database.urls.owner) as connection:
        found = connection.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'publication' AND tablename = 'rain_observations'"
        ).fetchall()
    assert any(row[0].endswith("(station_id, observed_at)") for row in found)


def test_an_answer_follows_both_layers(database: DatabaseUnderTest, rain_files: Path) -> None:
    fill(database, rain_files, layers=LAYERS[:1])
    with client_of(database) as client:
        assert client.get(f"{GAUGES}/locations/99901").status_code == 404, "the observations are not public"
        assert "data_queries" not in client.get(GAUGES).json()
    with connect(database.urls.owner, autocommit=True) as connection:
        publish(connection, LAYERS[1], "試験")
        with client_of(database) as client:
            query = f"{GAUGES}/locations/99901?datetime=2025-09-20T05:00:00Z&parameter-name=precipitation_1h_mm"
            before = client.get(query)
            assert client.get(query, headers={"If-None-Match": before.headers["etag"]}).status_code == 304
            extent = client.get(GAUGES).json()["extent"]["temporal"]["interval"][0]
            connection.execute(
                "UPDATE core.rain_observations SET precipitation_1h_mm = 99.5 "
                "WHERE observed_at = '2025-09-20T05:00:00Z' AND station_id = '99901'"
            )
            connection.execute(
                "UPDATE core.rain_observations SET observed_at = '2025-10-01T00:00:00Z' WHERE observed_at = "
                "(SELECT max(observed_at) FROM core.rain_observations) AND station_id = '99902'"
            )
            publish(connection, LAYERS[1], "試験")
            client.app.state.service.watch._looked_at = -10.0  # type: ignore[attr-defined]
            after = client.get(query, headers={"If-None-Match": before.headers["etag"]})
            assert after.status_code == 200
            assert after.json()["coverages"][0]["ranges"]["precipitation_1h_mm"]["values"] == [99.5]
            assert client.get(GAUGES).json()["extent"]["temporal"]["interval"][0] == [extent[0], "2025-10-01T00:00:00Z"]


def test_the_database_is_away(database: DatabaseUnderTest, rain_files: Path, cluster: EmbeddedCluster) -> None:
    fill(database, rain_files)
    with client_of(database) as client:
        kept = client.get(f"{GAUGES}/locations/99901")
        assert kept.status_code == 200
        with cluster._admin("postgres") as admin:
            admin.autocommit = True
            admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false".encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database.name,))
        client.app.state.service.watch._looked_at = -10.0  # type: ignore[attr-defined]
        try:
            away = client.get(f"{GAUGES}/locations/99902")
            assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
            assert "retry-after" in away.headers
            stale = client.get(f"{GAUGES}/locations/99901")
            assert stale.content == kept.content
            assert "database-away" in stale.headers["cache-status"]
        finally:
            with cluster._admin("postgres") as admin:
                admin.autocommit = True
                admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true".encode())
        assert client.get(f"{GAUGES}/locations/99902").status_code == 200


# --- declarations that contradict themselves -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"layer": "nowhere"}, "no layer 'nowhere'"),
        ({"layer": "shelters"}, "no layer 'shelters'"),
        ({"observed": (Observed(field="station_name"),)}, "no numbers 'station_name'"),
        ({"observed": (Observed(field="precipitation_1h_mm", quality="station_name"),)}, "no integer codes"),
    ],
)
def test_observations_that_are_not_declared_are_refused(change: dict[str, object], reason: str) -> None:
    gauges = layer_named("rain-gauges")
    assert gauges.observations is not None
    wrong = dataclasses.replace(gauges, observations=dataclasses.replace(gauges.observations, **change))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=reason):
        catalogue_module._require_observations(wrong, {**catalogue(), wrong.id: wrong})


def test_a_statistic_has_a_duration_and_an_instant_has_none() -> None:
    with pytest.raises(InputError):
        Observed(field="x", statistic=Statistic.SUM)
    with pytest.raises(InputError):
        Observed(field="x", duration="PT1H")
    with pytest.raises(InputError):
        Observed(field="x", statistic=Statistic.MEAN, duration="1 hour")
    with pytest.raises(InputError):
        Observations(layer="a", station="s", observed=(Observed(field="x"), Observed(field="x")))


def test_a_station_field_must_be_declared() -> None:
    with pytest.raises(InputError, match="gauge"):
        dataclasses.replace(TIDE_GAUGES, fields=(text("other", "他", "Other"),))
