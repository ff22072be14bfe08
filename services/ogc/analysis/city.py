"""The city's own area among the municipalities that are loaded."""

from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from services.ogc.analysis.layers import LayerReader
from services.settings import City

DISTRICTS = "districts"
"""The layer of municipalities."""


def is_of_city(district: Mapping[str, object], city: City) -> bool:
    """Whether a district is the city's, by its properties: by code, where it has none by name."""
    code = district.get("municipality_code")
    return code == city.code or (code is None and district.get("name") == city.name_ja)


def city_area(layers: LayerReader, city: City) -> BaseGeometry | None:
    """The area of the city in EPSG:6668, from the boundaries that are loaded; None where they are not."""

    def make() -> BaseGeometry | None:
        candidates = ({"municipality_code": city.code}, {"name": city.name_ja})
        found = {each.id: each for equal in candidates for each in layers.features(DISTRICTS, equal=equal)}
        parts = [each.geometry for each in found.values() if each.geometry and is_of_city(each.properties, city)]
        return shapely.union_all(parts) if parts else None

    return layers.remember(f"city-area {city.code}", [DISTRICTS], make)
