"""How much of what hospitals, clinics or AEDs offer there is for people (近づきやすさ), shared with all in reach."""

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
)


@click.command()
@click.option("--facilities", default="medical-facilities", show_default=True, help="The layer, aeds, or a file.")
@click.option("--where", multiple=True, metavar="NAME=VALUE", help="Of a layer only these; may be repeated.")
@click.option("--supply", help="The number that is offered, or each.  [default: beds; of AEDs each; of a file supply]")
@click.option("--at", "moments", multiple=True, metavar="'DAY HH:MM'", help="mon ... sun, holiday; may be repeated.")
@click.option("--weights", default="gaussian", show_default=True, help="2sfca, gaussian, gradual or steep.")
@click.option("--reach", "reach_s", type=float, help="Seconds at most.  [default: 1800; of AEDs 300]")
@click.option("--profile", help="car, walking ...  [default: car; of AEDs walking]")
@click.option(
    "--straight-line", "straight_line_kph", type=float, metavar="KPH", help="By straight lines, not on roads."
)
@demand_options
@result_options
def command(facilities: str, where: tuple[str, ...], moments: tuple[str, ...], demand: str, **shared: Any) -> None:
    """Say how much there is for 1,000 people, how unevenly it is spread, and which towns have least.

    Files are of any form that GDAL reads, in any reference system that they name, or CSV and xlsx with
    columns 経度 and 緯度 (lon, lat).
    """
    from services.planning import accessibility

    found = accessibility(
        features(facilities),
        features(demand),
        settings=load_settings(),
        where=conditions(where),
        moments=list(moments),
        **shared_inputs(shared),
    )
    tell(found, shared, _lines(found.answer))


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    from services.ogc.processes._planning.words import amount

    for each in answer["moments"]:
        if each["moment"] is not None:
            yield f"  @ {each['moment']}  {each['per_1000']}  {each['open']}/{each['closed']}/{each['hours_unknown']}"
    for each in answer["towns"]:
        value = "-" if each["per_1000"] is None else f"{each['per_1000']:.2f}"
        yield f"  {value:>9}  {amount(each['total']):>11}  {each['town'] or '?'}"
