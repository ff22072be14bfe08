"""The flow of least cost in a process of its own, which is ended where nobody waits for it any more."""

import subprocess
import sys
from tempfile import TemporaryFile
from time import monotonic

import numpy as np

from geo.errors import GisError
from geo.location.patience import Check, unchecked
from geo.location.program import OutOfTimeError
from geo.sheltering import transport
from geo.sheltering.transport import Whole

LIMIT_S = 300.0
_AT_ONCE = 50_000  # pairs that are done with before a process would have started, a tenth of a second
_PROGRAM = transport.__file__
_LOOK_S = 0.2  # between two looks at whether it is done, and wanted still


def least_cost(*problem: Whole, limit_s: float = LIMIT_S, check: Check = unchecked) -> Whole:
    """As ``transport.least_cost``, in this process where that takes a moment only.

    check:
        Called now and then; what it raises ends the process.

    Raises
    ------
    OutOfTimeError
        If it takes longer than the limit.
    GisError
        If it ends without an answer, as where there is no memory for it.
    """
    if len(problem[-1]) <= _AT_ONCE:
        return transport.least_cost(*problem)
    until = monotonic() + limit_s
    # Files, not pipes: neither process waits for the other to read.
    with TemporaryFile() as given, TemporaryFile() as found, TemporaryFile() as said:
        for each in problem:
            np.save(given, each)
        given.seek(0)
        command = [sys.executable, "-P", _PROGRAM, str(limit_s)]
        process = subprocess.Popen(command, stdin=given, stdout=found, stderr=said)
        try:
            while True:
                try:
                    process.wait(_LOOK_S)
                    break
                except subprocess.TimeoutExpired:
                    check()
                    if monotonic() > until:
                        raise OutOfTimeError(
                            f"The best assignment was not proven in {limit_s:g} s.", fix="Take a smaller area."
                        ) from None
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if process.returncode:
            said.seek(0)
            why = said.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise GisError(f"The solver ended before its time ({process.returncode}): {why or 'no memory, or killed'}.")
        found.seek(0)
        flow: Whole = np.load(found)
        return flow
