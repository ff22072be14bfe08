"""Whole layers leave in constant memory; who stops reading frees what the file took; what is cut off shows."""

import io
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely
from psycopg import sql

from geo.errors import StoreError
from layers.catalogue import layer_named
from services.database.cluster import ADMIN, EmbeddedCluster
from services.database.connect import connect, open_pool
from services.database.lending import AbandonedError, Cancellation, working_under
from services.database.revisions import layer_states
from services.ogc.crs import CRS84, served_crs
from services.ogc.face import Face
from services.ogc.formats import file_formats
from services.ogc.selection import Selection
from services.ogc.source import Source
from tests.conftest import _database
from tests.services.http.conftest import SmallCity, _dataset
from tests.services.http.serving import await_ready, end, environment, start
from tests.waiting import until

ROWS = 200_000
LAYER = "fire-water-sources"
FORMS = {each.form.name: each for each in file_formats()}
MOST_GROWTH_MIB = 50


@dataclass(frozen=True)
class Large:
    """A city with one large layer that only the staff sees, and the whole of it selected."""

    city: SmallCity
    selection: Selection
    admin_url: str  # of who may see what the sessions of others do


@pytest.fixture(scope="module")
def large(cluster: EmbeddedCluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Large]:
    for database in _database(cluster, template, tmp_path_factory.mktemp("var")):
        with connect(database.urls.owner) as connection:
            connection.execute(
                "INSERT INTO core.fire_water_sources (id, local_id, municipality_code, municipality_name, kind, "
                "main_diameter_mm, address, remarks, geometry, source_id, dataset, as_of, fictitious, "
                "position_quality, load_id, raw_number) SELECT '28204-' || n, n::text, '28204', '西宮市', 'hydrant', "
                "150, '西宮市六湛寺町' || n || '番地の消火栓', CASE WHEN n %% 3 = 0 THEN repeat('水', 20) END, "
                "ST_SetSRID(ST_MakePoint(135.2 + (n * 7919 %% 100003) / 5e5, 34.65 + (n * 104729 %% 99991) / 5e5), "
                "6668), 'test', 'test', '2024-03-31', false, 'as-published', 1, n "
                "FROM generate_series(1, %s::bigint) AS n",
                [ROWS],
            )
            _dataset(connection, LAYER, ROWS, fictitious=False)
            connection.commit()
            state = layer_states(connection, "core")[LAYER]
        with open_pool(database.urls.internal, 2, application_name="bulk-test") as pool:
            source = Source(
                layer=layer_named(LAYER),
                face=Face.INTERNAL,
                state=state,
                row_count=ROWS,
                bounds=None,
                first_id=None,
                pool=pool,
                plane_crs=6673,
                var=Path(),
            )
            selection = Selection(
                source=source,
                columns=list(source.columns.values()),
                conditions=[],
                order=sql.SQL("id"),
                ordered=False,
                crs=served_crs(6673)[CRS84],
                with_geometry=True,
            )
            yield Large(SmallCity(database), selection, cluster.url(ADMIN, database.name))


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def sessions(large: Large, name: str) -> list[str]:
    """What the sessions of this name do now."""
    with connect(large.admin_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s", [name]
        ).fetchall()
    return [state for (state,) in rows]


@pytest.mark.parametrize("form", FORMS)
def test_memory_is_constant(large: Large, form: str) -> None:
    # Not of the format: the first use imports libraries and fills their caches.
    for _ in FORMS[form].write(large.selection, "ja"):
        pass
    before = most = resident_mib()
    size = 0
    for piece in FORMS[form].write(large.selection, "ja"):
        size += len(piece)
        assert len(piece) <= 1 << 22
        most = max(most, resident_mib())
    assert most - before < MOST_GROWTH_MIB
    assert size > 5e6


@pytest.mark.parametrize("form", ["csv", "parquet", "municipal-csv"])
def test_the_first_piece_is_sent_while_rows_are_read(large: Large, form: str) -> None:
    pieces = FORMS[form].write(large.selection, "ja")
    first = next(pieces)
    assert 0 < len(first) < 3_000_000
    assert set(sessions(large, "bulk-test")) > {"idle"}
    pieces.close()  # type: ignore[attr-defined]
    until(lambda: set(sessions(large, "bulk-test")) == {"idle"})


def test_a_parquet_file_has_groups_that_stand_alone(large: Large) -> None:
    content = b"".join(FORMS["parquet"].write(large.selection, "ja"))
    file = pq.ParquetFile(io.BytesIO(content))
    assert file.metadata.num_rows == ROWS
    assert file.metadata.num_row_groups >= 8
    # Along the curve a group covers a part of the city: who looks for one place passes over most of them.
    groups = [file.read_row_group(number, columns=["bbox"])["bbox"] for number in range(file.num_row_groups)]
    edges = [group.combine_chunks().flatten() for group in groups]
    lon, lat = 135.27, 34.72
    bounds = [(pc.min(west), pc.min(south), pc.max(east), pc.max(north)) for west, south, east, north in edges]
    boxes = [shapely.box(*(edge.as_py() for edge in each)) for each in bounds]
    assert 0 < sum(box.covers(shapely.Point(lon, lat)) for box in boxes) <= len(boxes) / 2


