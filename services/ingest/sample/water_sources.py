"""消防水利 of the sample city: 7,000 hydrants, cisterns and others along the streets where people live."""

from collections.abc import Iterator

import numpy as np

from services.ingest.sample.municipal import CODE6, HEAD, SEAT, beside, sites
from services.ingest.sample.network import Network
from services.ingest.sample.plane import Floats
from services.ingest.sample.terrain import Terrain
from services.ingest.sample.towns import CITY, Towns, scatter_count

# 種別 and how many; hydrants first.
_KINDS = (
    ("消火栓", 6130),
    ("私設消火栓", 110),
    ("防火水そう", 610),
    ("プール", 95),
    ("河川・溝等", 35),
    ("その他", 20),
)
COUNT = sum(count for _, count in _KINDS)
_ALONG = frozenset({"primary", "secondary", "tertiary", "unclassified", "residential"})

HEADER = (*HEAD, "種別", *SEAT, "口径", "備考", "容量_m3")


def rows(
    network: Network, terrain: Terrain, towns: Towns, remark: str, random: np.random.Generator
) -> Iterator[list[object]]:
    """Rows of sheet 14.  Half of the cisterns say their volume in the ledger's column, half in 備考 only."""
    streets, large = _streets(network, terrain)
    chosen = scatter_count(streets, COUNT, random)
    places = sites(beside(streets[chosen], random, 2.5), towns, random)
    kinds = np.repeat([kind for kind, _ in _KINDS], [count for _, count in _KINDS])
    kinds = kinds[random.permutation(COUNT)]
    small_pipes = random.choice((75, 100, 150), COUNT, p=(0.34, 0.38, 0.28))
    large_pipes = random.choice((150, 200, 300), COUNT, p=(0.6, 0.28, 0.12))
    volumes = random.choice((20, 40, 60, 100), COUNT, p=(0.12, 0.66, 0.14, 0.08))
    for number, (place, kind) in enumerate(zip(places, kinds.tolist(), strict=True), start=1):
        index = number - 1
        diameter: object = ""
        volume: object = ""
        said = remark
        if "消火栓" in kind:
            diameter = int(large_pipes[index] if large[chosen[index]] else small_pipes[index])
        elif kind == "防火水そう":
            cubic_metres = int(volumes[index])
            said = f"{remark} 有蓋 {cubic_metres}m3" if number % 2 else remark
            volume = "" if number % 2 else cubic_metres
        elif kind == "プール":
            volume = 240 + 20 * (number % 9)
        yield [CODE6, f"{number:05d}", CITY, kind, *place.seat(), diameter, said, volume]


def _streets(network: Network, terrain: Terrain) -> tuple[Floats, np.ndarray]:
    """Middles of the streets along which there is a main, and whether it is a large one."""
    middles = network.midpoints()
    on_land = terrain.at(middles[:, 0], middles[:, 1], terrain.land.astype(float)) > 0.99
    served = [
        index
        for index in np.flatnonzero(on_land).tolist()
        if (edge := network.edges[index]).highway in _ALONG and not {"bridge", "tunnel"} & edge.tags.keys()
    ]
    large = np.array([network.edges[index].highway in ("primary", "secondary", "tertiary") for index in served])
    return middles[served], large
