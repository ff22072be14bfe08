"""``ngis export offline`` on the sample city: small enough to take along, and answers as the server does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from services.cli import cli
from services.ogc.alone import opened
from services.ogc.face import Face
from services.ogc.processes import processes
from services.ogc.processes._model import Context
from tests.conftest import DatabaseUnderTest
from tests.web_map.offline.comparing import asked, differences, shown

MOST_BYTES = 15_000_000
POINTS = 20


@pytest.fixture(scope="module")
def folder(loaded_city: DatabaseUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("export") / "city"
    settings = loaded_city.settings
    environment = {
        "NGIS_VAR": str(settings.var),
        "NGIS_DATABASE_URL": loaded_city.urls.owner,
        "NGIS_DATABASE_INGEST_URL": loaded_city.urls.ingest,
        "NGIS_DATABASE_INTERNAL_URL": loaded_city.urls.internal,
        "NGIS_DATABASE_PUBLIC_URL": loaded_city.urls.public,
    }
    done = CliRunner().invoke(cli, ["export", "offline", "--out", str(found)], env=environment, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "revision" in done.output
    return found


@pytest.fixture(scope="module")
def public(loaded_city: DatabaseUnderTest) -> Iterator[Context]:
    now = datetime.now(UTC).replace(microsecond=0)
    with opened(loaded_city.settings, Face.PUBLIC) as context:
        yield replace(context, clock=lambda: now)


def test_the_whole_city_is_small_enough_to_take_along(folder: Path) -> None:
    assert sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) <= MOST_BYTES


def test_card_and_ways_at_twenty_places_are_the_servers(folder: Path, public: Context) -> None:
    random = np.random.default_rng(20)
    west, south, east, north = public.city.bbox
    places = random.uniform((west, south), (east, north), (POINTS, 2)).tolist()
    now = public.clock().isoformat()
    found = asked(folder, [{"ask": "answer", "lon": x, "lat": y, "language": "en", "now": now} for x, y in places])
    ways = 0
    for place, ours in zip(places, found, strict=True):
        given = {"location": place, "language": "en"}
        theirs = shown(processes()["answer-card"].run(given, public)["answer"])
        ours = shown(ours)
        for one, other in zip(ours["hazards"], theirs["hazards"], strict=True):
            for ours_to, theirs_to in zip(
                *((each["sites"] or {"nearest": []})["nearest"] for each in (one, other)), strict=True
            ):
                assert (
                    abs(ours_to["walk"]["length_m"] - theirs_to["walk"]["length_m"])
                    <= 0.01 * theirs_to["walk"]["length_m"]
                )
                # Of two ways that take equally long either is one: what is said of it is not compared.
                for each in (ours_to, theirs_to):
                    del each["walk"]["steps"], each["walk"]["behind"]
                ways += 1
        assert differences(ours, theirs) == [], place
    assert ways > POINTS
