"""Say what is missing or wrong, each with its fix."""

import click

from services.cli._common import load_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects instead of a table.")
def command(as_json: bool) -> None:
    """Check the machine, the database and the data; exit code 1 where something is an ERROR."""
    from dataclasses import asdict

    from services.doctor import State, diagnose

    checks = diagnose(load_settings(calibration=False))
    if as_json:
        import json

        click.echo(json.dumps([asdict(check) for check in checks], ensure_ascii=False, indent=2))
    else:
        colors = {State.OK: "green", State.WARN: "yellow", State.ERROR: "red"}
        width = max(len(check.name) for check in checks)
        for check in checks:
            click.echo(
                f"{click.style(f'{check.state:<5}', fg=colors[check.state])}  {check.name:<{width}}  {check.message}"
            )
            if check.fix:
                click.echo(f"{'':<{width + 9}}→ {check.fix}")
    if any(check.state is State.ERROR for check in checks):
        raise SystemExit(1)
