"""Placing addresses: the gazetteer of the city from its town points."""

from collections.abc import Iterable

from geo.addresses import Gazetteer
from services.settings import City


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
