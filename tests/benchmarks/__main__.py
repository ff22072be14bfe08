"""``make bench``: runs every benchmark of this folder and prints what it found, with the machine it was measured on.

A benchmark is a module with ``measure() -> Iterable[Measure | Comparison | Race]``; with ``ONLY_WHEN_NAMED = True`` it
is left out unless asked for by name.  Benchmarks never fail a build: they show.
"""

import importlib
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from rich.console import Console

from tests.benchmarks.measures import Comparison, Measure, Race
from tests.benchmarks.tables import comparison_table, figure_table, race_table

HERE = Path(__file__).resolve().parent


def benchmarks(wanted: list[str]) -> Iterator[tuple[str, ModuleType]]:
    """Name and module of each benchmark; only those in ``wanted`` where it is not empty."""
    for path in sorted(HERE.glob("[!_]*.py")):
        if wanted and path.stem not in wanted:
            continue
        module = importlib.import_module(f"tests.benchmarks.{path.stem}")
        if hasattr(module, "measure") and (wanted or not getattr(module, "ONLY_WHEN_NAMED", False)):
            yield path.stem, module


def main(wanted: list[str]) -> None:
    """Run and print."""
    console = Console(width=170)
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    figures: list[tuple[str, Measure]] = []
    comparisons: list[Comparison] = []
    races: list[Race] = []
    for name, module in benchmarks(wanted):
        console.print(f"… {name}")
        for found in module.measure():
            console.print(f"  {found.what}")
            if isinstance(found, Comparison):
                comparisons.append(found)
            elif isinstance(found, Race):
                races.append(found)
            else:
                figures.append((name, found))
    console.print(
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, "
        f"Python {platform.python_version()}"
    )
    if comparisons:
        console.print(comparison_table(comparisons))
    if races:
        console.print(race_table(races))
    if figures:
        console.print(figure_table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
