"""The town points of the loading city, by which addresses become positions."""

from typing import Any

import psycopg

from geo.addresses import Gazetteer
from services.ingest.geocoding import gazetteer_of
from services.settings import City


def city_gazetteer(connection: psycopg.Connection[Any], city: City) -> Gazetteer | None:
    """The gazetteer of the towns of ``city`` that are loaded; None where there are none.

    A town without a municipality comes from a file of one city, which does not name it: it is of this city.
    """
    towns = connection.execute(
        """
        SELECT name, ST_X(geometry), ST_Y(geometry) FROM core.towns
         WHERE (municipality_code IS NULL OR left(municipality_code, 5) = %s)
           AND name IS NOT NULL AND geometry IS NOT NULL
         ORDER BY id""",
        (city.code,),
    ).fetchall()
    return gazetteer_of(towns, city) if towns else None
