"""Units chosen for a dispatch set are those that no other choice betters, by looking at every other choice."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.dispatch.choosing import MOST_PLACES, Choice, choose
from geo.dispatch.units import Demand, Hindrance, Unit, by_arrival
from geo.errors import InputError

KINDS = ("pumper", "tank", "ladder", "rescue")
Placed = tuple[tuple[Unit, int], ...]


@st.composite
def units(draw: st.DrawFn) -> list[Unit]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        capability, travel = draw(st.sampled_from(KINDS)), draw(st.integers(0, 4))
        hindrance = draw(st.sampled_from([None, None, None, *Hindrance]))
        found.append(Unit(f"u{number}", capability, travel if hindrance is None else None, hindrance))
    return found


@st.composite
def demands(draw: st.DrawFn) -> list[Demand]:
    found: list[Demand] = []
    for capability in draw(st.lists(st.sampled_from(KINDS), max_size=3)):
        others = [kind for kind in KINDS if kind != capability]
        stand_ins = draw(st.lists(st.sampled_from(others), unique=True, max_size=2))
        found.append(Demand(capability, draw(st.integers(1, 2)), tuple(stand_ins)))
    return found[: 2 if sum(demand.count for demand in found) > 4 else 3]


def every_choice(ready: Sequence[Unit], places: Sequence[int], demands: Sequence[Demand]) -> Iterator[Placed]:
    """All ways to put units into places, with empty ones."""
    if not places:
        yield ()
        return
    demand = demands[places[0]]
    for rest in every_choice(ready, places[1:], demands):
        yield rest
    for unit in ready:
        if demand.preference(unit.capability) is not None:
            left = [other for other in ready if other is not unit]
            for rest in every_choice(left, places[1:], demands):
                yield ((unit, places[0]), *rest)


def value(placed: Placed, demands: Sequence[Demand]) -> tuple[object, ...]:
    """What is compared: more is told first, then arrivals in their order, then stand-ins, then the demands filled."""
    arrivals = sorted(unit.travel or 0 for unit, _ in placed)
    stand_ins = sum(demands[demand].preference(unit.capability) or 0 for unit, demand in placed)
    return -len(placed), arrivals, stand_ins, sum(demand for _, demand in placed)


def placed(choice: Choice) -> Placed:
    return tuple((each.unit, each.demand) for each in choice.assigned)


@settings(max_examples=300, deadline=None)
@given(units(), demands())
def test_no_choice_is_better(units: list[Unit], demands: list[Demand]) -> None:
    choice = choose(units, demands)
    ready = [unit for unit in units if unit.hindrance is None]
    places = [number for number, demand in enumerate(demands) for _ in range(demand.count)]
    every = list(every_choice(ready, places, demands))
    assert value(placed(choice), demands) == min(value(each, demands) for each in every)
    # And each arrival in line is the earliest of all choices that fill as many.
    arrivals = [each.unit.travel for each in choice.assigned]
    for other in every:
        if len(other) == len(arrivals):
            assert all(np.array(sorted(unit.travel or 0 for unit, _ in other)) >= np.array(arrivals, float))


@settings(max_examples=200, deadline=None)
@given(units(), demands(), st.randoms())
def test_what_is_told_of_a_choice_is_so(units: list[Unit], demands: list[Demand], random: object) -> None:
    choice = choose(units, demands)
    used = [each.unit.id for each in choice.assigned]
    assert len(set(used)) == len(used)
    assert all(each.unit.hindrance is None for each in choice.assigned)
    for number, demand in enumerate(demands):
        mine = [each for each in choice.assigned if each.demand == number]
        assert [each.preference for each in mine] == [demand.preference(each.unit.capability) for each in mine]
        short = [each for each in choice.shortfalls if each.demand == number]
        assert demand.count == len(mine) + sum(each.missing for each in short)
        for each in short:
            could = {unit.id for unit in units if demand.preference(unit.capability) is not None}
            assert {unit.id for unit in each.others} == could - {each.unit.id for each in mine}
            # One that is free and could take the place would have been sent.
            assert all(unit.hindrance is not None or unit.id in used for unit in each.others)
    shuffled = list(units)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert choose(shuffled, demands) == choice


def test_the_nearest_for_each_in_turn_would_leave_a_place_empty() -> None:
    """The only ladder is the nearest rescue too, and there is another rescue farther off."""
    units = [Unit("l", "ladder", 100), Unit("r", "rescue", 300)]
    demands = [Demand("rescue", 1, ("ladder",)), Demand("ladder")]
    choice = choose(units, demands)
    assert [(each.unit.id, each.demand) for each in choice.assigned] == [("l", 1), ("r", 0)]
    assert choice.shortfalls == ()


def test_a_stand_in_is_sent_where_it_is_earlier_and_not_where_it_is_as_early() -> None:
    pumpers = [Demand("pumper", 1, ("tank",))]
    assert choose([Unit("a", "tank", 5), Unit("b", "pumper", 6)], pumpers).assigned[0].unit.id == "a"
    assert choose([Unit("a", "tank", 6), Unit("b", "pumper", 6)], pumpers).assigned[0].unit.id == "b"


def test_many_units_are_chosen_exactly() -> None:
    random = np.random.default_rng(3)
    units = [Unit(f"{n:03}", str(random.choice(KINDS)), int(random.integers(2**30))) for n in range(400)]
    demands = [Demand("pumper", 40, ("tank", "rescue")), Demand("tank", 30), Demand("ladder", 30, ("rescue",))]
    choice = choose(units, demands)
    assert choice.shortfalls == ()
    assert [each.unit for each in choice.assigned] == by_arrival(each.unit for each in choice.assigned)
    # By the greedy algorithm of the matroid: the next to arrive is taken if all taken can still be placed.
    taken: list[Unit] = []
    for unit in by_arrival(units):
        if fits([*taken, unit], demands):
            taken.append(unit)
    assert [each.unit.id for each in choice.assigned] == [unit.id for unit in taken]


def fits(units: Sequence[Unit], demands: Sequence[Demand]) -> bool:
    """Whether all of them can be placed (Hall: of every set of kinds no more than there are places for it)."""
    for size in range(1, len(KINDS) + 1):
        for kinds in itertools.combinations(KINDS, size):
            room = sum(each.count for each in demands if {each.capability, *each.stand_ins} & set(kinds))
            if sum(unit.capability in kinds for unit in units) > room:
                return False
    return True


def test_nothing_to_choose_from_and_nothing_to_choose() -> None:
    (short,) = choose([], [Demand("pumper", 2)]).shortfalls
    assert (short.missing, short.others) == (2, ())
    assert choose([Unit("a", "tank", 1)], []) == Choice((), ())


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="same id"):
        choose([Unit("a", "tank", 1), Unit("a", "tank", 2)], [])
    with pytest.raises(InputError, match="most"):
        choose([], [Demand("tank", MOST_PLACES + 1)])
    with pytest.raises(InputError, match="travel time"):
        Unit("a", "tank", None)
    with pytest.raises(InputError, match="travel time"):
        Unit("a", "tank", -1)
    for count, stand_ins in ((0, ()), (1, ("tank",)), (1, ("pumper", "pumper"))):
        with pytest.raises(InputError):
            Demand("tank", count, stand_ins)
