"""Where rows come to lie: town points for addresses, reference systems, and positions that cannot be right."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import transform_xy
from geo.errors import SourceError
from services.ingest.batch import ingest_paths
from services.ingest.model import Action
from services.ingest.pipeline import Options
from services.ingest.report import LoadReport
from tests.conftest import DatabaseUnderTest
from tests.services.ingest.sites import count, geojson, load, query, site, write_sites

TOWNS = ("town,koaza,lat,lng", "相生町,,34.743538,135.32744", "甲子園口三丁目,,34.7402,135.3755")
CITY_HALL = (135.3416, 34.7376)


def one(database: DatabaseUnderTest, path: Path, **options: Any) -> LoadReport:
    """The only report of a file."""
    (report,) = load(database, path, Options(**options))
    return report


def load_towns(database: DatabaseUnderTest, folder: Path) -> None:
    """Load two towns of the city."""
    towns = folder / "towns.json"
    header, *rows = (line.split(",") for line in TOWNS)
    records = [dict(zip(header, row, strict=True)) for row in rows]
    towns.write_text(json.dumps([{**each, "lat": float(each["lat"]), "lng": float(each["lng"])} for each in records]))
    assert one(database, towns).rows_loaded == 2


def addressed(number: int, address: str) -> dict[str, str]:
    """A site that has only an address."""
    return site(number, 所在地_連結表記=address, 緯度="", 経度="")


# --- positions --------------------------------------------------------------------------------------------


def test_addresses_are_placed_at_their_towns(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load_towns(database, tmp_path)
    addresses = {
        1: "兵庫県西宮市相生町１－２",
        2: "西宮市甲子園口３－１－１",
        3: "福岡県行橋市西宮市三丁目１",
        4: "兵庫県西宮市架空町1-1",
        5: "",
    }
    rows = [addressed(number, address) for number, address in addresses.items()]
    report = one(database, write_sites(tmp_path / "a.csv", rows))
    assert report.rows_loaded == 5  # what cannot be placed is kept without a position
    placed = {
        number: (quality, error, x, y)
        for number, quality, error, x, y in query(
            database,
            "SELECT local_id::int, position_quality, position_error_m, ST_X(geometry), ST_Y(geometry) "
            "FROM core.emergency_sites",
        )
    }
    assert placed[1][0] == "town"
    assert placed[1][2:] == (pytest.approx(135.32744), pytest.approx(34.743538))
    assert placed[2][0] == "town-inferred"
    assert placed[1][1] > 0
    assert placed[2][1] > 0
    assert {number: placed[number] for number in (3, 4, 5)} == dict.fromkeys((3, 4, 5), ("none", None, None, None))
    rules = {
        row: rule
        for rule, row in query(
            database, "SELECT rule, row_number FROM ngis.finding WHERE row_number IS NOT NULL AND load_id = 2"
        )
    }
    assert (rules[4], rules[5], rules[6]) == (
        "address-other-municipality",
        "address-not-found",
        "address-missing",
    )


def test_published_coordinates_go_before_the_address(database: DatabaseUnderTest, tmp_path: Path) -> None:
    load_towns(database, tmp_path)
    rows = [site(1, 所在地_連結表記="西宮市相生町1-2"), site(2, 所在地_連結表記="西宮市相生町1-2", 緯度="0", 経度="0")]
    report = one(database, write_sites(tmp_path / "a.csv", rows))
    assert report.positions == {"as-published": 1, "town": 1}
    assert report.count_of("coordinates-zero", Action.REJECTED) == 1
    assert query(database, "SELECT extras ->> '緯度' FROM core.emergency_sites WHERE local_id = '000002'") == [("0",)]


def test_without_towns_addresses_wait_and_it_is_said(database: DatabaseUnderTest, tmp_path: Path) -> None:
    path = write_sites(tmp_path / "a.csv", [addressed(1, "西宮市相生町1-2"), site(2)])
    report = one(database, path)
    assert report.positions == {"none": 1, "as-published": 1}
    assert report.count_of("towns-not-loaded", Action.NOTED) == 1
    load_towns(database, tmp_path)
    report = one(database, path)  # the towns have changed: not the same load as before
    assert (report.status, report.positions) == ("loaded", {"town": 1, "as-published": 1})


def test_towns_of_a_folder_come_first(database: DatabaseUnderTest, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    write_sites(folder / "a.csv", [addressed(1, "西宮市相生町1-2")])
    (folder / "z.json").write_text('[{"town": "相生町", "koaza": "", "lat": 34.743538, "lng": 135.32744}]')
    outcomes = ingest_paths(database.urls.ingest, [folder], database.settings)
    assert [outcome.path.name for outcome in outcomes] == ["z.json", "a.csv"]
    assert outcomes[1].reports[0].positions == {"town": 1}


@pytest.mark.parametrize(
    ("latitude", "longitude", "rule"),
    [
        ("0", "0", "coordinates-zero"),
        ("51.5", "-0.1", "coordinates-outside-japan"),
        ("NaN", "135.34", "coordinates-not-finite"),
        ("北", "東", "coordinates-not-finite"),
    ],
)
def test_a_position_that_cannot_be_right_is_refused_and_its_row_kept(
    database: DatabaseUnderTest, tmp_path: Path, latitude: str, longitude: str, rule: str
) -> None:
    rows = [site(1), site(2, 緯度=latitude, 経度=longitude)]
    report = one(database, write_sites(tmp_path / "a.csv", rows))
    assert report.rows_loaded == 2
    assert report.count_of(rule, Action.REJECTED) == 1
    ((geometry, quality, extras),) = query(
        database, "SELECT geometry, position_quality, extras FROM core.emergency_sites WHERE raw_number = 3"
    )
    assert (geometry, quality) == (None, "none")
    assert (extras["緯度"], extras["経度"]) == (latitude, longitude)


# --- reference systems ------------------------------------------------------------------------------------


def site_in(path: Path, x: float, y: float, crs: str | None) -> Path:
    """A GeoJSON of one site at x, y, declared as ``crs``."""
    document: dict[str, object] = json.loads(geojson([(x, y)]))
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document))
    return path


def distance_m(database: DatabaseUnderTest, lon: float, lat: float) -> float:
    """From the only site to a position, in metres on the ellipsoid."""
    ((metres,),) = query(
        database,
        "SELECT ST_Distance(geometry::geography, ST_Transform(ST_SetSRID(ST_MakePoint(%s, %s), 6668), 4326)::geography)"
        " FROM (SELECT ST_Transform(geometry, 4326) AS geometry FROM core.emergency_sites) AS site",
        lon,
        lat,
    )
    return float(metres)


@pytest.mark.parametrize("epsg", [4326, 4612, 6668])
def test_geographic_systems_of_today_stay_in_place(database: DatabaseUnderTest, tmp_path: Path, epsg: int) -> None:
    one(database, site_in(tmp_path / "a.geojson", *CITY_HALL, f"urn:ogc:def:crs:EPSG::{epsg}"))
    assert distance_m(database, *CITY_HALL) < 1.5


def test_the_tokyo_datum_is_shifted_by_some_440_metres(database: DatabaseUnderTest, tmp_path: Path) -> None:
    report = one(database, site_in(tmp_path / "a.geojson", *CITY_HALL, "urn:ogc:def:crs:EPSG::4301"))
    assert report.count_of("datum-shifted", Action.MENDED) == 1
    assert distance_m(database, *CITY_HALL) == pytest.approx(440, abs=25)
    ((x, y),) = query(database, "SELECT ST_X(geometry), ST_Y(geometry) FROM core.emergency_sites")
    assert x < CITY_HALL[0]
    assert y > CITY_HALL[1]  # to the north-west


def test_a_plane_zone(database: DatabaseUnderTest, tmp_path: Path) -> None:
    x, y = transform_xy(*CITY_HALL, 6668, 6673)
    one(database, site_in(tmp_path / "a.geojson", float(x), float(y), "urn:ogc:def:crs:EPSG::6673"))
    assert distance_m(database, *CITY_HALL) < 0.01


def zones(path: Path, crs: int, *, with_prj: bool = True) -> Path:
    """A shapefile of twelve landslide zones, written in ``crs``."""
    squares = [shapely.box(135.33 + n / 500, 34.78, 135.331 + n / 500, 34.781) for n in range(12)]
    frame = gpd.GeoDataFrame(
        {
            "A33_001": np.ones(12, dtype="int32"),
            "A33_002": np.ones(12, dtype="int32"),
            "A33_003": ["28"] * 12,
            "A33_004": [f"204-{n}" for n in range(12)],
        },
        geometry=squares,
        crs=6668,
    )
    frame.to_crs(crs).to_file(path, encoding="utf-8")
    if not with_prj:
        path.with_suffix(".prj").unlink()
    return path


def test_a_shapefile_in_a_plane_zone(database: DatabaseUnderTest, tmp_path: Path) -> None:
    report = one(database, zones(tmp_path / "a.shp", 6673))
    assert (report.layer_id, report.positions) == ("hazard-landslide", {"as-published": 12})
    ((west, north),) = query(
        database, "SELECT ST_XMin(ST_Extent(geometry)), ST_YMax(ST_Extent(geometry)) FROM core.hazard_landslide"
    )
    assert (west, north) == (pytest.approx(135.33, abs=1e-7), pytest.approx(34.781, abs=1e-7))


def test_a_shapefile_without_prj_is_taken_for_jgd2011_and_it_is_said(
    database: DatabaseUnderTest, tmp_path: Path
) -> None:
    report = one(database, zones(tmp_path / "a.shp", 6668, with_prj=False))
    assert report.count_of("crs-assumed", Action.NOTED) == 1
    assert report.positions == {"as-published": 12}


def test_metres_without_prj_are_not_loaded_as_areas_without_a_place(
    database: DatabaseUnderTest, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="none of its 12 positions") as refused:
        load(database, zones(tmp_path / "a.shp", 6673, with_prj=False))
    assert ".prj" in str(refused.value.fix)
    assert count(database, "core.hazard_landslide") == 0


def test_an_invalid_area_is_repaired_and_reported(database: DatabaseUnderTest, tmp_path: Path) -> None:
    bow_tie = [[135.33, 34.74], [135.34, 34.75], [135.34, 34.74], [135.33, 34.75], [135.33, 34.74]]
    document: Mapping[str, object] = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"最大浸水深": "0.5m以上3.0m未満"},
                "geometry": {"type": "Polygon", "coordinates": [bow_tie]},
            }
        ],
    }
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(document))
    report = one(database, path)
    assert (report.layer_id, report.rows_mended) == ("hazard-inland-flood", 1)
    assert report.count_of("geometry-invalid-repaired", Action.MENDED) == 1
    assert query(database, "SELECT ST_IsValid(geometry), ST_NumGeometries(geometry) FROM core.hazard_inland_flood") == [
        (True, 2)
    ]