def children() -> list[str]:
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in found.stdout.splitlines() if "gdal_writer.py" in line]


@pytest.mark.parametrize("form", ["gpkg", "fgb"])
def test_who_goes_away_stops_the_writing(
    large: Large, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    cancellation = Cancellation()
    working_under(cancellation, bulk=True)
    try:
        cancellation.cancelled = True
        with pytest.raises(AbandonedError):
            next(FORMS[form].write(large.selection, "ja"))
    finally:
        working_under(Cancellation(), bulk=False)
    assert list(tmp_path.iterdir()) == []
    assert set(sessions(large, "bulk-test")) == {"idle"}
    assert not [line for line in children() if str(tmp_path) in line]


def test_a_file_that_cannot_be_written_is_said_before_its_first_piece(
    large: Large, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ogc.formats.writing.gdal_writer.__file__", str(tmp_path / "missing.py"))
    with pytest.raises(StoreError, match="cannot be written"):
        next(FORMS["gpkg"].write(large.selection, "ja"))
    assert set(sessions(large, "bulk-test")) == {"idle"}


# --- a real server -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(large: Large, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Its address, and the folder of its temporary files."""
    folder = tmp_path_factory.mktemp("temporary")
    env = environment(large.city, NGIS_WORKERS="1", TMPDIR=str(folder))
    process = start(env, "--internal")
    try:
        await_ready(process)
        yield f"http://127.0.0.1:{env['NGIS_INTERNAL_PORT']}/ogc/collections/{LAYER}/items", folder
    finally:
        end(process)


def reader() -> httpx.Client:
    """A client with little room for what it has not read: systems buffer up to 32 MiB of a connection."""
    small = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)]
    return httpx.Client(transport=httpx.HTTPTransport(socket_options=small), timeout=120)


def bulk_is_idle(large: Large) -> bool:
    return set(sessions(large, "ngis-internal-bulk")) <= {"idle"}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_client_that_stops_half_way_frees_its_connection(large: Large, server: tuple[str, Path], form: str) -> None:
    with reader() as client, client.stream("GET", f"{server[0]}?f={form}") as answer:
        assert answer.status_code == 200
        pieces = answer.iter_raw()  # httpx hangs up where it is let go
        assert len(next(pieces)) > 0
        assert not bulk_is_idle(large)
        pieces.close()  # type: ignore[attr-defined]
    until(lambda: bulk_is_idle(large))


@pytest.mark.parametrize("form", ["gpkg", "fgb"])
def test_a_client_that_does_not_wait_leaves_nothing(large: Large, server: tuple[str, Path], form: str) -> None:
    url, folder = server
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{url}?f={form}", timeout=0.7)
    until(lambda: bulk_is_idle(large) and not list(folder.glob("ngis-file-*")))
    until(lambda: not [line for line in children() if str(folder) in line])
    # The thread that wrote is free again.
    answer = httpx.get(f"{url}?f={form}&limit=10", timeout=60)
    assert answer.status_code == 200
    until(lambda: not list(folder.glob("ngis-file-*")))


def test_a_client_that_stops_reading_a_file_leaves_nothing(large: Large, server: tuple[str, Path]) -> None:
    url, folder = server
    with reader() as client, client.stream("GET", f"{url}?f=gpkg") as answer:
        pieces = answer.iter_raw()
        assert len(next(pieces)) > 0
        until(lambda: bulk_is_idle(large))  # what is read now is the file
        assert list(folder.glob("ngis-file-*"))
        pieces.close()  # type: ignore[attr-defined]
    until(lambda: not list(folder.glob("ngis-file-*")))


def test_what_is_cut_off_is_seen_to_be(large: Large, server: tuple[str, Path]) -> None:
    """The last chunk is missing: no client takes the rest for a whole file."""

    def read() -> None:
        with reader() as client, client.stream("GET", f"{server[0]}?f=csv") as answer:
            assert "content-length" not in answer.headers
            pieces = answer.iter_raw()
            next(pieces)
            with connect(large.admin_url, autocommit=True) as connection:
                ended: Any = connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'ngis-internal-bulk' AND state <> 'idle'"
                ).fetchall()
                assert ended
            for _ in pieces:
                pass

    with pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"):
        read()
    assert httpx.get(f"{server[0]}?f=csv&limit=3", timeout=60).content.count(b"\r\n") == 4
