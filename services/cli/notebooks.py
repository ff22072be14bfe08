"""Run the planners' notebooks and write them for Jupyter and as pages."""

from pathlib import Path

import click

from services.cli._common import load_settings


@click.command()
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER]...")
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to.  [default: notebooks/ in NGIS_VAR]",
)
@click.option("--list", "listing", is_flag=True, help="Only name them.")
def command(numbers: tuple[int, ...], folder: Path | None, listing: bool) -> None:
    """Run notebooks (分析ノート) by their NUMBERs, all of them where none is given, on the data of the database.

    Each becomes a notebook of Jupyter (.ipynb) and a page (.html) that holds all it shows and loads nothing.
    """
    from services import notebooks
    from services.settings import ROOT

    chosen = [notebooks.source(each) for each in numbers] or list(notebooks.sources().values())
    for path in chosen:
        if listing:
            click.echo(path.relative_to(ROOT))
            continue
        for written in notebooks.rendered(path, folder or load_settings().var / "notebooks"):
            click.echo(written)
