"""Who is reached in time (到達の充足) from stations or other facilities, and who is not, by town and age."""

from pathlib import Path
from typing import Any

import click

from services.cli._common import load_settings
from services.cli._planning import (
    FILE,
    conditions,
    demand_options,
    features,
    result_options,
    shared_inputs,
    tell,
    time_options,
    without_none,
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
@click.option("--avoid", type=FILE, help="Also where the roads in these areas are cut: a file of polygons.")
@click.option("--flooded", type=FILE, help="Also where these are under water, by the column depth_m.")
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
    avoid: Path | None,
    flooded: Path | None,
    demand: str,
    **shared: Any,
) -> None:
    """Say who is reached in time, in one sentence and a table of the worst towns.

    Files are of any form that GDAL reads, in any reference system that they name, or CSV and xlsx with
    columns 経度 and 緯度 (lon, lat). Points of demand have a column weight.
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
        **without_none(
            hazard=hazard,
            scenario=scenario,
            minimum_rank=minimum_rank,
            avoid=None if avoid is None else features(str(avoid)),
            flooded=None if flooded is None else features(str(flooded)),
        ),
        **shared_inputs(shared),
    )
    tell(
        found,
        shared,
        (
            f"  {amount(each['uncovered']):>11} / {amount(each['total']):>11}  {per_cent(each['share']):>6}"
            f"  {each['town'] or '?'}"
            for each in found.answer["towns"]
        ),
    )
