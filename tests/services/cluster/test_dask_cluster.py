"""A real cluster of two processes: it says what one machine says, outlives the death of a process, and says when it
cannot be had."""

import os
import signal
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from shapely.geometry import box, mapping

from geo.coverage.demand import Bools, Floats
from geo.coverage.pairs import Pairs
from geo.location.patience import Check, unchecked
from geo.travel.conditions import Conditions
from services.cluster.dask_cluster import DaskCluster
from services.cluster.work import DismissedError, require_wanted, work
from services.code_version import code_version
from services.ogc.errors import TooMuchError, UnanswerableError
from services.ogc.face import Face
from services.ogc.processes._model import Context, Values
from services.ogc.processes._planning.times import Between, Places, between
from services.settings import ROOT, Settings
from tests.conftest import DatabaseUnderTest
from tests.services.ogc.processes.planning import outputs, points
from tests.services.routing.cities import with_roads
from tests.waiting import until

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore:Port 8787:UserWarning")


@pytest.fixture(scope="module")
def two() -> Iterator[DaskCluster]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT))  # the tasks below are of the tests, which nobody installs
        found = DaskCluster.of(Settings(dask_scheduler="local:2", dask_timeout_s=60))
        assert found is not None
        yield found
        found.close()


@pytest.fixture(scope="module")
def city(loaded_city: DatabaseUnderTest) -> Iterator[Context]:
    with with_roads(loaded_city, Face.PUBLIC) as context:
        yield context


_AREA = mapping(box(135.33, 34.72, 135.36, 34.75))


class Counting:
    """A cluster that says how much it was given."""

    def __init__(self, cluster: DaskCluster) -> None:
        self._cluster = cluster
        self.tasks = 0

    @property
    def require_wanted(self) -> Check:
        return self._cluster.require_wanted

    def each[Given, Found](
        self, task: Callable[[Given], Found], given: Iterable[Given], check: Check = unchecked
    ) -> Iterator[tuple[int, Found]]:
        for found in self._cluster.each(task, given, check):
            self.tasks += 1
            yield found


class OneByOne:
    """A cluster of this process alone."""

    require_wanted = staticmethod(require_wanted)

    def each[Given, Found](
        self, task: Callable[[Given], Found], given: Iterable[Given], check: Check = unchecked
    ) -> Iterator[tuple[int, Found]]:
        check()
        yield from enumerate(map(task, given))


