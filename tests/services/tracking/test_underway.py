"""Vehicles under way: who is cut off by a closure is told where and by what, with another way, and nobody else is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import shapely
import shapely.ops
from shapely.geometry import shape

from geo.crs import STORAGE, transform_geometry
from services.database.connect import connect, open_pool
from services.database.revisions import layer_states
from services.ogc.face import Face
from services.ogc.processes import route
from services.ogc.processes._on_roads.hazards_met import NOT_READY
from services.ogc.processes._place import Place
from services.routing.closures import closures_now
from services.routing.roads import SourceRoads
from services.tracking.closures import tell_changes
from services.tracking.events import Event, between, bounds
from services.tracking.folding import fold
from services.tracking.positions import take
from services.tracking.reports import read
from services.tracking.routes import network_name, register, registered
from services.tracking.underway import Underway
from services.tracking.ways import ahead_of, find
from tests.conftest import DatabaseUnderTest
from tests.services.routing.cities import with_roads
from tests.services.tracking.fleets import report

ORIGIN, DESTINATION = (135.3415, 34.7376), (135.3618, 34.7214)
HOUR = timedelta(hours=1)


@dataclass
class Fleet:
    """The watch of a city, one step at a time."""

    database: DatabaseUnderTest
    connection: psycopg.Connection[tuple[Any, ...]]
    owner: psycopg.Connection[tuple[Any, ...]]
    underway: Underway
    context: Any
    heard: int = 0

    def go(self, call_sign: str = "試験1", profile: str = "pumper") -> shapely.LineString:
        """Registers a route; its line."""
        now = self.context.roads.conditions(profile)
        found = find(now, Place(*ORIGIN), Place(*DESTINATION), self.context.speaking("en"))
        register(
            self.connection,
            call_sign,
            profile,
            ORIGIN,
            DESTINATION,
            found,
            network=network_name(layer_states(self.connection, "core"), self.database.settings.var),
            closures_key=closures_now(self.connection, "core", datetime.now(UTC)).key,
            incident_id="災害1",
            language="en",
            by="test",
        )
        assert found.line is not None
        return found.line

    def close(self, area: shapely.Geometry, name: str = "closed", applies_to: list[str] | None = None) -> None:
        now = datetime.now(UTC)
        self.owner.execute(
            'INSERT INTO core.road_closures (id, name, "from", "until", applies_to, geometry, source_id, dataset, '
            "fictitious, position_quality, load_id, raw_number) VALUES (%s, %s, %s, %s, %s, "
            "ST_GeomFromText(%s, 6668), 'test', 'test', true, 'as-published', 0, 0)",
            (name, name, now - HOUR, now + HOUR, applies_to, area.wkt),
        )

    def lift(self, name: str = "closed") -> None:
        self.owner.execute("DELETE FROM core.road_closures WHERE id = %s", (name,))

    def look(self, at: datetime | None = None) -> list[Event]:
        """One look; what it told."""
        when = at or datetime.now(UTC)
        tell_changes(self.connection, when)
        self.underway.look(self.connection, when)
        found = between(self.connection, self.heard, bounds(self.connection)[1])
        self.heard = found[-1].id if found else self.heard
        return found

    def report(self, call_sign: str = "試験1", place: tuple[float, float] | None = None, **more: Any) -> None:
        given = read(report(call_sign, datetime.now(UTC), place, **more))
        (taken,) = take(self.connection, [given], "test", datetime.now(UTC))  # type: ignore[list-item]
        assert taken.outcome == "accepted", taken


@pytest.fixture
def fleet(fleet_city: DatabaseUnderTest) -> Iterator[Fleet]:
    urls = fleet_city.urls
    with (
        connect(urls.internal, autocommit=True) as connection,
        connect(urls.owner, autocommit=True) as owner,
        open_pool(urls.internal, 1) as pool,
        with_roads(fleet_city, Face.INTERNAL) as context,
    ):
        found = Fleet(fleet_city, connection, owner, Underway(fleet_city.settings, pool), context)
        found.look()
        yield found
        owner.execute("DELETE FROM core.road_closures")
        owner.execute("TRUNCATE tracking.route, tracking.closure, tracking.latest, tracking.position")


def asked(fleet: Fleet) -> Any:
    """What ``route`` answers who asks for the way now."""
    inputs = {"origin": list(ORIGIN), "destination": list(DESTINATION), "profile": "pumper", "alternatives": 0}
    details = route.PROCESS.inputs["details"].schema["default"]
    return route.PROCESS.run({**inputs, "details": details, "language": "en"}, fleet.context)["answer"]


def kinds(events: list[Event]) -> list[str]:
    return [each.kind for each in events]


def plane(geometry: shapely.Geometry) -> shapely.Geometry:
    return transform_geometry(geometry, STORAGE, 6673)


def around(line: shapely.LineString, share: float = 0.5, degrees: float = 0.0004) -> shapely.Polygon:
    return line.interpolate(share, normalized=True).buffer(degrees)


def test_who_is_cut_off_is_told_once_where_by_what_and_which_other_way_there_is(fleet: Fleet) -> None:
    line = fleet.go()
    assert fleet.look() == []
    area = around(line)
    fleet.close(area)
    drawn, cut = fleet.look()
    assert (drawn.kind, drawn.content["id"]) == ("closure-set", "closed")
    assert shape(drawn.content["geometry"]).equals_exact(area, 1e-6)
    told = cut.content
    assert (cut.kind, told["call_sign"], told["incident_id"]) == ("route-cut", "試験1", "災害1")
    assert [each["id"] for each in told["closures"]] == ["closed"]
    way = shape(told["route"]["geometry"])
    assert not way.intersects(area)
    assert told["refusal"] is None
    assert told["fictitious"] is True
    # Where it is cut lies on the way that was registered, before the closure or in it.
    place = shapely.Point(told["cut"]["position"])
    assert line.distance(place) < 1e-6
    assert line.project(place) <= line.project(line.intersection(area).centroid)
    length_m = plane(shapely.ops.substring(line, 0, line.project(place))).length
    assert abs(told["cut"]["distance_m"] - length_m) < 150  # by whole edges: the first is used in part
    assert fleet.look() == []
    (kept,) = registered(fleet.connection, "試験1")
    assert kept.line is not None
    assert kept.line.equals_exact(way, 1e-7)


def test_a_new_way_says_all_that_it_meets_as_route_does(fleet: Fleet) -> None:
    area = around(fleet.go())
    fleet.close(area)
    (cut,) = [each for each in fleet.look() if each.kind == "route-cut"]
    told, answer = cut.content, asked(fleet)
    assert told["route"] == answer["routes"][0]
    assert [(each["id"], each["effect"]) for each in told["route"]["closures"]] == [("closed", "avoided")]
    assert {each["state"] for each in told["route"]["hazards"]} >= {"inside", "outside"}
    assert told["notes"] == answer["notes"]


def test_where_hazards_are_not_known_yet_the_new_way_says_so(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.close(around(fleet.go()))
    monkeypatch.setattr(SourceRoads, "zones", lambda _self, _now: None)  # they are being laid over the roads
    told = fleet.look()[-1].content
    assert told["route"]["hazards"] is None
    assert NOT_READY.en in told["notes"]


def test_the_new_way_is_watched_as_the_first_was(fleet: Fleet) -> None:
    fleet.close(around(fleet.go()))
    (cut,) = [each for each in fleet.look() if each.kind == "route-cut"]
    second = shape(cut.content["route"]["geometry"])
    fleet.close(around(second), "another")
    (cut,) = [each for each in fleet.look() if each.kind == "route-cut"]
    assert [each["id"] for each in cut.content["closures"]] == ["another"]


def test_nobody_is_told_of_what_lies_beside_or_behind_or_is_for_others(fleet: Fleet) -> None:
    line = fleet.go()
    fleet.go("試験救急", "ambulance")
    fleet.close(around(line), applies_to=["ladder"])
    assert kinds(fleet.look()) == ["closure-set"]
    fleet.close(shapely.Point(135.30, 34.80).buffer(0.0004), "elsewhere")
    assert kinds(fleet.look()) == ["closure-set"]
    for call_sign in ("試験1", "試験救急"):
        fleet.report(call_sign, line.interpolate(0.8, normalized=True).coords[0])
    fleet.close(around(line, 0.3), "behind")
    assert kinds(fleet.look()) == ["closure-set"]
    fleet.close(around(line, 0.92), "ahead", ["ambulance"])
    events = fleet.look()
    assert kinds(events) == ["closure-set", "route-cut"]
    assert events[1].content["call_sign"] == "試験救急"


def test_without_another_way_it_says_why_and_tells_when_there_is_one_again(fleet: Fleet) -> None:
    line = fleet.go()
    fleet.close(shapely.Point(DESTINATION).buffer(0.004).boundary.buffer(0.0003))
    cut = fleet.look()[-1].content
    assert cut["route"] is None
    assert cut["refusal"]["reason"] == "excluded"
    assert cut["refusal"] == asked(fleet)["refusal"]
    assert [each["effect"] for each in cut["refusal"]["closures"]] == ["in-the-way"]
    assert fleet.look() == []
    fleet.lift()
    events = fleet.look()
    assert kinds(events) == ["closure-ended", "route-restored"]
    assert events[0].content["because"] == "lifted"
    assert shape(events[1].content["route"]["geometry"]).equals_exact(line, 1e-6)


def test_a_closure_that_expires_says_so_and_one_that_is_changed_is_told(fleet: Fleet) -> None:
    fleet.close(shapely.Point(135.30, 34.80).buffer(0.0004))
    assert kinds(fleet.look()) == ["closure-set"]
    fleet.owner.execute("UPDATE core.road_closures SET depth_m = 0.3")
    (changed,) = fleet.look()
    assert (changed.kind, changed.content["depth_m"]) == ("closure-changed", 0.3)
    (ended,) = fleet.look(datetime.now(UTC) + HOUR + timedelta(minutes=1))
    assert (ended.kind, ended.content["because"]) == ("closure-ended", "expired")


def test_one_that_has_left_its_way_is_given_another_from_where_it_is(fleet: Fleet) -> None:
    line = fleet.go()
    fleet.report("試験1", (135.3300, 34.7376))
    assert fleet.look() == []
    fleet.close(around(line))
    events = fleet.look()
    assert kinds(events) == ["closure-set", "route-cut"]
    told = events[1].content
    assert told["cut"]["distance_m"] is None
    start = shape(told["route"]["geometry"]).coords[0]
    assert plane(shapely.Point(start)).distance(plane(shapely.Point(135.3300, 34.7376))) < 500


@pytest.mark.parametrize("status", ["現着", "引揚"])
def test_the_next_status_key_ends_the_route(fleet: Fleet, status: str) -> None:
    fleet.go()
    fleet.report("試験1", status="出動")
    fold(fleet.connection, "Asia/Tokyo")
    assert fleet.look() == []
    fleet.report("試験1", status=status)
    fold(fleet.connection, "Asia/Tokyo")
    (ended,) = fleet.look()
    assert (ended.kind, ended.content["call_sign"]) == ("route-ended", "試験1")
    assert registered(fleet.connection) == []


def test_a_network_built_anew_is_no_event_while_the_way_is_the_same(fleet: Fleet) -> None:
    line = fleet.go()
    fleet.owner.execute("UPDATE tracking.route SET network = 'before'")
    assert fleet.look() == []
    fleet.owner.execute(
        "UPDATE tracking.route SET network = 'before', geometry = ST_GeomFromText(%s, 6668)",
        (shapely.LineString(line.coords[:-2]).wkt,),
    )
    (changed,) = fleet.look()
    assert changed.kind == "route-changed"
    assert shape(changed.content["route"]["geometry"]).equals_exact(line, 1e-6)


def test_the_road_it_was_matched_to_says_whether_it_is_on_its_way(fleet: Fleet) -> None:
    """Not the nearest edge of the way: a parallel road within reach is another road."""
    line = fleet.go()
    (route,) = registered(fleet.connection, "試験1")
    now = fleet.context.roads.conditions("pumper")
    network = now.topology.network
    on, there = route.edges[len(route.edges) // 2], line.interpolate(0.5, normalized=True)
    other = next(
        edge for edge in range(network.edges) if network.stretch[edge] not in network.stretch[route.edges].tolist()
    )
    assert ahead_of(now, route.edges, there.x, there.y, on) == list(route.edges[len(route.edges) // 2 :])
    assert ahead_of(now, route.edges, there.x, there.y, int(network.reverse[on])) is not None
    assert ahead_of(now, route.edges, there.x, there.y) is not None
    assert ahead_of(now, route.edges, there.x, there.y, other) is None
    fleet.report("試験1", (there.x, there.y))
    fleet.connection.execute(
        "UPDATE tracking.latest SET matched_at = position_at, match_quality = 'matched', matched_lon = lon, "
        "matched_lat = lat, network = %s, edge = %s",
        (route.network, other),
    )
    fleet.close(around(line, 0.9))
    told = fleet.look()[-1].content
    assert told["cut"]["distance_m"] is None  # it has left its way
