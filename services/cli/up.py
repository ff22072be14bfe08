"""Start everything: database, data (the sample city, or the files of a folder), both faces; Ctrl-C stops it again."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.cli._common import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.database.cluster import EmbeddedCluster
    from services.ingest.batch import FileOutcome
    from services.settings import Settings

SAMPLE_DATABASE = "ngis_sample"
REAL_DATABASE = "ngis"
"""Fictitious and real data are never in one database: the embedded cluster keeps one for each."""
BY = "ngis up"


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of real files.  [default: the sample city, which is fictitious]",
)
@click.option("--no-serve", is_flag=True, help="Prepare everything, then stop.")
@click.option("--workers", type=click.IntRange(1, 64), help="Worker processes of each face.")
def command(data: Path | None, no_serve: bool, workers: int | None) -> None:
    """Start everything, from nothing to a served map.

    The sample city (架空データ) and real data are kept in databases of their own; the one started last is what the
    other commands work on.
    """
    from services.cli.serve import run
    from services.ogc.face import Face

    settings = load_settings()
    if not no_serve:
        from services.http.processes import import_ahead

        _require_ports(settings)
        import_ahead()
    cluster = _start_database(settings, SAMPLE_DATABASE if data is None else REAL_DATABASE)
    try:
        _load(settings, data)
        if not no_serve:
            _say("serving")
            run(settings, [Face.PUBLIC, Face.INTERNAL], workers=workers)
    finally:
        if cluster is not None and cluster.stop():
            _say("database stopped")


def _say(text: str) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')} {text}")


def _require_ports(settings: "Settings") -> None:
    """Refuses at once where a port is taken, and not after minutes of loading."""
    from services.http.server import bind
    from services.ogc.face import Face

    for face in Face:
        bind(settings, face).close()


def _start_database(settings: "Settings", name: str) -> "EmbeddedCluster | None":
    """A running, migrated database; the cluster where it is the embedded one."""
    from services.database.connect import choose_database, embedded_cluster, role_urls
    from services.database.migrate import migrate

    if settings.database_url is not None:
        _say("database: your server (NGIS_DATABASE_URL)")
        _refuse_mixture(settings, sample=name == SAMPLE_DATABASE)
        migrate(role_urls(settings).owner)
        return None
    cluster = embedded_cluster(settings)
    _say(f"database: {'starting' if cluster.exists else 'making'} the embedded PostgreSQL in {cluster.directory}")
    try:
        cluster.ensure()
        cluster.create_database(name)
        choose_database(settings, name)
        report = migrate(role_urls(settings).owner)
    except BaseException:
        cluster.stop()
        raise
    _say(f"database: {name} is ready{f', migrated {", ".join(report.applied)}' if report.applied else ''}")
    return cluster


def _refuse_mixture(settings: "Settings", *, sample: bool) -> None:
    """On a server of the user's there is one database: fictitious and real rows must not meet in it."""
    from geo.errors import InputError
    from services.database.connect import connect, role_urls

    with connect(role_urls(settings).owner, autocommit=True) as connection:
        there = connection.execute("SELECT to_regclass('ngis.dataset') IS NOT NULL").fetchone()
        if there is None or not there[0]:
            return
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE fictitious), count(*) FILTER (WHERE NOT fictitious) FROM ngis.dataset"
        ).fetchone()
    fictitious, real = row if row is not None else (0, 0)
    if (sample and real) or (not sample and fictitious):
        holds, wanted = ("real data", "the sample city") if sample else ("fictitious data", "real data")
        raise InputError(
            f"The database of NGIS_DATABASE_URL holds {holds}; {wanted} must not be mixed with it.",
            fix="Use another database for it, or `ngis serve` to serve what is there.",
        )


