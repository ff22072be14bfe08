"""What is kept with a layer's state goes with it, and never crosses to another database."""

from dataclasses import dataclass
from typing import Any

from services.ogc.rasters.per_stamp import PerStamp


@dataclass(frozen=True)
class Layer:
    id: str


class Pool:
    """Stands for the pool of one database."""


@dataclass(frozen=True)
class State:
    """As much of a source as is looked at."""

    layer: Layer
    pool: Pool
    stamp: str


def test_made_once_for_each_state() -> None:
    made: list[tuple[Any, ...]] = []

    def make(source: Any, *more: Any) -> str:
        made.append((source.layer.id, source.stamp, *more))
        return f"{source.layer.id} {source.stamp} {more}"

    kept = PerStamp(make)
    pool = Pool()
    first: Any = State(Layer("a"), pool, "1")
    assert kept(first) == kept(first)
    assert kept(State(Layer("a"), pool, "1")) == kept(first)  # type: ignore[arg-type]
    assert len(made) == 1
    assert kept(first, "maximum") != kept(first, "planned")
    assert kept(State(Layer("b"), pool, "1")).startswith("b")  # type: ignore[arg-type]
    assert kept(State(Layer("a"), pool, "2")) == "a 2 ()"  # type: ignore[arg-type]
    assert kept(first) == "a 1 ()"  # the latest only: made again
    assert made.count(("a", "1")) == 2


def test_two_databases_in_one_process_are_apart() -> None:
    kept = PerStamp(lambda source: source.pool)
    one: Any = State(Layer("a"), Pool(), "1")
    other: Any = State(Layer("a"), Pool(), "1")
    assert kept(one) is one.pool
    assert kept(other) is other.pool
