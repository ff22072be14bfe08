"""From a seed to the folder of the sample city: compose everything in memory, write it in the official forms."""

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from geo.errors import StoreError
from services.ingest.sample import (
    boundary,
    evacuation,
    facilities,
    fire_service,
    hazards,
    landslides,
    links,
    orders,
    osm,
    people,
    rivers,
    storm,
    streets,
    terrain,
    towns,
    traffic,
    water_sources,
)
from services.ingest.sample.network import Network
from services.ingest.sample.plane import geometry_to_degrees, to_degrees, to_plane
from services.ingest.sample.writers import (
    AS_OF,
    FICTITIOUS,
    Listed,
    write_csv,
    write_dem,
    write_geojson,
    write_json,
    write_manifest,
)

DEFAULT_SEED = 28204
VERSION = 6
"""Raised with every change of what is generated, so that ``ensure`` makes it anew."""
STAMP = ".sample-city.json"
"""Written last: a folder with a stamp is complete."""

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0-1."""

_PARTIAL = ".unfinished-"
_LEFT_OVER_S = 3600.0  # an unfinished folder so old belongs to a run that was killed
_NODATA = -9999.0
_ARC_SECOND = 1 / 3600


def generate(directory: Path, seed: int = DEFAULT_SEED, progress: Progress | None = None) -> None:
    """Write the sample city into the directory, with ``manifest.toml``; other files there are left alone.

    The same seed gives the same bytes.  Everything is written to a hidden folder inside first; a directory that bears
    the stamp is complete, whenever the process was killed.

    Raises
    ------
    StoreError
        If the files cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _remove_left_over(directory)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=directory))
        try:
            _Writing(partial, seed, progress or _silent).run()
            _move(partial, directory, seed)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"The sample city cannot be written to {directory}: {error.strerror or error}.",
            fix="Free some space (60 MB are enough) or choose a directory that may be written.",
        ) from error


def ensure(directory: Path, seed: int = DEFAULT_SEED, progress: Progress | None = None) -> bool:
    """Generate the sample city unless the directory holds it already; true if it was made."""
    stamp = _stamp(directory)
    if stamp.get("version") == VERSION and stamp.get("seed") == seed:
        files = stamp.get("files")
        if isinstance(files, list) and all((directory / str(name)).is_file() for name in files):
            return False
    generate(directory, seed, progress)
    return True


def _remove_left_over(directory: Path) -> None:
    for folder in directory.glob(f"{_PARTIAL}*"):
        if time.time() - folder.stat().st_mtime > _LEFT_OVER_S:
            shutil.rmtree(folder, ignore_errors=True)


def _silent(_what: str, _share: float) -> None:
    pass


