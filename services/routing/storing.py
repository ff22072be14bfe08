"""Built networks in files: columns of numbers and texts that every worker maps into its memory, written once.

A network is named by the digest of what it was built from and of how.  A folder is complete or not there: it is filled
under another name first.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
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
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    filling = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        sizes: dict[str, int] = {}
        for name, column in _columns(topology):
            np.save(filling / f"{name}.npy", column, allow_pickle=False)
            sizes[name] = (filling / f"{name}.npy").stat().st_size
        manifest = {"format": FORMAT, "plane": topology.network.plane, "bytes": sizes}
        (filling / _MANIFEST).write_text(json.dumps(manifest), "utf-8")
        filling.chmod(0o755)
        try:
            filling.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(filling, ignore_errors=True)


def load(folder: Path) -> Topology:
    """The topology in a folder, its columns mapped into memory: processes share them.

    Raises
    ------
    SourceError
        If a file is missing or not as it was written.
    """
    try:
        manifest = json.loads((folder / _MANIFEST).read_text("utf-8"))
        columns = {name: _mapped(folder / f"{name}.npy", size) for name, size in manifest["bytes"].items()}
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
