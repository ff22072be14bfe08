"""Downloads against a server on the loopback address that misbehaves as real ones do."""

import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from geo.errors import InputError, SourceError, StoreError
from services.ingest.fetching import Fetched, fetch, file_name, sole_use
from services.ingest.manifest import SourceEntry
from tests.conftest import DatabaseUnderTest, free_port
from tests.services.ingest.sites import count, good_sites, ngis, query, said, state

LIMIT = 10 * 1024**2
CONTENT = bytes(range(256)) * 4096  # 1 MiB


@dataclass
class Publisher:
    """What the server does; every request is noted in ``asked``."""

    content: bytes = CONTENT
    etag: str | None = '"v1"'
    last_modified: str | None = None
    cut_after: list[int] = field(default_factory=list)  # bytes sent before the connection breaks, one for each answer
    refuse: list[int] = field(default_factory=list)  # statuses answered before all else
    retry_after: str | None = None
    redirect: str | None = None
    ranges: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""


class _Handler(BaseHTTPRequestHandler):
    publisher: Publisher

    def do_GET(self) -> None:
        publisher = self.publisher
        publisher.asked.append(dict(self.headers.items()))
        if publisher.refuse:
            self._answer(publisher.refuse.pop(0), b"", {"Retry-After": publisher.retry_after})
        elif publisher.redirect is not None and self.path == "/data.csv":
            self._answer(302, b"", {"Location": publisher.redirect})
        elif publisher.etag is not None and self.headers.get("If-None-Match") == publisher.etag:
            self._answer(304, None, {})
        elif publisher.ranges and self._may_resume():
            begin = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
            if begin >= len(publisher.content):
                self._answer(416, b"", {})
                return
            total = len(publisher.content)
            self._answer(206, publisher.content[begin:], {"Content-Range": f"bytes {begin}-{total - 1}/{total}"})
        else:
            self._answer(200, publisher.content, {})

    def _may_resume(self) -> bool:
        wanted = self.headers.get("If-Range")
        return "Range" in self.headers and wanted in {self.publisher.etag, self.publisher.last_modified}

    def _answer(self, status: int, body: bytes | None, headers: dict[str, str | None]) -> None:
        publisher = self.publisher
        self.send_response(status)
        validators = {"ETag": publisher.etag, "Last-Modified": publisher.last_modified}
        for name, value in {**headers, **validators}.items():
            if value is not None:
                self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and publisher.cut_after:
            self.wfile.write(body[: publisher.cut_after.pop(0)])
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif body:
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of the base class
        """Say nothing."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    publisher = Publisher()
    handler = type("Handler", (_Handler,), {"publisher": publisher})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    publisher.url = f"http://127.0.0.1:{server.server_address[1]}/data.csv"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield publisher
    server.shutdown()
    server.server_close()
    thread.join()


def source(publisher: Publisher, **other: Any) -> SourceEntry:
    return SourceEntry(**{"id": "sites", "title": "避難場所", "url": publisher.url, **other})


def get(entry: SourceEntry, folder: Path, pauses: list[float] | None = None, **other: Any) -> Fetched:
    given: dict[str, Any] = {"max_bytes": LIMIT, **other}
    return fetch(entry, folder, pause=(pauses if pauses is not None else []).append, **given)


def ledger(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "ledger.json").read_text("utf-8"))
    return content


# --- what goes well --------------------------------------------------------------------------------------------


def test_downloads_and_remembers(publisher: Publisher, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    fetched = get(source(publisher), tmp_path / "new", progress=lambda done, total: seen.append((done, total)))
    assert fetched.path == tmp_path / "new" / "data.csv"
    assert fetched.path.read_bytes() == CONTENT
    assert fetched.is_new
    assert fetched.replaced_sha256 is None
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) > 3
    kept = ledger(tmp_path / "new")
    assert kept["begun"] == {}
    assert kept["finished"]["sites"] == {
        "source_id": "sites",
        "file_name": "data.csv",
        "url": publisher.url,
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
        "size_bytes": len(CONTENT),
        "etag": '"v1"',
        "last_modified": None,
        "downloaded_at": kept["finished"]["sites"]["downloaded_at"],
    }
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [".lock", "data.csv", "ledger.json"]


def test_what_is_the_newest_is_not_downloaded_again(publisher: Publisher, tmp_path: Path) -> None:
    first = get(source(publisher), tmp_path)
    again = get(source(publisher), tmp_path)
    assert not again.is_new
    assert again.download == first.download
    assert publisher.asked[-1]["If-None-Match"] == '"v1"'


def test_a_new_edition_replaces_the_old_one(publisher: Publisher, tmp_path: Path) -> None:
    old = get(source(publisher), tmp_path).download.sha256
    publisher.content, publisher.etag = b"new", '"v2"'
    fetched = get(source(publisher), tmp_path)
    assert fetched.is_new
    assert fetched.replaced_sha256 == old
    assert fetched.path.read_bytes() == b"new"


def test_a_file_damaged_on_the_disk_is_downloaded_again(publisher: Publisher, tmp_path: Path) -> None:
    path = get(source(publisher), tmp_path).path
    path.write_bytes(b"x" * len(CONTENT))
    get(source(publisher), tmp_path)
    assert path.read_bytes() == CONTENT
    assert "If-None-Match" not in publisher.asked[-1]


def test_follows_redirects_to_http(publisher: Publisher, tmp_path: Path) -> None:
    publisher.redirect = "/elsewhere/2026.csv"
    assert get(source(publisher), tmp_path).path == tmp_path / "data.csv"


# --- what breaks off -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "validators", [{}, {"etag": None, "last_modified": "Wed, 01 Apr 2026 00:00:00 GMT"}], ids=["etag", "last-modified"]
)
def test_takes_up_a_transfer_that_broke_off(
    publisher: Publisher, tmp_path: Path, validators: dict[str, str | None]
) -> None:
    for name, value in validators.items():
        setattr(publisher, name, value)
    publisher.cut_after = [700_000, 200_000]
    pauses: list[float] = []
    fetched = get(source(publisher), tmp_path, pauses)
    assert fetched.path.read_bytes() == CONTENT
    assert pauses == [1.0, 2.0]
    begins = [int(asked["Range"].removeprefix("bytes=").removesuffix("-")) for asked in publisher.asked[1:]]
    assert 600_000 < begins[0] <= 700_000
    assert begins[0] + 100_000 < begins[1] <= 900_000
    assert publisher.asked[1]["If-Range"] == (publisher.etag or publisher.last_modified)


def test_takes_up_in_another_run(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cut_after = [700_000]
    with pytest.raises(SourceError, match="1 attempts: the transfer broke off"):
        get(source(publisher), tmp_path, attempts=1)
    assert (tmp_path / "data.csv.part").stat().st_size > 500_000
    assert not (tmp_path / "data.csv").exists()
    assert ledger(tmp_path)["begun"] == {"sites": {"url": publisher.url, "validator": '"v1"'}}
    assert get(source(publisher), tmp_path).path.read_bytes() == CONTENT
    assert "Range" in publisher.asked[-1]
    assert not (tmp_path / "data.csv.part").exists()


def test_begins_anew_where_the_file_has_changed_meanwhile(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cut_after = [700_000]
    with pytest.raises(SourceError):
        get(source(publisher), tmp_path, attempts=1)
    publisher.content, publisher.etag = bytes(reversed(CONTENT)), '"v2"'
    assert get(source(publisher), tmp_path).path.read_bytes() == bytes(reversed(CONTENT))


@pytest.mark.parametrize("etag", [None, 'W/"v1"'])
def test_never_puts_parts_together_without_a_proof_that_they_fit(
    publisher: Publisher, tmp_path: Path, etag: str | None
) -> None:
    publisher.etag = etag
    publisher.cut_after = [700_000]
    assert get(source(publisher), tmp_path).path.read_bytes() == CONTENT
    assert "Range" not in publisher.asked[-1]


def test_a_part_that_is_whole_already(publisher: Publisher, tmp_path: Path) -> None:
    publisher.cut_after = [700_000]
    with pytest.raises(SourceError):
        get(source(publisher), tmp_path, attempts=1)
    (tmp_path / "data.csv.part").write_bytes(CONTENT)  # killed just before it was put in place
    assert get(source(publisher), tmp_path).path.read_bytes() == CONTENT


def test_tries_again_after_503(publisher: Publisher, tmp_path: Path) -> None:
    publisher.refuse = [503, 503]
    pauses: list[float] = []
    assert get(source(publisher), tmp_path, pauses).is_new
    assert pauses == [1.0, 2.0]


def test_waits_as_long_as_the_server_asks_within_reason(publisher: Publisher, tmp_path: Path) -> None:
    publisher.refuse, publisher.retry_after = [429], "7"
    pauses: list[float] = []
    get(source(publisher), tmp_path, pauses)
    publisher.refuse, publisher.retry_after = [429], "86400"
    get(source(publisher), tmp_path, pauses)
    assert pauses == [7.0, 60.0]


# --- what is refused -------------------------------------------------------------------------------------------


def test_gives_up_at_last_and_keeps_what_was_there(publisher: Publisher, tmp_path: Path) -> None:
    path = get(source(publisher), tmp_path).path
    publisher.refuse = [503] * 9
    pauses: list[float] = []
    with pytest.raises(SourceError, match="in 3 attempts: the server answered 503") as raised:
        get(source(publisher), tmp_path, pauses, attempts=3)
    assert len(pauses) == 2
    assert publisher.url in raised.value.message
    assert raised.value.fix is not None
    assert path.read_bytes() == CONTENT


def test_404_is_final(publisher: Publisher, tmp_path: Path) -> None:
    publisher.refuse = [404]
    with pytest.raises(SourceError, match=r"sites: .*/data\.csv answered 404") as raised:
        get(source(publisher), tmp_path)
    assert len(publisher.asked) == 1
    assert "manifest" in str(raised.value.fix)


def test_a_wrong_checksum_is_not_kept(publisher: Publisher, tmp_path: Path) -> None:
    old = get(source(publisher), tmp_path).path.read_bytes()
    publisher.content, publisher.etag = b"another edition", '"v2"'
    with pytest.raises(SourceError, match="It was not kept") as raised:
        get(source(publisher, sha256=hashlib.sha256(CONTENT).hexdigest()), tmp_path)
    assert hashlib.sha256(b"another edition").hexdigest() in raised.value.message
    assert (tmp_path / "data.csv").read_bytes() == old
    assert not (tmp_path / "data.csv.part").exists()


def test_a_file_that_the_manifest_no_longer_means_is_never_the_newest(publisher: Publisher, tmp_path: Path) -> None:
    get(source(publisher), tmp_path)
    with pytest.raises(SourceError, match="as the manifest says"):
        get(source(publisher, sha256="0" * 64), tmp_path)


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/data.csv"])
def test_a_redirect_to_another_scheme_is_refused(publisher: Publisher, tmp_path: Path, target: str) -> None:
    publisher.redirect = target
    with pytest.raises(SourceError, match=r"redirects to .* which is not followed") as raised:
        get(source(publisher), tmp_path)
    assert target in raised.value.message
    assert not (tmp_path / "data.csv").exists()


def test_redirects_in_a_circle_end(publisher: Publisher, tmp_path: Path) -> None:
    publisher.redirect = "/data.csv"
    with pytest.raises(SourceError, match="more than 5 redirects"):
        get(source(publisher), tmp_path)


def test_offline_keeps_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_bytes(b"old")
    entry = SourceEntry(id="sites", url=f"http://127.0.0.1:{free_port()}/data.csv")
    pauses: list[float] = []
    with pytest.raises(SourceError, match="the server could not be reached") as raised:
        get(entry, tmp_path, pauses)
    assert pauses == [1.0, 2.0, 4.0, 8.0]
    assert "network" in str(raised.value.fix)
    assert (tmp_path / "data.csv").read_bytes() == b"old"


@pytest.mark.parametrize("says_so", [True, False])
def test_a_file_beyond_the_limit_is_refused(
    publisher: Publisher, tmp_path: Path, says_so: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not says_so:
        real = _Handler.send_header
        monkeypatch.setattr(
            _Handler, "send_header", lambda self, name, value: name == "Content-Length" or real(self, name, value)
        )
    with pytest.raises(SourceError, match="larger than 5,000 bytes"):
        get(source(publisher), tmp_path, max_bytes=5_000)
    assert not list(tmp_path.glob("data.csv*"))


@pytest.mark.parametrize("url", ["file:///etc/hostname", "http://[::1/data.csv", "http:///data.csv", "data.csv"])
def test_a_url_that_is_none_is_refused_at_once(tmp_path: Path, url: str) -> None:
    pauses: list[float] = []
    with pytest.raises((SourceError, InputError), match="sites: ") as raised:
        get(SourceEntry(id="sites", url=url), tmp_path, pauses)
    assert "manifest" in str(raised.value.fix)
    assert pauses == []


def test_a_source_without_an_address_says_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no fixed address") as raised:
        get(SourceEntry(id="sites", page="http://127.0.0.1/page", note="同意が必要。"), tmp_path)
    assert "http://127.0.0.1/page" in str(raised.value.fix)


@pytest.mark.parametrize("name", ["../x.csv", "a/b", "ledger.json", "..", "x.part"])
def test_a_name_that_would_leave_the_folder_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be a file name"):
        file_name(SourceEntry(id="sites", url="http://127.0.0.1/x", file_name=name))


def test_a_name_that_leaves_the_folder_by_its_escapes_is_refused() -> None:
    with pytest.raises(InputError, match="cannot be a file name"):
        file_name(SourceEntry(id="sites", url="http://127.0.0.1/..%2F..%2Fx.csv"))


def test_two_sources_never_share_a_file(publisher: Publisher, tmp_path: Path) -> None:
    get(source(publisher), tmp_path)
    other = source(publisher, id="shelters", url=publisher.url.replace("/data.csv", "/other/data.csv"))
    with pytest.raises(InputError, match=r"shelters: .*data\.csv.* sites") as raised:
        get(other, tmp_path)
    assert "file_name" in str(raised.value.fix)


@pytest.mark.parametrize("content", ["{", "[]", '{"finished": {"sites": {"x": 1}}}', '{"finished": 1}'])
def test_a_damaged_ledger_is_named(publisher: Publisher, tmp_path: Path, content: str) -> None:
    (tmp_path / "ledger.json").write_text(content, "utf-8")
    with pytest.raises(SourceError, match=r"ledger\.json is damaged"):
        get(source(publisher), tmp_path)


def test_a_folder_that_cannot_be_made_is_named(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(SourceError, match="cannot be used") as raised:
        get(source(publisher), tmp_path / "file" / "downloads")
    assert raised.value.fix is not None


def test_one_download_at_a_time(publisher: Publisher, tmp_path: Path) -> None:
    with sole_use(tmp_path), pytest.raises(StoreError, match=r"Another download into .* is running"):
        get(source(publisher), tmp_path)


# --- the command -----------------------------------------------------------------------------------------------


def manifest(path: Path, url: str, **other: str) -> Path:
    further = "".join(f'{name} = "{value}"\n' for name, value in other.items())
    path.write_text(
        f'schema = 1\n[[source]]\nid = "sites"\ntitle = "避難場所"\nlicence = "CC-BY-4.0"\nas_of = 2026-03-31\n'
        f'layers = ["emergency-sites"]\nurl = "{url}"\n{further}',
        "utf-8",
    )
    return path


def test_the_command_downloads_and_loads(publisher: Publisher, database: DatabaseUnderTest, tmp_path: Path) -> None:
    publisher.content = good_sites(tmp_path / "sites.csv").read_bytes()
    sources = manifest(tmp_path / "sources.toml", publisher.url)
    done = ngis(database, "fetch", "--manifest", sources, "--by", "hanako")
    assert done.returncode == 0, said(done)
    assert "sites: data.csv downloaded" in said(done)
    assert count(database, "core.emergency_sites") == 12
    assert query(database, "SELECT source_id, title, url, licence, as_of::text FROM ngis.dataset") == [
        ("sites", "避難場所", publisher.url, "CC-BY-4.0", "2026-03-31")
    ]
    assert query(database, "SELECT loaded_by FROM ngis.load") == [("hanako",)]
    before = state(database)
    again = ngis(database, "fetch", "sites", "--manifest", sources)
    assert again.returncode == 0
    assert "is the newest already" in said(again)
    assert "unchanged" in said(again)
    assert state(database) == before


def test_the_command_offline(publisher: Publisher, database: DatabaseUnderTest, tmp_path: Path) -> None:
    publisher.content = good_sites(tmp_path / "sites.csv").read_bytes()
    assert ngis(database, "fetch", "--manifest", manifest(tmp_path / "m.toml", publisher.url)).returncode == 0
    before = state(database)
    downloads = database.settings.var / "downloads"
    kept = (downloads / "data.csv").read_bytes()
    publisher.refuse, publisher.retry_after = [503] * 9, "0"
    done = ngis(database, "fetch", "--manifest", tmp_path / "m.toml")
    assert done.returncode == 1
    assert "could not be downloaded in 5 attempts" in said(done)
    assert "Fix: Check the network" in said(done)
    assert (downloads / "data.csv").read_bytes() == kept
    assert state(database) == before


def test_the_command_names_an_unknown_source(database: DatabaseUnderTest, tmp_path: Path) -> None:
    sources = manifest(tmp_path / "m.toml", "http://127.0.0.1/x")
    done = ngis(database, "fetch", "no-such", "--manifest", sources)
    assert done.returncode == 1
    assert "There is no source 'no-such'" in said(done)
    assert "Choose one of: sites" in said(done)


def test_the_command_lists_and_says_what_is_to_be_downloaded_by_hand(
    database: DatabaseUnderTest, tmp_path: Path
) -> None:
    sources = tmp_path / "m.toml"
    sources.write_text(
        'schema = 1\n[[source]]\nid = "sites"\ntitle = "避難場所 [2026]"\npage = "http://127.0.0.1/page"\n'
        'note = "[同意] が必要。"\n',
        "utf-8",
    )
    listed = ngis(database, "fetch", "--list", "--manifest", sources)
    assert listed.returncode == 0
    assert "避難場所 [2026]" in said(listed)
    assert "unknown 不明" in said(listed)
    assert "by hand: http://127.0.0.1/page" in said(listed)
    left = ngis(database, "fetch", "--manifest", sources)
    assert left.returncode == 0
    assert "downloaded by hand from http://127.0.0.1/page" in said(left)
    assert "[同意] が必要。" in said(left)
    assert ngis(database, "fetch", "sites", "--manifest", sources).returncode == 1


def test_the_command_fails_where_a_checksum_is_wrong(
    publisher: Publisher, database: DatabaseUnderTest, tmp_path: Path
) -> None:
    done = ngis(database, "fetch", "--manifest", manifest(tmp_path / "m.toml", publisher.url, sha256="0" * 64))
    assert done.returncode == 1
    assert "It was not kept" in said(done)
    assert count(database, "ngis.load") == 0
