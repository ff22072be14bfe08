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

FORMAT = 5
"""To be raised with every change of what is stored or how it is built: older files are then not used."""
_MANIFEST = "manifest.json"


def network_key(records: str, heights: str, plane: int) -> str:
    """The name of the network that is built of records and heights with these digests, measured in this plane."""
    return blake2b(f"{FORMAT} {plane} {records} {heights}".encode(), digest_size=16).hexdigest()


def store(folder: Path, topology: Topology) -> None:
    """Writes a topology into a folder that is not there yet; where another process was faster, its folder stays."""
    store_columns(folder, _columns(topology), {"format": FORMAT, "plane": topology.network.plane})


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
    for column in folder.iterdir():
        column.unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def load(folder: Path) -> Topology:
    """The topology in a folder, its columns mapped into memory: processes share them.

    Raises
    ------
    SourceError
        If a file is missing or not as it was written.
    """
    try:
        manifest, columns = load_columns(folder)
        network = _read(RoadNetwork, "network", {**columns, "network.plane": manifest["plane"]})
        turns = TurnGraph(network.graph, _read(Graph, "turns", columns))
        hierarchy = _read(Hierarchy, "hierarchy", {**columns, "hierarchy.graph": turns.graph})
    except (OSError, ValueError, KeyError) as error:
        raise SourceError(
            f"The road network in {folder.name} is not whole.", fix="Remove its folder; it is built again."
        ) from error
    return Topology(network, turns, hierarchy)


def _mapped(file: Path, size: int) -> np.ndarray[Any, Any]:
    if file.stat().st_size != size:
        raise ValueError(f"{file.name} has another size than was written")
    # Copy on write: the kernels are compiled for arrays that may be written, and write into none of these.
    return np.asarray(np.load(file, mmap_mode="c", allow_pickle=False))


def _columns(topology: Topology) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    yield from _flat("network", topology.network)
    yield from _flat("turns", topology.turns.graph)
    yield from _flat("hierarchy", topology.hierarchy, without="graph")  # which is that of the turns


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
