"""Whether the sites for a hazard hold the people of its zones (避難先の収容力), and for which hazards none is."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from services.cli._common import load_settings
from services.cli._planning import (
    conditions,
    demand_options,
    features,
    result_options,
    shared_inputs,
    tell,
    without_none,
)


@click.command()
@click.argument("hazard")
@click.option("--scenario", help="Scenario of the hazard.  [default: the widest]")
@click.option("--minimum-rank", type=int, help="Only zones of this rank and above.")
@click.option("--sites", default="emergency-sites", show_default=True, help="emergency-sites, shelters or a file.")
@click.option("--where", multiple=True, metavar="NAME=VALUE", help="Of a layer only these sites; may be repeated.")
@click.option("--without-designation", is_flag=True, help="Also sites without a stated designation, outside the zones.")
@click.option("--m2", "m2_per_person", type=float, multiple=True, help="For each person.  [default: 3.5 and 2]")
@click.option("--capacity-m2", "capacity_m2_per_person", type=float, help="That published capacities rest on.")
@click.option("--area-where-unknown", "area_where_unknown_m2", type=float, metavar="M2", help="Put in where unknown.")
@click.option("--reach", "reach_s", type=float, default=1800, show_default=True, help="Seconds on foot at most.")
@click.option("--profile", default="walking", show_default=True, help="walking, wheelchair ...")
@click.option("--pace", "pace_mps", type=float, metavar="M/S", help="On level ground.  [default: the profile's]")
@click.option(
    "--keeps-out/--through-zones", default=None, help="Whether ways keep out of the zones.  [default: they do]"
)
@click.option(
    "--straight-line", "straight_line_kph", type=float, metavar="KPH", help="By straight lines, not on roads."
)
@demand_options
@result_options
def command(
    hazard: str,
    sites: str,
    where: tuple[str, ...],
    m2_per_person: tuple[float, ...],
    demand: str,
    without_designation: bool,
    keeps_out: bool | None,
    **shared: Any,
) -> None:
    """Say who in the zones of HAZARD (hazard-flood, hazard-tsunami ...) finds a place within walking reach.

    Files are of any form that GDAL reads, in any reference system that they name, or CSV and xlsx with
    columns 経度 and 緯度 (lon, lat). Sites have the columns floor_area_m2, capacity and designated.
    """
    from services.planning import shelter_capacity

    found = shelter_capacity(
        hazard,
        features(sites),
        features(demand),
        settings=load_settings(),
        where=conditions(where),
        without_designation=without_designation,
        **without_none(m2_per_person=list(m2_per_person) or None, keeps_out=keeps_out),
        **shared_inputs(shared),
    )
    tell(found, shared, _lines(found.answer))


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """Without a place, too far, in the zones, by town; then the sites that are designated for each hazard."""
    from services.ogc.processes._planning.words import amount

    for each in answer["towns"]:
        if each["in_zones"]:
            parts = each["standards"][0]
            figures = (parts["overflowed"], parts["too_far"], each["in_zones"])
            yield f"{''.join(f'  {amount(round(value)):>9}' for value in figures)}  {each['town'] or '?'}"
    for each in answer["designations"] or ():
        yield f"  = {each['designated']:>5}  {each['title']}"
