"""``make bench``: runs every benchmark of this folder and prints one table, with the machine it was measured on.

A benchmark is a module with ``measure() -> Iterable[Measure]``.  Benchmarks never fail a build: they show.
"""

import importlib.util
import os
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from measures import Measure  # noqa: E402


def benchmarks(wanted: list[str]) -> list[Path]:
    """The benchmark modules, by name; only those in ``wanted`` where it is not empty."""
    helpers = {"__main__", "measures"}
    found = [path for path in sorted(HERE.glob("*.py")) if path.stem not in helpers]
    return [path for path in found if not wanted or path.stem in wanted]


def run(path: Path) -> list[Measure]:
    """The measures of one module."""
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[path.stem] = module
    specification.loader.exec_module(module)
    return list(module.measure())


def main(wanted: list[str]) -> None:
    """Run and print."""
    console = Console(width=140)
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    table = Table(
        title=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, "
        f"Python {platform.python_version()}"
    )
    for heading in ("benchmark", "what", "measured", "to reach", ""):
        table.add_column(heading, justify="right" if heading in {"measured", "to reach"} else "left")
    for path in benchmarks(wanted):
        console.print(f"… {path.stem}")
        for measure in run(path):
            table.add_row(
                path.stem,
                measure.what,
                f"{measure.value:,.3g} {measure.unit}"
                if measure.value < 1000
                else f"{measure.value:,.0f} {measure.unit}",
                f"<= {measure.limit:g} {measure.unit}" if measure.limit is not None else "",
                "" if measure.limit is None else ("reached" if measure.value <= measure.limit else "MISSED"),
            )
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
