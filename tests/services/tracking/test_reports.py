"""What is a report, what is none, and which is believed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.crs import distance_m
from layers import fire_codes
from services.tracking import judging
from services.tracking.judging import Known, is_news, refusal
from services.tracking.reports import Report, read
from tests.services.tracking.fleets import HERE, START, report


def pointers(found: Any) -> list[str]:
    assert isinstance(found, list)
    return sorted(flaw.pointer for flaw in found)


def believed(call_sign: str = "中央1", **more: Any) -> Report:
    found = read(report(call_sign, **more))
    assert isinstance(found, Report)
    return found


def test_a_report_is_read() -> None:
    found = believed(speed_kph=40, heading_deg=0, accuracy_m=3.5, status="現着")
    assert found == Report("中央1", False, START, HERE, 40.0, 0.0, 3.5, "on-scene")


def test_every_key_is_known_by_its_code_and_by_its_name() -> None:
    for code in fire_codes.STATUS_KEYS.codes:
        for name in (code.value, code.title.ja, *code.aliases):
            assert believed(status=name).status == code.value


def test_a_key_may_be_pressed_without_a_fix_and_a_vehicle_named_by_its_id() -> None:
    found = read({"vehicle_id": "v7", "time": "2026-06-01T09:00:00+09:00", "status": "dispatched"})
    assert found == Report("v7", True, START, None, status="dispatched")


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"lon": None}, "/lon"),
        ({"lon": None, "lat": None}, "/lon"),
        ({"lat": "34.7"}, "/lat"),
        ({"lat": True}, "/lat"),
        ({"lon": 181}, "/lon"),
        ({"lon": float("nan")}, "/lon"),
        ({"lon": 0, "lat": 0}, "/lon"),
        ({"lon": 34.7, "lat": 85.0}, "/lon"),
        ({"lon": 34.735, "lat": 135.34}, "/lat"),
        ({"lon": -0.1, "lat": 51.5}, "/lon"),
        ({"time": None}, "/time"),
        ({"not_before": "2026-06-01T09:00:01+09:00"}, "/not_before"),
        ({"not_before": "yesterday"}, "/not_before"),
        ({"time": "2026-06-01T09:00:00"}, "/time"),
        ({"time": 1780272000}, "/time"),
        ({"call_sign": None}, "/call_sign"),
        ({"call_sign": ""}, "/call_sign"),
        ({"call_sign": "a" * 101}, "/call_sign"),
        ({"call_sign": "a\x00"}, "/call_sign"),
        ({"vehicle_id": "v1"}, "/call_sign"),
        ({"speed_kph": -1}, "/speed_kph"),
        ({"speed_kph": 301}, "/speed_kph"),
        ({"heading_deg": 360.1}, "/heading_deg"),
        ({"accuracy_m": -0.1}, "/accuracy_m"),
        ({"status": "arrived"}, "/status"),
        ({"status": 3}, "/status"),
        ({"speed": 3}, "/speed"),
    ],
)
def test_what_is_no_report_is_named(changed: dict[str, Any], pointer: str) -> None:
    assert set(pointers(read({**report("中央1"), **changed}))) == {pointer}


def test_all_flaws_are_named_at_once_and_where_they_are() -> None:
    assert pointers(read({"lon": "x", "heading_deg": -1, "status": "?"}, "/3")) == [
        "/3/call_sign", "/3/heading_deg", "/3/lon", "/3/status", "/3/time",
    ]  # fmt: skip
    assert pointers(read(["no", "object"], "/0")) == ["/0"]


def test_what_a_topic_says_holds() -> None:
    nameless = {name: value for name, value in report("x").items() if name != "call_sign"}
    found = read(nameless, call_sign="中央1")
    assert isinstance(found, Report)
    assert found.name == "中央1"
    assert pointers(read(report("東部1"), call_sign="中央1")) == ["/call_sign"]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda each: st.lists(each) | st.dictionaries(
    st.sampled_from(["call_sign", "vehicle_id", "time", "lon", "lat", "status", "speed_kph", "x"]), each
)))  # fmt: skip
def test_nothing_breaks_the_reader(value: Any) -> None:
    found = read(value)
    assert isinstance(found, Report) or found


# --- which is believed -----------------------------------------------------------------------------------------


def at(seconds: float, metres: float = 0.0, **more: Any) -> Report:
    return replace(
        believed(), at=START + timedelta(seconds=seconds), place=(HERE[0], HERE[1] + metres / 110_940), **more
    )


KNOWN = Known("中央1", START, HERE, 5.0)


def test_clocks_that_are_ahead_and_reports_of_long_ago_are_refused() -> None:
    now = START + timedelta(hours=7)
    just = (now - START).total_seconds()
    assert refusal(at(just + judging.AHEAD.total_seconds()), KNOWN, now) is None
    assert "11" in str(refusal(at(just + judging.AHEAD.total_seconds() + 1), KNOWN, now))
    assert refusal(at(just - judging.BEHIND.total_seconds()), KNOWN, now) is None
    assert refusal(at(just - judging.BEHIND.total_seconds() - 1), KNOWN, now) is not None


def test_no_vehicle_flies_and_none_is_locked_out_for_good() -> None:
    now = START + timedelta(minutes=5)
    one_second = judging.FASTEST_MPS + judging.SLACK_M + 5.0
    assert refusal(at(1, one_second - 2), KNOWN, now) is None
    assert refusal(at(1, one_second + 2), KNOWN, now) is not None
    assert refusal(at(-1, one_second + 2), KNOWN, now) is not None  # nor backwards
    assert refusal(at(1, one_second + 2, accuracy_m=100.0), KNOWN, now) is None
    assert refusal(at(61, 30_000), KNOWN, now) is None
    assert refusal(at(1, 30_000), Known("中央1"), now) is None


@given(st.floats(0.1, 60), st.floats(0, 20_000))
def test_what_is_refused_for_its_distance_was_out_of_reach(seconds: float, metres: float) -> None:
    found = at(seconds, metres)
    assert found.place is not None
    away = distance_m(*found.place, *HERE)
    reach = judging.FASTEST_MPS * round(seconds, 6) + judging.SLACK_M + 5.0
    if abs(away - reach) > 0.1:
        assert (refusal(found, KNOWN, START + timedelta(hours=1)) is not None) == (away > reach)


def test_what_is_news() -> None:
    pressed = Known("中央1", START, HERE, None, START)
    assert is_news(at(1), pressed)
    assert not is_news(at(0), pressed)
    assert not is_news(at(-1), pressed)
    assert is_news(at(-1, status="pumping"), KNOWN)  # no key is known to have been pressed
    assert not is_news(at(-1, status="pumping"), pressed)
    assert is_news(replace(at(1, status="pumping"), place=None), pressed)
