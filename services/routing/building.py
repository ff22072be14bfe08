"""A network built when the roads have moved, once for all processes and both faces that see the same roads."""

import json
import logging
import time
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import psycopg

from geo.network.building import build_network
from geo.network.slopes import height_places, with_heights
from geo.travel.topology import topology_of
from services.database.revisions import LayerState, Schema, layer_states
from services.routing.heights import heights_at, read_grids
from services.routing.reading import LAYERS, read_records
from services.routing.storing import is_stored, load, network_key, remove, store, store_hierarchy

logger = logging.getLogger(__name__)

_KEPT = 8
"""So many of the notes written last are kept, and the networks they name."""


def state_key(states: Mapping[str, LayerState], schema: Schema) -> str | None:
    """Says which state of the road layers this is; None where there are no roads."""
    roads = states.get(LAYERS[0])
    if roads is None or not roads.row_count:
        return None
    return _digest(schema, tuple(states.get(layer_id) for layer_id in LAYERS))


@lru_cache(maxsize=16)  # asked with every route, and it takes as long as finding one
def _digest(schema: Schema, states: tuple[LayerState | None, ...]) -> str:
    return blake2b(repr((schema, list(states))).encode(), digest_size=16).hexdigest()


def note_of(folder: Path, key: str) -> Mapping[str, Any] | None:
    """What is known of the network of a state: its ``network`` key and ``findings``; None before it is built."""
    try:
        found: Mapping[str, Any] = json.loads((folder / f"{key}.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found


def build_missing(
    connection: psycopg.Connection[tuple[Any, ...]],
    schema: Schema,
    folder: Path,
    plane: int,
    rasters: Path,
    *,
    ordered: bool = True,
) -> bool:
    """Builds the network of what a side has now, where it is not there yet; whether there was anything to do.

    Slopes are of the grids in ``rasters``, and unknown where a grid is not there.  Its hierarchy is built unless
    ``ordered`` is false.

    Raises
    ------
    StoreError
        The database is away or not migrated.
    """
    key = state_key(layer_states(connection, schema), schema)
    if key is None:
        return False
    is_new = not _is_built(folder, key, rasters)
    if is_new:
        _build(connection, schema, folder, plane, rasters, key)
    note = note_of(folder, key)
    if not ordered or note is None or is_stored(folder / note["network"]):
        return is_new
    started = time.monotonic()
    store_hierarchy(folder / note["network"], load(folder / note["network"]))
    logger.info("ordered the road network of %s in %.1f s", schema, time.monotonic() - started)
    return True


def _build(
    connection: psycopg.Connection[tuple[Any, ...]], schema: Schema, folder: Path, plane: int, rasters: Path, key: str
) -> None:
    started = time.monotonic()
    records = read_records(connection, schema)
    grids = read_grids(connection, schema, rasters)
    name = network_key(records.digest, grids.digest, plane)
    network, report = build_network(records.ways, records.restrictions, records.barriers, plane=plane)
    if not is_stored(folder / name, ordered=False):
        places = height_places(network)
        network = with_heights(network, places, heights_at(grids.stored, places.lon, places.lat))
        store(folder / name, topology_of(network), ordered=False)
    findings = {
        "ways": report.ways,
        "edges": report.edges,
        "twins": report.twins,
        "forbidden_turns": report.forbidden_turns,
        "barriers": report.barriers,
        "findings": dict(report.counts),
    }
    _write(folder / f"{key}.json", {"network": name, "missing_grids": grids.missing, **findings})
    _remove_old(folder)
    seconds = time.monotonic() - started
    logger.info("built the road network of %s: %d edges in %.1f s", schema, report.edges, seconds)


def _is_built(folder: Path, key: str, rasters: Path) -> bool:
    """Whether there is a network of a state, and no grid has come that was missing when it was built."""
    note = note_of(folder, key)
    if note is None or not is_stored(folder / note["network"], ordered=False):
        return False
    return not any((rasters / name).is_file() for name in note.get("missing_grids", ()))


def _write(file: Path, note: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    writing = file.with_suffix(".part")
    writing.write_text(json.dumps(note), "utf-8")
    writing.replace(file)


def _remove_old(folder: Path) -> None:
    """Networks that no note of the last ones names; whoever has mapped one keeps it."""
    notes = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    named = {json.loads(file.read_text("utf-8"))["network"] for file in notes[:_KEPT]}
    for file in notes[_KEPT:]:
        file.unlink(missing_ok=True)
    for old in folder.iterdir():
        if old.is_dir() and not old.name.startswith(".") and old.name not in named:
            remove(old)
