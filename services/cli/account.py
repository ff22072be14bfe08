"""Accounts of the staff (アカウント): add, list, disable, give a new secret."""

import click

from layers.model import Role
from services.cli._common import load_settings

_ROLE = click.Choice([str(role) for role in Role])


@click.group()
def command() -> None:
    """Accounts with which the staff edit features on the internal face.

    A secret is printed once, and only its hash is kept.  QGIS, curl and browsers send it with the name as HTTP Basic;
    programs may send `NAME.SECRET` as a Bearer token.
    """


@command.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLE, help="May be given more than once.")
@click.option("--display-name", metavar="TEXT", help="Name of the person or the duty, as people read it.")
def add(name: str, roles: tuple[str, ...], display_name: str | None) -> None:
    """Make an account and print its secret."""
    from services.database import accounts
    from services.database.connect import connect, role_urls

    with connect(role_urls(load_settings()).owner, application_name="ngis account", autocommit=True) as connection:
        secret = accounts.add(connection, name, display_name or name, [Role(role) for role in roles])
    _print_secret(name, secret)


@command.command("list")
def list_accounts() -> None:
    """Show all accounts."""
    from layers.editors import ROLE_TITLES
    from services.database import accounts
    from services.database.connect import connect, role_urls

    with connect(role_urls(load_settings()).owner, application_name="ngis account", autocommit=True) as connection:
        found = accounts.accounts(connection)
    if not found:
        click.echo("There is no account yet.")
    for each in found:
        roles = ", ".join(f"{role} {ROLE_TITLES[role].ja}" for role in sorted(each.roles))
        state = f"  [disabled {each.disabled_at:%Y-%m-%d %H:%M}Z]" if each.disabled_at else ""
        click.echo(f"{each.name:<20} {each.display_name}  ({roles})  secret of {each.renewed_at:%Y-%m-%d}{state}")


@command.command()
@click.argument("name")
def disable(name: str) -> None:
    """Take an account out of use; servers let it in for up to a minute more."""
    from services.database import accounts
    from services.database.connect import connect, role_urls

    with connect(role_urls(load_settings()).owner, application_name="ngis account", autocommit=True) as connection:
        accounts.disable(connection, name)
    click.echo(f"Disabled: {name}.")


@command.command()
@click.argument("name")
def reset(name: str) -> None:
    """Give an account a new secret and print it; a disabled one is in use again."""
    from services.database import accounts
    from services.database.connect import connect, role_urls

    with connect(role_urls(load_settings()).owner, application_name="ngis account", autocommit=True) as connection:
        secret = accounts.reset(connection, name)
    _print_secret(name, secret)


def _print_secret(name: str, secret: str) -> None:
    click.echo(f"account: {name}")
    click.echo(f"secret:  {secret}")
    click.echo("It is shown this once.  `ngis account reset` gives another.")
