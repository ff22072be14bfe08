"""`ngis up` from nothing: database, data, publication; again, without loading again; real and sample data apart."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from geo.errors import InputError
from services.cli.up import REAL_DATABASE, SAMPLE_DATABASE, _refuse_mixture
from services.database.connect import choose_database, chosen_database, connect
from services.settings import ROOT, Settings
from tests.conftest import DatabaseUnderTest, free_port

SITES = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [135.34, 34.74 + number / 100]},
            "properties": {
                "共通ID": f"E28204{number:06d}",
                "施設・場所名": f"避難場所{number}",
                "住所": "兵庫県西宮市六湛寺町10-3",
                "洪水": "1",
                "崖崩れ、土石流及び地滑り": "",
                "高潮": "",
                "地震": "1",
                "津波": "",
                "大規模な火事": "",
                "内水氾濫": "",
                "火山現象": "",
                "指定避難所との住所同一": "",
                "備考": "",
            },
        }
        for number in range(1, 4)
    ],
}


def run(var: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NGIS_")}
    more = {
        "NGIS_VAR": str(var),
        "NGIS_DATABASE_PORT": str(free_port()),
        "NGIS_PUBLIC_PORT": str(free_port()),
        "NGIS_INTERNAL_PORT": str(free_port()),
    }
    code = "from services.cli import main; import sys; main(sys.argv[1:])"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        env=kept | more,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_up_from_nothing_and_again(tmp_path: Path) -> None:
    var, data = tmp_path / "var", tmp_path / "data"
    data.mkdir()
    (data / "sites.geojson").write_text(json.dumps(SITES, ensure_ascii=False), "utf-8")
    unlisted = run(var, "up", "--data", str(data), "--no-serve")
    assert unlisted.returncode == 0, unlisted.stdout + unlisted.stderr
    assert "not published: emergency-sites" in unlisted.stdout
    assert "ngis publish emergency-sites" in unlisted.stdout

    entry = 'schema = 1\n[[file]]\npath = "sites.geojson"\nlicence = "PDL-1.0"\nas_of = 2026-04-01\n'
    (data / "manifest.toml").write_text(entry, "utf-8")
    first = run(var, "up", "--data", str(data), "--no-serve")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "published emergency-sites" in first.stdout
    assert "database stopped" in first.stdout
    assert (var / "database").read_text().strip() == REAL_DATABASE

    started = time.monotonic()
    second = run(var, "up", "--data", str(data), "--no-serve")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "1 unchanged" in second.stdout
    assert "published" not in second.stdout
    assert time.monotonic() - started < 60
    assert not (var / "postgres" / "data" / "postmaster.pid").exists()


def test_the_database_started_last_is_the_one_of_all_commands(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, var=tmp_path)
    assert chosen_database(settings) == REAL_DATABASE
    choose_database(settings, SAMPLE_DATABASE)
    assert chosen_database(settings) == SAMPLE_DATABASE


@pytest.mark.parametrize("fictitious", [True, False])
def test_fictitious_and_real_data_never_meet_on_a_server_of_the_users(
    database: DatabaseUnderTest, fictitious: bool
) -> None:
    _refuse_mixture(database.settings, sample=True)
    _refuse_mixture(database.settings, sample=False)
    with connect(database.urls.owner) as connection:
        load: Any = connection.execute(
            "INSERT INTO ngis.load (file_name, layer_id, status, loaded_by, started_at) "
            "VALUES ('x', 'shelters', 'loaded', 'test', now()) RETURNING id"
        ).fetchone()
        connection.execute(
            "INSERT INTO ngis.dataset (layer_id, id, format_id, load_id, fictitious, row_count) "
            "VALUES ('shelters', 'x', 'x', %s, %s, 1)",
            (load[0], fictitious),
        )
    _refuse_mixture(database.settings, sample=fictitious)
    with pytest.raises(InputError, match="must not be mixed"):
        _refuse_mixture(database.settings, sample=not fictitious)
