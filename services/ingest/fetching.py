"""Downloading official sources: resumed, retried, checked, and only then put in place.

A download grows in ``<name>.part`` and takes its name when it is whole and its checksum is right, so that a file in
the folder is always a finished one.  ``ledger.json`` beside the files remembers checksum, ETag and time of each.
"""

import contextlib
import fcntl
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import requests

from geo.errors import InputError, SourceError, StoreError
from services.ingest.manifest import SourceEntry

ATTEMPTS = 5
TIMEOUT_S = (10.0, 60.0)  # to connect, between two parts
MAX_REDIRECTS = 5
CHUNK_BYTES = 1 << 16  # of a transfer that breaks off, less than this is lost
_CORRECT_URL = "Correct the url in the manifest."
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # answers that may be different a little later

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and the bytes to come in all (None: the server does not say)."""


def silent(done: int, total: int | None) -> None:
    """No progress shown."""


@dataclass(frozen=True, slots=True)
class Download:
    """One finished download, as the ledger keeps it."""

    source_id: str
    file_name: str
    url: str
    sha256: str
    size_bytes: int
    etag: str | None
    last_modified: str | None
    downloaded_at: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What ``fetch`` did.  ``is_new``: content that was not there before; ``replaced_sha256``: what it was before."""

    path: Path
    download: Download
    is_new: bool
    replaced_sha256: str | None = None


class _Passing(Exception):  # noqa: N818 -- a signal of this module, never seen by a user
    """An attempt that failed in a way that may pass; ``wait_s`` as the server asks."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class Ledger:
    """The memory of a folder of downloads: source id -> ``Download``, and what is known of unfinished ones."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "ledger.json"
        self.finished: dict[str, Download] = {}
        self.begun: dict[str, dict[str, str]] = {}
        if not self._path.is_file():
            return
        try:
            content = json.loads(self._path.read_text("utf-8"))
            self.finished = {key: Download(**value) for key, value in content["finished"].items()}
            self.begun = {key: {k: str(v) for k, v in value.items()} for key, value in content["begun"].items()}
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise SourceError(f"{self._path} is damaged.", fix="Delete it; files will be downloaded anew.") from error

    def save(self) -> None:
        """Write it whole or not at all."""
        content = {"finished": {key: asdict(value) for key, value in self.finished.items()}, "begun": self.begun}
        temporary = self._path.with_suffix(".tmp")
        temporary.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
        temporary.replace(self._path)


@contextlib.contextmanager
def sole_use(folder: Path) -> Iterator[None]:
    """Make the folder, and keep it from other downloads; ``StoreError`` where another is at work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        opened = (folder / ".lock").open("w")
    except OSError as error:
        raise SourceError(
            f"The folder {folder} cannot be used: {error.strerror}.",
            fix="Check its permissions and the room on the disk, or set NGIS_VAR to another folder.",
        ) from error
    with opened as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(f"Another download into {folder} is running.", fix="Wait until it has ended.") from None
        yield


def fetch(
    source: SourceEntry,
    folder: Path,
    *,
    max_bytes: int,
    progress: Progress = silent,
    attempts: int = ATTEMPTS,
    pause: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Download one source into ``folder``, or see that what is there is still the newest.

    Raises ``SourceError`` where the source has no address of its own, cannot be reached, refuses, is larger than
    ``max_bytes``, is redirected to something that is not http(s), or has another checksum than the manifest says.
    What was in the folder before stays as it was.
    """
    if source.url is None:
        raise SourceError(
            f"{source.id}: its publisher gives no fixed address. {source.note or ''}".rstrip(),
            fix=f"Download it from {source.page} and run: ngis ingest FILE" if source.page else None,
        )
    path = folder / file_name(source)
    with sole_use(folder):
        ledger = Ledger(folder)
        _refuse_shared_name(source, path.name, ledger)
        failures: list[str] = []
        for attempt in range(attempts):
            try:
                return _attempt(source, source.url, path, ledger, max_bytes, progress)
            except _Passing as failure:
                failures.append(str(failure))
                if attempt + 1 < attempts:
                    pause(failure.wait_s if failure.wait_s is not None else 2.0**attempt)
            except OSError as error:  # of the local file: requests' own are _Passing by now
                raise SourceError(
                    f"{path} cannot be written: {error.strerror}.", fix="Make room, or check its permissions."
                ) from error
        raise SourceError(
            f"{source.id}: {source.url} could not be downloaded in {attempts} attempts: {failures[-1]}. "
            "Nothing that was there before was changed.",
            fix="Check the network (or try again later); a download begun is taken up where it stopped.",
        )


