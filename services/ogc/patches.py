"""Changes to pygeoapi 0.24.0 while it runs: each with its reason, and with a test that fails when upstream mends it.

``apply()`` is called by the application factory, once per process; importing this module changes nothing.
"""

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from services.ogc import geojson, rendering, words
from services.ogc.crs import lonlat_bounds
from services.ogc.formats.formatter import Unlinked

VERSION = "0.24.0"
"""The pygeoapi these patches are written for."""

_HANDLERS = ("", ".collection", ".coverages", ".itemtypes", ".maps", ".processes", ".tiles")
_API_MODULES = tuple(f"pygeoapi.api{name}" for name in _HANDLERS)


@dataclass(frozen=True, slots=True)
class Patch:
    """One change: what is replaced, in which modules, and why."""

    name: str
    modules: tuple[str, ...]
    reason: str
    replacement: Callable[[Any], Any]  # from what was there to what takes its place


def _cached_crs(original: Any) -> Any:
    cached = functools.lru_cache(maxsize=256)(original)
    return functools.wraps(original)(lambda crs: cached(crs) if isinstance(crs, str) else crs)


def patches(plane_crs: int) -> tuple[Patch, ...]:
    """All patches, for a city whose plane-rectangular zone is the EPSG code ``plane_crs``."""

    def transform_bbox(bbox: list[float], from_crs: str, _to_crs: str, always_xy: bool = False) -> list[float]:  # noqa: ARG001
        return list(lonlat_bounds(bbox, from_crs, plane_crs))

    return (
        Patch(
            "to_json",
            (*_API_MODULES, "pygeoapi.linked_data"),
            "0.24 turns < and > in data into entities, escapes Japanese, and has to parse what it writes",
            lambda _: geojson.to_json,
        ),
        Patch(
            "render_j2_template",
            (*_API_MODULES, "pygeoapi.linked_data"),
            "0.24 builds a Jinja environment per page and caches one translated configuration for the whole process, "
            "which stays stale after the configuration changed",
            lambda _: rendering.render,
        ),
        Patch(
            "modify_pygeofilter",
            ("pygeoapi.api.itemtypes",),
            "0.24 moves the geometries of a tree of pygeofilter into storage_crs; ours stays a text until it is read",
            lambda _: lambda tree, **_unused: tree,
        ),
        Patch(
            "get_crs",
            ("pygeoapi.crs",),
            "0.24 builds pyproj CRS objects on every request",
            _cached_crs,
        ),
        Patch(
            "transform_bbox",
            ("pygeoapi.api.itemtypes",),
            "0.24 transforms two corners only and turns CRS84 boxes into themselves at the price of two CRS objects",
            lambda _: transform_bbox,
        ),
        Patch(
            "validate_datetime",
            ("pygeoapi.api.itemtypes",),
            "0.24 answers 400 where a time lies outside of the data, which the standard answers with no features, and "
            "500 where it cannot be parsed",
            lambda _: lambda _extents, value=None: value,
        ),
        Patch(
            "get_dataset_formatters",
            ("pygeoapi.api.collection", "pygeoapi.api.environmental_data_retrieval"),
            "0.24 imports and makes every formatter on every request, and offers a CSV of its own for all collections",
            lambda _: lambda dataset: dataset.get("formatters", {}),
        ),
        Patch(
            "get_dataset_formatters",
            ("pygeoapi.api.itemtypes",),
            "as above; and its links to them have one language and the limit of the page (services.ogc.features.links)",
            lambda _: lambda dataset: Unlinked(dataset.get("formatters", {})),
        ),
    )


_GRAMMARS = ("pygeofilter.parsers.cql2_text", "pygeofilter.parsers.cql2_json")


def _leave_filters_alone() -> None:
    """Filters reach the provider as the texts they are, where ``services.ogc.cql2`` reads them.

    pygeofilter's parsers, which 0.24 imports with the items, build their grammar on import (0.4 s of every start) and
    read much of CQL2 wrongly.
    """
    for name in _GRAMMARS:
        module = sys.modules.get(name) or ModuleType(name)
        module.parse = lambda text: text  # type: ignore[attr-defined]
        sys.modules[name] = module


def apply(plane_crs: int) -> None:
    """Applies every patch to the modules of pygeoapi; doing it again changes nothing."""
    _leave_filters_alone()
    for patch in patches(plane_crs):
        for module_name in patch.modules:
            module = import_module(module_name)
            if not hasattr(module, patch.name):
                continue
            marks: set[str] = module.__dict__.setdefault("_ngis_patched", set())
            if patch.name not in marks:
                setattr(module, patch.name, patch.replacement(getattr(module, patch.name)))
                marks.add(patch.name)
    l10n = import_module("pygeoapi.l10n")
    l10n._gettext_cache["ja"] = dict(words.JAPANESE)  # 0.24 looks for its catalogues where no wheel puts them
