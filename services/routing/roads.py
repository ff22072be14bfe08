"""The networks of this process: mapped when they are asked for, with the conditions of the profiles used last."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, cached_property
from os import cpu_count
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import numpy.typing as npt

from geo.routing.metric import Metric
from geo.travel.closing import Closed, closed_by
from geo.travel.conditions import Conditions, closed_off, conditions, with_metric, with_pruned_metric
from geo.travel.topology import Topology
from layers.text import Text
from services.database.failures import store_errors
from services.database.waiting import holding, is_in_the_loop, require_thread
from services.ogc.analysis.roads import NO_ROADS_LOADED
from services.ogc.errors import UnanswerableError
from services.ogc.source import Source
from services.routing.building import note_of, state_key
from services.routing.calibrated import NOT_CALIBRATED, RoadFigures, road_figures
from services.routing.closures import LAYER, NO_CLOSURES, Closures, Notice, closures_now
from services.routing.reading import LAYERS
from services.routing.storing import is_stored, load
from services.routing.watch import networks_folder
from services.routing.zones import RoadZones
from services.routing.zones_now import zones_of
from services.settings import City

CLOSURES_HOLD_S = 0.03
"""Within so long of being read the closures answer other questions too: a crew does not see it, the database does."""
_READ_BEHIND, _AT_HAND = 2, 4
"""So many times as long they answer in the loop until they are read again behind it, and at most: behind a busy loop
they are read slowly, and slow it down each time; whoever gave up its work for that would make it busier.
"""
_MOST_CONDITIONS = 24
"""Where units are dispatched, every kind of vehicle is asked for at once, and while closures hold without them, too;
each takes some megabytes for a city.
"""

_SETTLED_S = 1.0
"""So long after a closure was drawn its askers have been answered, and there is time to make what answers faster."""

type _Kind = tuple[str, str, str]
"""Network, figures, profile."""
type _Key = tuple[str, str, str, str]
"""The same, and closures."""

_NOT_BUILT = Text(
    "道路網を準備している。しばらくしてからもう一度試すこと。",
    "The road network is being prepared. Try again in a moment.",
)


class SourceRoads:
    """A ``RoadReader`` over the layers of one face."""

    def __init__(self, sources: Mapping[str, Source], city: City) -> None:
        self._figures = road_figures(city.road_calibration)
        self._source = sources.get(LAYERS[0])
        self._drawn = sources.get(LAYER)
        self._notices: dict[str, Notice] = {}
        self._sources, self._city = sources, city

    def conditions(self, profile_id: str, *, metric: bool = True) -> Conditions:
        networks, _ = self._networks
        return self.conditions_under(profile_id, networks.closures(self._closures), metric=metric)

    def conditions_under(self, profile_id: str, closures: Closures, *, metric: bool = True) -> Conditions:
        """As ``conditions``, under these closures and no others."""
        networks, key = self._networks
        self._notices.update(closures.notices)
        return networks.conditions(key, profile_id, closures, self._figures, metric=metric)

    def without_closures(self, now: Conditions) -> Conditions:
        networks, key = self._networks
        metric = now.metric is not None
        open_ = networks.conditions(key, now.profile.id, NO_CLOSURES, self._figures, is_asked_for=False, metric=metric)
        if open_.topology is now.topology:
            return open_
        # The network was changed since; so rarely that it need not be quick.
        return conditions(now.topology, now.profile, model=self._figures.figures.widths)

    def notice(self, closure_id: str) -> Notice | None:
        return self._notices.get(closure_id)

    def zones(self, now: Conditions) -> RoadZones | None:
        source = self._source
        networks, key = self._networks
        name, topology = networks.topology(key, ordered=now.topology.is_ordered)
        if source is None or topology is not now.topology:
            return None
        return zones_of(source.var, source.face.schema).on(name, self._sources, self._city)

    def topology(self) -> tuple[str, Topology]:
        """The network that answers now, with its name; errors as of ``RoadReader``."""
        networks, key = self._networks
        return networks.topology(key)

    def is_current(self) -> bool:
        networks, key = self._networks
        return networks.is_built(key)

    def knows_closures(self) -> bool:
        return self._drawn is not None

    def figures(self) -> RoadFigures:
        return self._figures

    def _closures(self) -> Closures:
        """Those that hold at this moment."""
        source = self._drawn
        if source is None:
            return NO_CLOSURES
        with store_errors(), source.pool.connection() as connection:
            return closures_now(connection, source.face.schema, datetime.now(UTC))

    @cached_property
    def _networks(self) -> tuple["Networks", str]:
        source = self._source
        states = {each: self._sources[each].state for each in LAYERS if each in self._sources}
        key = None if source is None else state_key(states, source.face.schema)
        if source is None or key is None:
            raise UnanswerableError(NO_ROADS_LOADED)
        return networks_of(source.var, source.face.schema), key


class Networks:
    """The networks in a folder, for one side; any number of threads may ask.

    While the network of a new state is being built, the one used before answers.  Closures hold at once: the metric of
    the weights before is changed where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._names: dict[tuple[str, bool], str] = {}  # of networks by state: once built they stay as they are
        self._loaded: tuple[str, Topology] | None = None
        self._conditions: OrderedDict[_Key, Conditions] = OrderedDict()
        self._whole: dict[_Kind, Metric] = {}  # the last of each, not pruned
        self._asked: dict[_Kind, _Key] = {}  # for which closures each was asked last
        self._reading = threading.Lock()
        self._closures: tuple[float, Closures] = -CLOSURES_HOLD_S, NO_CLOSURES
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="closures")
        self._read_behind: Future[Closures] = Future()
        self._read_behind.cancel()  # nothing is being read

    def closures(self, read: Callable[[], Closures]) -> Closures:
        """The closures as they were read no longer than ``CLOSURES_HOLD_S`` ago; what reading raises is raised.

        The event loop takes such as were read up to ``_AT_HAND`` times as long ago, and has them read behind it.
        """
        if is_in_the_loop():
            return self._closures_at_hand(read)
        with self._reading:
            at, found = self._closures
            if monotonic() - at > CLOSURES_HOLD_S:
                at = monotonic()  # a closure drawn while they are read may not be among them
                found = read()
                self._closures = at, found
            return found

    def _closures_at_hand(self, read: Callable[[], Closures]) -> Closures:
        at, found = self._closures
        age_s = monotonic() - at
        if age_s > _READ_BEHIND * CLOSURES_HOLD_S and self._read_behind.done():
            # What that raises is raised to who asks when these are too old.
            self._read_behind = self._reader.submit(self.closures, read)
        if age_s > _AT_HAND * CLOSURES_HOLD_S:
            require_thread()
        return found

    def is_built(self, state: str) -> bool:
        """Whether there is a network of this state, with its hierarchy."""
        return self._name(state) is not None

    def topology(self, state: str, *, ordered: bool = True) -> tuple[str, Topology]:
        """The network of a state, or the one before while that is being built, with its name; also one whose hierarchy
        is not built yet, unless it is to be ``ordered``.
        """
        with holding(self._lock):
            return self._topology(state, ordered=ordered)

    def conditions(
        self,
        state: str,
        profile_id: str,
        closures: Closures = NO_CLOSURES,
        figures: RoadFigures = NOT_CALIBRATED,
        *,
        is_asked_for: bool = True,
        metric: bool = True,
    ) -> Conditions:
        """The conditions of a profile under these closures, by these figures; arguments and errors as of
        ``RoadReader``.

        With ``is_asked_for`` false they are to be compared with those that somebody goes by.
        """
        vehicle = figures.figures.profile(profile_id)
        with holding(self._lock):  # whoever comes second finds what the first has made
            name, topology = self._topology(state, ordered=metric)
            key = (name, figures.digest, profile_id, closures.key)
            found = self._conditions.get(key)
            if found is None:
                require_thread()
                under, widths = _closed(topology, closures, profile_id), figures.figures.widths
                open_ = self._conditions.get((*key[:3], NO_CLOSURES.key))
                if open_ is None or under is None or np.any(under.depth_m):
                    found = replace(conditions(topology, vehicle, model=widths, **_arguments(under)), under=under)
                else:
                    found = closed_off(open_, under, widths)
                self._conditions[key] = found
            if metric and found.metric is None:
                require_thread()
                found = self._conditions[key] = with_metric(found, self._whole.get(key[:3]), threads=cpu_count() or 1)
                assert found.metric is not None  # noqa: S101 - it was just made
                self._whole[key[:3]] = found.metric
                threading.Thread(target=self._quicken, args=(key, found), daemon=True).start()
            self._conditions.move_to_end(key)
            if is_asked_for:
                self._asked[key[:3]] = key
            while len(self._conditions) > _MOST_CONDITIONS:
                gone, _ = self._conditions.popitem(last=False)
                if all(other[:3] != gone[:3] for other in self._conditions):
                    self._whole.pop(gone[:3], None)
        return found

    def _quicken(self, key: _Key, now: Conditions) -> None:
        """Puts conditions that are asked faster in place of these, where they still hold after a while."""
        now.topology.prepare_for_closures()
        sleep(_SETTLED_S)
        with self._lock:
            is_wanted = key[3] == NO_CLOSURES.key or self._asked.get(key[:3]) == key
        if is_wanted:
            self._replace(key, with_pruned_metric(now))

    def _replace(self, key: _Key, now: Conditions) -> None:
        with self._lock:
            if key in self._conditions:
                self._conditions[key] = now

    def _topology(self, state: str, *, ordered: bool) -> tuple[str, Topology]:
        name = self._name(state, ordered=ordered)
        fits = self._loaded is not None and (self._loaded[1].is_ordered or not ordered)
        if name is None:
            if self._loaded is None or not fits:
                raise UnanswerableError(_NOT_BUILT)
            return self._loaded
        if self._loaded is None or self._loaded[0] != name or not fits:
            require_thread()
            self._loaded = (name, load(self._folder / name))
            self._conditions.clear()
            self._whole.clear()
            self._asked.clear()
        return self._loaded

    def _name(self, state: str, *, ordered: bool = True) -> str | None:
        found = self._names.get((state, ordered))
        if found is None and (note := note_of(self._folder, state)) is not None:
            name = str(note["network"])
            if is_stored(self._folder / name, ordered=ordered):
                found = self._names[state, ordered] = name
        return found


def _closed(topology: Topology, closures: Closures, profile_id: str) -> Closed | None:
    return closed_by(topology, closures.drawn, profile_id) if closures.drawn else None


def _arguments(under: Closed | None) -> dict[str, npt.NDArray[np.generic]]:
    if under is None:
        return {}
    return {"closed": under.closed} | ({"depth_m": under.depth_m} if np.any(under.depth_m) else {})


@cache
def networks_of(var: Path, schema: str) -> Networks:  # noqa: ARG001 - each side has its own
    """The networks of this process, which are kept below ``var``."""
    return Networks(networks_folder(var))
