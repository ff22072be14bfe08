"""A program of its own: what comes as an Arrow stream on its standard input becomes a file that GDAL writes.

It is run by path with one argument, the options of ``pyogrio.raw.write_arrow`` as JSON, and imports nothing of the
server.  GDAL keeps Python's lock while it sorts an index, 1.3 s for 200,000 points and 5 s for a million, during which
a server that wrote the file itself would answer nobody; and what it needs for that belongs to no worker's memory.
"""

import json
import os
import sys


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(10)  # a file may take longer; a page may not wait for it
    # pyogrio does without them, and starts in half the time.
    sys.modules.update(dict.fromkeys(("geopandas", "pandas", "shapely")))  # type: ignore[arg-type]
    import pyarrow as pa
    from pyogrio.raw import write_arrow

    with pa.ipc.open_stream(sys.stdin.buffer) as stream:
        write_arrow(stream, **json.loads(sys.argv[1]))


if __name__ == "__main__":
    main()
