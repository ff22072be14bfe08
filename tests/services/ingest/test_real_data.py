"""The real files of Nishinomiya, loaded as one folder as `make up DATA=...` does: the figures that must come out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, LiteralString

import pytest
from shapely import from_wkb

from geo.crs import area_m2
from services.database.cluster import EmbeddedCluster
from services.database.connect import connect
from services.ingest.batch import FileOutcome, ingest_paths
from services.ingest.model import Action
from services.ingest.pipeline import ingest_file
from services.ingest.report import LoadReport
from tests.conftest import DatabaseUnderTest, _database

CITY_KM2 = 99.58  # of the N03 polygons of 2022, SOURCES.md
RAIN_STATION = "63477"


class RealCity:
    """A database with the folder of the real files loaded, and what became of each file."""

    def __init__(self, database: DatabaseUnderTest, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.outcomes: list[FileOutcome] = ingest_paths(database.urls.ingest, [folder], database.settings)

    def report(self, file_name: str, layer_id: str) -> LoadReport:
        """The report of one file and layer."""
        (report,) = [
            report
            for outcome in self.outcomes
            for report in outcome.reports
            if (report.file_name, report.layer_id) == (file_name, layer_id)
        ]
        return report

    def rows(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query, by the ingest role."""
        with connect(self.database.urls.ingest) as connection:
            return connection.execute(query, values).fetchall()

    def one(self, query: LiteralString, *values: object) -> Any:
        """The only value."""
        ((value,),) = self.rows(query, *values)
        return value


@pytest.fixture(scope="module")
def city(
    real_data: Path, cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RealCity]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("real-city")):
        yield RealCity(database, real_data)


def test_no_file_fails_and_each_left_out_says_why(city: RealCity) -> None:
    assert {outcome.path.name: str(outcome.error) for outcome in city.outcomes if outcome.failed} == {}
    assert all(outcome.left_out or outcome.reports for outcome in city.outcomes)
    left_out = {outcome.path.name for outcome in city.outcomes if outcome.left_out is not None}
    assert {"evacuation_111015_unavailable.json", "nishinomiya_south_osm2017_roads.osm.pbf"} <= left_out


def test_every_record_is_accounted_for_and_kept_as_received(city: RealCity) -> None:
    for outcome in city.outcomes:
        for report in outcome.reports:
            assert report.rows_read == report.rows_loaded + report.rows_rejected + report.rows_other
            raw = city.one("SELECT count(*) FROM raw.record WHERE load_id = %s", report.load_id)
            assert (report.file_name, raw) == (report.file_name, report.rows_read)


def test_emergency_sites_and_shelters_are_two_lists(city: RealCity) -> None:
    sites = city.rows("SELECT name FROM core.emergency_sites WHERE municipality_code LIKE '28204%%'")
    shelters = city.rows("SELECT name FROM core.shelters WHERE municipality_code LIKE '28204%%'")
    assert (len(sites), len(shelters)) == (108, 142)
    assert city.one("SELECT as_of FROM ngis.dataset WHERE id = 'gsi-emergency-sites/28204'") == date(2025, 10, 27)


def test_an_empty_hazard_flag_is_unknown_and_never_false(city: RealCity) -> None:
    ((tsunami, flood, surge, earthquake, fire, landslide, inland, volcano, false),) = city.rows(
        """
        SELECT count(for_tsunami), count(for_flood), count(for_storm_surge), count(for_earthquake),
               count(for_large_fire), count(for_landslide), count(for_inland_flood), count(for_volcano),
               count(*) FILTER (WHERE NOT for_tsunami OR NOT for_flood OR NOT for_earthquake OR NOT for_large_fire)
          FROM core.emergency_sites WHERE dataset = 'gsi-emergency-sites/28204'"""
    )
    assert (tsunami, flood, surge, earthquake, fire) == (97, 86, 86, 22, 22)  # SOURCES.md
    assert (landslide, inland, volcano, false) == (0, 0, 0, 0)


def test_towns(city: RealCity) -> None:
    assert city.one("SELECT count(*) FROM core.towns") == 436
    assert city.one("SELECT count(*) FROM core.towns WHERE geometry IS NULL") == 0


def test_postal_codes_have_the_readings_of_their_towns(real_data: Path, database: DatabaseUnderTest) -> None:
    """322 lines, of which 以下に掲載がない場合 names no town."""
    (report,) = ingest_file(
        database.urls.ingest, real_data / "address" / "japanpost_postalcodes_28204.csv", database.settings
    )
    assert (report.layer_id, report.rows_loaded, report.rows_other, report.rows_rejected) == ("postal-codes", 321, 1, 0)
    with connect(database.urls.ingest) as connection:
        found = connection.execute(
            "SELECT town, town_kana FROM core.postal_codes WHERE postal_code = '6620063'"
        ).fetchall()
    assert found == [("相生町", "アイオイチョウ")]


