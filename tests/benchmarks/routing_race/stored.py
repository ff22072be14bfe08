"""A city of the race in a file: real roads are read where what reads them is installed, and raced over elsewhere."""

from pathlib import Path

import numpy as np

from geo.routing.graph import Graph
from tests.geo.routing.cities import City


def store(made: City, path: Path) -> None:
    """Writes a city into a file ``.npz``."""
    graph = made.graph
    np.savez(
        path,
        x=made.x,
        y=made.y,
        tail=graph.tail,
        head=graph.head,
        weights=made.weights,
        reverse=made.reverse,
        speeds_kmh=made.speeds_kmh,
    )


def load(path: Path) -> City:
    """The city that ``store`` wrote."""
    with np.load(path) as found:
        graph = Graph.from_arcs(len(found["x"]), found["tail"], found["head"])
        return City(graph, found["x"], found["y"], found["weights"], found["reverse"], found["speeds_kmh"])
