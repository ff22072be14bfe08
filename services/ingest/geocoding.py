"""Placing addresses: the gazetteer of the city from its town points."""

from collections.abc import Iterable
from typing import Any

import psycopg

from geo.addresses import Gazetteer
from services.settings import City


def city_gazetteer(connection: psycopg.Connection[Any], city: City, *, fictitious: bool) -> Gazetteer | None:
    """The gazetteer of the towns of ``city`` that are loaded; None where there are none.

    A town without a municipality comes from a file of one city, which does not name it: it is of this city.  Only
    ``fictitious`` addresses are placed by fictitious towns: a real one has no business there.
    """
    towns = connection.execute(
        """
        SELECT name, ST_X(geometry), ST_Y(geometry) FROM core.towns
         WHERE (municipality_code IS NULL OR left(municipality_code, 5) = %s)
           AND name IS NOT NULL AND geometry IS NOT NULL AND (%s OR NOT fictitious)
         ORDER BY id""",
        (city.code, fictitious),
    ).fetchall()
    return gazetteer_of(towns, city) if towns else None


def gazetteer_of(towns: Iterable[tuple[str, float, float]], city: City) -> Gazetteer:
    """The gazetteer of ``city`` from name, longitude, latitude (EPSG:6668) of each of its towns.

    A name may carry prefecture and city before it, as the block positions of MLIT do (兵庫県西宮市相生町); it is
    known without them.  Raises ``InputError`` where a town has no name or no position.
    """
    return Gazetteer(
        ((_without_city(name, city), lon, lat) for name, lon, lat in towns), city.prefecture_ja, city.name_ja
    )


def _without_city(name: str, city: City) -> str:
    return name.removeprefix(city.prefecture_ja).removeprefix(city.name_ja) or name
