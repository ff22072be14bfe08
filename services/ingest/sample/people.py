"""The people of the sample city: by age and sex at every street, summed to 250 m mesh and to towns.

Both tables are sums of the same persons, so that their totals agree to the last one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from geo.mesh import mesh_bounds, mesh_codes
from services.ingest.sample.network import Network
from services.ingest.sample.plane import Floats, Ints, to_degrees
from services.ingest.sample.terrain import Terrain
from services.ingest.sample.towns import Towns, middle_of_city

PEOPLE = 480_123
_SUPPRESSED_BELOW = 12  # cells with fewer persons are merged into a neighbour, as in the census
_BANDS = 18  # 0-4, 5-9, … 80-84, 85 and over

# Persons per 1,000 in each band of five years: the shape of a residential city around 2020, rounded.
_AGES = np.array([38, 42, 45, 50, 56, 50, 51, 57, 65, 78, 76, 64, 57, 58, 68, 57, 42, 46], float)
_MALE = np.array([51, 51, 51, 51, 50, 49, 48, 48, 48, 48, 48, 48, 47, 46, 45, 43, 39, 30], float) / 100
_LIVED_IN = {"residential": 1.0, "unclassified": 0.8, "tertiary": 0.7, "secondary": 0.8, "primary": 0.8}

# e-Stat T001142 (2020 census, 250 m mesh): label and the bands it sums, for total, men and women each.
_AGE_LABELS = (("人口（総数）", 0, 18), ("０～１４歳人口　総数", 0, 3), ("１５歳以上人口　総数", 3, 18),
               ("１５～６４歳人口　総数", 3, 13), ("１８歳以上人口　総数", None, 18), ("２０歳以上人口　総数", 4, 18),
               ("６５歳以上人口　総数", 13, 18), ("７５歳以上人口　総数", 15, 18), ("８５歳以上人口　総数", 17, 18),
               ("９５歳以上人口　総数", None, None))  # fmt: skip
# Label and share of the private households, after the total; the first seven, by size, add up to all of them.
_HOUSEHOLDS = (
    ("１人世帯数", 0.36), ("２人世帯数", 0.28), ("３人世帯数", 0.17), ("４人世帯数", 0.14), ("５人世帯数", 0.04),
    ("６人世帯数", 0.007), ("７人以上世帯数", 0.003), ("親族のみの世帯数", 0.62), ("核家族世帯数", 0.57),
    ("核家族以外の世帯数", 0.05), ("６歳未満世帯員のいる世帯数", 0.09), ("６５歳以上世帯員のいる世帯数", 0.38),
    ("世帯主の年齢が２０～２９歳の１人世帯数", 0.06), ("高齢単身世帯数", 0.12), ("高齢夫婦世帯数", 0.11),
)  # fmt: skip
_SIZES = 7
TABLE = "T001142"


@dataclass(frozen=True)
class People:
    """Persons (places, 2 sexes, bands), men first, households (places), and the places in the plane (places, 2)."""

    places: Floats
    persons: Ints
    households: Ints

    @property
    def total(self) -> int:
        return int(self.persons.sum())


def populate(network: Network, terrain: Terrain, random: np.random.Generator) -> People:
    """People at the middle of every street that is lived in."""
    edges = network.edges
    middles = network.midpoints()
    on_land = terrain.at(middles[:, 0], middles[:, 1], terrain.land.astype(float)) > 0.99
    lived_in = [
        index
        for index in np.flatnonzero(on_land).tolist()
        if edges[index].highway in _LIVED_IN and "bridge" not in edges[index].tags and "tunnel" not in edges[index].tags
    ]
    places = middles[lived_in]
    weight = np.array([_LIVED_IN[edges[index].highway] for index in lived_in])
    height = terrain.at(places[:, 0], places[:, 1])
    longitude, latitude = to_degrees(places[:, 0], places[:, 1])
    middle_x, middle_y = middle_of_city()
    distance = np.hypot(places[:, 0] - middle_x, places[:, 1] - middle_y)
    density = 0.5 + 0.9 * np.exp(-((distance / 2300.0) ** 2))
    density *= np.where(latitude > 34.805, 0.30, 1.0) * np.clip(1.15 - height / 220.0, 0.35, 1.0)
    harbour = (latitude < 34.7045) & (longitude > 135.3500) & (longitude < 135.3700)
    density *= np.where(harbour, 0.03, 1.0)
    weight = weight * density * random.lognormal(0.0, 0.55, len(places))
    count = whole_shares(weight, PEOPLE)
    older = 0.22 * random.standard_normal(len(places)) + np.where(latitude > 34.805, 0.45, 0.0)
    ages = _AGES * np.exp(older[:, None] * (np.arange(_BANDS) - 9.0) / 9.0)
    both = np.concatenate((ages * _MALE, ages * (1 - _MALE)), axis=1)
    persons = random.multinomial(count, both / both.sum(axis=1, keepdims=True)).reshape(-1, 2, _BANDS)
    households = np.maximum(random.binomial(count, 0.455), (count > 0).astype(int))
    return People(places, persons, households)


def whole_shares(weight: Floats, total: int) -> Ints:
    """``total`` divided in proportion to the weights, in whole numbers that add up to it (largest remainders)."""
    exact = weight / weight.sum() * total
    shares = np.floor(exact).astype(np.int64)
    shares[np.argsort(shares - exact, kind="stable")[: total - shares.sum()]] += 1
    return shares


def mesh_header() -> tuple[list[str], list[str]]:
    """Both header rows of the e-Stat mesh table: codes, and what they mean."""
    labels = [
        f"　{label}{part}" for label, _, _ in _AGE_LABELS for part in ("", "　男", "　女")
    ] + ["　外国人人口　総数", "　外国人人口　男", "　外国人人口　女", "　世帯総数", "　一般世帯数"]  # fmt: skip
    labels += [f"　{label}" for label, _ in _HOUSEHOLDS]
    codes = [f"{TABLE}{number:03d}" for number in range(1, len(labels) + 1)]
    return ["KEY_CODE", "HTKSYORI", "HTKSAKI", "GASSAN", *codes], ["", "", "", "", *labels]


def mesh_rows(people: People, random: np.random.Generator) -> Iterator[list[object]]:
    """Rows of the mesh table.  Cells of few persons are suppressed: their persons are counted in a neighbour's row."""
    longitude, latitude = to_degrees(people.places[:, 0], people.places[:, 1])
    codes, cell = np.unique(mesh_codes(longitude, latitude, 5), return_inverse=True)
    persons = np.zeros((len(codes), 2, _BANDS), np.int64)
    np.add.at(persons, cell, people.persons)
    households = np.bincount(cell, people.households, len(codes)).astype(np.int64)
    totals = persons.sum(axis=(1, 2))
    names = [str(code) for code in codes.tolist()]
    corner = np.array([mesh_bounds(name)[:2] for name in names])
    destination = _destinations(corner, totals)
    merged: dict[int, list[int]] = {}
    for source, target in destination.items():
        merged.setdefault(target, []).append(source)
    for index, name in enumerate(names):
        if totals[index] == 0:
            continue
        if index in destination:
            yield [name, 2, names[destination[index]], "", *["*"] * (len(mesh_header()[0]) - 4)]
            continue
        sources = [source for source in merged.get(index, []) if totals[source] > 0]
        together = [index, *sources]
        values = _mesh_values(persons[together].sum(axis=0), int(households[together].sum()), random)
        yield [name, int(bool(sources)), "", ";".join(names[source] for source in sources), *values]


