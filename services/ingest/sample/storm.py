"""Rain gauges of the sample city and a week with a front and a typhoon, hour by hour, with hours that are missing."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import numpy as np

STATION_HEADER = ("amdno", "type", "elems", "lat", "lon", "alt", "kjName", "knName", "enName", "pref")
HOURLY_HEADER = ("obs_time_jst", "amdno", "kjName", "precipitation1h_mm")
START = datetime(2025, 9, 15, 1, tzinfo=timezone(timedelta(hours=9)))
HOURS = 8 * 24
TYPHOON_HOUR = 126  # the peak, in hours from the start

# amdno (no AMeDAS station begins with 999), latitude, longitude, altitude, names, share of the storm's rain.
STATIONS = (
    ("99901", 34.7385, 135.3450, 6, "架空中央", "カクウチュウオウ", "Kaku-Chuo", 1.0),
    ("99902", 34.7090, 135.3320, 4, "架空西浜", "カクウニシハマ", "Kaku-Nishihama", 0.85),
    ("99903", 34.7560, 135.3650, 19, "架空東部", "カクウトウブ", "Kaku-Tobu", 0.95),
    ("99904", 34.7790, 135.3190, 255, "架空甲山", "カクウコウザン", "Kaku-Kozan", 1.35),
    ("99905", 34.7985, 135.2880, 840, "架空峰越", "カクウミネゴシ", "Kaku-Minegoshi", 1.75),
    ("99906", 34.8310, 135.2520, 205, "架空谷口", "カクウタニグチ", "Kaku-Taniguchi", 1.25),
)


def station_rows() -> Iterator[list[object]]:
    for number, latitude, longitude, altitude, kanji, kana, english, _ in STATIONS:
        yield [number, "C", "01000000", latitude, longitude, altitude, kanji, kana, english, "架空データ"]


def hourly_rows(random: np.random.Generator) -> Iterator[list[object]]:
    """Rain of the hour before ``obs_time_jst`` in steps of 0.5 mm.  A missing hour has no row: it is not zero.

    The gauge on the mountain fails in the three hours before the typhoon's peak, when it matters most.
    """
    hours = np.arange(HOURS, dtype=float)
    rain = np.zeros((len(STATIONS), HOURS))
    missing = random.random(rain.shape) < 0.03
    for index, station in enumerate(STATIONS):
        delay = (station[1] - 34.70) * 12.0  # the typhoon comes from the sea
        front = 4.5 * np.exp(-(((hours - 34.0 - delay) / 9.0) ** 2))
        bands = 1.0 + 0.55 * np.sin(hours / 1.9 + index)
        typhoon = 38.0 * np.exp(-(((hours - TYPHOON_HOUR - delay) / 5.5) ** 2)) * bands
        shower = 9.0 * np.exp(-(((hours - 165.0 - index) / 2.0) ** 2))
        mean = station[7] * (front + typhoon) + shower
        rain[index] = np.where(mean > 0.15, mean * random.gamma(6.0, 1 / 6.0, HOURS), 0.0)
    missing[4, TYPHOON_HOUR - 3 : TYPHOON_HOUR] = True
    missing[:, TYPHOON_HOUR] = False
    for hour in range(HOURS):
        moment = (START + timedelta(hours=hour)).isoformat(timespec="minutes")
        for index, station in enumerate(STATIONS):
            if not missing[index, hour]:
                yield [moment, station[0], station[4], f"{np.round(rain[index, hour] * 2) / 2:.1f}"]
