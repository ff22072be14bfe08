"""Who has water for fire fighting (消防水利の充足) within the distance of the standard, and where it is missing."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from services.cli._common import load_settings
from services.cli._planning import demand_options, features, result_options, shared_inputs, tell, without_none


@click.command()
@click.option("--sources", default="fire-water-sources", show_default=True, help="The layer, or a file of sources.")
@click.option("--wind", type=float, metavar="M/S", help="Mean wind of the year.  [default: unknown, windy]")
@click.option("--zone", help="用途地域 of all places that name none.  [default: unknown, dense]")
@click.option("--built-up/--not-built-up", default=None, help="Of all places that do not say.  [default: unknown]")
@click.option("--without-hydrants", is_flag=True, help="As after an earthquake, when the mains have failed.")
@click.option("--along-roads", is_flag=True, help="By distances along roads, as a hose is laid, and not straight.")
@click.option("--further", type=int, default=5, show_default=True, help="For how many further cisterns to find sites.")
@demand_options
@result_options
def command(
    sources: str,
    wind: float | None,
    zone: str | None,
    built_up: bool | None,
    without_hydrants: bool,
    along_roads: bool,
    further: int,
    demand: str,
    **shared: Any,
) -> None:
    """Say who has water within the distance of the standard, who has none, and of whom it is not known.

    Files are of any form that GDAL reads, in any reference system that they name, or CSV and xlsx with
    columns 経度 and 緯度 (lon, lat).
    """
    from services.planning import water_supply_coverage

    found = water_supply_coverage(
        features(sources),
        features(demand),
        settings=load_settings(),
        without_hydrants=without_hydrants,
        along_roads=along_roads,
        further_cisterns=further,
        **without_none(wind_m_s=wind, zone=zone, built_up=built_up),
        **shared_inputs(shared),
    )
    tell(found, shared, _lines(found.answer))


def _lines(answer: Mapping[str, Any]) -> Iterator[str]:
    from services.ogc.processes._planning.words import amount, per_cent

    for each in answer["towns"]:
        lacking, total = amount(round(each["uncovered"] + each["unknown"])), amount(round(each["total"]))
        yield f"  {lacking:>11} / {total:>11}  {per_cent(each['share']):>6}  {each['town'] or '?'}"
    for each in answer["next_cisterns"]["sites"]:
        yield f"  + {each['lon']:.5f},{each['lat']:.5f}  {amount(round(each['gains']))}  {each['town'] or '?'}"
