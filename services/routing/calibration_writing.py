"""Calibration files, written: of all figures (``data/road_calibration.toml``), or of speeds out of observations.

``python -m services.routing.calibration_writing`` writes the example of the shipped figures; a test says when that was
forgotten.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from geo.errors import SourceError
from geo.network.calibration import Calibration, Observation, Outcome
from geo.network.figures import SHIPPED, document_of
from services.settings import ROOT

EXAMPLE = ROOT / "data" / "road_calibration.toml"

_COLUMNS = ("highway", "profile", "metres", "seconds")
_EXAMPLE_HEAD = """\
# The figures of routing, as they are shipped: an example of a calibration file, made by
# `python -m services.routing.calibration_writing`.  Copy it, keep what you change, and name it in NGIS_ROAD_CALIBRATION
# or as `road_calibration` in city.toml.  What a file leaves out stays as it is here; what it has and nobody knows is an
# error.  Every answer on roads names its source, date and digest.
#
# profiles.*: sizes of the vehicle, laden; the least width of road it needs; the depth of water that stops it; the
#   factor of its speed on emergency runs; the share of its speed against a one-way street; its speed on narrow roads.
# profiles.*.turns: seconds that a turn of 90 degrees costs to the left, to the right (across traffic), and one back.
# profiles.*.speeds_kph: free-flow speeds by class of road, before the factor of emergency running (`ngis calibrate`
#   derives them from runs).  A class that is not in it is not for that vehicle.
# widths: of roads that nobody measured, metres; of each class the width of a lane, and the typical width with the
#   interval it lies in.  Below narrow_m roads are driven at narrow_speed_kph at most.
"""


def example() -> str:
    """The shipped figures as a calibration file."""
    head = {"source": "本システムの初期値（未校正） / defaults, not calibrated", "as_of": date(2026, 11, 26)}
    return _EXAMPLE_HEAD + "".join(_lines({"calibration": head, **document_of(SHIPPED)}))


def calibration_file(found: Calibration, source: str, as_of: date) -> str:
    """The speeds that were found, as a calibration file whose comments say on what each rests, and what stayed."""
    said = [
        f"# {each.profile} {each.highway}: {_said(each.outcome)}; {each.records} records, {each.metres / 1000:.1f} km, "
        f"observed / modelled time {each.ratios[0]:.2f} {each.ratios[1]:.2f} {each.ratios[2]:.2f} (10, 50, 90 %), "
        f"{each.before_kph:g} -> {each.speed_kph:g} km/h\n"
        for each in found.results
    ]
    refused = [f"# left out: {count} records, {reason}\n" for reason, count in sorted(found.refused.items())]
    head = {"calibration": {"source": source, "as_of": as_of}}
    return "".join([*said, *refused, *_lines({**head, **found.document()})])


def read_observations(file: Path) -> list[Observation]:
    """Records of a CSV with the columns highway, profile, metres, seconds.

    Raises
    ------
    SourceError
        If it cannot be read, a column is missing, or a measure is no number; the line is named.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise SourceError(f"{file.name} has no column {', '.join(missing)}.")
            return [_observation(row, file, reader.line_num) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{file.name} cannot be read as CSV in UTF-8: {error}.") from None


def _observation(row: Mapping[str, Any], file: Path, line: int) -> Observation:
    try:
        metres, seconds = float(row["metres"]), float(row["seconds"])
    except (TypeError, ValueError):
        raise SourceError(f"{file.name}, line {line}: metres or seconds is no number.") from None
    return Observation(row["highway"].strip(), row["profile"].strip(), metres, seconds)


def _said(outcome: Outcome) -> str:
    return {
        Outcome.CALIBRATED: "calibrated",
        Outcome.TOO_FEW: "too few records, the speed stays",
        Outcome.UNREAL: "not to be believed, the speed stays",
    }[outcome]


def _lines(table: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """A table in TOML, single values before the tables within it."""
    values = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if name and values:
        yield f"\n[{name}]\n"
    for key, value in values.items():
        # A string of JSON is one of TOML; a date is written bare.
        yield f"{key} = {json.dumps(value, ensure_ascii=False) if isinstance(value, str) else value}\n"
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _lines(value, f"{name}.{key}" if name else key)


if __name__ == "__main__":
    EXAMPLE.write_text(example(), "utf-8")
