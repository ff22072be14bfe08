"""How the kernels are compiled: once, kept on disk, and without the interpreter's lock while they run."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba import njit

type Number = int | np.integer[Any]
"""A whole number, as kernels hand them to one another."""


def kernel[F: Callable[..., Any]](function: F) -> F:
    """A function compiled by numba.  It is called with contiguous arrays of the types its docstring gives."""
    return cast(F, njit(cache=True, nogil=True, boundscheck=False)(function))


def brief[F: Callable[..., Any]](function: F) -> F:
    """A kernel that takes less than a millisecond, and so keeps the interpreter's lock.

    Who gives it away for so little waits for it until another thread has had its turn, which is 5 milliseconds.
    """
    return cast(F, njit(cache=True, boundscheck=False)(function))


def inlined[F: Callable[..., Any]](function: F) -> F:
    """A part of kernels that is compiled into each of them: handing over arrays costs as much as a step of a search."""
    return cast(F, njit(inline="always", boundscheck=False)(function))


@inlined
def nth(number: Number) -> int:
    """A number as an index: one that may be negative is looked at each time, as it may count from the end.

    In the innermost loops that is half of the time.
    """
    return np.uint32(number)  # type: ignore[return-value]
