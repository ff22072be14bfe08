"""A mixed-integer programme as sparse arrays, handed to HiGHS at once."""

from dataclasses import dataclass

import highspy
import numpy as np
from scipy import sparse

from geo.errors import GisError, InfeasibleError, InputError
from geo.location.patience import Check, unchecked
from geo.location.problem import Bools, Floats

TIME_LIMIT_S = 60.0
"""For a solve, where the caller names none."""

_Status = highspy.HighsModelStatus


@dataclass(frozen=True, eq=False)
class Program:
    """Find ``lower <= x <= upper`` with ``row_lower <= rows @ x <= row_upper`` that makes ``cost @ x`` least or
    most."""

    cost: Floats
    lower: Floats
    upper: Floats
    whole: Bools
    rows: sparse.csr_array
    row_lower: Floats
    row_upper: Floats
    most: bool = False


@dataclass(frozen=True, eq=False)
class Solved:
    """``values`` of the columns, whole where they have to be; ``bound`` as far as it was proven; ``spent_s`` of the
    limit."""

    values: Floats
    optimal: bool
    bound: float
    spent_s: float


class OutOfTimeError(InputError):
    """No solution was found within the time limit, and none was ruled out."""


class NoSolutionError(InfeasibleError):
    """There is no solution; proving it took ``spent_s`` seconds of the limit."""

    def __init__(self, spent_s: float) -> None:
        super().__init__("No choice of sites keeps all the rules.", fix="Allow more sites, or a larger threshold.")
        self.spent_s = spent_s


class _Silent(highspy.Highs):
    """HiGHS writes its banner to standard output as soon as it is made, before any option can be set."""

    def enableCallbacks(self) -> None:  # noqa: N802
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class _Ends:
    """Asks ``check`` for HiGHS, through which no exception passes: what was raised is kept."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self.why: BaseException | None = None

    def __call__(self, event: highspy.highs.HighsCallbackEvent) -> None:
        try:
            if self.why is None:
                self._check()
        except BaseException as error:  # noqa: BLE001 - raised again as soon as HiGHS is left
            self.why = error
        if self.why is not None:
            event.interrupt()


def solve(
    program: Program, limit_s: float, start: Floats | None = None, *, presolve: bool = True, check: Check = unchecked
) -> Solved:
    """By HiGHS on one thread, to a gap of zero, or as far as it comes in ``limit_s`` seconds.

    start:
        ``(k,)``, values of the first ``k`` columns of a solution that is known, from which the others follow.
    presolve:
        Whether HiGHS looks for what can be left out; for what was made small already it takes longer than the rest.
    check:
        HiGHS asks it between its steps: mostly many times a second, within the programmes of one node of a large
        search not for some seconds.

    Raises
    ------
    NoSolutionError
        If there is none.
    OutOfTimeError
        If none was found in time.
    InputError
        If the limit is not above zero.
    """
    if not limit_s > 0:
        raise InputError(f"A time limit of {limit_s} s is none.")
    highs = _Silent()  # type: ignore[no-untyped-call]
    for option, value in (
        ("threads", 1), ("time_limit", float(limit_s)), ("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-9),
        ("mip_feasibility_tolerance", 1e-7), ("presolve", "on" if presolve else "off"),
    ):  # fmt: skip
        highs.setOptionValue(option, value)
    rows = program.rows
    highs.passModel(
        len(program.cost), rows.shape[0], rows.nnz, int(highspy.MatrixFormat.kRowwise),
        int(highspy.ObjSense.kMaximize if program.most else highspy.ObjSense.kMinimize), 0.0,
        program.cost, program.lower, program.upper, program.row_lower, program.row_upper,
        rows.indptr.astype(np.int32), rows.indices.astype(np.int32), rows.data.astype(np.float64),
        program.whole.astype(np.int32),
    )  # fmt: skip
    if start is not None:
        highs.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    ends = _Ends(check)
    if check is not unchecked:
        highs.cbSimplexInterrupt += ends
        highs.cbIpmInterrupt += ends
        highs.cbMipInterrupt += ends
    highs.run()
    if ends.why is not None:
        raise ends.why
    status, info, spent = highs.getModelStatus(), highs.getInfo(), float(highs.getRunTime())
    if status in (_Status.kInfeasible, _Status.kUnboundedOrInfeasible):
        raise NoSolutionError(spent)
    found = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    if status not in (_Status.kOptimal, _Status.kTimeLimit):
        raise GisError(f"The solver gave up: {highs.modelStatusToString(status)}.")
    if not found:
        raise OutOfTimeError(f"No solution was found in {limit_s:g} s.", fix="Allow more time, or use the heuristic.")
    values = np.array(highs.getSolution().col_value, np.float64)
    values[program.whole] = np.rint(values[program.whole])
    bound = info.mip_dual_bound if program.whole.any() else info.objective_function_value
    return Solved(values, status == _Status.kOptimal, float(bound), spent)
