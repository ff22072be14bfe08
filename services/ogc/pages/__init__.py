"""The pages below ``/ogc``: what can be asked, of which face, in which formats, and which handler answers.

One module for each theme, found by looking.  Routes, checks of parameters, content negotiation and the OpenAPI document
all follow from these declarations.
"""

import importlib
import pkgutil
from functools import cache

from geo.errors import InputError
from services.ogc.pages.model import Page

__all__ = ["Page", "pages"]


@cache
def pages() -> tuple[Page, ...]:
    """All pages, in the order of their modules' names; ``InputError`` where two answer the same method and path."""
    found: list[Page] = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        found.extend(getattr(importlib.import_module(module.name), "PAGES", ()))
    keys = [(page.method, page.path) for page in found]
    repeated = sorted({f"{method} {path}" for method, path in keys if keys.count((method, path)) > 1})
    if repeated:
        raise InputError(f"Declared more than once as a page: {', '.join(repeated)}.")
    return tuple(found)
