"""The processes: one module each, found by looking, in the order of their ids.

A module of this folder declares one process as ``PROCESS``; names with a leading ``_`` are not processes.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from geo.errors import InputError
from services.ogc.processes._model import Process


@cache
def processes() -> Mapping[str, Process]:
    """All processes by id; ``InputError`` where two modules declare the same id, or one declares none."""
    found: dict[str, Process] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name.startswith("_"):
            continue
        process = getattr(importlib.import_module(f"{__name__}.{module.name}"), "PROCESS", None)
        if not isinstance(process, Process):
            raise InputError(f"The module {module.name} declares no process.")
        if process.id in found:
            raise InputError(f"Declared more than once as a process: {process.id}.")
        found[process.id] = process
    return MappingProxyType(dict(sorted(found.items())))
