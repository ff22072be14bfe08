"""The bundle as a folder of files that works from a web server, from a stick, and in a browser's store.

Every part is a script that calls ``ngisPart`` with its bytes in base64: scripts are all that a page opened from a
folder may load.  The name of a part says what is in it, so that it may be kept for good; manifest and page may not.
"""

import json
import os
import shutil
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

from geo.errors import InputError, StoreError
from layers.translations import languages
from services.offline.bundle import FORMAT, Bundle
from web_map.linking import classic_script
from web_map.pages import STATIC_FOLDER, offline_page

MANIFEST, PAGE = "manifest.js", "index.html"
_PARTS = "parts"
_STYLES = ("card.css", "orders.css", "offline.css")
_MARK = ".ngis-offline"
"""Of a folder that may be replaced."""


@dataclass(frozen=True, slots=True)
class Written:
    """Sizes in bytes: of all files, and of each part with what base64 adds."""

    folder: Path
    revision: str
    total: int
    by_part: Mapping[str, int]


def write(bundle: Bundle, folder: Path, max_age_days: int) -> Written:
    """Writes the bundle; a folder that holds another one is replaced at once, when all is written.

    Raises
    ------
    InputError
        If the folder holds anything else.
    StoreError
        If it cannot be written.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise InputError(f"{folder} holds something else.", fix="Name an empty folder, or one that is not there.")
    new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    try:
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
        (new / _PARTS).mkdir(parents=True)
        sizes = _write(bundle, new, max_age_days)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise StoreError(f"The bundle cannot be written to {folder}: {error.strerror}.") from None
    total = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file())
    return Written(folder, bundle.revision, total, sizes)


def _write(bundle: Bundle, folder: Path, max_age_days: int) -> dict[str, int]:
    listed: dict[str, dict[str, Any]] = {}
    sizes: dict[str, int] = {}
    for name, content in bundle.parts.items():
        file = f"{name}-{blake2b(content, digest_size=6).hexdigest()}.js"
        _put(folder / _PARTS / file, _script(file, content))
        listed[name] = {"file": f"{_PARTS}/{file}", "bytes": len(content), "crc32": crc32(content)}
        sizes[name] = (folder / _PARTS / file).stat().st_size
    for style in _STYLES:
        shutil.copyfile(STATIC_FOLDER / style, folder / style)
    shutil.copyfile(STATIC_FOLDER / "icon.svg", folder / "icon.svg")
    _put(folder / "offline.js", classic_script(STATIC_FOLDER / "offline" / "app.mjs").encode())
    _put(folder / PAGE, offline_page(bundle.made_at.isoformat(timespec="seconds")).encode())
    shell = [PAGE, "offline.js", "icon.svg", *_STYLES]
    manifest = {
        "format": FORMAT,
        "revision": bundle.revision,
        "made_at": bundle.made_at.isoformat(timespec="seconds"),
        "valid_until": (bundle.made_at + timedelta(days=max_age_days)).isoformat(timespec="seconds"),
        "max_age_days": max_age_days,
        "fictitious": bundle.fictitious,
        "languages": list(languages()),
        "shell": shell,
        "parts": listed,
    }
    _put(folder / MANIFEST, _script(MANIFEST, json.dumps(manifest, ensure_ascii=False).encode()))
    _put(folder / _MARK, bundle.revision.encode())
    return sizes


def _script(file: str, content: bytes) -> bytes:
    return f'ngisPart("{file}", "{b64encode(content).decode()}");\n'.encode()


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
