"""The map of the surroundings of an answer: what its module needs, its picture, and the code of the page's address."""

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from math import isfinite
from threading import Lock
from time import monotonic
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from geo.errors import NotFoundError
from layers.model import Layer, Text
from layers.patterns import lines_on, patterns_of
from services.database.lending import refuse_abandoned
from services.http.service import Service
from services.http.written import language_of, written
from services.ogc import geojson
from services.ogc.errors import ParameterError
from services.ogc.execution.running import context_of
from services.ogc.processes._hazard.at_place import hazard_layers
from services.ogc.processes._place import Place
from services.ogc.watch import Snapshot
from services.pictures.drawing import SHAPE, picture
from services.pictures.surroundings import ground_layers, surroundings
from web_map.around import Legends, Mapped, around_data, around_view, legend
from web_map.card import CardAsked, CardUrls

_SWATCH = (28, 18)
_SVG = "image/svg+xml"
_MOST_PICTURES = 64
_FRESH_S = 60.0  # closures begin and expire by themselves
_MOST_ERROR_M = 5_000.0
_LAYER = re.compile(r"[a-z][a-z0-9-]{0,80}")
_QUIET_MASK = 2
"""Of the eight masks of a QR code: trying all of them takes four times as long, and any can be read."""


def view_of(answer: Mapping[str, Any], asked: CardAsked, urls: CardUrls, language: str) -> dict[str, Any] | None:
    """What the answer page says of the map; None where it has none."""
    return around_view(answer, asked, urls, legends(language))


def shown_layer(given: str | None) -> str:
    """The hazard's layer that an address names; empty where it names none that could be one."""
    return given if given is not None and _LAYER.fullmatch(given) else ""


def routes(service: Service, urls: CardUrls, address: Callable[[Request], str]) -> list[BaseRoute]:
    """``address`` gives the whole address of the answer page that a request to ``/code`` is about."""
    pictures = _Pictures(service)

    async def around(request: Request) -> Response:
        snapshot, language = await service.look(), language_of(request)
        ground = [layer for layer in ground_layers() if layer.id in snapshot.sources]
        mapped = [Mapped(layer, layer_id in snapshot.sources) for layer_id, layer in hazard_layers().items()]
        data = around_data(ground, mapped, urls, language, legends(language))
        return written(request, geojson.dumps(data), "application/json")

    async def picture_of(request: Request) -> Response:
        given = request.query_params
        language = language_of(request)
        layer = hazard_layers().get(given.get("show", ""))
        if layer is None:
            raise NotFoundError("There is no such hazard.")
        place = Place(
            _number(given, "lon", 180.0), _number(given, "lat", 90.0), error_m=_number(given, "error", _MOST_ERROR_M)
        )
        snapshot = await service.look()
        drawn = await service.rows.do(lambda: pictures.of(snapshot, place, layer, language))
        return written(request, drawn, _SVG, headers={"Cache-Control": f"max-age={_FRESH_S:.0f}"})

    async def code(request: Request) -> Response:
        drawn = await service.pages.do(lambda: code_of(address(request)))
        return written(request, drawn, _SVG, headers={"Cache-Control": "max-age=86400"})

    return [Route(urls.around, around), Route(urls.picture, picture_of), Route(urls.code, code)]


def code_of(address: str) -> str:
    """The QR code of an address, as SVG."""
    made = segno.make(address, error="l", mask=_QUIET_MASK, boost_error=False, micro=False)
    out = BytesIO()
    made.save(out, kind="svg", xmldecl=False, omitsize=True, light="#ffffff", border=4)
    return out.getvalue().decode()


class _Pictures:
    """The pictures that were asked for of late; they stand for a state of the data, and no longer than a minute."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = Lock()
        self._made: OrderedDict[tuple[object, ...], tuple[float, str]] = OrderedDict()

    def of(self, snapshot: Snapshot, place: Place, layer: Layer, language: str) -> str:
        key = (place.lon, place.lat, place.error_m, layer.id, language, snapshot.stamp_of(None))
        with self._lock:
            found = self._made.get(key)
            if found is not None and monotonic() - found[0] < _FRESH_S:
                return found[1]
        context = context_of(snapshot.api.layers, self._service.settings.city, language, _unheard, refuse_abandoned)
        made = picture(surroundings(place, layer, SHAPE, context), language)
        with self._lock:
            self._made[key] = (monotonic(), made)
            self._made.move_to_end(key)
            while len(self._made) > _MOST_PICTURES:
                self._made.popitem(last=False)
        return made


@cache
def legends(language: str) -> Legends:
    """The legends of all hazards, with the pattern of each class."""
    return {
        layer.id: legend(
            layer, {value: lines_on(pattern, *_SWATCH) for value, pattern in patterns_of(layer).items()}, language
        )
        for layer in hazard_layers().values()
    }


def _number(given: Mapping[str, str], name: str, most: float) -> float:
    """A number between ``-most`` and ``most``; ``error`` may be left out."""
    text = given.get(name, "0" if name == "error" else "")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) > most or (name == "error" and value < 0):
        raise ParameterError(name, Text(f"{most:g}までの数で指定してください。", f"give a number up to {most:g}."))
    return round(value, 6)


def _unheard(_percent: int, _message: Text) -> None:
    return
