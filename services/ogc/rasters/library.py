"""How GDAL behaves inside a worker that has other things to do."""

import rasterio

_CACHE_MB = 32  # of blocks; GDAL's own default is a twentieth of the machine's memory, for each process


def gdal() -> rasterio.Env:
    """A context in which GDAL keeps little in memory, looks for no files beside the one named, and writes none."""
    return rasterio.Env(GDAL_CACHEMAX=_CACHE_MB, GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR", GDAL_PAM_ENABLED="NO")
