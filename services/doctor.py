"""What is missing or wrong with this installation: a list of checks, each with its state and its fix.

A check never raises and never changes anything; what cannot be looked at, because something before it is wrong, is
not guessed at but left out.
"""

import http.client
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from geo.errors import GisError, StoreError
from layers import roads
from layers.catalogue import catalogue
from layers.model import Layer, UpdateFrequency
from services.database.binaries import find_binaries
from services.database.connect import RoleUrls, connect, embedded_cluster, role_urls, server_name
from services.database.failures import store_errors
from services.database.migrate import pending_migrations, read_migrations, require_postgis
from services.database.schema import table_shapes
from services.routing.calibrated import road_figures
from services.settings import ROOT, Settings

Connection = psycopg.Connection[tuple[Any, ...]]

GIB = 2**30
LEAST_FREE_BYTES = 1 * GIB
"""Below this a load or a checkpoint of the database may fail."""
COMFORTABLE_FREE_BYTES = 4 * GIB
"""The sample city with its indexes, or the real files with all sources as received, and room for one reload."""

MAXIMUM_AGE: Mapping[UpdateFrequency, timedelta] = {
    UpdateFrequency.CONTINUAL: timedelta(days=1),
    UpdateFrequency.DAILY: timedelta(days=3),
    UpdateFrequency.MONTHLY: timedelta(days=62),
    UpdateFrequency.ANNUALLY: timedelta(days=550),
}
"""Age of the newest data after which a layer is late: twice its period, or half again for a yearly one."""


