"""The ``ngis`` command.

Each module of this folder is a subcommand of its name (``_`` becomes ``-``) and exposes it as ``command``; the first
line of the module's docstring is its line in ``ngis --help``.  That line is read without importing the module, and a
module is imported only when its command runs, so that help comes at once.  Names with a leading ``_`` are not commands.
"""

import ast
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import click

from geo.errors import GisError

_FOLDER = Path(__file__).parent


class Refusal(click.ClickException):
    """A ``GisError`` at the edge: the message and the fix on stderr, exit code 1, no stack trace."""

    def __init__(self, error: GisError) -> None:
        super().__init__(error.message)
        self.fix = error.fix

    def show(self, file: IO[Any] | None = None) -> None:
        click.secho(f"Error: {self.message}", file=file or sys.stderr, fg="red")
        if self.fix:
            click.echo(f"  Fix: {self.fix}", file=file or sys.stderr)


class CommandFolder(click.Group):
    """A group whose commands are the modules of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(path.stem.replace("_", "-") for path in _FOLDER.glob("*.py") if not path.stem.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{__name__}.{cmd_name.replace('-', '_')}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__}.command is not a click command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, _summary(_FOLDER / f"{name.replace('-', '_')}.py")) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GisError as error:
            raise Refusal(error) from error


def _summary(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.split("\n", 1)[0].rstrip(".")


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        import tomllib

        project = tomllib.loads((_FOLDER.parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
        click.echo(f"ngis {project['version']}")
        ctx.exit()


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show it.")
def cli() -> None:
    """統合型GIS: from official open data to a served, queryable map of the city.

    Settings come from the environment (NGIS_*) and city.toml.  `ngis doctor` says what is missing or wrong.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the console script; ends the process."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no Japanese shows marks in its place, and the command goes on.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(args=arguments, prog_name="ngis")
