"""The database: start, stop, status, migrate, and set-up of a server of your own."""

from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from services.database.migrate import MigrationReport


@click.group()
def command() -> None:
    """The database: embedded under var/postgres, or your own server (NGIS_DATABASE_URL)."""


@command.command()
def start() -> None:
    """Make the embedded database where there is none, start it, and migrate it."""
    from services.database.server import make_ready

    cluster, report = make_ready(load_settings())
    if cluster is None:
        click.echo("NGIS_DATABASE_URL is set: your server was migrated, nothing was started.")
    else:
        did = "started" if cluster.started_by_us else "was running already"
        click.echo(f"The embedded database {did}: 127.0.0.1:{cluster.port}, folder {cluster.directory}")
    _show(report)


@command.command()
def stop() -> None:
    """Stop the embedded database."""
    from services.database.connect import embedded_cluster

    stopped = embedded_cluster(load_settings()).stop(force=True)
    click.echo("The embedded database was stopped." if stopped else "The embedded database was not running.")


@command.command()
def status() -> None:
    """Say where the database is and whether it answers; exit code 3 where it does not."""
    from geo.errors import StoreError
    from services.database.connect import connect, embedded_cluster, role_urls, server_name

    settings = load_settings()
    if settings.database_url is None:
        cluster = embedded_cluster(settings)
        if not cluster.exists:
            click.echo("There is no embedded database yet; `ngis db start` makes it.")
            raise SystemExit(3)
        if not cluster.is_running():
            click.echo(f"The embedded database in {cluster.directory} is stopped; `ngis db start` starts it.")
            raise SystemExit(3)
    url = role_urls(settings).owner
    try:
        with connect(url) as connection:
            row = connection.execute("SELECT current_setting('server_version'), postgis_lib_version()").fetchone()
    except StoreError as error:
        click.echo(str(error))
        raise SystemExit(3) from None
    version, postgis = row or ("?", "?")
    click.echo(f"running: {server_name(url)}, PostgreSQL {version}, PostGIS {postgis}")


@command.command()
def migrate() -> None:
    """Bring the database to the state of this program."""
    from services.database.connect import role_urls
    from services.database.migrate import migrate as run

    _show(run(role_urls(load_settings()).owner))


@command.command("psql-url")
@click.option(
    "--role", type=click.Choice(["owner", "ingest", "internal", "public"]), default="internal", show_default=True
)
def psql_url(role: str) -> None:
    """Print the URL of a role, password included: psql "$(ngis db psql-url)"."""
    from services.database.connect import role_urls

    click.echo(getattr(role_urls(load_settings()), role))


@command.command()
def init() -> None:
    """Set up your own server: create what is missing of database, PostGIS and roles, and migrate."""
    from services.database.server import initialise

    initialise(load_settings(), click.echo)


@command.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(yes: bool) -> None:
    """Delete the embedded database with everything in it."""
    from services.database.connect import embedded_cluster

    cluster = embedded_cluster(load_settings())
    if not cluster.exists:
        click.echo("There is no embedded database.")
        return
    if not yes:
        click.confirm(f"Delete the database in {cluster.directory} with everything in it?", abort=True)
    cluster.remove()
    click.echo("The embedded database was deleted.")


def _show(report: "MigrationReport") -> None:
    if not report.changed:
        click.echo("Migrations: up to date.")
        return
    if report.applied:
        click.echo(f"Migrations applied: {', '.join(report.applied)}.")
    if report.layers:
        click.echo(f"Tables made or extended for: {', '.join(report.layers)}.")
