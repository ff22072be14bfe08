"""The hazard zones on the roads as this process has them: mapped when they are asked for."""

import threading
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from services.database.revisions import Schema
from services.database.waiting import holding, require_thread
from services.ogc.source import Source
from services.routing.zones import LAYERS, RoadZones, load_zones, zones_folder, zones_key
from services.settings import City

_MOST_KEYS = 32


class Zones:
    """What is prepared in a folder, for one side; any number of threads may ask."""

    def __init__(self, folder: Path, schema: Schema) -> None:
        self._folder, self._schema = folder, schema
        self._lock = threading.Lock()
        self._keys: dict[tuple[str | None, ...], str] = {}
        self._loaded: tuple[str, RoadZones] | None = None

    def on(self, network: str, sources: Mapping[str, Source], city: City) -> RoadZones | None:
        """The zones of these sources on a network, by its name; None before they are prepared."""
        with holding(self._lock):
            key = self._key(network, sources, city)
            if self._loaded is None or self._loaded[0] != key:
                require_thread()
                folder = self._folder / key
                if not folder.is_dir():
                    return None
                self._loaded = key, load_zones(folder)
            return self._loaded[1]

    def _key(self, network: str, sources: Mapping[str, Source], city: City) -> str:
        """Asked with every route, and it takes long to write out the states: their stamps are at hand."""
        read = [sources.get(each) for each in LAYERS]
        stamps = (network, city.code, *(None if each is None else each.stamp for each in read))
        found = self._keys.get(stamps)
        if found is None:
            require_thread()
            if len(self._keys) >= _MOST_KEYS:
                self._keys.clear()
            states = {each.layer.id: each.state for each in read if each is not None}
            found = self._keys[stamps] = zones_key(network, states, self._schema, city)
        return found


@cache
def zones_of(var: Path, schema: Schema) -> Zones:
    """The zones of this process, which are kept below ``var``."""
    return Zones(zones_folder(var), schema)
