"""Kept results of analyses (分析の結果): list them, make one again and compare, publish or remove one."""

import json

import click

from services.cli._common import load_settings


@click.group()
def command() -> None:
    """Results of analyses that were kept: an analysis keeps its layer with --keep NAME."""


@command.command("list")
@click.option("--removed", is_flag=True, help="Those that were removed: when, by whom and why.")
def list_(removed: bool) -> None:
    """The kept results, the newest first."""
    from services.database.connect import connect, role_urls
    from services.database.results import kept_results, removed_results

    with connect(role_urls(load_settings()).internal, application_name="ngis results") as connection:
        if removed:
            for gone in removed_results(connection):
                click.echo(
                    f"{gone.name:<30} {gone.process_id:<24} kept {gone.kept_at:%Y-%m-%d %H:%M} by {gone.kept_by}, "
                    f"removed {gone.removed_at:%Y-%m-%d %H:%M} by {gone.removed_by}: {gone.note or '-'}"
                )
            return
        for each in kept_results(connection, "core"):
            click.echo(f"{each.name:<30} {each.process_id:<24} {each.kept_at:%Y-%m-%d %H:%M}  {each.about['headline']}")


@command.command()
@click.argument("name")
def show(name: str) -> None:
    """How a result was made: process, inputs, parameters, versions of data and code, as JSON."""
    from services.database.connect import connect, role_urls
    from services.database.results import kept_result

    with connect(role_urls(load_settings()).internal, application_name="ngis results") as connection:
        found = kept_result(connection, "core", name)
    click.echo(
        json.dumps(
            {
                "name": found.name,
                "collection": found.layer.id,
                "process": found.process_id,
                "kept_at": found.kept_at.isoformat(),
                "inputs": found.inputs,
                **found.about,
            },
            ensure_ascii=False,
        )
    )


@command.command()
@click.argument("name")
def repeat(name: str) -> None:
    """Make a result again and say whether it is the same; exit code 1 where it is not, with what has changed."""
    from services.results import repeat as repeat_result

    found = repeat_result(name, settings=load_settings())
    if found.same:
        click.echo(f"{name}: the same, feature by feature.")
    else:
        click.echo(f"{name}: {found.differing} features differ, {found.added} are new, {found.removed} are gone.")
    for each in found.data:
        then, now = (
            "not read" if version is None else f"revision {version[0]}, as of {version[1] or 'unknown'}"
            for version in (each.then, each.now)
        )
        click.echo(f"  {each.title} ({each.layer}): {then}; now {now}")
    if found.code:
        click.echo("  The program has changed since.")
    if not found.same:
        raise click.exceptions.Exit(1)


@command.command()
@click.argument("name")
@click.option("--by", required=True, help="Name of the person who approves; recorded.")
@click.option("--note", help="What was checked, or why; recorded.")
def publish(name: str, by: str, note: str | None) -> None:
    """Make a result public (公開); undo it with `ngis publish --undo ID`."""
    from services.database.connect import connect, role_urls
    from services.database.publish import publish as publish_layer
    from services.database.results import kept_result

    with connect(role_urls(load_settings()).owner, application_name="ngis results", autocommit=True) as connection:
        layer = kept_result(connection, "core", name).layer
        made = publish_layer(connection, layer.id, by, note, layer=layer)
    click.echo(f"{layer.id}: publication {made.id}, {made.rows_added} rows." if made.id else f"{layer.id}: as it was.")


@command.command()
@click.argument("name")
@click.option("--by", required=True, help="Name of the person who removes it; recorded.")
@click.option("--note", help="Why; recorded.")
def remove(name: str, by: str, note: str | None) -> None:
    """Take a kept result away; one that is public is taken back first.  Its name stays taken, and the log keeps who."""
    from services.database.connect import connect, role_urls
    from services.database.results import remove_result

    with connect(role_urls(load_settings()).owner, application_name="ngis results", autocommit=True) as connection:
        layer = remove_result(connection, name, by, note)
    click.echo(f"{layer.id}: removed.")
