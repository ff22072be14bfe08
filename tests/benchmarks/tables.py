"""How results are shown: figures, comparisons of servers, and races of engines, each in a table of its own."""

from collections.abc import Iterable

from rich.table import Table

from tests.benchmarks.measures import Calls, Comparison, Measure, Race, Speed


def figure_table(found: Iterable[tuple[str, Measure]]) -> Table:
    """One line for each figure, with the name of its benchmark."""
    table = Table()
    for heading in ("benchmark", "what", "measured", "to reach", ""):
        table.add_column(heading, justify="right" if heading in {"measured", "to reach"} else "left")
    for name, measure in found:
        bounds = [f"<= {measure.limit:g}"] if measure.limit is not None else []
        bounds += [f">= {measure.floor:g}"] if measure.floor is not None else []
        bound = f"{' and '.join(bounds)} {measure.unit}" if bounds else ""
        table.add_row(name, measure.what, f"{_number(measure.value)} {measure.unit}", bound, _verdict(measure.reached))
    return table


def comparison_table(found: Iterable[Comparison]) -> Table:
    """One line for each kind of request: requests a second and latency of every server, and how far ours is ahead."""
    found = list(found)
    peers = list(dict.fromkeys(name for each in found for name in each.speeds if name != "ours"))
    table = Table(caption="requests a second; latency of 50 and of 99 in 100 requests, in ms")
    table.add_column("request")
    for name in ("ours", *peers):
        table.add_column(name, justify="right")
        table.add_column("p50 / p99", justify="right")
        table.add_column("", justify="right")
    for each in found:
        cells = [each.what, *_speed(each.speeds.get("ours", "")), _floor(each)]
        for peer in peers:
            cells += [*_speed(each.speeds.get(peer, "")), _ratio(each, peer)]
        table.add_row(*cells)
    return table


def race_table(found: Iterable[Race]) -> Table:
    """One line for each engine in each race: its calls, and how many times as long as ours its median call took."""
    table = Table(caption="in one process, call by call in turns; p50, p99: of 50 and of 99 in 100 calls, in ms")
    for heading in ("question", "engine", "calls", "p50", "p99", "ours is faster", "to reach", ""):
        table.add_column(heading, justify="left" if heading in {"question", "engine", ""} else "right")
    for race in found:
        for number, (engine, calls) in enumerate(race.calls.items()):
            last = number == len(race.calls) - 1
            question = race.what if number == 0 else ""
            table.add_row(question, engine, *_calls(calls), *_lead(race, engine), end_section=last)
    return table


def _calls(calls: Calls | str) -> tuple[str, str, str]:
    if isinstance(calls, str):
        return calls, "", ""
    return str(calls.count), _number(calls.p50_ms), _number(calls.p99_ms)


def _lead(race: Race, engine: str) -> tuple[str, str, str]:
    calls, target, ratio = race.calls[engine], race.targets.get(engine), race.ratio(engine)
    if engine == "ours":
        if race.limit_ms is None:
            return "", "", ""
        reached = isinstance(calls, Calls) and calls.p50_ms <= race.limit_ms
        return "", f"<= {race.limit_ms:g} ms", _verdict(reached)
    return (
        "" if ratio is None else f"{_number(ratio)}x",
        "" if target is None else f">= {target:g}x",
        "" if ratio is None or target is None else _verdict(ratio >= target),
    )


def _speed(speed: Speed | str) -> tuple[str, str]:
    if isinstance(speed, str):
        return speed, ""
    return _number(speed.per_second), f"{_number(speed.p50_ms)} / {_number(speed.p99_ms)}"


def _floor(each: Comparison) -> str:
    if each.floor is None:
        return ""
    ours = each.speeds.get("ours")
    reached = isinstance(ours, Speed) and ours.per_second >= each.floor
    return f">= {each.floor:,.0f} {_verdict(reached)}"


def _ratio(each: Comparison, peer: str) -> str:
    """How many times a peer's speed ours is, and whether that is enough; a peer without a speed judges nothing."""
    ratio, target = each.ratio(peer), each.targets.get(peer)
    shown = [] if ratio is None else [f"{_number(ratio)}x"]
    if target is not None:
        shown.append(f">= {target:g}x")
        if ratio is not None or not isinstance(each.speeds.get("ours"), Speed):
            shown.append(_verdict(ratio is not None and ratio >= target))
    return " ".join(shown)


def _verdict(reached: bool | None) -> str:
    return "" if reached is None else "reached" if reached else "MISSED"


def _number(value: float) -> str:
    return f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
