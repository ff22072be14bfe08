"""What Lighthouse says of a page on a phone; it is installed in ``var/web-peers`` when first needed."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.machine import ROOT
from tests.benchmarks.measures import Measure
from tests.web_map.conftest import CHROMIUM

_LOCK = ROOT / "requirements" / "web-peers"
_FLAGS = "--headless=new --no-sandbox --disable-quic --disable-background-networking --enable-unsafe-swiftshader"
_PERFECT = {"accessibility": "accessibility", "best-practices": "best practices", "seo": "SEO"}
_PERFORMANCE = 0.95


def scores(what: str, address: str, *, is_read_first: bool = True) -> Iterator[Measure]:
    """The four scores of a page, on its telephone of middle range on slow 4G; below 100 what it found is printed.

    is_read_first:
        It is one with which a visit begins, and so has to be quick; what is asked for after may draw a map first.
    """
    report = _report(address)
    for name, title in _PERFECT.items():
        score = report["categories"][name]["score"]
        if score < 1:
            sys.stderr.write("\n".join(["", *_found(report, name), ""]))
        yield Measure(f"Lighthouse, {what}: {title}", round(100 * score), "", floor=100)
    score = report["categories"]["performance"]["score"]
    yield Measure(f"Lighthouse, {what}: performance", score, "", floor=_PERFORMANCE if is_read_first else None)


def _report(address: str) -> dict[str, Any]:
    program = _installed() / "node_modules" / "lighthouse" / "cli" / "index.js"
    only = ",".join((*_PERFECT, "performance"))
    command = [
        *("node", str(program), address, "--quiet", "--output=json", "--output-path=stdout"),
        *(f"--only-categories={only}", f"--chrome-flags={_FLAGS}", "--no-enable-error-reporting"),
    ]
    run = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=os.environ | {"CHROME_PATH": CHROMIUM}
    )
    if run.returncode != 0:
        raise RuntimeError(f"Lighthouse of {address} failed: {run.stderr.strip()[-2000:]}")
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def _found(report: dict[str, Any], category: str) -> Iterator[str]:
    audits = report["audits"]
    for each in report["categories"][category]["auditRefs"]:
        audit = audits[each["id"]]
        if each["weight"] and audit["score"] is not None and audit["score"] < 1:
            yield f"  {category}: {audit['title']}: {json.dumps(audit.get('details', {}).get('items', [])[:3])[:500]}"


def _installed() -> Path:
    """The folder with what ``requirements/web-peers`` locks, of no other state of it."""
    folder = ROOT / "var" / "web-peers"
    wanted = hashlib.sha256((_LOCK / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / ".ngis-stamp"
    if not (stamp.is_file() and stamp.read_text("utf-8") == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(_LOCK / name, folder / name)
        shutil.copyfile(ROOT / ".npmrc", folder / ".npmrc")
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
        stamp.write_text(wanted, "utf-8")
    return folder
