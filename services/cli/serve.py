"""Serve (配信): the public face (庁外), the internal face (庁内), or both, until Ctrl-C."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.ogc.face import Face
    from services.settings import Settings

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--public", "public_only", is_flag=True, help="Only the public face (庁外).")
@click.option("--internal", "internal_only", is_flag=True, help="Only the internal face (庁内).")
@click.option("--both", is_flag=True, help="Both faces.  [default]")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes of each face.  [default: NGIS_WORKERS]")
@click.option("--access-log", is_flag=True, help="Write a line for every request.")
@click.option("--tls", is_flag=True, help="Encrypt with the certificate that `ngis certificate` made.")
@click.option("--tls-certificate", type=_FILE, help="Encrypt with a certificate of your own (PEM, with its chain).")
@click.option("--tls-key", type=_FILE, help="Its private key (PEM, without a password).")
def command(
    public_only: bool,
    internal_only: bool,
    both: bool,
    workers: int | None,
    access_log: bool,
    tls: bool,
    tls_certificate: Path | None,
    tls_key: Path | None,
) -> None:
    """Serve what is in the database.

    The public face shows what was published and nothing else.  The internal face has no sign-in yet: it listens on
    this machine only and answers to no other name.  TLS is for the public face.
    """
    if tls and (tls_certificate or tls_key):
        raise click.UsageError("Give either --tls or --tls-certificate and --tls-key.")
    if sum((public_only, internal_only, both)) > 1:
        raise click.UsageError("Give only one of --public, --internal and --both.")
    from services.ogc.face import Face

    faces = [face for face, left_out in ((Face.PUBLIC, internal_only), (Face.INTERNAL, public_only)) if not left_out]
    settings = load_settings()
    if tls:
        from services.http.encryption import made_here

        settings = made_here(settings)
    if tls_certificate or tls_key:
        settings = settings.model_copy(update={"tls_certificate": tls_certificate, "tls_key": tls_key})
    run(settings, faces, workers=workers, access_log=access_log)


def run(settings: "Settings", faces: "Sequence[Face]", *, workers: int | None = None, access_log: bool = False) -> None:
    """Serves until it is told to stop, and says where."""
    from services.http.encryption import LOST, encryption_of
    from services.http.server import serve
    from services.ogc.face import Face

    encryption = encryption_of(settings)
    write_rasters(settings)

    def on_ready() -> None:
        click.echo("")
        if Face.PUBLIC in faces:
            address = settings.public_address
            click.echo(f"  answers (庁外)        {address}")
            click.echo(f"  map                  {address}/map")
            click.echo(f"  OGC API              {address}/ogc")
            if (
                encryption is None
                and not _is_loopback(settings.host)
                and not (settings.public_url or "").startswith("https:")
            ):
                click.secho(f"  Without TLS other machines lose {LOST}: see ngis serve --help.", fg="yellow")
        if Face.INTERNAL in faces:
            click.echo(
                f"  internal face (庁内)  http://127.0.0.1:{settings.internal_port}  (this machine only, no sign-in)"
            )
        click.echo("\nCtrl-C stops it.")

    serve(settings, faces, workers=workers, access_log=access_log, on_ready=on_ready)


def write_rasters(settings: "Settings") -> None:
    """Writes the grids that the database has and the disk has not; a failure is told and stops nothing."""
    from psycopg import sql

    from geo.errors import GisError
    from layers.catalogue import catalogue
    from layers.model import Geometry
    from services.database.connect import connect, role_urls
    from services.database.failures import store_errors

    layers = [layer for layer in catalogue().values() if layer.geometry is Geometry.RASTER]
    try:
        with store_errors(), connect(role_urls(settings).internal, application_name="ngis serve") as connection:
            for layer in layers:
                query = sql.SQL("SELECT file_sha256 FROM {}").format(sql.Identifier("core", layer.table))
                for (key,) in connection.execute(query).fetchall():
                    if not (settings.var / "rasters" / f"{key}.tif").is_file():
                        from services.ingest.rasters import raster_file

                        raster_file(connection, key, settings)
    except GisError as error:
        click.secho(f"Warning: the grids could not be checked: {error}", fg="yellow", err=True)


def _is_loopback(host: str) -> bool:
    return host == "localhost" or host == "::1" or host.startswith("127.")
