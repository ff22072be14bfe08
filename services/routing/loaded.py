"""The routing kernels, loaded by being imported: by the process that others are copies of, so that none loads them."""

from geo.travel.compiling import compile_all

compile_all()
