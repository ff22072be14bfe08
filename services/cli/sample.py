"""Generate the sample city (架空データ)."""

from pathlib import Path

import click


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--seed", type=click.IntRange(min=0), default=28204, show_default=True, help="Another seed, another city."
)
def command(directory: Path, seed: int) -> None:
    """Write the fictitious sample city (架空データ) into DIRECTORY, in the official source formats.

    The files are described by the manifest.toml beside them and are loaded by `ngis ingest DIRECTORY`.  The same seed
    gives the same bytes.
    """
    from rich.progress import Progress

    from services.ingest.sample import generate

    with Progress(transient=True) as bar:
        task = bar.add_task("架空データ", total=1.0)
        generate(directory, seed, lambda what, share: bar.update(task, description=what, completed=share))
    files = sum(1 for file in directory.iterdir() if file.is_file() and not file.name.startswith("."))
    click.echo(f"{directory}: {files} files of the fictitious sample city (架空データ), seed {seed}.")
