"""Edits by hand (庁内編集): list them, undo one."""

import json
from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from services.database.editing.history import Edit


@click.group()
def command() -> None:
    """The history of features that the staff made, changed and removed."""


@command.command("list")
@click.argument("layer")
@click.option("--feature", metavar="ID", help="Only edits of this feature.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, the newest.")
def list_edits(layer: str, feature: str | None, limit: int) -> None:
    """Show the edits of LAYER, the newest first."""
    from layers.catalogue import layer_named
    from services.database.connect import connect, role_urls
    from services.database.editing.history import edits

    declared = layer_named(layer)
    with connect(role_urls(load_settings()).internal, application_name="ngis edits", autocommit=True) as connection:
        found, matched = edits(connection, declared, feature_id=feature, limit=limit)
    if not found:
        click.echo("Nothing was edited.")
    for each in found:
        click.echo(_line(each))
    if matched > len(found):
        click.echo(f"... and {matched - len(found)} older ones: see --limit.")


@command.command()
@click.argument("layer")
@click.argument("edit", type=int)
@click.option("--by", required=True, metavar="NAME", help="Who undoes it; recorded.")
def undo(layer: str, edit: int, by: str) -> None:
    """Put a feature of LAYER back to what it was before EDIT."""
    from layers.catalogue import layer_named
    from services.database.connect import connect, role_urls
    from services.database.editing.undo import undo as undo_edit

    declared = layer_named(layer)
    with connect(role_urls(load_settings()).internal, application_name="ngis edits", autocommit=True) as connection:
        undo_edit(connection, declared, edit, by)
    click.echo(f"Undone: edit {edit} of {layer} {declared.title.ja}.")


def _line(edit: "Edit") -> str:
    changes = "; ".join(f"{name}: {_shown(old)} -> {_shown(new)}" for name, old, new in edit.changes())
    note = f"  {edit.note}" if edit.note else ""
    undone = f"  [undone {edit.undone_at:%Y-%m-%d %H:%M}Z by {edit.undone_by}]" if edit.undone_at else ""
    return (
        f"{edit.id:>6}  {edit.edited_at:%Y-%m-%d %H:%M}Z  {edit.operation:<7} {edit.feature_id}  by {edit.edited_by}"
        f"{note}{undone}\n        {changes}"
    )


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"