def file_name(source: SourceEntry) -> str:
    """Under which name a source is kept; ``InputError`` for one that would leave the folder."""
    try:
        address = urlsplit(source.url or "")
    except ValueError as error:
        raise InputError(f"{source.id}: {source.url} is no address: {error}.", fix=_CORRECT_URL) from error
    name = source.file_name or unquote(PurePosixPath(address.path).name) or source.id
    if (
        name in {".", "..", "ledger.json", ".lock"}
        or re.search(r"[/\\\x00-\x1f:]", name)
        or name.endswith((".part", ".tmp"))
    ):
        raise InputError(f"{source.id}: {name!r} cannot be a file name.", fix="Set file_name in the manifest.")
    return name


def _refuse_shared_name(source: SourceEntry, name: str, ledger: Ledger) -> None:
    """``InputError`` where another source is kept under the same name: each would overwrite the other."""
    for other in ledger.finished.values():
        if other.file_name == name and other.source_id != source.id and other.url != source.url:
            raise InputError(
                f"{source.id}: the name {name} is that of the file of {other.source_id} already.",
                fix="Set file_name in the manifest.",
            )


def _attempt(source: SourceEntry, url: str, path: Path, ledger: Ledger, max_bytes: int, progress: Progress) -> Fetched:
    part = path.with_name(path.name + ".part")
    headers = {"Accept-Encoding": "identity", "User-Agent": "ngis-fetch"}  # lengths and ranges are of the file itself
    before = ledger.finished.get(source.id)
    wanted = before is not None and source.sha256 in (None, before.sha256)
    if before is not None and wanted and before.url == url and _is_whole(path, before):
        if before.etag:
            headers["If-None-Match"] = before.etag
        elif before.last_modified:
            headers["If-Modified-Since"] = before.last_modified
    validator = ledger.begun.get(source.id, {}).get("validator")
    begun = part.stat().st_size if part.is_file() else 0
    if begun and validator and ledger.begun[source.id].get("url") == url:
        headers |= {"Range": f"bytes={begun}-", "If-Range": validator}
    try:
        with requests.Session() as session, _follow(session, url, headers, source.id) as answer:
            if answer.status_code == 304 and before is not None:
                return Fetched(path, before, is_new=False)
            if answer.status_code == 416:
                part.unlink(missing_ok=True)
                raise _Passing("the server no longer has the part that is missing")
            _refuse_bad_status(answer, source.id)
            resumed = answer.status_code == 206 and _range_start(answer) == begun
            if answer.status_code == 206 and not resumed:
                part.unlink(missing_ok=True)
                raise _Passing("the server answered with another part than the one asked for")
            _remember_begun(ledger, source.id, url, answer)
            _receive(answer, part, begun if resumed else 0, source.id, max_bytes, progress)
            etag, last_modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader) as error:
        raise SourceError(f"{source.id}: {url} is no address.", fix=_CORRECT_URL) from error
    except requests.RequestException as error:
        raise _Passing(_reason(error)) from error
    digest = _digest(part)
    if source.sha256 is not None and digest != source.sha256:
        part.unlink()
        raise SourceError(
            f"{source.id}: the file at {url} has the checksum {digest}, not {source.sha256} as the manifest says. "
            "It was not kept.",
            fix="Look at the publisher's page for a new edition; then correct sha256 and as_of in the manifest.",
        )
    size = part.stat().st_size
    part.replace(path)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    download = Download(source.id, path.name, url, digest, size, etag, last_modified, now)
    ledger.finished[source.id] = download
    ledger.begun.pop(source.id, None)
    ledger.save()
    replaced = before.sha256 if before is not None and before.sha256 != digest else None
    return Fetched(path, download, is_new=before is None or replaced is not None, replaced_sha256=replaced)


