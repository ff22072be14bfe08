"""How long loading takes, and how much memory: the full real road file, and 100,000 rows of CSV."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.machine import ROOT, free_port, open_folder
from tests.benchmarks.measures import Measure
from tests.benchmarks.real_roads import ROADS, has_real_roads

ROWS = 100_000
HEADER = (
    *("全国地方公共団体コード", "ID", "地方公共団体名", "種別", "所在地_連結表記", "緯度", "経度", "口径", "備考"),
    "独自の列",
)
DATABASE = "bench"

# Loads one file in a process of its own, so that its peak memory is that of the load; prints seconds and rows.
_LOAD = """
import json, sys, time
from pathlib import Path
from services.ingest.pipeline import ingest_file
from services.settings import Settings
started = time.perf_counter()
reports = ingest_file(sys.argv[1], Path(sys.argv[2]), Settings())
seconds = time.perf_counter() - started
print(json.dumps([seconds, {report.layer_id: report.rows_loaded for report in reports}]))
"""


def measure() -> Iterator[Measure]:
    """Both files into a private database (with its usual safety against power loss), gone afterwards."""
    from services.database.cluster import EmbeddedCluster
    from services.database.migrate import migrate

    with open_folder() as folder:
        cluster = EmbeddedCluster(folder / "database", free_port())
        try:
            cluster.ensure()
            cluster.create_database(DATABASE)
            migrate(cluster.url("ngis_owner", DATABASE))
            url = cluster.url("ngis_ingest", DATABASE)
            table = _write_rows(folder / "hydrants.csv")
            seconds, loaded, _ = _load(url, table, folder)
            assert loaded == {"fire-water-sources": ROWS}, loaded
            yield Measure(f"{ROWS:,} rows of CSV into PostGIS", seconds, "s", 30)
            if not has_real_roads():
                return
            seconds, loaded, peak = _load(url, ROADS, folder)
            ways = loaded["roads"]
            yield Measure(f"full road PBF ({ways:,} ways) into PostGIS", seconds, "s", 60)
            yield Measure("full road PBF: peak memory of the loading process", peak, "MiB", 1024)
        finally:
            cluster.remove()


def _load(url: str, path: Path, var: Path) -> tuple[float, dict[str, int], float]:
    """Load a file: seconds without the start of Python, rows by layer, peak memory in MiB."""
    process = subprocess.Popen(
        [sys.executable, "-c", _LOAD, url, str(path)],
        cwd=ROOT,
        env=os.environ | {"NGIS_VAR": str(var)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"loading {path.name} failed")
    seconds, loaded = json.loads(output)
    return seconds, loaded, usage.ru_maxrss / 1024


def _write_rows(path: Path) -> Path:
    """Hydrants and cisterns in the official form, one in a hundred with a defect that is mended or noted."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(ROWS):
            odd = number % 100 == 0
            writer.writerow(
                (
                    "282049",
                    f"{number:010}",
                    "兵庫県西宮市",
                    "消火栓" if number % 4 else "防火水そう",
                    f"西宮市六湛寺町{number % 20 + 1}-{number % 7 + 1}",
                    f"{34.70 + number % 1000 / 10_000:.6f}",
                    f"{135.30 + number // 1000 / 10_000:.6f}",
                    "１５０" if odd else "150",
                    "",
                    f"台帳{number}",
                )
            )
    return path
