"""Valhalla, in this process, with live traffic mapped into memory: the fastest way it has of hearing of closures."""

import json
import os
import subprocess
import sys
import tarfile
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import valhalla
from valhalla.config import get_config

from geo.routing.graph import UNITS_PER_SECOND, FloatArray, Int32Array
from tests.geo.routing.cities import City

_TRAFFIC_HEADER_BYTES = 32
_CLOSED = np.uint64(255 << 28)
"""A record of live traffic: the whole edge (255 of 255) is driven at 0 km/h."""
_COSTING = {
    "costing": "auto",
    "costing_options": {"auto": {"maneuver_penalty": 0, "service_penalty": 0, "private_access_penalty": 0}},
    "directions_type": "none",
}
"""Nothing but time; turning takes time too, which no option takes away."""
_NOW = {"date_time": {"type": 0}}
"""Without it, live traffic is not looked at."""


class ValhallaPeer:
    """Valhalla on the city, whose road file is ``pbf``; it works in ``folder``."""

    def __init__(self, city: City, pbf: Path, folder: Path) -> None:
        self.city = city
        self._places = list(zip(city.longitude.tolist(), city.latitude.tolist(), strict=True))
        (folder / "tiles").mkdir(parents=True)
        tiles, traffic = folder / "tiles.tar", folder / "traffic.tar"
        settings = get_config(tile_dir=str(folder / "tiles"), tile_extract="")
        settings["mjolnir"] |= {"tile_extract": str(tiles), "traffic_extract": str(traffic), "concurrency": 1}
        limits = settings["service_limits"]
        limits |= {"max_exclude_polygons_length": 1_000_000, "max_exclude_polygons_vertices": 100_000}
        limits["auto"] |= {"max_matrix_location_pairs": 1_000_000, "max_locations": 100_000}
        # Live traffic is kept beside the tiles of the extract, not beside those of a folder.
        config = folder / "valhalla.json"
        config.write_text(json.dumps(settings), "utf-8")
        scripts = Path(sys.executable).parent
        _tool(scripts / "valhalla_build_tiles", "-c", str(config), str(pbf))
        _tool(scripts / "valhalla_build_extract", "-c", str(config), "--with-traffic")
        self._actor: Any = valhalla.Actor(settings)
        self._traffic: dict[int, np.ndarray[Any, np.dtype[np.uint64]]] = {}
        with tarfile.open(traffic) as archive:
            for member in archive.getmembers():
                if member.name.endswith(".gph"):
                    records = (member.size - _TRAFFIC_HEADER_BYTES) // 8
                    start = member.offset_data + _TRAFFIC_HEADER_BYTES
                    mapped = np.memmap(traffic, np.uint64, "r+", start, (records,))
                    self._traffic[_tile(member.name)] = mapped

    def path(self, origin: int, destination: int, live: bool = False, **more: object) -> float:
        """Milliseconds with the time that turning takes, ``inf`` where there is no way; the geometry is found too."""
        places = [{"lon": self._places[node][0], "lat": self._places[node][1]} for node in (origin, destination)]
        asked = {"locations": places, **_COSTING, **(_NOW if live else {}), **more}
        try:
            answer = json.loads(self._actor.route(json.dumps(asked)))
        except RuntimeError:
            return inf
        return float(answer["trip"]["summary"]["time"]) * UNITS_PER_SECOND

    def around(self, origin: int, destination: int, polygons: list[FloatArray]) -> float:
        """A path outside of polygons: rings of longitude and latitude, of shape ``(corners, 2)``."""
        return self.path(origin, destination, exclude_polygons=[ring.tolist() for ring in polygons])

    def edges(self, arcs: Int32Array) -> list[tuple[int, int]]:
        """Tile and number of the edges of these arcs; looked up in half an eternity, so before anything is timed."""
        found = []
        graph, back = self.city.graph, self.city.reverse
        for arc in arcs.tolist():
            forward = not 0 <= back[arc] < arc
            way = (arc if forward else int(back[arc])) + 1
            ends = [self._places[graph.tail[arc]], self._places[graph.head[arc]]]
            middle = {"lon": (ends[0][0] + ends[1][0]) / 2, "lat": (ends[0][1] + ends[1][1]) / 2}
            near = json.loads(self._actor.locate(json.dumps({"locations": [middle], "verbose": True, **_COSTING})))
            for edge in near[0]["edges"] or ():
                if edge["edge_info"]["way_id"] == way and edge["edge"]["forward"] == forward:
                    number = edge["edge_id"]
                    found.append((number["level"] << 22 | number["tile_id"], number["id"]))
        return found

    def close(self, edges: list[tuple[int, int]], closed: bool = True) -> None:
        """Writes closures, or their end, into the memory that the routes are found in."""
        for tile, number in edges:
            self._traffic[tile][number] = _CLOSED if closed else np.uint64(0)


def _tile(name: str) -> int:
    """Level and number of a tile out of its file's name, ``level/000/123/456.gph``."""
    level, *digits = name.removesuffix(".gph").split("/")
    return int(level) << 22 | int("".join(digits))


def _tool(program: Path, *arguments: str) -> None:
    """Runs one of Valhalla's tools; what it says is shown where it fails."""
    where = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}  # its launcher looks there
    command = [sys.executable, str(program), *arguments]
    done = subprocess.run(command, env=where, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program.name} failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
