"""A worker in a process of its own that can be killed, with the settings of the environment."""

import importlib
import signal
import sys
import threading
import types
from datetime import timedelta

from services.ogc.face import Face
from services.ogc.jobs.worker import Pace, Worker
from services.settings import ROOT, Settings

# Packages of others install a top-level ``tests``: ours is the folder.
sys.modules["tests"] = types.ModuleType("tests")
sys.modules["tests"].__path__ = [str(ROOT / "tests")]
PROCESSES = importlib.import_module("tests.services.ogc.jobs.desk").PROCESSES


def main() -> None:
    stopping = threading.Event()
    pace = Pace(beat_s=0.1, idle_s=0.3, lease=timedelta(seconds=2), grace_s=0.3, heed_s=0.5)
    worker = Worker(Settings(_env_file=None), Face.PUBLIC, PROCESSES, pace)
    working = threading.Thread(target=worker.run, args=(stopping,))

    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    working.start()
    sys.stdout.write("works\n")
    sys.stdout.flush()
    while working.is_alive():
        working.join(0.2)


if __name__ == "__main__":
    main()
