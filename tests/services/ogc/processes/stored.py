"""The town of squares in a database."""

from typing import Any

import shapely

from layers.catalogue import catalogue
from layers.model import Geometry, Layer
from services.database.connect import connect
from services.database.publish import publish
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.processes.town import EVERY, Rows


def put(database: DatabaseUnderTest, layer: Layer, rows: Rows) -> None:
    """Rows straight into core, with their datasets."""
    shape = "%s::geometry" if layer.geometry is Geometry.POINT else "ST_Multi(%s::geometry)"
    datasets: dict[str, int] = {}
    with connect(database.urls.owner) as connection:
        for number, row in enumerate(rows, 1):
            given: dict[str, Any] = {
                "source_id": "test",
                "dataset": "test",
                "fictitious": False,
                "position_quality": "as-published",
                "load_id": 1,
                "raw_number": number,
                **row,
            }
            datasets[given["dataset"]] = datasets.get(given["dataset"], 0) + 1
            geometry = shapely.to_wkb(shapely.set_srid(given.pop("geometry"), 6668), hex=True, include_srid=True)
            names, marks = ", ".join(given), ", ".join(["%s"] * len(given))
            connection.execute(
                f"INSERT INTO core.{layer.table} ({names}, geometry) VALUES ({marks}, {shape})".encode(),  # noqa: S608
                [*given.values(), geometry],
            )
        load = connection.execute(
            "INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at) "
            "VALUES ('x', %s, 'loaded', 'test', now()) RETURNING id",
            (layer.id,),
        ).fetchone()
        assert load is not None
        for name, count in datasets.items():
            connection.execute(
                "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, fictitious, row_count) "
                "VALUES (%s, %s, 'test', %s, false, %s)",
                (layer.id, name, load[0], count),
            )


def found_town(database: DatabaseUnderTest, *, without: str = "") -> None:
    """Every layer of the town, loaded and published; ``without`` one that is loaded and not published."""
    layers = catalogue()
    for layer_id, rows in EVERY.items():
        put(database, layers[layer_id], rows)
        if layer_id != without:
            with connect(database.urls.owner, autocommit=True) as connection:
                publish(connection, layer_id, "試験")