def _follow(session: requests.Session, url: str, headers: dict[str, str], source_id: str) -> requests.Response:
    """Follow redirects by hand: only to http(s), and never from https back to http."""
    for _ in range(MAX_REDIRECTS + 1):
        if urlsplit(url).scheme not in {"http", "https"}:
            raise SourceError(f"{source_id}: {url} is not an http(s) address.", fix=_CORRECT_URL)
        answer = session.get(url, headers=headers, stream=True, timeout=TIMEOUT_S, allow_redirects=False)
        if not answer.is_redirect:
            return answer
        answer.close()
        target = urljoin(url, answer.headers["Location"])
        if urlsplit(target).scheme not in ({"https"} if url.startswith("https:") else {"http", "https"}):
            raise SourceError(
                f"{source_id}: {url} redirects to {target}, which is not followed.",
                fix=_CORRECT_URL,
            )
        url = target
    raise SourceError(f"{source_id}: more than {MAX_REDIRECTS} redirects.", fix=_CORRECT_URL)


def _refuse_bad_status(answer: requests.Response, source_id: str) -> None:
    status = answer.status_code
    if status in _PASSING:
        wait = answer.headers.get("Retry-After", "")
        raise _Passing(f"the server answered {status}", min(float(wait), 60.0) if wait.isdecimal() else None)
    if status not in {200, 206}:
        raise SourceError(
            f"{source_id}: {answer.url} answered {status} {answer.reason or ''}".rstrip() + ".",
            fix="The publisher has moved or withdrawn it: look at its page and correct the url in the manifest.",
        )


def _remember_begun(ledger: Ledger, source_id: str, url: str, answer: requests.Response) -> None:
    etag = answer.headers.get("ETag", "")
    # A weak ETag must not be used for ranges (RFC 9110, 13.1.5).
    validator = etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified", "")
    if ledger.begun.get(source_id) != {"url": url, "validator": validator}:
        ledger.begun[source_id] = {"url": url, "validator": validator}
        ledger.save()


def _receive(
    answer: requests.Response, part: Path, begun: int, source_id: str, max_bytes: int, progress: Progress
) -> None:
    length = answer.headers.get("Content-Length", "")
    total = begun + int(length) if length.isdecimal() else None
    done = begun
    with part.open("ab" if begun else "wb") as file:
        progress(done, total)
        for chunk in answer.iter_content(CHUNK_BYTES):
            done += len(chunk)
            if max(done, total or 0) > max_bytes:
                break
            file.write(chunk)
            progress(done, total)
    if max(done, total or 0) > max_bytes:
        part.unlink(missing_ok=True)
        raise SourceError(
            f"{source_id}: the file is larger than {max_bytes:,} bytes.", fix="Raise NGIS_MAX_FILE_BYTES."
        )
    if total is not None and done != total:
        raise _Passing(f"the transfer ended after {done:,} of {total:,} bytes")


def _range_start(answer: requests.Response) -> int | None:
    match = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def _is_whole(path: Path, download: Download) -> bool:
    return path.is_file() and path.stat().st_size == download.size_bytes and _digest(path) == download.sha256


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "the server's certificate is not trusted"
    if isinstance(error, requests.Timeout):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the transfer broke off"
    if isinstance(error, requests.ConnectionError):
        return "the server could not be reached"
    return f"the transfer failed ({type(error).__name__})"
