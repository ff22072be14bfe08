"""The embedded database: a private PostgreSQL with PostGIS, made, started and stopped by this program.

Everything of it is in one folder (``var/postgres``): ``data`` (the cluster), ``server.log``, ``passwords.json`` (0600).
It listens on the loopback address only, on TCP only (no socket file, so no folder name is too long), and lets nobody
in without a password.  PostgreSQL refuses to run as root; started by root, it runs as an unprivileged system user.
"""

import fcntl
import json
import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from geo.errors import StoreError
from services.database.binaries import Binaries, find_binaries
from services.database.failures import store_errors
from services.database.system_user import SystemUser, place_for, server_user

ADMIN = "postgres"
"""Bootstrap superuser of the cluster: creates roles, database and extension, nothing else."""
LOGIN_ROLES = ("ngis_owner", "ngis_ingest", "ngis_internal", "ngis_public")
DATABASE = "ngis"
HOST = "127.0.0.1"
START_TIMEOUT_S = 60

_CONFIGURATION = """\
# Written by ngis at every start; changes here are lost.
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
max_connections = 100
password_encryption = 'scram-sha-256'
shared_buffers = '{shared_buffers_mb}MB'
effective_cache_size = '{cache_mb}MB'
work_mem = '16MB'
maintenance_work_mem = '256MB'
max_wal_size = '2GB'
checkpoint_completion_target = 0.9
random_page_cost = 1.1
# Requests are many and short: compiling or splitting one query costs more than it gives, and parallel workers need
# more shared memory than containers have.
jit = off
max_parallel_workers_per_gather = 0
max_parallel_maintenance_workers = 0
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] %q%u %a '
{durability}
"""
_NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


