"""Export (持ち出し): the whole city as files that work with no server, for phones, sticks and plain web servers."""

from pathlib import Path

import click

from services.cli._common import load_settings


@click.group()
def command() -> None:
    """Write what is served as files that work without a server."""


@command.command()
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write.  [default: the one from which a running server offers it, var/offline]",
)
@click.option(
    "--max-age-days",
    type=click.IntRange(1, 3650),
    help="When the page says that the copy is too old.  [default: NGIS_OFFLINE_MAX_AGE_DAYS]",
)
def offline(folder: Path | None, max_age_days: int | None) -> None:
    """Write the offline bundle of what is published: hazards, sites, ways on foot, a map, in all languages.

    Open its index.html, from a stick or any web server.  A phone that visits the answer page can keep it.
    """
    from services.offline.export import export

    settings = load_settings()
    written = export(settings, folder, max_age_days, report=lambda _percent, message: click.echo(message.en, err=True))
    for name, size in sorted(written.by_part.items(), key=lambda pair: -pair[1]):
        click.echo(f"{size / 1e6:8.2f} MB  {name}")
    click.echo(f"{written.total / 1e6:8.2f} MB  in {written.folder}, revision {written.revision}")
