"""The columns and rows that every model has: which sites may be open, must be, and how many."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from geo.errors import InputError
from geo.location.problem import Bools, Floats, Problem
from geo.location.program import Program


@dataclass(frozen=True, eq=False)
class Rules:
    """Columns of the sites, first of all columns, and rows on them.

    Where several units stand at one site and existing ones may be relocated, a column for each existing site follows
    that is at most 1 and at most its units, so that a site counts as kept once.
    """

    lower: Floats
    upper: Floats
    whole: Bools
    rows: sparse.csr_array
    row_lower: Floats
    row_upper: Floats

    @staticmethod
    def of(problem: Problem, total: int | None, most: int = 1, unused: Bools | None = None) -> "Rules":
        """``total`` units are open, any number where it is None, ``most`` at one site, none at ``unused`` ones."""
        count, kept = len(problem.usable), np.flatnonzero(problem.existing)
        lower = problem.always.astype(np.float64)
        upper = np.where(problem.usable, float(most), 0.0)
        if unused is not None:
            upper[unused] = 0.0
        blocks, low, high = [], [], []
        extra = len(kept) if most > 1 and problem.relocations else 0
        if total is not None:
            blocks.append(np.append(np.ones(count), np.zeros(extra))[None, :])
            low, high = [float(total)], [float(total)]
        if problem.relocations:
            on = np.zeros((1, count + extra))
            on[0, np.arange(count, count + extra) if extra else kept] = 1.0
            blocks.append(on)
            low.append(float(len(kept) - problem.relocations))
            high.append(np.inf)
        rows = sparse.csr_array(np.concatenate(blocks) if blocks else np.zeros((0, count)))
        if extra:
            units = sparse.csr_array((np.ones(extra), (np.arange(extra), kept)), (extra, count))
            rows = sparse.csr_array(sparse.vstack([rows, sparse.hstack([units, -sparse.eye_array(extra)])]))
            low += [0.0] * extra
            high += [np.inf] * extra
        return Rules(
            np.append(lower, np.zeros(extra)),
            np.append(upper, np.ones(extra)),
            np.append(np.ones(count, np.bool_), np.zeros(extra, np.bool_)),
            rows,
            np.array(low),
            np.array(high),
        )

    def program(
        self,
        site_cost: Floats,
        cost: Floats,
        upper: Floats,
        whole: bool,
        on_sites: sparse.sparray,
        on_others: sparse.sparray,
        row_lower: Floats,
        row_upper: Floats,
        most: bool,
    ) -> Program:
        """With further columns, of ``cost`` and between 0 and ``upper``, and rows on the sites and on these."""
        extra = len(self.lower) - len(site_cost)
        wide = sparse.csr_array((on_sites.shape[0], extra))
        rows = sparse.csr_array(
            sparse.vstack(
                [
                    sparse.hstack([self.rows, sparse.csr_array((self.rows.shape[0], len(cost)))]),
                    sparse.hstack([on_sites, wide, on_others]),
                ]
            )
        )
        return Program(
            np.concatenate([site_cost, np.zeros(extra), cost]),
            np.concatenate([self.lower, np.zeros(len(cost))]),
            np.concatenate([self.upper, upper]),
            np.concatenate([self.whole, np.full(len(cost), whole)]),
            rows,
            np.concatenate([self.row_lower, row_lower]),
            np.concatenate([self.row_upper, row_upper]),
            most,
        )


def check_units(problem: Problem, units: int, most: int) -> None:
    """Raises InputError unless ``units`` fit on the usable sites, ``most`` at one, those that are given among them."""
    usable = int(np.count_nonzero(problem.usable))
    if most < 1 or not 1 <= units <= usable * most:
        raise InputError(f"{units} units do not fit on {usable} sites with at most {most} each.")
    if units < problem.fewest:
        raise InputError(
            f"{units} units are fewer than the {problem.fewest} sites that are given.",
            fix="Raise the number, or allow more relocations.",
        )
