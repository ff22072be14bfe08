"""The networks of this process: mapped when they are asked for, with the conditions of the profiles used last."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from geo.network.profiles import profile
from geo.travel.conditions import Conditions, conditions
from geo.travel.topology import Topology
from layers.text import Text
from services.ogc.analysis.roads import NO_ROADS_LOADED
from services.ogc.errors import UnanswerableError
from services.ogc.source import Source
from services.routing.building import note_of, state_key
from services.routing.reading import LAYERS
from services.routing.storing import load
from services.routing.watch import networks_folder

_MOST_CONDITIONS = 4

_NOT_BUILT = Text(
    "道路網を準備している。しばらくしてからもう一度試すこと。",
    "The road network is being prepared. Try again in a moment.",
)


class SourceRoads:
    """A ``RoadReader`` over the layers of one face."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._source = sources.get(LAYERS[0])
        self._states = {each: sources[each].state for each in LAYERS if each in sources}

    def conditions(self, profile_id: str) -> Conditions:
        networks, key = self._networks()
        return networks.conditions(key, profile_id)

    def is_current(self) -> bool:
        networks, key = self._networks()
        return networks.is_built(key)

    def _networks(self) -> tuple["Networks", str]:
        source = self._source
        key = None if source is None else state_key(self._states, source.face.schema)
        if source is None or key is None:
            raise UnanswerableError(NO_ROADS_LOADED)
        return networks_of(networks_folder(source.var), source.face.schema), key


class Networks:
    """The networks in a folder, for one side; any number of threads may ask.

    While the network of a new state is being built, the one used before answers.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._names: dict[str, str] = {}  # of networks by state: once built they stay as they are
        self._loaded: tuple[str, Topology] | None = None
        self._conditions: OrderedDict[tuple[str, str], Conditions] = OrderedDict()

    def is_built(self, state: str) -> bool:
        """Whether there is a network of this state."""
        return self._name(state) is not None

    def conditions(self, state: str, profile_id: str) -> Conditions:
        """The conditions of a profile; errors as of ``RoadReader``."""
        vehicle = profile(profile_id)
        with self._lock:  # whoever comes second finds what the first has made
            name, topology = self._topology(state)
            found = self._conditions.get((name, profile_id))
            if found is None:
                found = self._conditions[name, profile_id] = conditions(topology, vehicle)
            self._conditions.move_to_end((name, profile_id))
            while len(self._conditions) > _MOST_CONDITIONS:
                self._conditions.popitem(last=False)
        return found

    def _topology(self, state: str) -> tuple[str, Topology]:
        name = self._name(state)
        if name is None:
            if self._loaded is None:
                raise UnanswerableError(_NOT_BUILT)
            return self._loaded
        if self._loaded is None or self._loaded[0] != name:
            self._loaded = (name, load(self._folder / name))
            self._conditions.clear()
        return self._loaded

    def _name(self, state: str) -> str | None:
        found = self._names.get(state)
        if found is None and (note := note_of(self._folder, state)) is not None:
            found = self._names[state] = str(note["network"])
        return found


@cache
def networks_of(folder: Path, schema: str) -> Networks:  # noqa: ARG001 - each side has its own
    """The networks of this process."""
    return Networks(folder)