def _destinations(corner: Floats, totals: Ints) -> dict[int, int]:
    """For every suppressed cell the cell it is merged into: the most populous of its neighbours, else the nearest."""
    large = np.flatnonzero(totals >= _SUPPRESSED_BELOW)
    found = {}
    for index in np.flatnonzero((totals > 0) & (totals < _SUPPRESSED_BELOW)).tolist():
        steps = np.abs(corner[large] - corner[index]) * (320.0, 480.0)  # cells of 1/320 by 1/480 degree
        away = np.rint(steps.max(axis=1)).astype(int)
        near = large[away == away.min()]
        found[index] = int(near[np.argmax(totals[near])])
    return found


def _mesh_values(persons: Ints, households: int, random: np.random.Generator) -> list[int]:
    """One row's values in the order of the header, from persons (2 sexes, bands)."""
    values: list[int] = []
    for _, first, last in _AGE_LABELS:
        if first is not None:
            by_sex = persons[:, first:last].sum(axis=1)
        elif last is None:  # 95 and over: about one in twelve of those over 85
            by_sex = random.binomial(persons[:, 17], 0.08)
        else:  # 18 and over: two of the five years 15-19, and all after them
            by_sex = random.binomial(persons[:, 3], 0.4) + persons[:, 4:last].sum(axis=1)
        values += [int(by_sex.sum()), *by_sex.tolist()]
    foreign = random.binomial(persons.sum(axis=1), 0.018)
    shares = np.array([share for _, share in _HOUSEHOLDS])
    by_size = random.multinomial(households, shares[:_SIZES])
    by_kind = random.binomial(households, shares[_SIZES:])
    return [
        *values, int(foreign.sum()), *foreign.tolist(), households, households, *by_size.tolist(), *by_kind.tolist()
    ]  # fmt: skip


def town_header() -> list[str]:
    bands = [f"{band * 5}-{band * 5 + 4}歳" for band in range(_BANDS - 1)] + ["85歳以上"]
    by_age = [f"{band}の{sex}" for band in bands for sex in ("男性", "女性")]
    head = ["全国地方公共団体コード", "地域コード", "地方公共団体名", "調査年月日", "地域名", "総人口", "男性", "女性"]
    return [*head, *by_age, "世帯数", "備考"]


def town_rows(people: People, towns: Towns, surveyed_on: str, remark: str) -> Iterator[list[object]]:
    """Rows of 地域・年齢別人口, one for each town."""
    town = towns.of(people.places)
    persons = np.zeros((len(towns.names), 2, _BANDS), np.int64)
    np.add.at(persons, town, people.persons)
    households = np.bincount(town, people.households, len(towns.names)).astype(np.int64)
    for index, name in enumerate(towns.names):
        men, women = persons[index]
        by_age = np.column_stack((men, women)).ravel().tolist()
        head = ["282049", towns.ids[index], "兵庫県西宮市", surveyed_on, name]
        yield [
            *head,
            int(men.sum() + women.sum()),
            int(men.sum()),
            int(women.sum()),
            *by_age,
            int(households[index]),
            remark,
        ]
