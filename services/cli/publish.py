"""Publish layers (公開): approve what is in core for the public face; list and undo publications."""

from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from services.database.publish import Connection, Publication


@click.command()
@click.argument("layers", nargs=-1, metavar="[LAYER]...")
@click.option("--by", help="Name of the person who approves; recorded.")
@click.option("--note", help="What was checked, or why; recorded.")
@click.option("--all", "every", is_flag=True, help="Every public layer.")
@click.option("--list", "listing", is_flag=True, help="Show the publications so far, the newest first.")
@click.option("--undo", type=int, metavar="ID", help="Put back what the public saw before a publication.")
def command(
    layers: tuple[str, ...], by: str | None, note: str | None, every: bool, listing: bool, undo: int | None
) -> None:
    """Make the loaded rows of LAYERs public (公開).

    Nothing is public before somebody approves it here; every publication is recorded and can be undone.
    """
    if sum((bool(layers) and not listing, every, listing, undo is not None)) != 1:
        raise click.UsageError("Name layers, or give one of --all, --list and --undo ID.")
    if not listing and not by:
        raise click.UsageError("Give the name of the person who approves with --by NAME.")

    from services.database.connect import connect, role_urls
    from services.database.publish import undo as undo_publication

    with connect(role_urls(load_settings()).owner, application_name="ngis publish", autocommit=True) as connection:
        if listing:
            _list(connection, layers)
        elif undo is not None:
            undone = undo_publication(connection, undo, by or "")
            click.echo(f"Undone: publication {undone.id} of {undone.layer_id} ({undone.published_at:%Y-%m-%d %H:%M}).")
        else:
            _publish(connection, layers, every, by or "", note)


def _publish(connection: "Connection", layers: tuple[str, ...], every: bool, by: str, note: str | None) -> None:
    from layers.catalogue import catalogue, layer_named
    from services.database.publish import publish

    chosen = (
        [layer.id for layer in catalogue().values() if layer.is_reviewed]
        if every
        else [layer_named(layer_id).id for layer_id in dict.fromkeys(layers)]  # all names are checked before any work
    )
    for layer_id in chosen:
        click.echo(_line(publish(connection, layer_id, by, note)))


def _line(publication: "Publication") -> str:
    title = _title(publication.layer_id)
    if publication.id is None:
        why = f"the public sees revision {publication.revision} already" if publication.revision else "it has no data"
        return f"{title}: nothing to publish, {why}."
    return (
        f"{title}: published as {publication.id} (revision {publication.revision}): "
        f"{publication.rows_added:,} added, {publication.rows_changed:,} changed, {publication.rows_removed:,} removed."
    )


def _list(connection: "Connection", layers: tuple[str, ...]) -> None:
    from services.database.publish import publications

    found = [each for each in publications(connection) if not layers or each.layer_id in layers]
    if not found:
        click.echo("Nothing was published yet.")
    for each in found:
        undone = f"  [undone {each.undone_at:%Y-%m-%d %H:%M} by {each.undone_by}]" if each.undone_at else ""
        note = f"  {each.note}" if each.note else ""
        click.echo(
            f"{each.id:>6}  {each.published_at:%Y-%m-%d %H:%M}Z  {each.layer_id:<22} revision {each.revision:<5} "
            f"+{each.rows_added} ~{each.rows_changed} -{each.rows_removed}  by {each.approved_by}{note}{undone}"
        )


def _title(layer_id: str) -> str:
    from layers.catalogue import catalogue

    layer = catalogue().get(layer_id)
    return f"{layer_id} {layer.title.ja}" if layer else layer_id