def _stamp(directory: Path) -> dict[str, object]:
    try:
        stamp = json.loads((directory / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _move(partial: Path, directory: Path, seed: int) -> None:
    """Put the new files in place of the old; without a stamp the folder is unfinished."""
    earlier = _stamp(directory).get("files", [])
    (directory / STAMP).unlink(missing_ok=True)
    files = sorted(file.name for file in partial.iterdir())
    for name in files:
        (partial / name).replace(directory / name)
    for name in earlier if isinstance(earlier, list) else []:
        if name not in files and Path(str(name)).name == name:
            with contextlib.suppress(FileNotFoundError):
                (directory / name).unlink()
    stamp = {"version": VERSION, "seed": seed, "files": files}
    waiting = partial / STAMP
    waiting.write_text(json.dumps(stamp, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    waiting.replace(directory / STAMP)


class _Writing:
    """One run: the parts of the city in the order in which they depend on one another."""

    def __init__(self, directory: Path, seed: int, progress: Progress) -> None:
        self._directory = directory
        self._seed = seed
        self._progress = progress
        self._listed: list[Listed] = []

    def _random(self, part: int) -> np.random.Generator:
        """A generator of its own for every part: a change of one part leaves the others as they are."""
        return np.random.default_rng([self._seed, part])

    def _file(self, name: str, title: str) -> Path:
        self._listed.append(Listed(name, title))
        return self._directory / name

    def run(self) -> None:
        self._progress("地形と河川 terrain and rivers", 0.0)
        outline = boundary.draw(self._random(1))
        courses = rivers.run(outline, self._random(2))
        ground = terrain.raise_ground(outline, courses, self._random(3))
        self._write_base(outline, ground)
        self._progress("道路 roads", 0.25)
        network, restrictions = self._roads(outline, ground, courses)
        self._progress("道路の書き出し writing roads", 0.5)
        osm.write_roads_and_rivers(
            self._file("sample_roads.osm.pbf", "OpenStreetMap 形式の道路・河川"), network, restrictions, courses
        )
        self._progress("町と人口 towns and people", 0.6)
        residential = [index for index, edge in enumerate(network.edges) if edge.highway == "residential"]
        places = towns.settle(network.midpoints()[residential], self._random(7))
        population = people.populate(network, ground, self._random(8))
        self._write_people(places, population)
        self._progress("災害想定 hazards", 0.7)
        water = hazards.Hazards(outline, ground, courses, self._random(9))
        slopes = landslides.features(ground, network.midpoints(), outline.land, places, self._random(10))
        self._write_hazards(water, slopes)
        self._progress("施設と雨 facilities and rain", 0.85)
        self._write_evacuation(population, places, water, slopes)
        self._write_facilities(network, ground, population, places)
        self._write_rain()
        write_manifest(self._directory, sorted(self._listed, key=lambda listed: listed.path))
        self._progress("完了 done", 1.0)

    def _roads(
        self, outline: boundary.Boundary, ground: terrain.Terrain, courses: tuple[rivers.River, ...]
    ) -> tuple[Network, tuple[traffic.Restriction, ...]]:
        network = Network()
        streets.lay(network, outline, ground, courses, self._random(4))
        links.join(network, outline, self._random(5))
        network.contract()
        return network, traffic.regulate(network, self._random(6))

    def _write_base(self, outline: boundary.Boundary, ground: terrain.Terrain) -> None:
        attributes = {
            "N03_001": "兵庫県",
            "N03_002": None,
            "N03_003": None,
            "N03_004": "西宮市",
            "N03_005": None,
            "N03_007": "28204",
            "備考": FICTITIOUS,
        }
        parts = [geometry_to_degrees(part) for part in (outline.mainland, *outline.islands)]
        path = self._file("N03-sample_28_boundary.geojson", "国土数値情報 N03 形式の行政区域")
        write_geojson(path, "N03-sample_28", [(part, attributes) for part in parts])
        west, south, east, north = geometry_to_degrees(outline.land).bounds
        # On whole arc seconds, as national models are.
        left, top = np.floor(west / _ARC_SECOND), np.ceil(north / _ARC_SECOND)
        columns, rows = int(np.ceil(east / _ARC_SECOND) - left), int(top - np.floor(south / _ARC_SECOND))
        longitude, latitude = np.meshgrid(
            (left + 0.5 + np.arange(columns)) * _ARC_SECOND, (top - 0.5 - np.arange(rows)) * _ARC_SECOND
        )
        x, y = to_plane(longitude, latitude)
        on_land = ground.at(x, y, ground.land.astype(float)) >= 0.5
        heights = np.where(on_land, np.round(ground.at(x, y), 1), np.nan)
        path = self._file("dem_sample_1s_epsg6668.tif", "数値標高モデル（1秒、地盤面）")
        write_dem(path, heights, float(left) * _ARC_SECOND, float(top) * _ARC_SECOND, _ARC_SECOND, _NODATA)

    def _write_people(self, places: towns.Towns, population: people.People) -> None:
        longitude, latitude = to_degrees(places.points[:, 0], places.points[:, 1])
        write_json(
            self._file("geolonia_towns_sample.json", "町丁目の代表点（Geolonia 形式）"),
            [
                {"town": name, "koaza": "", "lat": round(float(lat), 6), "lng": round(float(lon), 6)}
                for name, lon, lat in zip(places.names, longitude, latitude, strict=True)
            ],
        )
        path = self._file("postal_codes_sample.csv", "郵便番号と町名の読み")
        write_csv(path, towns.POSTAL_HEADER, towns.postal_rows(places, FICTITIOUS), encoding="utf-8")
        codes, labels = people.mesh_header()
        cells: list[list[object]] = [list(labels), *people.mesh_rows(population, self._random(11))]
        path = self._file(f"tbl{people.TABLE}Q_sample.txt", "国勢調査 250mメッシュ人口（e-Stat 形式）")
        write_csv(path, codes, cells, encoding="cp932")
        path = self._file("282049_population.csv", "地域・年齢別人口")
        rows = people.town_rows(population, places, AS_OF.isoformat(), FICTITIOUS)
        write_csv(path, people.town_header(), rows, encoding="utf-8")

    def _write_hazards(self, water: hazards.Hazards, slopes: list[landslides.Feature]) -> None:
        for scenario, number, title in (
            ("planned", "10_計画規模", "計画規模"),
            ("maximum", "20_想定最大規模", "想定最大規模"),
            ("duration", "30_浸水継続時間", "浸水継続時間"),
            ("collapse", "40_家屋倒壊等氾濫想定区域", "家屋倒壊等氾濫想定区域"),
        ):
            name = f"A31a-sample_{number[:2]}_28.geojson"
            path = self._file(name, f"国土数値情報 A31a 形式の洪水浸水想定区域（{title}）")
            write_geojson(path, f"A31a-sample_{number}", water.features_flood(scenario))
        for prefix, contours, classes, title in (
            ("A49", water.surge, hazards.SURGE_CLASSES, "高潮浸水想定区域"),
            ("A40", water.tsunami, hazards.TSUNAMI_CLASSES, "津波浸水想定"),
            ("A51", water.inland, hazards.INLAND_CLASSES, "雨水出水（内水）浸水想定区域"),
        ):
            path = self._file(f"{prefix}-sample_28.geojson", f"国土数値情報 {prefix} 形式の{title}")
            write_geojson(path, f"{prefix}-sample_28", water.features_text(prefix, contours, classes))
        path = self._file("A33-sample_28.geojson", "国土数値情報 A33 形式の土砂災害警戒区域")
        write_geojson(path, "A33-sample_28", slopes)

    def _write_evacuation(
        self, population: people.People, places: towns.Towns, water: hazards.Hazards, slopes: list[landslides.Feature]
    ) -> None:
        chosen = evacuation.Places(population, places, self._random(12))
        path = self._file("gsi_emergency_sample.geojson", "国土地理院形式の指定緊急避難場所")
        zones = [geometry for geometry, _ in slopes]
        write_geojson(path, "282049", evacuation.emergency_features(chosen, water, zones))
        path = self._file("gsi_evacuation_sample.geojson", "国土地理院形式の指定避難所")
        write_geojson(path, "282049", evacuation.shelter_features(chosen))
        path = self._file("site_status_sample.csv", "避難場所・避難所の開設状況")
        write_csv(path, evacuation.STATUS_HEADER, evacuation.status_rows(chosen, FICTITIOUS))
        path = self._file("evacuation_orders_sample.geojson", "避難情報")
        write_geojson(path, "evacuation_orders", orders.features(places, FICTITIOUS))

    def _write_facilities(
        self, network: Network, ground: terrain.Terrain, population: people.People, places: towns.Towns
    ) -> None:
        path = self._file("P17-sample_28.geojson", "国土数値情報 P17 形式の消防署")
        stations = evacuation.fire_station_features(network, places, self._random(13))
        write_geojson(path, "P17-sample_28", stations)
        self._write_fire_service(network, places, stations)
        path = self._file("282049_fire_hydrant.csv", "消防水利施設")
        rows = water_sources.rows(network, ground, places, FICTITIOUS, self._random(14))
        write_csv(path, water_sources.HEADER, rows)
        path = self._file("282049_hospital.csv", "医療機関")
        rows = facilities.medical_rows(population, places, FICTITIOUS, self._random(15))
        write_csv(path, facilities.MEDICAL_HEADER, rows, encoding="cp932")
        path = self._file("282049_aed.csv", "AED設置箇所")
        rows = facilities.aed_rows(population, places, FICTITIOUS, self._random(16))
        write_csv(path, facilities.AED_HEADER, rows)
        path = self._file("282049_public_facility.csv", "公共施設")
        rows = facilities.public_rows(population, places, FICTITIOUS, self._random(17))
        write_csv(path, facilities.PUBLIC_HEADER, rows, encoding="utf-8")

    def _write_fire_service(self, network: Network, places: towns.Towns, stations: list[fire_service.Feature]) -> None:
        path = self._file("fire_vehicles_sample.csv", "消防車両")
        write_csv(path, fire_service.VEHICLE_HEADER, fire_service.vehicle_rows(stations, FICTITIOUS))
        incidents = fire_service.Incidents(network, places, self._random(19))
        path = self._file("fire_incidents_sample.csv", "災害事案")
        write_csv(path, fire_service.INCIDENT_HEADER, incidents.rows(FICTITIOUS))
        path = self._file("fire_dispatches_sample.csv", "出動")
        write_csv(path, fire_service.DISPATCH_HEADER, incidents.dispatch_rows(FICTITIOUS))
        path = self._file("fire_response_plans_sample.csv", "出動計画")
        write_csv(path, fire_service.PLAN_HEADER, fire_service.plan_rows(FICTITIOUS))
        path = self._file("road_closures_sample.geojson", "通行止め・通行規制")
        write_geojson(path, "road_closures", fire_service.closure_features(network, FICTITIOUS, self._random(20)))
        path = self._file("road_sensors_sample.geojson", "冠水センサー")
        write_geojson(path, "road_sensors", fire_service.sensor_features(network, FICTITIOUS, self._random(21)))

    def _write_rain(self) -> None:
        path = self._file("amedas_stations_sample.csv", "アメダス形式の雨量観測所")
        write_csv(path, storm.STATION_HEADER, storm.station_rows(), encoding="utf-8", newline="\n")
        path = self._file("amedas_hourly_sample.csv", "アメダス形式の毎時降水量")
        write_csv(path, storm.HOURLY_HEADER, storm.hourly_rows(self._random(18)), encoding="utf-8", newline="\n")
