"""Load files (取込): recognised by content, cleansed, reported; `ngis ingest report` shows the report again."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from services.ingest.batch import FileOutcome
    from services.ingest.manifest import Manifest
    from services.ingest.pipeline import Options
    from services.settings import Settings


class FilesOrReport(click.Group):
    """`ngis ingest FILE...` loads; `ngis ingest report` reports.  A file of that name is given as ./report."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in self.commands:
            args = ["load", *args]
        return super().parse_args(ctx, args)


@click.group(cls=FilesOrReport)
def command() -> None:
    """Load files, or show the report of a load."""


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE_OR_FOLDER...")
@click.option("--layer", "layer_id", metavar="LAYER", help="Take the file for one of this layer only.")
@click.option(
    "--dataset", metavar="NAME", help="Name of the dataset that the file replaces, in place of the usual one."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date that the content describes (時点).")
@click.option("--accept-shrink", is_flag=True, help="Load even where a dataset loses many of its rows.")
@click.option("--again", is_flag=True, help="Load even where the same content is there.")
@click.option("--by", metavar="NAME", help="Who loads; recorded.  [default: the user of the machine]")
@click.option("--dry-run", is_flag=True, help="Do everything and undo it: only the report.")
def load(
    paths: tuple[Path, ...],
    layer_id: str | None,
    dataset: str | None,
    as_of: datetime | None,
    accept_shrink: bool,
    again: bool,
    by: str | None,
    dry_run: bool,
) -> None:
    """Load files, or the files of a folder, into the layers that they are of (取込).

    Each file is recognised by its content and loaded in one transaction.  `ngis ingest report` shows the report of
    the last load again.  Nothing becomes public by loading: see `ngis publish`.
    """
    from rich.console import Console

    from services.ingest.pipeline import Options

    options = Options(
        layer_id=layer_id,
        dataset=dataset,
        accept_shrink=accept_shrink,
        again=again,
        dry_run=dry_run,
        by=by or user_name(),
    )
    ok = ingest_and_print(Console(), paths, load_settings(), options, as_of=as_of.date() if as_of is not None else None)
    if not ok:
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("load_id", type=int, required=False)
@click.option("--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), help="Write all findings as CSV.")
@click.option("--list", "listing", is_flag=True, help="The last loads.")
def report(load_id: int | None, csv_path: Path | None, listing: bool) -> None:
    """Show the report of load LOAD_ID, or of the last one (取込報告)."""
    from rich.console import Console

    from services.cli._summary import print_recent, print_report
    from services.database.connect import connect, role_urls
    from services.database.failures import store_errors
    from services.ingest.report import findings_of, read_report, recent_loads, write_csv

    url = role_urls(load_settings()).ingest
    with store_errors(url), connect(url, application_name="ngis ingest report") as connection:
        if listing:
            print_recent(Console(), recent_loads(connection))
            return
        found = read_report(connection, load_id)
        print_report(Console(), found)
        if csv_path is not None and found.load_id is not None:
            rows = write_csv(csv_path, found.file_name, findings_of(connection, found.load_id))
            click.echo(f"{rows:,} findings written to {csv_path}.")


def user_name() -> str:
    """The user of the machine, for the record of who loaded."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def ingest_and_print(
    console: "Console",
    paths: "Sequence[Path]",
    settings: "Settings",
    options: "Options",
    *,
    as_of: "object" = None,
    manifests: "Sequence[Manifest] | None" = None,
) -> bool:
    """Load with a progress bar and print what became of each file; False where one failed."""
    from datetime import date

    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from services.cli._summary import print_outcome
    from services.database.connect import role_urls
    from services.ingest.batch import ingest_paths

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TextColumn("{task.fields[stage]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("files", total=None, stage="")

        def on_file(path: Path, number: int, total: int) -> "object":
            bar.update(task, description=path.name, completed=number - 1, total=total, stage="")

            def show(stage: str, records: int) -> None:
                bar.update(task, stage=f"{stage} {records:,}" if records else stage)

            return show

        outcomes: list[FileOutcome] = ingest_paths(
            role_urls(settings).ingest,
            paths,
            settings,
            options,
            as_of=as_of if isinstance(as_of, date) else None,
            manifests=manifests,
            on_file=on_file,  # type: ignore[arg-type]
        )
    for outcome in outcomes:
        print_outcome(console, outcome)
    wrong = sum(outcome.failed for outcome in outcomes)
    if len(outcomes) > 1:
        loaded = sum(bool(outcome.reports) for outcome in outcomes)
        left_out = len(outcomes) - loaded - wrong
        console.print(
            f"{loaded} files loaded or unchanged, {left_out} left out, "
            f"[{'red' if wrong else 'green'}]{wrong} failed[/]."
        )
    return wrong == 0