class EmbeddedCluster:
    """A PostgreSQL cluster in ``directory`` on the loopback ``port``.

    ``durable=False`` gives up safety against power loss for speed, for tests.  Nothing is touched before ``ensure``
    or ``start``.
    """

    def __init__(self, directory: Path, port: int, *, durable: bool = True) -> None:
        self.directory = directory
        self.configured_port = port
        self.durable = durable
        self.started_by_us = False

    # --- what is there -------------------------------------------------------------------------------------

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log_file(self) -> Path:
        return self.directory / "server.log"

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").is_file()

    @property
    def data_major(self) -> int | None:
        """Major version of PostgreSQL that made the data, None before that."""
        try:
            return int((self.data / "PG_VERSION").read_text("ascii").strip())
        except FileNotFoundError:
            return None

    @property
    def port(self) -> int:
        """The port it listens on where it runs, else the configured one."""
        lines = self._pid_file_lines()
        return int(lines[3]) if len(lines) > 3 and lines[3].isdigit() else self.configured_port

    def url(self, role: str, database: str = DATABASE) -> str:
        """libpq URL of a role; ``StoreError`` where the cluster was never made or is another user's."""
        return f"postgresql://{role}:{self._passwords()[role]}@{HOST}:{self.port}/{database}"

    def is_running(self) -> bool:
        """Whether this cluster (not merely something on its port) answers."""
        if not self._process_lives():
            return False
        try:
            with self._admin("postgres") as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError:
            return False
        return row is not None and Path(str(row[0])).resolve() == self.data.resolve()

    # --- life ----------------------------------------------------------------------------------------------

    def ensure(self) -> None:
        """Makes the cluster where there is none, starts it where it does not run, and makes roles and database.

        Safe to call at any time and from several processes at once.

        Raises
        ------
        StoreError
            PostgreSQL or PostGIS is missing, the port is taken, the folder is not ours, or the server does not start.
        """
        with self._lock():
            if not self.exists:
                try:
                    self._make()
                except OSError as error:
                    raise StoreError(
                        f"The embedded database cannot be made in {self.directory}: {error.strerror}.",
                        fix="Check the free space and the rights on that folder, or set NGIS_VAR to another one.",
                    ) from None
            self._start()
            with store_errors():
                self.create_database(DATABASE)

    def start(self) -> None:
        """Starts an existing cluster; nothing happens where it runs already (``started_by_us`` stays False)."""
        if not self.exists:
            raise StoreError("There is no embedded database yet.", fix="Run `make up`, or `ngis db start`.")
        with self._lock():
            self._start()

    def stop(self, *, force: bool = False) -> bool:
        """Stops the server if this object started it (or with ``force``); returns whether it was stopped here.

        Sessions are ended and the data is written out (``fast`` mode).
        """
        if not (self.started_by_us or force) or not self.exists or not self._process_lives():
            return False
        binaries = find_binaries(self.data_major)
        done = self._user().run(
            [binaries.program("pg_ctl"), "stop", "-D", str(self.data.resolve()), "-m", "fast", "-w", "-t", "60"]
        )
        if done.returncode != 0 and self.is_running():
            raise StoreError(f"The embedded database does not stop: {_last_lines(done.stderr or done.stdout)}")
        self.started_by_us = False
        return True

    def remove(self) -> None:
        """Stops the server and deletes the cluster with everything in it."""
        self.stop(force=True)
        real = self.directory.resolve()
        if self.directory.is_symlink():
            self.directory.unlink()
        shutil.rmtree(real, ignore_errors=True)
        self.directory.with_name(self.directory.name + ".lock").unlink(missing_ok=True)

    # --- roles and databases -------------------------------------------------------------------------------

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Makes the roles, and the database with PostGIS owned by ``ngis_owner``, where they are missing.

        With ``template`` the new database is a copy of that one.
        """
        passwords = self._passwords()
        with self._admin("postgres") as connection:
            for role in LOGIN_ROLES:
                verb = "ALTER" if _holds(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role) else "CREATE"
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                        sql.SQL(verb), sql.Identifier(role), sql.Literal(passwords[role])
                    )
                )
            if not _holds(connection, "SELECT 1 FROM pg_database WHERE datname = %s", name):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER ngis_owner TEMPLATE {}").format(
                        sql.Identifier(name), sql.Identifier(template or "template1")
                    )
                )
        if template is None:
            with self._admin(name) as connection:
                _prepare(connection)

    def drop_database(self, name: str) -> None:
        """Drops a database and ends the sessions in it."""
        with self._admin("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _admin(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(ADMIN, database), autocommit=True, connect_timeout=5)

    # --- making and starting -------------------------------------------------------------------------------

    def _user(self) -> SystemUser:
        """Who runs the server: for root, whoever made the data, since PostgreSQL accepts only its owner."""
        if os.geteuid() == 0 and self.exists:
            made_by = self.data.stat()
            if made_by.st_uid != 0:
                return SystemUser(made_by.st_uid, made_by.st_gid)
        return server_user()

    def _make(self) -> None:
        binaries = find_binaries()
        user = self._user()
        place_for(user, self.directory)
        if self.exists:  # the folder elsewhere that an earlier checkout at this path left
            return
        passwords = {role: secrets.token_urlsafe(24) for role in (ADMIN, *LOGIN_ROLES)}
        password_file = self.directory.resolve() / "initdb-password"
        unfinished = self.directory.resolve() / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            _write_private(password_file, passwords[ADMIN])
            user.own(password_file)
            self._initdb(binaries, user, unfinished, password_file)
        finally:
            password_file.unlink(missing_ok=True)
        configuration = unfinished / "postgresql.conf"
        configuration.write_text(configuration.read_text("utf-8") + "\ninclude 'ngis.conf'\n", "utf-8")
        _write_private(self.directory / "passwords.json", json.dumps(passwords, indent=1))
        unfinished.rename(self.data.resolve())  # a cluster is there as a whole or not at all

    def _initdb(self, binaries: Binaries, user: SystemUser, target: Path, password_file: Path) -> None:
        arguments = [
            *(binaries.program("initdb"), "-D", str(target), "-U", ADMIN, f"--pwfile={password_file}"),
            *("--auth=scram-sha-256", "--encoding=UTF8"),
        ]
        if not self.durable:
            arguments.append("--no-sync")
        message = ""
        for locale in ("C.UTF-8", "en_US.UTF-8", "C"):  # which of them exists depends on the system
            done = user.run([*arguments, f"--locale={locale}"])
            if done.returncode == 0:
                return
            message = done.stderr or done.stdout
            shutil.rmtree(target, ignore_errors=True)
            if "locale" not in message:
                break
        raise StoreError(
            f"The embedded database cannot be made in {target.parent}: {_last_lines(message)}",
            fix="Check the free space and the rights on that folder (`ngis doctor`), or set NGIS_VAR to another one.",
        )

    def _start(self) -> None:
        if self._wait_for_recovery():
            return
        if not (self.data / "postgresql.conf").is_file():
            raise StoreError(f"The folder {self.data} is not a database.", fix="Move it away and run `make up` again.")
        binaries = find_binaries(self.data_major)
        if not self._process_lives():
            # After a crash its number may by now be another program's, and the server would not start.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        _refuse_taken_port(self.configured_port)
        self._configure()
        user = self._user()
        if not self.log_file.exists():
            self.log_file.touch(0o600)
            user.own(self.log_file)
        data, log = str(self.data.resolve()), str(self.log_file.resolve())
        done = user.run(
            [binaries.program("pg_ctl"), "start", "-D", data, "-l", log, "-w", "-t", str(START_TIMEOUT_S)],
            timeout_s=START_TIMEOUT_S + 10,
        )
        if done.returncode != 0:
            tail = _last_lines(self.log_file.read_text("utf-8", errors="replace"), 5)
            raise StoreError(
                f"The embedded database does not start. The end of its log says: {tail}",
                fix=f"See {self.log_file}; `ngis doctor` checks disk, port and versions.",
            )
        self.started_by_us = True

    def _configure(self) -> None:
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        text = _CONFIGURATION.format(
            host=HOST,
            port=self.configured_port,
            shared_buffers_mb=max(32, min(512, memory_mb // 8)),
            cache_mb=max(64, memory_mb // 2),
            durability="" if self.durable else _NOT_DURABLE,
        )
        path = self.data / "ngis.conf"
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            self._user().own(path)

    # --- small things --------------------------------------------------------------------------------------

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """One process at a time makes or starts the cluster of a folder."""
        path = self.directory.with_name(self.directory.name + ".lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except PermissionError:
            raise _not_ours(path) from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _passwords(self) -> Mapping[str, str]:
        path = self.directory / "passwords.json"
        try:
            read: dict[str, str] = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise StoreError("There is no embedded database yet.", fix="Run `make up`, or `ngis db start`.") from None
        except PermissionError:
            raise _not_ours(path) from None
        except ValueError:
            raise StoreError(f"The file {path} is damaged.", fix="Restore it from a backup.") from None
        return read

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text("utf-8").split("\n")
        except FileNotFoundError:
            return []
        except PermissionError:
            raise _not_ours(self.data) from None

    def _process_lives(self) -> bool:
        """Whether the process of the pid file is there and is this cluster's (unknown counts as yes)."""
        lines = self._pid_file_lines()
        return len(lines) >= 4 and _is_server_of(lines[0], self.data.resolve())

    def _wait_for_recovery(self) -> bool:
        """Whether it runs; a server that is there and does not answer yet is given time to end its recovery."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self.is_running():
            if not self._process_lives() or time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True


def _prepare(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """What only a superuser may do in the new database: the extension, and what every role could do by default."""
    connection.execute("SET client_min_messages = warning")
    connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    connection.execute("ALTER SCHEMA public OWNER TO ngis_owner")
    # Large objects can be made by anybody who can connect, whatever the rights on schemas.
    functions = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace "
        "AND proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_import')"
    ).fetchall()
    for (signature,) in functions:
        connection.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.SQL(str(signature))))


def _holds(connection: psycopg.Connection[tuple[object, ...]], query: str, value: str) -> bool:
    return connection.execute(query.encode(), (value,)).fetchone() is not None


def _refuse_taken_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise StoreError(
                f"Port {port} of the embedded database is in use by another program.",
                fix="Set NGIS_DATABASE_PORT to a free port, for example `NGIS_DATABASE_PORT=54329 make up`.",
            ) from None


def _is_server_of(pid: str, data: Path) -> bool:
    """Whether the process lives and may be the server of this data folder, in which it then works."""
    try:
        number = int(pid)
        os.kill(number, 0)
    except PermissionError:
        pass
    except (ValueError, ProcessLookupError):
        return False
    process = Path(f"/proc/{number}")
    try:
        return (process / "cwd").readlink() == data
    except OSError:  # another user's process, or a system without /proc
        pass
    try:
        return b"postgres" in (process / "cmdline").read_bytes().split(b"\0")[0]
    except OSError:
        return True


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _last_lines(text: str, count: int = 3) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return " / ".join(lines[-count:]) or "nothing"


def _not_ours(path: Path) -> StoreError:
    return StoreError(
        f"The embedded database belongs to another user: {path} cannot be opened.",
        fix="Run as the user who made it (perhaps root), or set NGIS_VAR to a folder of your own.",
    )
