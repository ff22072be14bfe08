"""Who is reached in time (到達の充足) from stations or other facilities, and who is not, by town and age."""

import json
from pathlib import Path

import click

from services.cli._common import load_settings
from services.cli._planning import (
    conditions,
    demand_options,
    features,
    result_options,
    time_options,
    without_none,
    write,
)


@click.command()
@click.option("--facilities", default="fire-stations", show_default=True, help="Id of a layer, or a file of points.")
@click.option("--where", multiple=True, metavar="NAME=VALUE", help="Of a layer only these; may be repeated.")
@click.option("--limit", "limits", type=float, multiple=True, help="Seconds; may be repeated.  [default: 270]")
@click.option("--second-limit", type=float, default=270, show_default=True, help="Seconds for the second unit.")
@click.option("--units", type=int, default=1, show_default=True, help="How many units each facility sends.")
@click.option("--hazard", help="Also where the roads in the areas of this hazard layer are cut.")
@click.option("--scenario", help="Scenario of the hazard.  [default: the widest]")
@click.option("--minimum-rank", type=int, help="Only areas of the hazard of this rank and above.")
@demand_options
@time_options
@result_options
def command(
    facilities: str,
    where: tuple[str, ...],
    limits: tuple[float, ...],
    second_limit: float,
    units: int,
    hazard: str | None,
    scenario: str | None,
    minimum_rank: int | None,
    demand: str,
    weight: str | None,
    profile: str,
    area: str | None,
    inwards: bool,
    straight_line: float | None,
    turnout: float,
    language: str,
    report: Path | None,
    table: Path | None,
    layer: Path | None,
    as_json: bool,
) -> None:
    """Say who is reached in time, in one sentence and a table of the worst towns.

    Files are of any form that GDAL reads, in any reference system that they name.  Points of demand have a column
    weight.
    """
    from services.ogc.processes._planning.words import amount, per_cent
    from services.planning import coverage

    found = coverage(
        features(facilities),
        features(demand),
        settings=load_settings(),
        where=conditions(where),
        limits_s=list(limits) or [270],
        second_limit_s=second_limit,
        units=units,
        profile=profile,
        direction="to-facilities" if inwards else "from-facilities",
        turnout_s=turnout,
        language=language,
        **without_none(
            hazard=hazard,
            scenario=scenario,
            minimum_rank=minimum_rank,
            weight=weight,
            area=area,
            straight_line_kph=straight_line,
        ),
    )
    write(found.outputs, report=report, table=table, layer=layer)
    if as_json:
        click.echo(json.dumps(found.answer, ensure_ascii=False))
        return
    click.echo(found.headline)
    for each in found.answer["towns"]:
        uncovered, total = amount(each["uncovered"]), amount(each["total"])
        click.echo(f"  {uncovered:>11} / {total:>11}  {per_cent(each['share']):>6}  {each['town'] or '?'}")
    for note in found.answer["notes"]:
        click.echo(note, err=True)
