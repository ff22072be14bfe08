"""Files of what is selected: one module for each format, found by looking.

A module with ``FORMAT`` is a format: it appears in ``f=``, in content negotiation, in links, on the pages' lists of
downloads and in the API definition.  Every one of them writes the whole selection in constant memory.
"""

import importlib
import pkgutil
from functools import cache

from geo.errors import InputError
from services.ogc.formats.model import FileFormat

__all__ = ["FileFormat", "file_formats"]


@cache
def file_formats() -> tuple[FileFormat, ...]:
    """All formats, in the order of their modules' names; ``InputError`` where two have one name."""
    modules = (importlib.import_module(module.name) for module in pkgutil.iter_modules(__path__, f"{__name__}."))
    found = tuple(each for module in modules if isinstance(each := getattr(module, "FORMAT", None), FileFormat))
    names = [each.form.name for each in found]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"Declared more than once as a format: {', '.join(repeated)}.")
    return found
