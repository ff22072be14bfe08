"""The calibration file: a city's own figures of routing, in TOML, read once when a process starts.

``data/road_calibration.toml`` is a documented example with the figures that are shipped.  Nothing in it is passed over:
what is unknown or not to be believed is refused with the file and the key.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from geo.errors import InputError
from geo.network.figures import SHIPPED, Figures, document_of, overridden


@dataclass(frozen=True)
class RoadFigures:
    """Figures of routing, with who found them and of which date; None: shipped, not calibrated."""

    figures: Figures
    source: str | None = None
    as_of: date | None = None

    @cached_property
    def digest(self) -> str:
        """Equal where every figure is, whatever file they are of."""
        return blake2b(json.dumps(document_of(self.figures)).encode(), digest_size=8).hexdigest()

    @cached_property
    def is_calibrated(self) -> bool:
        """Whether anything differs from what is shipped."""
        return self.figures != SHIPPED


NOT_CALIBRATED = RoadFigures(SHIPPED)


@cache
def road_figures(file: Path | None) -> RoadFigures:
    """The figures in a file; those shipped where none is named.

    Raises
    ------
    InputError
        If the file cannot be read or anything in it is not understood; it is named, with the key.
    """
    if file is None:
        return NOT_CALIBRATED
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise _wrong(file, f"it cannot be read ({error.strerror}).") from None
    except ValueError as error:
        raise _wrong(file, f"it is not TOML ({error}).") from None
    try:
        source, as_of = _head(document.pop("calibration", None))
        return RoadFigures(overridden(document), source, as_of)
    except InputError as error:
        raise _wrong(file, str(error)) from None


def _head(table: Any) -> tuple[str, date]:
    if not isinstance(table, Mapping):
        raise InputError("calibration is missing: the table that says of whom and when the figures are.")
    for key in table:
        if key not in ("source", "as_of"):
            raise InputError(f"calibration.{key} is unknown.", fix="Known are source, as_of.")
    source, as_of = table.get("source"), table.get("as_of")
    if not isinstance(source, str) or not source.strip():
        raise InputError("calibration.source is no text.")
    if not isinstance(as_of, date) or isinstance(as_of, datetime):
        raise InputError("calibration.as_of is no date (2026-04-01, without quotation marks).")
    return source, as_of


def _wrong(file: Path, message: str) -> InputError:
    return InputError(f"The calibration file {file} cannot be used: {message}", fix="Correct it, or name another.")
