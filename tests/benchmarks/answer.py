"""The answer page of a place as a citizen's browser gets it, and the same as JSON: another place for each request.

No whole answer is kept on the server, and no place is asked for twice within a load.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import numpy as np

from tests.benchmarks.comparison.load import load
from tests.benchmarks.measures import Measure
from tests.benchmarks.sample_server import AREA, await_bundle, served_city

CONNECTIONS = 16
_PLACES, _WARM_S, _SECONDS = 20_000, 3, 10
_BROWSER = {"Accept": "text/html", "Accept-Encoding": "gzip, deflate, br, zstd", "Accept-Language": "ja"}


def measure() -> Iterator[Measure]:
    """The public face with two workers, as ``ngis up`` starts it; the generator of load is on the same machine."""
    with served_city() as served:
        yield from answers(served.public_port)


def answers(port: int) -> Iterator[Measure]:
    """Of a public face that serves the sample city and routes on it."""
    spots = np.random.default_rng(28204).uniform(AREA[:2], AREA[2:], (_PLACES, 2)).round(6).tolist()
    pages = [f"/?{urlencode({'lon': lon, 'lat': lat})}" for lon, lat in spots]
    cards = [f"/ogc/processes/answer-card/execution?location={lon},{lat}" for lon, lat in spots]
    address = f"http://127.0.0.1:{port}"
    await_bundle(address)  # what makes it takes one of two processors for half a minute
    load(address, pages[::-1], _WARM_S, _BROWSER, CONNECTIONS)
    alone = load(address, pages[::-1], _WARM_S, _BROWSER, 1)
    yield Measure("the answer page, one connection, p50", alone.p50_ms, "ms")
    page = load(address, pages, _SECONDS, _BROWSER, CONNECTIONS)
    yield Measure(f"the answer page, {CONNECTIONS} connections, p50", page.p50_ms, "ms", 15)
    yield Measure("the same, p99", page.p99_ms, "ms", 50)
    yield Measure("answer pages a second", page.per_second, "/s")
    card = load(address, cards, _SECONDS, None, CONNECTIONS)
    yield Measure(f"answer-card as JSON, {CONNECTIONS} connections, p50", card.p50_ms, "ms")
    yield Measure("the same, p99", card.p99_ms, "ms")
