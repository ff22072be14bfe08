"""Download official sources of the manifest (取得), check them and load them."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from rich.console import Console

    from services.ingest.manifest import Manifest, SourceEntry


@click.command()
@click.argument("source_ids", nargs=-1, metavar="[SOURCE_ID]...")
@click.option("--list", "listing", is_flag=True, help="Show the sources with their licence and date; download nothing.")
@click.option("--manifest", "manifest_path", type=click.Path(path_type=Path), help="Another manifest than the city's.")
@click.option("--no-ingest", is_flag=True, help="Only download.")
@click.option("--accept-shrink", is_flag=True, help="Load even where a dataset loses many of its rows.")
@click.option("--by", metavar="NAME", help="Who loads; recorded.  [default: the user of the machine]")
def command(
    source_ids: tuple[str, ...],
    listing: bool,
    manifest_path: Path | None,
    no_ingest: bool,
    accept_shrink: bool,
    by: str | None,
) -> None:
    """Download the official sources SOURCE_ID..., or all of the manifest, and load what is new (取得).

    A download that broke off is taken up where it stopped.  What is there stays as it is until the new file is whole
    and its checksum right.
    """
    from rich.console import Console

    from geo.errors import GisError
    from services.cli._summary import print_outcome
    from services.cli.ingest import ingest_and_print, user_name
    from services.ingest.batch import FileOutcome
    from services.ingest.fetching import fetch
    from services.ingest.manifest import CITY_MANIFEST, read_manifest
    from services.ingest.pipeline import Options

    settings = load_settings()
    manifest = read_manifest(manifest_path or CITY_MANIFEST)
    console = Console()
    if listing:
        console.print(_listing(manifest))
        return
    if source_ids:
        wanted = [manifest.source_named(source_id) for source_id in source_ids]
    else:
        wanted = [source for source in manifest.source if source.fetch]
        for source in [source for source in wanted if source.url is None]:
            _by_hand(console, source)
            wanted.remove(source)
    if not wanted:
        console.print("The manifest names nothing to download.")
    failures = 0
    for source in wanted:
        if source.url is None:
            _by_hand(console, source)
            failures += 1
            continue
        try:
            with _bar(console) as bar:
                task = bar.add_task(source.id, total=None)
                fetched = fetch(
                    source,
                    settings.var / "downloads",
                    max_bytes=settings.max_file_bytes,
                    progress=lambda done, total, bar=bar, task=task: bar.update(task, completed=done, total=total),  # type: ignore[misc]
                )
        except GisError as error:
            print_outcome(console, FileOutcome(Path(source.id), error=error))
            failures += 1
            continue
        state = "downloaded" if fetched.is_new else "is the newest already"
        size = f"{fetched.download.size_bytes:,} bytes"
        console.print(f"{source.id}: {fetched.path.name} {state} ({size}).", markup=False)
        if fetched.replaced_sha256 is not None and source.sha256 is None:
            console.print("    Its content has changed since the last download; check the date in the manifest.")
        if not no_ingest:
            options = Options(accept_shrink=accept_shrink, by=by or user_name())
            described = manifest_of(source, fetched.path.name, fetched.download.sha256)
            failures += not ingest_and_print(console, [fetched.path], settings, options, manifests=[described])
    if failures:
        raise click.exceptions.Exit(1)


def manifest_of(source: "SourceEntry", path: str, sha256: str) -> "Manifest":
    """A manifest of one file: what the entry of its source says of the file just downloaded."""
    from services.ingest.manifest import Manifest

    entry = {
        "path": path,
        "sha256": sha256,
        "source": source.id,
        "title": source.title,
        "url": source.url,
        "licence": source.licence,
        "attribution": source.attribution,
        "as_of": source.as_of,
    }
    return Manifest.model_validate({"schema": 1, "file": [entry]})


def _by_hand(console: "Console", source: "SourceEntry") -> None:
    from rich.markup import escape

    place, note = escape(source.page or ""), escape(f" {source.note}" if source.note else "")
    console.print(f"[yellow]{source.id}[/]: to be downloaded by hand from {place}, then: ngis ingest FILE.{note}")


def _listing(manifest: "Manifest") -> "object":
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("source", "layers", "title", "licence", "as of 時点", "from"):
        table.add_column(heading, overflow="fold")
    for source in manifest.source:
        date = source.as_of.isoformat() if source.as_of is not None else "unknown 不明"
        place = source.url or f"by hand: {source.page}"
        cells = (", ".join(source.layers), source.title or "", source.licence or "", date, place)
        table.add_row(source.id, *map(escape, cells))
    return table


def _bar(console: "Console"):  # type: ignore[no-untyped-def]
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
