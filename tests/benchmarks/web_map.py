"""The pages as a citizen's phone has them: Lighthouse, weight, time to the answer, ways with no network, barriers."""

import re
import urllib.request
from collections.abc import Iterator

import numpy as np

from tests.benchmarks.answer import answers
from tests.benchmarks.measures import Measure
from tests.benchmarks.pages import browser, lighthouse
from tests.benchmarks.sample_server import AREA, served_city

ONLY_WHEN_NAMED = True
_SPOT = (135.3415, 34.7376)
_PLACES = 10


def measure() -> Iterator[Measure]:
    """The public face of the sample city, as ``ngis up`` starts it."""
    with served_city() as served:
        yield from answers(served.public_port)
        yield from of_pages(f"http://127.0.0.1:{served.public_port}")


def of_pages(base: str) -> Iterator[Measure]:
    """Of a public face at this address that serves the sample city, and has made its offline bundle."""
    answer = f"{base}/?lon={_SPOT[0]}&lat={_SPOT[1]}&lang=ja"
    yield from lighthouse.scores("the first page", f"{base}/?lang=ja")
    yield from lighthouse.scores("an answer", answer)
    yield from lighthouse.scores("the map", f"{base}/map?lang=ja", is_read_first=False)
    yield from lighthouse.scores("a layer's page", f"{base}/layers/hazard-flood?lang=ja")
    with urllib.request.urlopen(answer, timeout=30) as page:
        found = re.search(r'href="(/static/[0-9a-f]+)/', page.read().decode())
    assert found is not None
    places = np.random.default_rng(5).uniform(AREA[:2], AREA[2:], (_PLACES, 2)).tolist()
    yield from browser.measures(base, found[1], _SPOT, [(lon, lat) for lon, lat in places])