def test_medical_institutions_are_geocoded_to_their_towns(city: RealCity) -> None:
    assert city.one("SELECT count(*) FROM core.medical_facilities") == 553
    assert city.one("SELECT count(*) FROM core.medical_facilities WHERE geometry IS NOT NULL") >= 551
    assert city.one("SELECT count(*) FROM core.medical_facilities WHERE kind = 'hospital'") == 21
    qualities = dict(
        city.rows("SELECT position_quality, count(position_error_m) FROM core.medical_facilities GROUP BY 1")
    )
    assert set(qualities) == {"town", "town-inferred", "none"}  # never as good as a published position
    assert qualities["town"] >= 536
    assert qualities["none"] == 0  # an error only where there is a position
    outside = city.one(
        "SELECT count(*) FROM core.medical_facilities "
        "WHERE NOT ST_Intersects(geometry, ST_MakeEnvelope(%s, %s, %s, %s, 6668))",
        *city.database.settings.city.bbox,
    )
    assert outside == 0


def test_missing_hours_of_rain_are_absent_and_never_zero(city: RealCity) -> None:
    values = city.rows(
        "SELECT observed_at, precipitation_1h_mm FROM core.rain_observations WHERE station_id = %s ORDER BY 1",
        RAIN_STATION,
    )
    assert len(values) == 3_337
    hours = {at for at, _ in values}
    first, last = datetime(2023, 7, 13, 5, tzinfo=UTC), datetime(2023, 12, 6, 4, tzinfo=UTC)
    assert (min(hours), max(hours)) == (first, last)
    expected = {first + timedelta(hours=hour) for hour in range(3_504)}
    assert max(expected) == last
    assert hours <= expected
    assert len(expected - hours) == 167
    assert sum(later - earlier > timedelta(hours=1) for earlier, later in pairwise(sorted(hours))) == 156
    assert all(amount is not None for _, amount in values)
    heaviest = max(values, key=lambda pair: pair[1])
    assert heaviest == (datetime(2023, 8, 26, 9, tzinfo=UTC), 19.0)  # 18:00 JST


def test_the_full_road_file(city: RealCity) -> None:
    ways, nodes = city.rows(
        """
        SELECT (SELECT count(*) FROM core.roads),
               (SELECT count(DISTINCT node) FROM core.roads, unnest(node_ids) AS node)"""
    )[0]
    assert (nodes, ways) == (93_016, 98_995)
    assert city.one("SELECT count(*) FROM core.turn_restrictions") == 62
    report = city.report("hanshin_osm2017_roads_full.osm.pbf", "roads")
    assert (report.metadata["nodes"], report.metadata["ways"]) == ("93016", "98995")


def test_the_area_of_the_city(city: RealCity) -> None:
    parcels = [from_wkb(wkb) for (wkb,) in city.rows("SELECT ST_AsBinary(geometry) FROM core.districts")]
    plane = city.database.settings.city.plane_crs
    assert plane == 6673
    assert len(parcels) == 8
    assert sum(area_m2(parcel, plane) for parcel in parcels) / 1e6 == pytest.approx(CITY_KM2, rel=0.005)
    in_database = city.one("SELECT sum(ST_Area(ST_Transform(geometry, 6673))) / 1e6 FROM core.districts")
    assert in_database == pytest.approx(CITY_KM2, rel=0.005)
    assert city.report("n03_28204_nishinomiya.geojson", "districts").count_of("crs-overridden") == 1


def test_the_surface_model_is_one_row_and_its_footprint(city: RealCity) -> None:
    ((width, height, crs, minimum, area),) = city.rows(
        "SELECT width, height, crs_epsg, minimum_m, ST_Area(ST_Transform(geometry, 6673)) / 1e6 FROM core.elevation"
    )
    assert (width, height, crs) == (570, 713, 6668)
    assert minimum < 0  # landfill and sea of a surface model: kept as they are
    assert area == pytest.approx(334, rel=0.02)  # 0.16211 x 0.20278 degrees at 34.77 N


def test_the_folder_again_changes_nothing(city: RealCity) -> None:
    before = city.rows("SELECT id, revision FROM ngis.layer ORDER BY id")
    small = [city.folder / "shelters" / "gsi_emergency_282049.geojson", city.folder / "medical", city.folder / "rain"]
    outcomes = ingest_paths(city.database.urls.ingest, small, city.database.settings)
    assert {report.status for outcome in outcomes for report in outcome.reports} == {"unchanged"}
    assert city.rows("SELECT id, revision FROM ngis.layer ORDER BY id") == before


def test_four_of_six_inland_flood_polygons_are_repaired(real_data: Path, database: DatabaseUnderTest) -> None:
    (path,) = (real_data / "hazard_other_city" / "yaizu_inland_flood").glob("*.geojson")
    (report,) = ingest_file(database.urls.ingest, path, database.settings)
    assert (report.layer_id, report.rows_loaded, report.rows_mended) == ("hazard-inland-flood", 6, 4)
    assert report.count_of("geometry-invalid-repaired", Action.MENDED) == 4
    assert report.rows_outside_city == 6
    with connect(database.urls.ingest) as connection:
        ((valid, ranked),) = connection.execute(
            "SELECT count(*) FILTER (WHERE ST_IsValid(geometry)), count(hazard_class) FROM core.hazard_inland_flood"
        ).fetchall()
    assert (valid, ranked) == (6, 6)
