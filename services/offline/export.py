"""The bundle of what is published, written where a server offers it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from layers.text import Text
from services.offline.bundle import made
from services.offline.files import Written, write
from services.ogc.alone import opened
from services.ogc.face import Face
from services.settings import Settings


def folder_of(settings: Settings) -> Path:
    """From where a running server offers the bundle."""
    return settings.var / "offline"


def _unheard(_percent: int, _message: Text) -> None:
    return


def export(
    settings: Settings,
    folder: Path | None = None,
    max_age_days: int | None = None,
    *,
    report: Callable[[int, Text], None] = _unheard,
) -> Written:
    """Makes and writes the bundle; errors as of ``made`` and ``write``."""
    with opened(settings, Face.PUBLIC) as context:
        bundle = made(replace(context, report=report))
    return write(bundle, folder or folder_of(settings), max_age_days or settings.offline_max_age_days)