@pytest.mark.parametrize(
    ("process_id", "most", "inputs"),
    [
        ("coverage", 500, {"limits_s": [270, 480], "hazard": "hazard-tsunami", "turnout_s": 60}),
        (
            "coverage",
            500,
            {"limits_s": [600], "facilities": "medical-facilities", "direction": "to-facilities", "profile": "car"},
        ),
        ("accessibility", 100, {"reach_s": 200, "moments": ["mon 10:00", "sun 23:00"], "area": _AREA}),
        ("water-supply-coverage", 2000, {"wind_m_s": 2.5, "area": _AREA}),
        ("facility-location", 500, {"candidates": "public-facilities", "compare": [10], "limit_s": 240}),
        (
            "facility-location",
            100,
            {"candidates": "public-facilities", "model": "bacop2", "relocations": 3, "limit_s": 240, "area": _AREA},
        ),
        ("facility-location", 100, {"model": "p-median", "method": "heuristic", "area": _AREA, "turnout_s": 60}),
        ("facility-location", 500, {"candidates": "public-facilities", "model": "p-center"}),
        (
            "facility-location",
            100,
            {
                "facilities": points((30_000, {"name": "海上"})),
                "candidates": "public-facilities",
                "model": "p-median",
                "sites": 4,
                "limit_s": 30,
                "area": _AREA,
            },
        ),
        (
            "shelter-capacity",
            50,
            {"hazard": "hazard-tsunami", "reach_s": 300, "pace_mps": 0.8, "area_where_unknown_m2": 500},
        ),
    ],
)
def test_the_city_is_the_same_to_the_last_person(
    city: Context, two: DaskCluster, process_id: str, most: int, inputs: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.partition.joining.MOST_PLACES", most)
    monkeypatch.setattr("services.ogc.processes._water.covering.MOST_PLACES", most)
    counting, heard = Counting(two), dict[bool, set[int]]({False: set(), True: set()})

    def asked(cluster: Counting | None) -> Values:
        told = heard[cluster is not None]
        where = replace(city, cluster=cluster, clock=lambda: _NOW, report=lambda percent, _: told.add(percent))
        return outputs(process_id, where, **inputs)

    alone, apart = asked(None), asked(counting)
    assert counting.tasks > 3, "the city is in parts"
    assert heard[True] - heard[False] - {0}, "per cents move while parts are found"
    for name in alone:
        assert apart[name] == alone[name], name


@pytest.mark.parametrize(
    ("process_id", "inputs"),
    [
        ("coverage", {"facilities": "medical-facilities", "limits_s": [200, 400], "area": _AREA}),
        ("accessibility", {"reach_s": 120, "area": _AREA}),
        ("facility-location", {"candidates": "public-facilities", "limit_s": 120, "area": _AREA}),
        ("shelter-capacity", {"hazard": "hazard-tsunami", "reach_s": 200, "area": _AREA}),
    ],
)
@pytest.mark.parametrize("is_straight", [False, True])
def test_what_is_found_is_limited_and_not_what_there_is(
    city: Context, process_id: str, inputs: dict[str, Any], is_straight: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table of all facilities and points is too large; the pairs that count are not, and say the same."""
    if is_straight:
        inputs = {**inputs, "straight_line_kph": 4 if process_id == "shelter-capacity" else 30}
    tables: list[int] = []

    def counted(asked: Values, now: Conditions, ends: Places, points: Places, *rest: Any) -> Between:
        tables.append(len(ends[0]) * len(points[0]))
        return between(asked, now, ends, points, *rest)

    def by_table(
        sites: Floats, points: Floats, mps: float, limit_s: float, nearest_of: Bools, before_s: float, **rest: Any
    ) -> Pairs:
        tables.append(len(sites) * len(points))
        away_m = np.hypot(*(sites[:, None, axis] - points[:, axis] for axis in (0, 1)))
        return Pairs.of(away_m / mps + before_s).that_count(limit_s, nearest_of, rest["beyond_s"], rest["first"])

    here = replace(city, clock=lambda: _NOW)
    with monkeypatch.context() as patch:
        for module in ("_planning.ways", "_coverage.reaching"):
            patch.setattr(f"services.ogc.processes.{module}.between", counted)
        patch.setattr("services.ogc.processes._planning.straight.straight_pairs", by_table)
        whole = outputs(process_id, here, **inputs)
    monkeypatch.setattr("services.ogc.processes._planning.times.MOST_PAIRS", tables[0] // 2)
    if not is_straight:
        with pytest.raises(TooMuchError):
            outputs(process_id, here, **inputs)
    by_pairs = outputs(process_id, here if is_straight else replace(here, cluster=OneByOne()), **inputs)
    for name in whole:
        assert by_pairs[name] == whole[name], name
    monkeypatch.setattr("services.ogc.processes._planning.times.MOST_PAIRS", 1)
    with pytest.raises(TooMuchError):
        outputs(process_id, here if is_straight else replace(here, cluster=OneByOne()), **inputs)


_NOW = datetime(2026, 11, 26, tzinfo=UTC)


def dying_once(folder: Path, number: int) -> int:
    """Ends its own process, without a word, the first time it is asked for one of the numbers."""
    mark = folder / str(number)
    if number == 2 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def test_a_process_that_is_killed_is_replaced_and_its_work_done_again(two: DaskCluster, tmp_path: Path) -> None:
    found = dict(two.each(partial(dying_once, tmp_path), range(8)))
    assert found == {number: number * number for number in range(8)}
    assert [path.name for path in tmp_path.iterdir()] == ["2"], "a process was killed"


def failing(number: int) -> int:
    raise FileNotFoundError(f"there is no part {number}")


def test_what_a_task_raises_comes_out_as_it_was(two: DaskCluster) -> None:
    with pytest.raises(FileNotFoundError, match="no part 7"):
        list(two.each(failing, [7]))


def test_tasks_are_taken_a_few_at_a_time(two: DaskCluster) -> None:
    taken: list[int] = []

    def given() -> Iterator[int]:
        for number in range(200):
            taken.append(number)
            yield number

    results = two.each(abs, given())
    next(results)
    assert len(taken) < 20
    results.close()  # type: ignore[attr-defined]


def waiting_until_dismissed(folder: Path, number: int) -> None:
    """As a task that takes minutes and asks now and then whether it is wanted; leaves word that it was not."""
    (folder / f"began {number}").touch()
    try:
        for _ in range(1_200):
            require_wanted()
            time.sleep(0.05)
    except DismissedError:
        (folder / f"ended {number}").touch()
        raise


def test_what_is_dismissed_ends_where_it_is_done(two: DaskCluster, tmp_path: Path) -> None:
    def check() -> None:
        if len(list(tmp_path.glob("began *"))) == 2:
            raise KeyError("dismissed")

    with pytest.raises(KeyError, match="dismissed"):
        list(two.each(partial(waiting_until_dismissed, tmp_path), range(2), check))
    until(lambda: len(list(tmp_path.glob("ended *"))) == 2)  # neither goes on
    require_wanted()  # of no task: by who asked


def test_another_program_is_not_believed() -> None:
    own = code_version().digest
    assert work(abs, own, -5).found == 5
    assert work(abs, "of another version", -5).found is None


def unused_address() -> str:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{held.getsockname()[1]}"


def test_a_scheduler_that_does_not_answer_is_an_error_with_what_to_do() -> None:
    nobody = DaskCluster(unused_address(), 1.0)
    began = time.monotonic()
    with pytest.raises(UnanswerableError, match=r"tcp://127.*does not answer within 1 s.*NGIS_DASK_SCHEDULER"):
        next(nobody.each(abs, [1]))
    assert time.monotonic() - began < 30


def test_a_scheduler_that_is_lost_in_between_is_the_same_error_and_no_half_answer() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    options = {"threads_per_worker": 1, "processes": False, "scheduler_port": port, "dashboard_address": None}
    made: Any = import_module("distributed").LocalCluster(1, **options)
    with made as one:
        cluster = DaskCluster(f"tcp://127.0.0.1:{port}", 3.0)
        found = cluster.each(time.sleep, [0.01] * 300)
        assert next(found)[1] is None
        one.close()
        with pytest.raises(UnanswerableError, match="does not answer within 3 s"):
            list(found)
        cluster.close()


@pytest.mark.parametrize("wrong", ["10.0.0.1:8786", "http://host:8786", "local:0", "tcp://", "locally"])
def test_what_is_no_scheduler_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Settings(dask_scheduler=wrong)


def test_a_laptop_needs_none_and_imports_none() -> None:
    assert DaskCluster.of(Settings(dask_scheduler=None)) is None
    assert DaskCluster.elsewhere(Settings(dask_scheduler="local:2")) is None, "workers start no processes"
