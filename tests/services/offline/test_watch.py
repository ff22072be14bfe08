"""When the server makes the offline bundle by itself: once after what was published, and not all the time."""

from pathlib import Path

import pytest

from geo.errors import StoreError
from services.offline.export import folder_of
from services.offline.watch import REST_S, Keeper
from services.settings import Settings
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import SmallCity, fill

QUIET_S = 60.0


class Made:
    """A clock that is moved by hand, and what counts the bundles instead of making them."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.count = 0
        self.fails = False

    def clock(self) -> float:
        return self.now

    def make(self, settings: Settings) -> None:
        self.count += 1
        if self.fails:
            raise StoreError("no room")
        folder_of(settings).mkdir(exist_ok=True)
        (folder_of(settings) / "manifest.js").write_text("x")


@pytest.fixture
def city(database: DatabaseUnderTest) -> SmallCity:
    return fill(database)


@pytest.fixture
def settings(database: DatabaseUnderTest, tmp_path: Path) -> Settings:
    return database.settings.model_copy(update={"var": tmp_path, "offline_quiet_s": QUIET_S})


@pytest.fixture
def made() -> Made:
    return Made()


@pytest.fixture
def keeper(settings: Settings, made: Made) -> Keeper:
    return Keeper(settings, made.clock, make=made.make)


def looked(keeper: Keeper, made: Made, seconds: float) -> int:
    """How many bundles are made by looks within so many seconds from now."""
    before = made.count
    for _ in range(4):
        made.now += seconds / 4
        keeper.look()
    return made.count - before


def test_one_bundle_is_made_once_what_is_published_has_stood_for_a_while(
    city: SmallCity, settings: Settings, keeper: Keeper, made: Made
) -> None:
    assert looked(keeper, made, QUIET_S - 1) == 0
    assert looked(keeper, made, QUIET_S) == 1
    assert looked(keeper, made, 10 * REST_S) == 0
    city.publish("shelters")
    keeper.look()
    assert looked(keeper, made, QUIET_S - 1) == 0
    city.execute("UPDATE core.emergency_sites SET remarks = 'new'")
    city.publish("emergency-sites")  # and further ones begin the wait anew
    keeper.look()
    assert looked(keeper, made, QUIET_S - 1) == 0
    assert looked(keeper, made, 2) == 1
    again = Keeper(settings, made.clock, make=made.make)  # after a restart there is nothing to make
    assert looked(again, made, 10 * REST_S) == 0
    (folder_of(settings) / "manifest.js").unlink()
    assert looked(again, made, 1) == 1


def test_what_moves_by_itself_waits_longer(settings: Settings, keeper: Keeper, made: Made) -> None:
    assert looked(keeper, made, 3 * QUIET_S) == 1
    published, moving = (settings.var / "offline.made").read_text().split("\n")
    assert published
    (settings.var / "offline.made").write_text(f"{published}\nelse")
    assert looked(keeper, made, REST_S / 2) == 0
    assert looked(keeper, made, REST_S) == 1
    assert (settings.var / "offline.made").read_text().split("\n") == [published, moving]


def test_what_cannot_be_made_is_not_tried_again_and_again(keeper: Keeper, made: Made) -> None:
    made.fails = True
    assert looked(keeper, made, 3 * QUIET_S) == 1
    assert looked(keeper, made, 10 * REST_S) == 0
