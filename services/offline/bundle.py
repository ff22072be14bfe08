"""All parts of the bundle, made out of what one face serves now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from geo.offline.faces import CELL, QUANTUM, Cells
from layers.catalogue import catalogue
from layers.model import Layer
from layers.text import Text
from layers.translations import languages
from services.offline.base_map import packed_map
from services.offline.hazards import Cases, cases_of, city_faces
from services.offline.openings import Openings
from services.offline.places import places_document
from services.offline.shared import Shared
from services.offline.walking import Footways, OfferedSites
from services.offline.words import words_of
from services.ogc.processes._hazard.at_place import hazard_layers
from services.ogc.processes._model import Context
from services.ogc.processes._sources import source_document
from web_map.pages import template_trees
from web_map.texts import texts

_PARTS = ("languages", "hazard", "orders", "around", "tools", "standing")
_TEMPLATES = ("card.html", *(f"_{part}.html" for part in _PARTS))
FORMAT = 1
"""Of the files; a reader refuses others."""
_CITY = "city"
_READING = Text("{layer}を読んでいる", "Reading {layer}")


@dataclass(frozen=True, eq=False)
class Bundle:
    """``parts``: their bytes by name; ``revision`` says what is in them, but for when they were made."""

    parts: Mapping[str, bytes]
    made_at: datetime
    fictitious: bool

    @property
    def revision(self) -> str:
        digest = blake2b(digest_size=8)
        for name in sorted(self.parts):
            digest.update(name.encode() + blake2b(self.parts[name]).digest())
        return digest.hexdigest()


def made(context: Context) -> Bundle:
    """The bundle of the city, out of the layers and roads of a context.

    Raises
    ------
    GisError
        Where the data cannot be read, or the roads are held to rules that no device knows.
    """
    cells = Cells.over(*context.city.bbox)
    footways, offered = Footways.of(context), OfferedSites.now(context)
    openings = Openings.of(offered)
    cases = []
    for layer in hazard_layers().values():
        context.check()
        context.report(0, Text(_READING.ja.format(layer=layer.title.ja), _READING.en.format(layer=layer.title.en)))
        cases.append(cases_of(layer, cells, context))
    parts = {f"faces-{each.layer.id}": each.faces for each in cases}
    if (border := city_faces(cells, context)) is not None:
        parts[f"faces-{_CITY}"] = border
    if footways is not None:
        parts["footways"] = footways.packed(context)
    ids = [name.removeprefix("faces-") for name in parts if name.startswith("faces-")]
    sources = _sources(context)
    parts |= {
        "core": _json(
            {
                "plane": context.city.plane_crs,
                "reach": _reach(cells),
                "bbox": context.city.bbox,
                "faces": ids,
                "has_roads": footways is not None,
                "sites": offered.document(footways, context),
                "openings": openings.document(),
                "zoned": _zoned(cases),
                "insides": {each.layer.id: _insides(each) for each in cases},
                "languages": [(each, texts(each)["language.name"]) for each in languages()],
                "contact_name": context.city.contact_name,
                "contact_url": context.city.contact_url,
                "time_zone": context.city.time_zone,
                "sources": sources,
                "fictitious": any(each["fictitious"] for each in sources),
            }
        ),
        "map": packed_map(context),
        "places": _json(places_document(context)),
        "templates": _json(template_trees(*_TEMPLATES)),
    }
    words = {each: words_of(each, cases, offered, openings, context) for each in languages()}
    shared = Shared(languages())
    answers = shared.put([each.pop("hazards") for each in words.values()])
    parts["answers"] = _json({"nodes": shared.nodes, "hazards": answers})
    parts |= {f"texts-{tag}": _json({**each, "strings": shared.texts[tag]}) for tag, each in words.items()}
    return Bundle(parts, context.clock(), any(each["fictitious"] for each in sources))


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _reach(cells: Cells) -> list[float]:
    side = CELL * QUANTUM
    return [cells.west, cells.south, cells.west + cells.columns * side, cells.south + cells.rows * side]


def _zoned(cases: list[Cases]) -> dict[str, str]:
    """By hazard the layer of its zones."""
    found: dict[str, str] = {}
    for each in cases:
        assert each.layer.hazard is not None  # noqa: S101 - hazard layers only
        found.setdefault(each.layer.hazard.type, each.layer.id)
    return found


def _insides(cases: Cases) -> list[int]:
    return [number for number, each in enumerate(cases.every) if each.areas]


def _sources(context: Context) -> list[Mapping[str, Any]]:
    """Of all layers that are served, from whom and as of when."""
    served: list[Layer] = [each for each in catalogue().values() if context.layers.state(each.id) is not None]
    return [found for each in served if (found := source_document(each, context)) is not None]
