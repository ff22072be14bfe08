"""Vector tiles (ベクトルタイル): draw those that are outdated, or show what is kept and what waits."""

from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from services.tiles.renderer import LayerTiles


@click.group()
def command() -> None:
    """The tiles kept in the database.

    A running server keeps them up to date by itself; without one, `ngis tiles render` does.
    """


@command.command()
@click.argument("layers", nargs=-1, metavar="[LAYER]...")
def render(layers: tuple[str, ...]) -> None:
    """Draw the outdated tiles of LAYERs, or of all layers."""
    from layers.catalogue import layer_named
    from services.database.connect import role_urls
    from services.tiles.renderer import render_changed

    settings = load_settings()
    chosen = [layer_named(layer_id) for layer_id in dict.fromkeys(layers)] or None
    drawn = 0

    def tell(batch: int) -> None:
        nonlocal drawn
        drawn += batch
        click.echo(f"{drawn:,} tiles", err=True)

    done = render_changed(role_urls(settings).ingest, settings.city.bbox, chosen, on_batch=tell)
    click.echo(f"{done.drawn:,} tiles drawn; {done.layers} layers were outdated ({done.seconds:.1f} s).")


@command.command()
def status() -> None:
    """Show how many tiles are kept of each layer, and what waits."""
    from services.database.connect import connect, role_urls
    from services.tiles.renderer import tile_counts

    with connect(role_urls(load_settings()).ingest, application_name="ngis tiles", autocommit=True) as connection:
        found = tile_counts(connection)
    if not found:
        click.echo("No tiles are kept yet; `ngis tiles render` draws them.")
    for each in found:
        click.echo(_line(each))


def _line(each: "LayerTiles") -> str:
    face = "public" if each.side == "published" else "internal"
    waits = [
        text
        for count, text in (
            (each.to_draw, f"{each.to_draw:,} to draw"),
            (each.changes, f"{each.changes:,} changes to take up"),
            (each.failed, f"{each.failed:,} failed"),
        )
        if count
    ]
    size = f"{each.size_bytes / 1e6:.1f} MB"
    return f"{face:<9} {each.layer_id:<22} {each.kept:>7,} tiles {size:>10}  {', '.join(waits) or 'up to date'}"
