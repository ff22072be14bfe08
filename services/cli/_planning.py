"""What the commands of analyses share: how facilities and demand are named, and where results go."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from services.planning.frames import Given
    from services.planning.result import Result

_FILES = ("report", "table", "layer")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""One that is read."""
_WRITTEN = click.Path(dir_okay=False, path_type=Path)
_DEMAND = (
    click.option(
        "--demand", default="population-mesh", show_default=True, help="population-mesh, population-areas or a file."
    ),
    click.option("--weight", help="The number that is the demand.  [default: population; of a file weight]"),
    click.option(
        "--area", help="A district by code or name, a prefecture, or a file of polygons.  [default: the city]"
    ),
)
_TIMES = (
    click.option("--profile", default="pumper", show_default=True, help="Vehicle: pumper, ambulance, walking ..."),
    click.option(
        "--to-facilities",
        "direction",
        is_flag=True,
        callback=lambda _context, _option, given: "to-facilities" if given else "from-facilities",
        help="Times to the facilities (hospitals) and not from them.",
    ),
    click.option(
        "--straight-line",
        "straight_line_kph",
        type=float,
        metavar="KPH",
        help="By straight lines at this speed, not on roads.",
    ),
    click.option("--turnout", "turnout_s", type=float, default=0, help="Seconds until departure, added to every time."),
)
_RESULTS = (
    click.option("--lang", "language", type=click.Choice(["ja", "en"]), default="ja", show_default=True),
    click.option("--report", type=_WRITTEN, help="Write a report (HTML, to be printed on A4)."),
    click.option("--csv", "table", type=_WRITTEN, help="Write the table (CSV)."),
    click.option("--geojson", "layer", type=_WRITTEN, help="Write the layer (GeoJSON)."),
    click.option("--json", "as_json", is_flag=True, help="The whole answer as JSON."),
    click.option("--keep", metavar="NAME", help="Keep the layer under this name (`ngis results list`)."),
    click.option("--keep-by", metavar="PERSON", help="Who keeps it.  [default: ngis]"),
)


def demand_options[F: Callable[..., Any]](command: F) -> F:
    """The options by which demand is named."""
    return _with(command, _DEMAND)


def time_options[F: Callable[..., Any]](command: F) -> F:
    """The options of travel times."""
    return _with(command, _TIMES)


def result_options[F: Callable[..., Any]](command: F) -> F:
    """The options by which results are written."""
    return _with(command, _RESULTS)


def _with[F: Callable[..., Any]](command: F, options: Sequence[Callable[[F], F]]) -> F:
    for option in reversed(options):
        command = option(command)
    return command


def features(value: str) -> "Given":
    """The id of a layer, or the features of a file where there is one of this name."""
    path = file_named(value)
    if path is None:
        return value
    from services.planning.files import read

    return read(path)


def file_named(value: str) -> Path | None:
    """The file, or None where it is the id of a layer."""
    path = Path(value)
    if path.is_file():
        return path
    if path.suffix or path.parent != Path():  # the id of a layer has neither
        raise click.BadParameter(f"there is no file {value!r}.")
    return None


def conditions(given: Sequence[str]) -> dict[str, list[Any]]:
    """``name=value`` as the input ``where``: of a name that is repeated any of the values."""
    found: dict[str, list[Any]] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals:
            raise click.BadParameter(f"{each!r} is not NAME=VALUE.")
        found.setdefault(name, []).extend([value, *([int(value)] if value.lstrip("-").isdecimal() else [])])
    return found


def shared_inputs(options: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a process out of the options that commands share, which are named as those are."""
    kept_back = {"demand", "as_json", "keep", "keep_by", *_FILES}
    given = {name: value for name, value in options.items() if name not in kept_back}
    if given.get("area") is not None:
        given["area"] = features(given["area"])
    return without_none(**given)


def tell(found: "Result", options: Mapping[str, Any], lines: Iterable[str]) -> None:
    """Writes the files that were named, and says the whole answer, or its headline with these lines and its notes."""
    for name in _FILES:
        path: Path | None = options[name]
        if path is not None:
            path.write_bytes(found.outputs[name].encode())
            click.echo(f"{path}", err=True)
    if options["keep"]:
        kept = found.keep(options["keep"], by=options["keep_by"] or "ngis", settings=load_settings())
        click.echo(f"collections/{kept.layer.id}", err=True)
    if options["as_json"]:
        click.echo(json.dumps(found.answer, ensure_ascii=False))
        return
    click.echo(found.headline)
    for line in lines:
        click.echo(line)
    for note in found.answer["notes"]:
        click.echo(note, err=True)


def without_none(**inputs: Any) -> dict[str, Any]:
    """Those that were given."""
    return {name: value for name, value in inputs.items() if value is not None}
