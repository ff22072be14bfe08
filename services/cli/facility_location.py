"""Where facilities should be (施設の配置): the best sites, proven or with the gap, and who gains and loses."""

from collections.abc import Mapping
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
    time_options,
    without_none,
)


@click.command()
@click.option(
    "--facilities", default="fire-stations", show_default=True, help="Those that exist: a layer, a file or none."
)
@click.option("--where", multiple=True, metavar="NAME=VALUE", help="Of a layer only these; may be repeated.")
@click.option("--candidates", default="at-demand", show_default=True, help="Sites: a layer, a file or at-demand.")
@click.option("--required", multiple=True, metavar="ID", help="A candidate that every plan opens.")
@click.option("--forbidden", multiple=True, metavar="ID", help="A candidate that no plan opens.")
@click.option("--relocations", type=int, default=0, help="How many existing facilities may be given up.")
@click.option("--capacity", type=float, help="Of each site that has none of its own.")
@click.option(
    "--model", default="mclp", show_default=True, help="mclp, lscp, p-median, p-center, bacop1, bacop2, dsm, mexclp."
)
@click.option("--sites", type=int, help="Sites in all.  [default: one more than there are]")
@click.option("--compare", type=int, multiple=True, help="Another number of sites; may be repeated.")
@click.option("--limit", type=float, default=270, show_default=True, help="Seconds.")
@click.option("--long-limit", type=float, default=900, show_default=True, help="Seconds; dsm.")
@click.option("--share", type=float, default=0.5, show_default=True, help="dsm, bacop2.")
@click.option("--busy", type=float, default=0.3, show_default=True, help="Share of time; mexclp.")
@click.option("--most-per-site", type=int, default=2, show_default=True, help="Units; dsm, mexclp.")
@click.option("--method", type=click.Choice(["auto", "exact", "heuristic"]), default="auto", show_default=True)
@click.option("--time-limit", type=float, default=30, show_default=True, help="Seconds for all plans together.")
@demand_options
@time_options
@result_options
def command(
    facilities: str,
    where: tuple[str, ...],
    candidates: str,
    required: tuple[str, ...],
    forbidden: tuple[str, ...],
    relocations: int,
    capacity: float | None,
    model: str,
    sites: int | None,
    compare: tuple[int, ...],
    limit: float,
    long_limit: float,
    share: float,
    busy: float,
    most_per_site: int,
    method: str,
    time_limit: float,
    demand: str,
    **shared: Any,
) -> None:
    """Choose sites among candidates, and say who gains and who loses by each number of them.

    Files are of any form that GDAL reads, in any reference system that they name, or CSV and xlsx with
    columns 経度 and 緯度 (lon, lat). Sites may have the columns name and capacity.
    """
    from services.planning import facility_location

    found = facility_location(
        features(candidates),
        features(demand),
        facilities=features(facilities),
        settings=load_settings(),
        where=conditions(where),
        required=list(required),
        forbidden=list(forbidden),
        relocations=relocations,
        model=model,
        compare=list(compare),
        limit_s=limit,
        long_limit_s=long_limit,
        share=share,
        busy_fraction=busy,
        most_per_site=most_per_site,
        method=method,
        time_limit_s=time_limit,
        **without_none(sites=sites, capacity=capacity),
        **shared_inputs(shared),
    )
    tell(found, shared, (_line(plan, shared["language"]) for plan in found.answer["plans"]))


def _line(plan: Mapping[str, Any], language: str) -> str:
    from services.ogc.processes._planning.words import amount, per_cent

    new = "、".join(each["name"] for each in plan["opened"] if each["kind"] != "existing")
    gone = "".join(f" -{each['name']}" for each in plan["given_up"])
    change, cover, in_room = plan["change"], plan["covered"], plan["served_in_time"]
    told = f"  +{amount(change['gained'])} -{amount(change['lost'])}" if change else ""
    room = ""
    if in_room is not None:
        counted = cover["covered"] + cover["uncovered"]
        named = "定員内" if language == "ja" else "with room"
        room = f"  {named} {per_cent(in_room / counted if counted else None)}"
    return (
        f"  {plan['sites']:>3}  {per_cent(cover['share']):>6}{told}{room}  {plan['status']} {plan['gap']:.2%}"
        f"  {new}{gone}"
    )
