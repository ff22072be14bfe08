"""The rivers of the sample city: one great river on the eastern border, the others from the hills to it or the sea."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString

from services.ingest.sample.boundary import Boundary
from services.ingest.sample.plane import Floats, meander, path


@dataclass(frozen=True)
class River:
    """A river by its centre line, from its source downstream, in EPSG:6673 metres.

    ``bank_m`` is how far its water stands from the centre line; ``planned_m`` and ``maximum_m`` by how much the flood
    of the planned and of the maximum scale rises over its bed-side ground; ``reach_m`` how far that flood goes.
    """

    number: str
    name: str
    kana: str
    english: str
    line: LineString
    bank_m: float
    planned_m: float
    maximum_m: float
    reach_m: float
    kind: str = "river"

    @property
    def points(self) -> Floats:
        return np.asarray(shapely.get_coordinates(self.line))


# number, name, kana, English, bank, planned, maximum, reach; then the course in degrees.
_COURSES = (
    (("8606040001", "夙瀬川", "シュクセガワ", "Shukuse River", 14.0, 0.9, 2.1, 650.0),
     ((135.3180, 34.7730), (135.3245, 34.7590), (135.3265, 34.7450), (135.3285, 34.7320), (135.3290, 34.7190))),
    (("8606040002", "津瀬川", "ツセガワ", "Tsuse River", 9.0, 0.7, 1.6, 500.0),
     ((135.3460, 34.7700), (135.3478, 34.7550), (135.3492, 34.7420), (135.3487, 34.7290), (135.3478, 34.7150))),
    (("8606040003", "新瀬川", "シンセガワ", "Shinse River", 10.0, 0.8, 1.8, 520.0),
     ((135.3610, 34.7540), (135.3632, 34.7360), (135.3622, 34.7210), (135.3612, 34.7060))),
    (("8606040004", "仁瀬川", "ニセガワ", "Nise River", 10.0, 0.9, 2.0, 320.0),
     ((135.3060, 34.7835), (135.3230, 34.7868), (135.3360, 34.7822), (135.3480, 34.7805), (135.3560, 34.7778))),
    (("8606040005", "有瀬川", "アリセガワ", "Arise River", 12.0, 1.4, 3.1, 420.0),
     ((135.2640, 34.8120), (135.2540, 34.8220), (135.2500, 34.8330), (135.2490, 34.8500))),
    (("8606040006", "名瀬川", "ナセガワ", "Nase River", 10.0, 1.2, 2.8, 380.0),
     ((135.2870, 34.8100), (135.2960, 34.8180), (135.3080, 34.8240), (135.3210, 34.8260), (135.3330, 34.8235))),
    (("8606040007", "船瀬川", "フナセガワ", "Funase River", 8.0, 1.0, 2.2, 300.0),
     ((135.2700, 34.8120), (135.2760, 34.8210), (135.2850, 34.8260), (135.2960, 34.8180))),
)  # fmt: skip


def run(boundary: Boundary, random: np.random.Generator) -> tuple[River, ...]:
    """All rivers inside the land, the great one first."""
    great = shapely.offset_curve(LineString(boundary.east), -75.0)  # negative: to the right, that is inland
    rivers = [
        River("8606040000", "武瀬川", "ムセガワ", "Muse River", _inside(boundary, great), 65.0, 2.6, 5.4, 2600.0),
    ]
    for (number, name, kana, english, bank, planned, maximum, reach), course in _COURSES:
        line = LineString(meander(path(course), 45.0, 60.0, random))
        kind = "river" if bank >= 10.0 else "stream"
        inside = _inside(boundary, line)
        rivers.append(River(number, name, kana, english, inside, bank, planned, maximum, reach, kind))
    return tuple(rivers)


def _inside(boundary: Boundary, line: LineString) -> LineString:
    """The longest part of the line on land, in the direction of the line."""
    clipped = shapely.intersection(line, boundary.land.buffer(-5.0))
    parts = [part for part in shapely.get_parts(clipped) if part.geom_type == "LineString"]
    longest = max(parts, key=lambda part: part.length)
    start, end = shapely.line_locate_point(line, [shapely.get_point(longest, 0), shapely.get_point(longest, -1)])
    return longest if start < end else longest.reverse()