class State(StrEnum):
    OK = "OK"
    WARN = "WARN"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.  ``fix`` is None where the state is OK."""

    name: str
    state: State
    message: str
    fix: str | None = None


def diagnose(settings: Settings, *, today: date | None = None) -> tuple[Check, ...]:
    """All checks that can be made now, in the order in which their fixes should be done.

    ``today`` is the date that ages are counted to; the city's own where not given.
    """
    today = today or datetime.now(ZoneInfo(settings.city.time_zone)).date()
    checks = [_python(), _packages(), _disk(settings), _calibration(settings)]
    if settings.database_url is None:
        checks += _embedded(settings)
    checks += _ports(settings)
    try:
        urls = role_urls(settings)
    except StoreError as error:
        if settings.database_url is not None:
            checks.append(_error("database", error))
        return tuple(checks)
    checks += _roles(urls)
    try:
        with (
            store_errors(urls.owner),
            connect(urls.owner, application_name="ngis doctor", statement_timeout_s=20, autocommit=True) as connection,
        ):
            checks += _database(connection, today, settings.city.road_data_max_age_days)
    except GisError as error:
        if all(check.name != "login ngis_owner" or check.state is State.OK for check in checks):
            checks.append(_error("database", error))
    return tuple(checks)


# --- the machine -----------------------------------------------------------------------------------------------


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 12) <= sys.version_info[:2] < (3, 14):
        return Check("python", State.OK, f"Python {version}")
    return Check("python", State.ERROR, f"Python {version} is not supported.", "Use Python 3.12 or 3.13 (`make up`).")


def _packages(root: Path = ROOT) -> Check:
    package = root / "node_modules" / "maplibre-gl" / "package.json"
    if package.is_file():
        return Check("npm packages", State.OK, "maplibre-gl is installed")
    return Check("npm packages", State.ERROR, "The map library (maplibre-gl) is not installed.", "Run `npm ci`.")


def _disk(settings: Settings) -> Check:
    folder = settings.var
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    message = f"{free / GIB:.1f} GiB free under {settings.var}"
    if free < LEAST_FREE_BYTES:
        return Check("disk", State.ERROR, message, "Free at least 1 GiB, or set NGIS_VAR to another disk.")
    if free < COMFORTABLE_FREE_BYTES:
        return Check("disk", State.WARN, message, "Have 4 GiB free for a full load, or set NGIS_VAR to another disk.")
    return Check("disk", State.OK, message)


def _calibration(settings: Settings) -> Check:
    name = "road calibration"
    try:
        found = road_figures(settings.city.road_calibration)
    except GisError as error:
        return _error(name, error)
    if not found.is_calibrated:
        return Check(name, State.OK, "none: speeds and sizes are those shipped, and answers say so")
    return Check(name, State.OK, f"{found.source}, {found.as_of}, digest {found.digest}")


def _embedded(settings: Settings) -> Iterator[Check]:
    cluster = embedded_cluster(settings)
    try:
        binaries = find_binaries(cluster.data_major)
        yield Check(
            "postgresql",
            State.OK,
            f"PostgreSQL {'.'.join(map(str, binaries.version))} with PostGIS {binaries.postgis} in {binaries.folder}",
        )
        if not cluster.exists:
            yield Check(
                "cluster", State.WARN, "There is no embedded database yet.", "Run `make up` or `ngis db start`."
            )
        elif cluster.is_running():
            yield Check("cluster", State.OK, f"runs on 127.0.0.1:{cluster.port}")
        else:
            yield Check("cluster", State.WARN, "The embedded database is stopped.", "Run `make up` or `ngis db start`.")
            yield _port("port of the database", "127.0.0.1", settings.database_port, "NGIS_DATABASE_PORT", None)
    except StoreError as error:
        yield _error("postgresql", error)


def _ports(settings: Settings) -> Iterator[Check]:
    yield _port("public port", settings.host, settings.public_port, "NGIS_PUBLIC_PORT", _answers_as_ours)
    yield _port("internal port", settings.host, settings.internal_port, "NGIS_INTERNAL_PORT", _answers_as_ours)


def _port(name: str, host: str, port: int, setting: str, is_ours: Callable[[str, int], bool] | None) -> Check:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            if is_ours is not None and is_ours(host, port):
                return Check(name, State.OK, f"{host}:{port} is served by this system")
            return Check(
                name, State.ERROR, f"Port {port} is in use by another program.", f"Set {setting} to a free port."
            )
    return Check(name, State.OK, f"{port} is free")


def _answers_as_ours(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=2)  # noqa: S104
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


# --- the database ----------------------------------------------------------------------------------------------


def _roles(urls: RoleUrls) -> Iterator[Check]:
    for role, url in urls.items():
        try:
            with connect(url, application_name="ngis doctor"):
                yield Check(f"login {role}", State.OK, server_name(url))
        except StoreError as error:
            yield _error(f"login {role}", error)


def _database(connection: Connection, today: date, roads_max_age_days: int) -> Iterator[Check]:
    try:
        yield Check("postgis", State.OK, f"PostGIS {require_postgis(connection)}")
        pending = [migration.name for migration in pending_migrations(connection, read_migrations())]
    except StoreError as error:
        yield _error("migrations", error)
        return
    if pending:
        yield Check("migrations", State.ERROR, f"Not applied yet: {', '.join(pending)}.", "Run `ngis db migrate`.")
        return
    recorded: dict[str, str] = dict(connection.execute("SELECT id, definition_checksum FROM ngis.layer").fetchall())
    shapes = table_shapes(catalogue())
    behind = [layer_id for layer_id, shape in shapes.items() if recorded.get(layer_id) != shape.checksum]
    if behind:
        yield Check(
            "migrations", State.ERROR, f"Tables are behind their declarations: {', '.join(behind)}.",
            "Run `ngis db migrate`.",
        )  # fmt: skip
    else:
        yield Check("migrations", State.OK, "up to date")
    yield _loads(connection)
    yield from _layers(connection, today, roads_max_age_days)


def _loads(connection: Connection) -> Check:
    failed = connection.execute(
        "SELECT f.id, f.file_name FROM ngis.load f WHERE f.status = 'failed' AND NOT EXISTS ("
        "  SELECT 1 FROM ngis.load s WHERE s.status <> 'failed' AND s.id > f.id AND s.file_name = f.file_name"
        "  AND (f.layer_id IS NULL OR s.layer_id = f.layer_id)) "
        "AND f.id = (SELECT max(id) FROM ngis.load l WHERE l.file_name = f.file_name "
        "  AND l.layer_id IS NOT DISTINCT FROM f.layer_id) ORDER BY f.id DESC"
    ).fetchall()
    if not failed:
        return Check("loads", State.OK, "no failed load without a later success")
    names = ", ".join(f"{name} (load {number})" for number, name in failed[:5])
    more = f" and {len(failed) - 5} more" if len(failed) > 5 else ""
    return Check(
        "loads", State.WARN, f"Failed, and not loaded since: {names}{more}.",
        f"See `ngis ingest report {failed[0][0]}`, mend the file and load it again.",
    )  # fmt: skip


def _layers(connection: Connection, today: date, roads_max_age_days: int) -> Iterator[Check]:
    datasets: dict[str, list[tuple[date | None, bool, int]]] = {}
    for layer_id, *values in connection.execute(
        "SELECT layer_id, as_of, fictitious, row_count FROM ngis.dataset"
    ).fetchall():
        datasets.setdefault(layer_id, []).append((values[0], values[1], values[2]))
    revisions = {
        layer_id: (revision, published)
        for layer_id, revision, published in connection.execute(
            "SELECT id, revision, published_revision FROM ngis.layer"
        ).fetchall()
    }
    filled = [layer for layer in catalogue().values() if any(rows for _, _, rows in datasets.get(layer.id, []))]
    yield _summary(
        "layers without data",
        [layer.id for layer in catalogue().values() if layer not in filled],
        f"all {len(filled)} layers have data",
        "No data in",
        "Load a file with `ngis ingest FILE`, or the official sources with `ngis fetch`.",
    )
    yield _summary(
        "publication",
        [layer.id for layer in filled if layer.is_reviewed and _unpublished(*revisions.get(layer.id, (0, None)))],
        "everything loaded is published",
        "Loaded but not published as it is now:",
        "Look at the data, then `ngis publish LAYER... --by NAME`.",
    )
    late = [text for layer in filled if (text := _lateness(layer, [each[0] for each in datasets[layer.id]], today))]
    yield _summary(
        "data age", late, "all data are as fresh as declared", "Late or undated:",
        "Fetch or load newer data (`ngis fetch`, `ngis ingest --as-of DATE FILE`).",
    )  # fmt: skip
    if any(layer.id == roads.LAYER.id for layer in filled):
        yield _road_age([each[0] for each in datasets[roads.LAYER.id]], today, roads_max_age_days)
    yield _summary(
        "fictitious data (架空データ)",
        [layer.id for layer in filled if any(fictitious for _, fictitious, _ in datasets[layer.id])],
        "none",
        "Fictitious data are in",
        "For real use start with real data: `make up DATA=FOLDER` and another NGIS_VAR.",
    )


def _road_age(dates: list[date | None], today: date, most_days: int) -> Check:
    """As answers on roads have it: the oldest date counts, and none where one is unknown."""
    known = [each for each in dates if each is not None]
    name, fix = "road data", "Load newer roads (`ngis ingest --as-of DATE FILE`), or set NGIS_ROAD_DATA_MAX_AGE_DAYS."
    if len(known) < len(dates):
        return Check(name, State.WARN, "The date of the roads is unknown, as every answer on them says.", fix)
    age = (today - min(known)).days
    if age > most_days:
        message = f"The roads are as of {min(known)}, more than {most_days} days ago, as every answer on them says."
        return Check(name, State.WARN, message, fix)
    return Check(name, State.OK, f"the roads are as of {min(known)}")


def _unpublished(revision: int, published: int | None) -> bool:
    return published is None or published < revision


def _lateness(layer: Layer, dates: list[date | None], today: date) -> str | None:
    known = [each for each in dates if each is not None]
    if not known:
        return f"{layer.id} (date unknown)"
    limit = MAXIMUM_AGE.get(layer.update_frequency)
    age = today - max(known)
    return f"{layer.id} ({age.days} days)" if limit is not None and age > limit else None


def _summary(name: str, found: list[str], good: str, bad: str, fix: str) -> Check:
    if not found:
        return Check(name, State.OK, good)
    return Check(name, State.WARN, f"{bad} {', '.join(found)}.", fix)


def _error(name: str, error: GisError) -> Check:
    return Check(name, State.ERROR, error.message, error.fix)
