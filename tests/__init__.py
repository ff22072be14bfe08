"""The tests and benchmarks.  A package, since pygeoapi installs one of this name, which would be found instead."""