def _load(settings: "Settings", data: Path | None) -> None:
    from services.cli.ingest import user_name
    from services.settings import ROOT

    folder = data
    if folder is None:
        from services.ingest.sample import ensure

        folder = ROOT / "data" / "sample"
        _say("sample city (架空データ): checking")
        ensure(folder)
    _say(f"loading {folder}")
    outcomes = _ingest(settings, folder, f"{BY} ({user_name()})")
    _publish(settings, outcomes)


def _ingest(settings: "Settings", folder: Path, by: str) -> "Sequence[FileOutcome]":
    """Loads the folder; a file that fails is told and keeps no other from loading."""
    from rich.console import Console

    from services.cli._summary import print_outcome
    from services.database.connect import role_urls
    from services.ingest.batch import ingest_paths
    from services.ingest.pipeline import Options, silent

    def on_file(path: Path, number: int, total: int) -> "object":
        click.echo(f"         {number}/{total} {path.name}")
        return silent

    outcomes = ingest_paths(
        role_urls(settings).ingest,
        [folder],
        settings,
        Options(by=by),
        on_file=on_file,  # type: ignore[arg-type]
    )
    console = Console()
    for outcome in outcomes:
        if outcome.failed or any(report.status != "unchanged" for report in outcome.reports):
            print_outcome(console, outcome)
    failed = sum(outcome.failed for outcome in outcomes)
    unchanged = sum(all(r.status == "unchanged" for r in o.reports) for o in outcomes if o.reports)
    _say(f"{len(outcomes)} files: {unchanged} unchanged, {failed} failed")
    return outcomes


def _publish(settings: "Settings", outcomes: "Sequence[FileOutcome]") -> None:
    """Publishes what was loaded just now, and what an earlier, interrupted start loaded and never published.

    Only the sample and official open data, the files that a manifest names, go out without a person's review.  A layer
    that holds anything else not yet published, or edits by hand, is left for `ngis publish`, and that is said.
    """
    from layers.catalogue import catalogue
    from services.database.connect import connect, role_urls
    from services.database.editing.history import layers_with_unapproved_edits
    from services.database.publish import publish

    loaded: set[str] = set()
    fed: set[str] = set()
    vouched: dict[str, set[str]] = {}
    for outcome in outcomes:
        for report in outcome.reports:
            if report.layer_id is None:
                continue
            (loaded if report.status == "loaded" else fed).add(report.layer_id)
            if outcome.listed:
                vouched.setdefault(report.layer_id, set()).update(report.datasets)
    with connect(role_urls(settings).owner, application_name=BY, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT DISTINCT layer_id FROM ngis.publication").fetchall()}
        waiting: dict[str, set[str]] = {}
        for layer_id, dataset in connection.execute(
            "SELECT layer_id, id FROM ngis.dataset WHERE load_id IS NOT NULL EXCEPT "
            "SELECT dataset.layer_id, dataset.id FROM ngis.dataset JOIN publication.dataset AS approved "
            "USING (layer_id, id, load_id)"
        ).fetchall():
            waiting.setdefault(layer_id, set()).add(dataset)
        edited = layers_with_unapproved_edits(connection)
        for layer in catalogue().values():
            if not layer.is_reviewed or layer.id not in loaded | (fed - known):
                continue
            if layer.id in edited:
                _say(
                    f"not published: {layer.id} {layer.title.ja} was edited by hand; review the edits with "
                    f"`ngis edits list {layer.id}`, then `ngis publish {layer.id} --by NAME`"
                )
                continue
            unknown = sorted(waiting.get(layer.id, set()) - vouched.get(layer.id, set()))
            if unknown:
                _say(
                    f"not published: {layer.id} {layer.title.ja} holds {', '.join(unknown)} from files in no manifest; "
                    f"review it, then `ngis publish {layer.id} --by NAME`"
                )
                continue
            done = publish(connection, layer.id, BY, "official open data or the sample city, loaded by `ngis up`")
            if done.id is not None:
                _say(f"published {layer.id} {layer.title.ja}: {done.rows_added:,} added, {done.rows_changed:,} changed")
