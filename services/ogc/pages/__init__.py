"""The pages below ``/ogc``: what can be asked, of which face, in which formats, and which handler answers.

One module for each theme, found by looking.  Routes, checks of parameters, content negotiation and the OpenAPI document
all follow from these declarations.  A module names the conformance classes that its pages satisfy in ``CONFORMANCE``.
"""

import importlib
import pkgutil
from collections.abc import Container
from functools import cache
from types import ModuleType

from geo.errors import InputError
from services.ogc.face import Face
from services.ogc.pages.model import Page

__all__ = ["Page", "conformance_classes", "pages"]


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(importlib.import_module(module.name) for module in pkgutil.iter_modules(__path__, f"{__name__}."))


def conformance_classes(face: Face, providers: Container[str]) -> set[str]:
    """The classes (``CONFORMANCE``) of the modules that have a page for this face and for these types of provider."""
    found: set[str] = set()
    for module in _modules():
        offered = (page for page in getattr(module, "PAGES", ()) if face in page.faces)
        if any(page.needs is None or page.needs in providers for page in offered):
            found.update(getattr(module, "CONFORMANCE", ()))
    return found


@cache
def pages() -> tuple[Page, ...]:
    """All pages, in the order of their modules' names; ``InputError`` where two answer the same method and path."""
    found: list[Page] = []
    for module in _modules():
        found.extend(getattr(module, "PAGES", ()))
    keys = [(page.method, page.path) for page in found]
    repeated = sorted({f"{method} {path}" for method, path in keys if keys.count((method, path)) > 1})
    if repeated:
        raise InputError(f"Declared more than once as a page: {', '.join(repeated)}.")
    return tuple(found)
