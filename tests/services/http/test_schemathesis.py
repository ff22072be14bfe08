"""The API against its definition: requests made out of it, right ones and wrong ones, by a program of others."""

import subprocess
import sys
from pathlib import Path

import pytest

from layers.model import Role
from tests.conftest import DatabaseUnderTest
from tests.services.http.conftest import SmallCity, account_of
from tests.services.http.serving import served

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
)
_MOST_S = 560

pytestmark = pytest.mark.timeout(600)


def _run(address: str, folder: Path, *arguments: str) -> None:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("st"), "run", f"{address}/ogc/openapi", "--checks", ",".join(_CHECKS),
            "--phases", "examples,fuzzing", "--max-examples", "1", "--workers", "2", "--generation-deterministic",
            "--continue-on-failure", *arguments,
        ],
        cwd=folder, capture_output=True, text=True, timeout=_MOST_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr
    assert "Selected: " in done.stdout


def test_every_public_operation_answers_as_defined(loaded_city: DatabaseUnderTest, tmp_path: Path) -> None:
    with served(SmallCity(loaded_city)) as address:
        _run(address, tmp_path)


def test_every_internal_operation_answers_as_defined_to_who_may_edit(own_city: SmallCity, tmp_path: Path) -> None:
    auth = account_of(own_city, "fuzz", Role.ADMINISTRATOR)
    with served(own_city, "--internal", "--workers", "1") as address:
        _run(address, tmp_path, "--auth", ":".join(auth))
