"""Reports of analyses on A4: what all of them say, and show, in the same way."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry

from layers.text import Text
from services.ogc import rendering
from services.ogc.processes._holding import clock
from services.ogc.processes._model import Context
from services.ogc.processes._planning.classes import Classed
from services.ogc.processes._planning.drawing import Mark, map_of
from services.ogc.processes._planning.words import amount, per_cent, time_text


def saying(context: Context) -> Callable[[str, str], str]:
    """What says a text, given in Japanese and in English, in the language of the run."""
    return lambda ja, en: context.say(Text(ja, en))


def timing(context: Context) -> Callable[[float], str]:
    """What says so many seconds in the language of the run."""
    return lambda seconds: context.say(time_text(seconds))


def report(
    template: str,
    context: Context,
    title: str,
    answer: Mapping[str, Any],
    *,
    shapes: Sequence[BaseGeometry],
    classed: Classed,
    marks: Sequence[Mark] = (),
    **more: Any,
) -> str:
    """A page of ``services/ogc/templates/reports``.

    shapes, marks:
        Of its map, see ``drawing.map_of``.
    classed:
        The shapes by class, which the map and its key have the colours of.
    more:
        Further values of the template, also in place of those that all have.
    """
    say = saying(context)
    values: dict[str, Any] = {
        "language": context.language,
        "title": title,
        "city": say(context.city.name_ja, context.city.name_en),
        "answer": answer,
        "answered": clock(datetime.fromisoformat(answer["answered_at"]), context),
        "t": say,
        "minutes": timing(context),
        "amount": amount,
        "per_cent": per_cent,
        "map": map_of(shapes, classed.colours(), marks, context.city.plane_crs, title),
        "key": classed.key(context),
    }
    return rendering.environment().get_template(f"reports/{template}").render(values | more)
