"""Real worker processes: started, replaced, stopped, and read by clients that no one here wrote."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from services.database.connect import connect
from services.http.background import WORKERS
from services.settings import ROOT, Settings
from tests.services.http.serving import await_ready, end, environment, start
from tests.waiting import until

BACKGROUND = sum(each.of_each_face is None and each.wanted(Settings()) for each in WORKERS)  # no workers for jobs


def children(pid: int) -> list[int]:
    """Processes of a server, of faces and in the background: copies of the one that imported what they run."""
    (forkserver,) = _children(pid, "forkserver")
    return _children(forkserver, "forkserver")


def all_of(process: "subprocess.Popen[str]") -> list[int]:
    """The processes of a server of two workers; what works beside the faces need not be there when they answer."""
    until(lambda: len(children(process.pid)) == 2 + BACKGROUND)
    return children(process.pid)


def _blocked(connection: psycopg.Connection[Any]) -> bool:
    """Whether a query waits for what this connection holds."""
    row = connection.execute("SELECT bool_or(pg_backend_pid() = ANY(pg_blocking_pids(pid))) FROM pg_stat_activity")
    return bool((row.fetchone() or (False,))[0])


def _children(pid: int, words: str) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            command = (stat.parent / "cmdline").read_text()
        except OSError:
            continue
        if parent == pid and words in command:
            found.append(int(stat.parent.name))
    return found


@pytest.fixture(scope="module")
def server(small_city: Any) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    env = environment(small_city)
    process = start(env, "--public", "--workers", "2")
    try:
        await_ready(process)
        yield f"http://127.0.0.1:{env['NGIS_PUBLIC_PORT']}", process
    finally:
        end(process)


def test_ogrinfo_reads_the_collection(server: tuple[str, Any]) -> None:
    done = subprocess.run(
        ["ogrinfo", "-ro", "-al", f"OAPIF:{server[0]}/ogc", "emergency-sites"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Feature Count: 4" in done.stdout, done.stdout + done.stderr
    assert "香櫨園<浜>公園" in done.stdout
    assert "POINT (135.33 34.72)" in done.stdout
    assert "ERROR" not in done.stderr


def test_ogrinfo_pages_through(server: tuple[str, Any]) -> None:
    done = subprocess.run(
        ["ogrinfo", "-ro", "-q", "-al", "-oo", "PAGE_SIZE=1", f"OAPIF:{server[0]}/ogc", "emergency-sites"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.count("OGRFeature(") == 4


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("for_flood = 1", 2),
        ("for_flood = 0", 1),
        ("for_flood IS NULL", 1),
        ("elevation_m > 3", 1),
        ("name LIKE '%公園'", 2),
        ("name ILIKE '%公園'", 2),
        ("as_of >= '2024/03/31'", 4),
        ("as_of > '2024/03/31 10:00:00'", 0),
        ("for_flood = 1 AND (elevation_m < 1 OR name = 'x')", 1),
    ],
)
def test_the_server_filters_for_gdal(server: tuple[str, Any], where: str, count: int) -> None:
    done = subprocess.run(
        ["ogrinfo", "-ro", "-so", f"OAPIF:{server[0]}/ogc", "emergency-sites", "-where", where],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"CPL_DEBUG": "ON"},
    )
    assert "filter-lang=cql-text" in done.stderr
    assert "client side" not in done.stderr
    assert "ERROR" not in done.stderr
    assert f"Feature Count: {count}\n" in done.stdout, done.stdout
    assert "elevation_m: Real" in done.stdout  # by the schema, whatever the first page holds


def test_owslib_reads_the_collection(server: tuple[str, Any]) -> None:
    from owslib.ogcapi.features import Features

    client = Features(f"{server[0]}/ogc")
    assert client.feature_collections() == ["emergency-sites"]
    found = client.collection_items("emergency-sites", bbox=[135.31, 34.7, 135.34, 34.8])
    assert [feature["id"] for feature in found["features"]] == ["s1", "s2"]
    assert client.collection_queryables("emergency-sites")["properties"]["for_flood"]["type"] == "boolean"
    assert client.collection_item("emergency-sites", "s3")["properties"]["name"] == "名塩小学校"


def test_connections_are_shared_out_among_the_workers(server: tuple[str, Any]) -> None:
    url, process = server
    port = int(url.rpartition(":")[2])

    def held() -> list[int]:
        counts = (_connections(pid, port) for pid in children(process.pid))
        return sorted(count for count in counts if count)

    def shared_out() -> list[int]:
        until(lambda: held() == [])
        with ExitStack() as stack:
            for _ in range(8):
                client = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                client.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
                assert client.recv(12) == b"HTTP/1.1 200"
            return held()

    until(lambda: len(shared_out()) == 2)  # the first that is ready answers alone
    rounds = [shared_out() for _ in range(5)]
    assert rounds.count([4, 4]) >= 3, rounds  # a worker that does not run for a moment is not waited for


def _connections(pid: int, port: int) -> int:
    """How many established connections to a port of its own a process holds."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ours = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01"}
    return sum(str(each.readlink()) in ours for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink())


def test_a_worker_that_dies_is_replaced(server: tuple[str, Any]) -> None:
    url, process = server
    before = all_of(process)
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    def is_ready() -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(f"{url}/readyz", timeout=20).status_code == 200
        return False

    until(is_ready)
    assert not set(before) & set(children(process.pid))


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_stop_lets_a_request_finish(own_city: Any, name: signal.Signals) -> None:
    env = environment(own_city)
    process = start(env, "--public", "--workers", "1")
    try:
        await_ready(process)
        url = f"http://127.0.0.1:{env['NGIS_PUBLIC_PORT']}"
        pids = children(process.pid)
        address = f"{url}/ogc/collections/emergency-sites/items?for_flood=true"
        assert httpx.get(address, timeout=20).status_code == 200
        with ThreadPoolExecutor(1) as thread, connect(own_city.database.urls.owner) as owner:
            owner.execute("LOCK TABLE publication.emergency_sites IN ACCESS EXCLUSIVE MODE")
            answer = thread.submit(httpx.get, f"{address}&limit=9", timeout=60)
            until(lambda: _blocked(owner))
            assert not answer.done()
            process.send_signal(name)
            time.sleep(0.5)
            owner.rollback()
            assert answer.result().status_code == 200
        assert process.wait(60) == 0
        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(env["NGIS_PUBLIC_PORT"]))) != 0
    finally:
        end(process)


def test_workers_end_with_a_parent_that_was_killed(small_city: Any) -> None:
    env = environment(small_city)
    process = start(env, "--internal", "--workers", "2")
    try:
        await_ready(process)
        pids = all_of(process)
        process.kill()
        process.wait()
        until(lambda: not [pid for pid in pids if _alive(pid)])
    finally:
        end(process)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_taken_port_names_the_setting(small_city: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        env = environment(small_city, NGIS_PUBLIC_PORT=str(taken.getsockname()[1]))
        done = subprocess.run(
            [sys.executable, "-m", "services.cli", "serve", "--public"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "in use" in done.stderr
    assert "NGIS_PUBLIC_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_internal_face_listens_on_the_loopback_whatever_the_host(small_city: Any) -> None:
    from services.http.server import bind
    from services.ogc.face import Face

    settings = small_city.database.settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104
    with bind(settings, Face.INTERNAL) as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
