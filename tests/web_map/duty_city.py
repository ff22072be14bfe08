"""A city on duty, served by its internal face in a thread: streets, a flood zone over them, a vehicle, an incident,
water, and who watches."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import uvicorn
from psycopg import sql

from layers import fire_water_sources, incidents, response_plans, vehicles
from layers.catalogue import catalogue
from layers.model import Layer, Role
from services.database import accounts
from services.database.connect import connect
from services.http.app import Face, create_app
from services.routing.watch import build_now
from services.tracking.watch import watch
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import _dataset
from tests.services.routing.streets import CORNERS, STEP, add_streets
from tests.services.tracking.fleets import add_vehicles
from tests.waiting import until

FLOOD = catalogue()["hazard-inland-flood"]
VEHICLE = "試験1"
INCIDENT, ADDRESS = "2026-1", "試験町1番1号"
WEST, SOUTH = CORNERS[0]
PLACE = (WEST + STEP, SOUTH + STEP)


@dataclass(frozen=True)
class DutyCity:
    """The city, where it is served, and an account of its fire service."""

    database: DatabaseUnderTest
    url: str
    account: tuple[str, str]

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows, as the owner sees them."""
        with connect(self.database.urls.owner, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def add(self, layer: Layer, **values: Any) -> None:
        """A feature of a layer, as a file of fictitious data brings it; ``place``: longitude and latitude."""
        add(self.database, layer, **values)


def add(database: DatabaseUnderTest, layer: Layer, place: tuple[float, float] | None = None, **values: Any) -> None:
    if place is not None:
        values["geometry"] = f"SRID=6668;POINT({place[0]} {place[1]})"
    columns = {
        **values,
        **dict.fromkeys(("source_id", "dataset"), "test"),
        "position_quality": "as-published" if "geometry" in values else "none",
        **dict.fromkeys(("load_id", "raw_number"), 0),
        "fictitious": True,
    }
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier("core", layer.table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join([sql.Placeholder()] * len(columns)),
    )
    with connect(database.urls.owner, autocommit=True) as connection:
        connection.execute(statement, list(columns.values()))


def _fill(database: DatabaseUnderTest) -> tuple[str, str]:
    add_streets(database)
    add_vehicles(database, [VEHICLE])
    about = {"incident_id": INCIDENT, "kind": "fire", "strike_level": "first", "address": ADDRESS, "status": "received"}
    reported_at = datetime.now(UTC) - timedelta(minutes=2)
    add(database, incidents.LAYER, PLACE, id="i1", reported_at=reported_at, **about)
    east = [(PLACE[0] + away, PLACE[1]) for away in (0.0004, 0.0012)]
    add(database, fire_water_sources.LAYER, east[0], id="w1", kind="hydrant", main_diameter_mm=150)
    add(database, fire_water_sources.LAYER, east[1], id="w2", kind="cistern", capacity_m3=40)
    (west, south), (east_end, north) = CORNERS
    corners = [(west, south), (east_end, south), (east_end, north), (west, north), (west, south)]
    ring = ", ".join(f"{lon} {lat}" for lon, lat in corners)
    area = f"SRID=6668;MULTIPOLYGON((({ring})))"
    add(database, FLOOD, id="f1", hazard_class="depth-4", depth_lower_m=1, depth_upper_m=3, geometry=area)
    add(database, response_plans.LAYER, id="p1", kind="fire", strike_level="first", profile="pumper", count=1)
    with connect(database.urls.owner, autocommit=True) as connection:
        for layer_id in (
            "roads",
            FLOOD.id,
            *(each.LAYER.id for each in (vehicles, incidents, fire_water_sources, response_plans)),
        ):
            _dataset(connection, layer_id, 1, fictitious=True)
        return "tai", accounts.add(connection, "tai", "試験隊", [Role.FIRE, Role.DISASTER])


@contextmanager
def on_duty(database: DatabaseUnderTest, port: int) -> Iterator[DutyCity]:
    """The city for the time of a ``with`` block."""
    account = _fill(database)
    build_now(database.settings)
    app = create_app(database.settings, Face.INTERNAL)
    served = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none", timeout_graceful_shutdown=1))
    stop = Event()
    threads = [
        Thread(target=served.run, daemon=True),
        Thread(target=watch, args=(database.settings, stop), daemon=True),
    ]
    for each in threads:
        each.start()
    until(lambda: served.started)
    try:
        yield DutyCity(database, f"http://127.0.0.1:{port}", account)
    finally:
        app.state.service.ending = True  # the stream of events ends
        served.should_exit = True
        stop.set()
        for each in threads:
            each.join(20)
