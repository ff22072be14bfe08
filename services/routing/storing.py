"""Built networks in files: columns of numbers and texts that every worker maps into its memory, written once.

A network is named by the digest of what it was built from and of how.  A folder is complete or not there: it is filled
under another name first.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np

from geo.errors import SourceError
from geo.network.model import RoadNetwork
from geo.routing.graph import Graph
from geo.routing.hierarchy import Hierarchy
from geo.routing.turns import TurnGraph
from geo.travel.topology import Topology

FORMAT = 6
"""To be raised with every change of what is stored or how it is built: older files are then not used."""
_MANIFEST = "manifest.json"
_HIERARCHY = "hierarchy"
"""The folder of the hierarchy in that of its network: it is built after it, or never where nobody asks for routes."""


def network_key(records: str, heights: str, plane: int) -> str:
    """The name of the network that is built of records and heights with these digests, measured in this plane."""
    return blake2b(f"{FORMAT} {plane} {records} {heights}".encode(), digest_size=16).hexdigest()


def store(folder: Path, topology: Topology, *, ordered: bool = True) -> None:
    """Writes a topology into a folder that is not there yet, with its hierarchy unless ``ordered`` is false; where
    another process was faster, its folder stays.
    """
    store_columns(folder, _columns(topology), {"format": FORMAT, "plane": topology.network.plane})
    if ordered:
        store_hierarchy(folder, topology)


def store_hierarchy(folder: Path, topology: Topology) -> None:
    """Writes the hierarchy of a topology, which is built where it is not yet, into the folder that has the rest."""
    # Of the graph of the turns, which is there.
    columns = _flat(_HIERARCHY, topology.hierarchy, without="graph")
    store_columns(folder / _HIERARCHY, columns, {"format": FORMAT})


def is_stored(folder: Path, *, ordered: bool = True) -> bool:
    """Whether there is a network in a folder; ``ordered``: with its hierarchy."""
    return (folder / _HIERARCHY if ordered else folder).is_dir()


def store_columns(folder: Path, columns: Iterable[tuple[str, np.ndarray[Any, Any]]], about: Mapping[str, Any]) -> None:
    """Writes columns by name, and what is to be known of them as JSON, as ``store`` does."""
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    filling = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        sizes: dict[str, int] = {}
        for name, column in columns:
            np.save(filling / f"{name}.npy", column, allow_pickle=False)
            sizes[name] = (filling / f"{name}.npy").stat().st_size
        (filling / _MANIFEST).write_text(json.dumps({**about, "bytes": sizes}), "utf-8")
        filling.chmod(0o755)
        try:
            filling.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def load_columns(folder: Path) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    """What is known of the columns in a folder, and these, mapped into memory: processes share them.

    ``OSError``, ``ValueError`` or ``KeyError`` where a file is missing or not as it was written.
    """
    manifest: dict[str, Any] = json.loads((folder / _MANIFEST).read_text("utf-8"))
    return manifest, {name: _mapped(folder / f"{name}.npy", size) for name, size in manifest["bytes"].items()}


def remove_old(folder: Path, kept: int) -> None:
    """Leaves the folders of columns that were written last; whoever has mapped one keeps it."""
    every = [each for each in folder.iterdir() if each.is_dir() and not each.name.startswith(".")]
    for old in sorted(every, key=lambda each: each.stat().st_mtime, reverse=True)[kept:]:
        remove(old)


def remove(folder: Path) -> None:
    """Removes a folder of columns; whoever has mapped it keeps it."""
    for each in folder.iterdir():
        if each.is_dir():
            remove(each)
        else:
            each.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def load(folder: Path) -> Topology:
    """The topology in a folder, its columns mapped into memory: processes share them.  The hierarchy is among them
    where it is stored.

    Raises
    ------
    SourceError
        If a file is missing or not as it was written.
    """
    try:
        manifest, columns = load_columns(folder)
        network = _read(RoadNetwork, "network", {**columns, "network.plane": manifest["plane"]})
        turns = TurnGraph(network.graph, _read(Graph, "turns", columns))
        stored = None
        if is_stored(folder):
            _, arcs = load_columns(folder / _HIERARCHY)
            stored = _read(Hierarchy, _HIERARCHY, {**arcs, f"{_HIERARCHY}.graph": turns.graph})
    except (OSError, ValueError, KeyError) as error:
        raise SourceError(
            f"The road network in {folder.name} is not whole.", fix="Remove its folder; it is built again."
        ) from error
    return Topology(network, turns, stored)


def _mapped(file: Path, size: int) -> np.ndarray[Any, Any]:
    if file.stat().st_size != size:
        raise ValueError(f"{file.name} has another size than was written")
    # Copy on write: the kernels are compiled for arrays that may be written, and write into none of these.
    return np.asarray(np.load(file, mmap_mode="c", allow_pickle=False))


def _columns(topology: Topology) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    yield from _flat("network", topology.network)
    yield from _flat("turns", topology.turns.graph)


def _flat(name: str, value: Any, without: str = "") -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    if isinstance(value, np.ndarray):
        yield name, value
    elif hasattr(value, "_fields") or is_dataclass(value):
        for each in value._fields if hasattr(value, "_fields") else [field.name for field in fields(value)]:
            if each != without:
                yield from _flat(f"{name}.{each}", getattr(value, each))


def _read(kind: Any, name: str, columns: Mapping[str, Any]) -> Any:
    """An object of a dataclass or named tuple out of its columns, by the names of its fields."""
    if name in columns:
        return columns[name]
    return kind(**{field: _read(hint, f"{name}.{field}", columns) for field, hint in get_type_hints(kind).items()})
