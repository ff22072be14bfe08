"""OSRM, in this process: contraction hierarchies (CH) and multi-level Dijkstra (MLD)."""

import shutil
import subprocess
import sys
from math import inf, isfinite
from pathlib import Path
from typing import Any

import osrm

from geo.routing.graph import UNITS_PER_SECOND, Int32Array
from tests.benchmarks.routing_race.roads import closed_lines
from tests.geo.routing.cities import City

PROFILE = Path(__file__).with_name("osrm.lua")
_NAME = "city.osrm"


def extract(pbf: Path, folder: Path) -> None:
    """OSRM's files of a road file, for ``OsrmPeer`` to copy."""
    shutil.copy(pbf, folder / "city.osm.pbf")
    _tool("extract", "-p", str(PROFILE), str(folder / "city.osm.pbf"))


class OsrmPeer:
    """One algorithm on the city; ``algorithm`` is ``CH`` or ``MLD``."""

    def __init__(self, city: City, extracted: Path, algorithm: str) -> None:
        self.city = city
        self.algorithm = algorithm
        self.folder = extracted.with_name(f"osrm-{algorithm}")
        shutil.copytree(extracted, self.folder)
        self._file = str(self.folder / _NAME)
        self._places = list(zip(city.longitude.tolist(), city.latitude.tolist(), strict=True))
        if algorithm == "CH":
            _tool("contract", self._file)
        else:
            _tool("partition", self._file)
            _tool("customize", self._file)
        self._engine = self._open()

    def cost(self, origin: int, destination: int) -> float:
        """Milliseconds, in steps of 100; ``inf`` where there is no way."""
        return self._route(origin, destination, overview="false")

    def path(self, origin: int, destination: int) -> float:
        """The same, and OSRM has found its geometry too."""
        return self._route(origin, destination, overview="full", geometries="polyline")

    def matrix(self, origins: Int32Array, destinations: Int32Array) -> Any:
        """Seconds between all of them, as rows in OSRM's own kind of list."""
        both = [*origins.tolist(), *destinations.tolist()]
        asked = osrm.TableParameters(
            coordinates=[self._places[node] for node in both],
            sources=list(range(len(origins))),
            destinations=list(range(len(origins), len(both))),
            annotations=["duration"],
            generate_hints=False,
        )
        asked.skip_waypoints = True
        return self._engine.Table(asked)["durations"]

    def close(self, arcs: Int32Array) -> None:
        """Customises anew with these arcs closed and all others open, and takes the files into use."""
        speeds = self.folder / "closed.csv"
        speeds.write_text(closed_lines(self.city, arcs), "utf-8")
        _tool("customize", self._file, "--segment-speed-file", str(speeds))
        self._engine = self._open()

    def _open(self) -> Any:
        return osrm.OSRM(
            algorithm=self.algorithm,
            storage_config=self._file,
            use_shared_memory=False,
            max_locations_distance_table=-1,
        )

    def _route(self, origin: int, destination: int, **options: str) -> float:
        places = [self._places[origin], self._places[destination]]
        try:
            found = self._engine.Route(osrm.RouteParameters(coordinates=places, generate_hints=False, **options))
        except RuntimeError:
            return inf
        seconds = float(found["routes"][0]["duration"])
        return seconds * UNITS_PER_SECOND if isfinite(seconds) else inf


def _tool(name: str, *arguments: str) -> None:
    """Runs one of OSRM's tools; what it says is shown where it fails."""
    done = subprocess.run([sys.executable, "-m", "osrm", name, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"osrm-{name} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
