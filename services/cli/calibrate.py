"""Speeds of vehicles (走行速度の校正) out of records of their runs, as a calibration file."""

from datetime import datetime
from pathlib import Path

import click

from services.cli._common import load_settings


@click.command()
@click.argument("records", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else it is shown.")
@click.option("--source", required=True, help="Whose records they are; every answer on roads names it.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="Date of the records.")
@click.option("--least", type=click.IntRange(1), default=30, show_default=True, help="Records that a speed needs.")
def command(records: Path, output: Path | None, source: str, as_of: datetime, least: int) -> None:
    """Derive speeds by class of road and vehicle from RECORDS.

    A CSV with the columns highway, profile, metres, seconds: one row for each piece of road that a vehicle drove on
    duty.  The speed of a class is scaled by the median of observed over modelled time; where there are too few records
    it stays, and the file says so.
    """
    from geo.network.calibration import Outcome, calibrate
    from services.routing.calibrated import road_figures
    from services.routing.calibration_writing import calibration_file, read_observations

    figures = road_figures(load_settings().city.road_calibration).figures
    found = calibrate(read_observations(records), figures, least)
    text = calibration_file(found, source, as_of.date())
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")
    count = sum(each.outcome is Outcome.CALIBRATED for each in found.results)
    refused = sum(found.refused.values())
    click.echo(
        f"{count} speeds calibrated, {len(found.results) - count} stay for want of records or sense; "
        f"{refused} records left out.",
        err=True,
    )
