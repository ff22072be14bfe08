"""An index of demand (需要指数) by people, ages and incidents; records become counts that give nobody away."""

from pathlib import Path
from typing import Any

import click

from services.cli._common import load_settings
from services.cli._planning import file_named, result_options, shared_inputs, tell, without_none

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--population-weight", type=float, default=1, show_default=True)
@click.option("--older-weight", type=float, default=1, show_default=True)
@click.option("--incidents-weight", type=float, default=1, show_default=True)
@click.option("--older", default="aged_75_plus", show_default=True, help="Who is older: aged_65_plus, aged_85_plus ...")
@click.option("--normalisation", type=click.Choice(["mean", "maximum", "rank"]), default="mean", show_default=True)
@click.option("--area", help="A district by code or name, or a file of polygons.  [default: the city]")
@click.option("--records", help="Records of persons: a file, or incidents.")
@click.option("--subject", help="What the records are; the same records by the same name.")
@click.option("--period", nargs=2, metavar="FIRST LAST", help="Days of the records, both inclusive.")
@click.option("--date-field", help="Column of the dates; records outside of the period do not count.")
@click.option("--by", help="Column to tell records apart by.")
@click.option("--k", type=int, default=10, show_default=True, help="The least count that is released, 3 or more.")
@click.option(
    "--mesh-size", "mesh_size_m", type=int, default=250, show_default=True, help="Metres: 125, 250, 500, 1000."
)
@click.option("--purpose", help="Of the release; goes into the log.")
@click.option("--approved-by", help="Who approves the release; goes into the log.")
@click.option("--release", type=int, help="A release in the log in place of records (`ngis releases`).")
@click.option("--released", type=_FILE, help="Write the released counts (CSV, as the census has them).")
@result_options
def command(records: str | None, released: Path | None, **shared: Any) -> None:
    """Say where most help is asked for, in one sentence and a table of towns.

    With --records (CSV with lon and lat, or any file of points) what is counted of them is a release: it needs
    --subject, --period, --purpose and --approved-by, is tested against every earlier one and written into the log.
    The records themselves are never stored.
    """
    from services.ogc.processes._planning.words import amount, per_cent
    from services.planning import demand
    from services.planning.records import read_records

    inputs = shared_inputs(shared)
    file = None if records is None else file_named(records)
    if "period" in inputs:
        inputs["period"] = list(inputs["period"])
    found = demand(
        records if file is None else read_records(file),
        settings=load_settings(),
        **without_none(**inputs),
    )
    if released is not None:
        released.write_bytes(found.outputs["released_table"].encode())
        click.echo(f"{released}", err=True)
    tell(
        found,
        shared,
        (
            f"  {per_cent(each['share']):>6}  {amount(each['figures']['population']):>9}  {each['town'] or '?'}"
            for each in found.answer["towns"]
        ),
    )
