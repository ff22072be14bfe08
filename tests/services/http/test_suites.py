"""Conformance suites of others against a real server."""

import subprocess
from pathlib import Path

from services.settings import ROOT
from tests.services.http.conftest import SmallCity
from tests.services.http.serving import served

_SUITES = ROOT / "var" / "suites" / "bin" / "python"
_RUN = """
import sys
from ogctests.main import run_ogctests
sys.exit(run_ogctests("features/core", sys.argv[1], ["-q", "-p", "no:cacheprovider", "-c", "/dev/null"]))
"""


def test_ogctests_of_features_core(own_city: SmallCity, tmp_path: Path) -> None:
    """All 29 tests.  Its schema of a feature knows no ``null`` geometry (RFC 7946 does), so each site has a place."""
    own_city.execute("DELETE FROM core.emergency_sites WHERE geometry IS NULL")
    own_city.publish("emergency-sites")
    own_city.publish("shelters")
    with served(own_city) as address:
        done = subprocess.run(
            [_SUITES, "-c", _RUN, f"{address}/ogc"],
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
            cwd=tmp_path,
        )
    assert "29 passed" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
