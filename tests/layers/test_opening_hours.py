"""Opening hours as lists publish them, moment by moment; what is not understood is not known."""

from typing import Any

import pytest

from layers.opening_hours import DAYS, Moment, opening_hours


def state(about: dict[str, Any], text: str) -> bool | None:
    found = opening_hours(about)
    return None if found is None else found.at(Moment.of(text))


def listed(days: str | None, opens: str | None, closes: str | None, remarks: str | None = None) -> dict[str, Any]:
    return {"open_days": days, "opens_at": opens, "closes_at": closes, "opening_remarks": remarks}


OFFICE = listed("月火水木金", "09:00", "17:30:00", "祝日を除く")
ALWAYS = listed("月火水木金土日", "00:00", "23:59")
BAR = listed("金;土", "18:00", "02:00")


@pytest.mark.parametrize(
    ("about", "moment", "expected"),
    [
        (OFFICE, "mon 08:59", False),
        (OFFICE, "mon 09:00", True),
        (OFFICE, "fri 17:29", True),
        (OFFICE, "fri 17:30", False),
        (OFFICE, "sat 10:00", False),
        (OFFICE, "holiday 10:00", False),
        ({**OFFICE, "opening_remarks": None}, "holiday 10:00", None),
        ({**OFFICE, "opening_remarks": "土日祝、年末年始を除く"}, "wed 10:00", True),
        ({**OFFICE, "opening_remarks": "年末年始は休み"}, "wed 10:00", True),
        ({**OFFICE, "opening_remarks": "昼休みあり"}, "wed 10:00", None),
        ({**OFFICE, "opening_remarks": "第2水曜休館"}, "wed 10:00", None),
        ({**OFFICE, "open_days": "平日"}, "thu 10:00", True),
        ({**OFFICE, "open_days": "月曜日～金曜日"}, "thu 10:00", True),
        ({**OFFICE, "open_days": "土～月"}, "sun 10:00", True),
        ({**OFFICE, "open_days": "土～月"}, "tue 10:00", False),
        ({**OFFICE, "open_days": "毎日", "opening_remarks": ""}, "holiday 10:00", True),
        ({**OFFICE, "open_days": "月・水・祝日", "opening_remarks": ""}, "holiday 10:00", True),
        ({**OFFICE, "open_days": "要問合せ"}, "mon 10:00", None),
        ({**OFFICE, "opens_at": None}, "mon 10:00", None),
        ({**OFFICE, "open_days": None}, "mon 10:00", None),
        (ALWAYS, "sun 23:59", True),
        (ALWAYS, "wed 00:00", True),
        (ALWAYS, "holiday 03:00", None),
        ({**ALWAYS, "opening_remarks": "24時間利用可"}, "mon 03:00", True),
        (BAR, "sat 01:59", True),
        (BAR, "sun 01:59", True),
        (BAR, "sun 02:00", False),
        (BAR, "fri 01:00", False),
        (BAR, "mon 01:00", False),
        (BAR, "holiday 12:00", None),
        (listed(None, None, None), "mon 10:00", None),
        ({}, "mon 10:00", None),
        (listed(None, None, None, "24時間"), "holiday 03:00", True),
        (listed("月", "25:00", "26:00"), "mon 10:00", None),
        (listed("月", "09:70", "10:00"), "mon 09:30", None),
    ],
)
def test_of_municipal_lists(about: dict[str, Any], moment: str, expected: bool | None) -> None:
    assert state(about, moment) is expected


@pytest.mark.parametrize(
    ("text", "moment", "expected"),
    [
        ("24/7", "holiday 03:00", True),
        ("Mo-Fr 09:00-17:00", "fri 16:59", True),
        ("Mo-Fr 09:00-17:00", "sat 10:00", False),
        ("Mo-Fr 09:00-17:00", "holiday 10:00", None),
        ("Mo-Fr 09:00-17:00; PH off", "holiday 10:00", False),
        ("Mo-Sa 09:00-12:00,14:00-18:00; We,Sa 09:00-12:00", "wed 15:00", False),
        ("Mo-Sa 09:00-12:00,14:00-18:00; We,Sa 09:00-12:00", "tue 15:00", True),
        ("Mo-Sa 09:00-12:00,14:00-18:00; We,Sa 09:00-12:00", "tue 13:00", False),
        ("10:00-20:00", "sun 19:00", True),
        ("Fr-Mo 22:00-04:00", "tue 03:59", True),
        ("Fr-Mo 22:00-04:00", "wed 03:59", False),
        ("Mo-Fr 09:00-17:00; Sa by appointment", "mon 10:00", None),
        ("sunrise-sunset", "mon 10:00", None),
        ("Apr-Oct: Mo 09:00-17:00", "mon 10:00", None),
        ("Mo-Fr 09:00+", "mon 10:00", None),
        ("Mo-PH 09:00-17:00", "mon 10:00", None),
        ("Mo[1] 09:00-17:00", "mon 10:00", None),
    ],
)
def test_of_openstreetmap(text: str, moment: str, expected: bool | None) -> None:
    assert state({"opening_remarks": text}, moment) is expected


def test_moments() -> None:
    assert Moment.of("sun 23:59") == Moment(6, 1439)
    for wrong in ("sun 24:00", "day 10:00", "sun", "sun 1", ""):
        with pytest.raises(ValueError, match=r".*"):
            Moment.of(wrong)
    assert len(DAYS) == 8
