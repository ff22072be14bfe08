"""Series as rows: one value in each, for spreadsheets and for the pages of people."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from services.ogc.edr.provider import Found
from services.ogc.edr.sensor import Sensor
from services.ogc.edr.series import Series, Value
from services.ogc.rights import attribution

HEADER = (
    "station_id",
    "station",
    "longitude",
    "latitude",
    "distance_m",
    "time",
    "parameter",
    "title",
    "value",
    "unit",
    "quality",
    "quality_meaning",
    "as_of",
    "fictitious",
    "source",
)
_BOM = "\ufeff"  # without it spreadsheets on Windows take the file for Shift_JIS


@dataclass(frozen=True, slots=True)
class Cell:
    """One value, its quality as the code and in words; both None and "" where nothing is said of it."""

    value: Value
    quality: Value
    quality_meaning: str


def shown_names(sensor: Sensor, found: Found, asked: Sequence[str]) -> tuple[str, ...]:
    """The parameters that a table has: those asked for, else those of which the answer has any value.

    Qualities stand beside the values they grade; alone, where nothing else was asked for.
    """
    told = tuple(name for name in found.names if sensor.parameters[name].grades is None)
    if asked:
        wanted = tuple(name for name in asked if name in told)
        return wanted or tuple(asked)
    known = (name for name in told if any(value is not None for each in found.series for value in each.values[name]))
    return tuple(known) or told


def line(sensor: Sensor, series: Series, place: int, names: Sequence[str], language: str) -> tuple[Cell, ...]:
    """The values of a station at one of its times, one for each name."""
    found: list[Cell] = []
    for name in names:
        quality = sensor.quality_of(name)
        grade = None if quality is None or quality.name not in series.values else series.values[quality.name][place]
        meaning = ""
        if quality is not None and quality.grades is not None and grade is not None:
            code = quality.grades.by_value.get(int(grade))
            meaning = "" if code is None else code.title.in_language(language)
        found.append(Cell(series.values[name][place], grade, meaning))
    return tuple(found)


def as_csv(sensor: Sensor, found: Found, asked: Sequence[str], language: str) -> str:
    """One value a row, with a byte order mark and CRLF.  A missing value is an empty cell; times have their offset."""
    out = io.StringIO()
    out.write(_BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    names = shown_names(sensor, found, asked)
    columns = [sensor.parameters[name].column for name in names]
    what = [(column.name, column.title.in_language(language), column.unit or "") for column in columns]
    source = _safe(attribution(sensor.rows, language))
    for series in found.series:
        station = series.station
        distance = "" if station.distance_m is None else f"{station.distance_m:.1f}"
        where = (station.id, _safe(station.title), f"{station.lon:.9g}", f"{station.lat:.9g}", distance)
        for place, (time, origin) in enumerate(zip(series.times, series.origins, strict=True)):
            moment = time.astimezone(sensor.time_zone).isoformat()
            as_of = "" if origin is None or origin.as_of is None else origin.as_of.isoformat()
            fictitious = "" if origin is None else str(origin.fictitious).lower()
            for (name, title, unit), cell in zip(what, line(sensor, series, place, names, language), strict=True):
                told = (_plain(cell.value), unit, _plain(cell.quality), cell.quality_meaning)
                writer.writerow((*where, moment, name, title, *told, as_of, fictitious, source))
    return out.getvalue()


def names_with_quality(sensor: Sensor, names: Sequence[str]) -> tuple[str, ...]:
    """The parameters to read for a table: each value has its quality beside it, asked for or not."""
    chosen = names or tuple(sensor.parameters)
    qualities = (quality.name for name in chosen if (quality := sensor.quality_of(name)) is not None)
    return tuple(dict.fromkeys((*chosen, *qualities)))


def _plain(value: Value) -> str:
    return "" if value is None else repr(value)


def _safe(text: str) -> str:
    """No cell that a spreadsheet would take for a formula (OWASP, "CSV injection")."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
