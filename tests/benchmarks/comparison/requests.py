"""The kinds of request compared: what is asked of each server, and how many times as fast ours should be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.comparison import answers
from tests.benchmarks.comparison.data import BUILDINGS, CATEGORIES, POINT_ROWS, POINTS, USAGES, tile_at
from tests.benchmarks.comparison.servers import Server

VARIETY = 500
"""Different requests of a kind that is random."""


@dataclass(frozen=True, slots=True)
class Request:
    """One kind of request.

    paths:
        The paths to ask a server for, in turn.
    alike:
        Whether our answer and a peer's are the same in what matters.
    targets:
        How many times a peer's requests per second ours should reach, by peer.
    """

    what: str
    paths: Callable[[Server], Sequence[str]]
    alike: Callable[[bytes, bytes], bool]
    targets: Mapping[str, float] = field(default_factory=dict)


def requests(found: Sequence[str]) -> Iterator[Request]:
    """The kinds in order; ``found`` are boxes that hold 100 buildings each."""

    def items(layer_id: str, *queries: Mapping[str, str]) -> Callable[[Server], Sequence[str]]:
        return lambda server: [server.items(layer_id, query) for query in queries]

    filters = [f"usage='{usage}' AND storeys>={storeys}" for storeys in range(2, 9) for usage in USAGES]
    yield from [
        Request(
            "items, 10, both counting",
            items(BUILDINGS, {"limit": "10"}),
            answers.same_counted_page,
            {"stock": 10, "tipg": 10},
        ),
        Request("items, 1,000", items(BUILDINGS, {"limit": "1000"}), answers.same_page, {"stock": 10, "tipg": 7}),
        Request(
            "random bbox, 100",
            items(BUILDINGS, *({"limit": "100", "bbox": box} for box in found)),
            answers.same_page,
            {"stock": 25, "tipg": 5},
        ),
        Request(
            "property filter, 100",
            items(POINTS, *({"limit": "100", "category": category} for category in CATEGORIES)),
            answers.same_page,
            {"stock": 5, "tipg": 4},
        ),
        Request(
            "CQL2 filter, 100",
            items(BUILDINGS, *({"limit": "100", "filter": each, "filter-lang": "cql2-text"} for each in filters)),
            answers.same_page,
            {"stock": 2, "tipg": 1.7},
        ),
        Request(
            "one item, random",
            lambda server: [server.item(POINTS, f"p{n * 7919 % POINT_ROWS + 1:08}") for n in range(VARIETY)],
            answers.same_item,
            {"stock": 5, "tipg": 3},
        ),
        Request(
            "items as HTML, 10",
            items(BUILDINGS, {"limit": "10", "f": "html"}),
            answers.same_html,
            {"stock": 20, "tipg": 3},
        ),
        tiles(found),
    ]


def tiles(found: Sequence[str]) -> Request:
    """Vector tiles of zoom 15 with the buildings around the south-western corners of boxes."""
    corners = [tuple(map(float, box.split(",")[:2])) for box in found]
    drawn = [tile_at(lon, lat, 15) for lon, lat in corners]
    return Request(
        "vector tile, zoom 15, random",
        lambda server: [server.tile(BUILDINGS, *tile) for tile in drawn],
        answers.same_tile,
        {"tipg": 1.8},
    )
