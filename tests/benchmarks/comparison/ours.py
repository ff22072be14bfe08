"""``ngis`` with the benchmarks' own layers in its catalogue: run as the main module, which its workers import too.

The catalogue looks for modules along the path of the package ``layers``: here, one folder more.
"""

import sys
from pathlib import Path

import layers

layers.__path__.append(str(Path(__file__).parent / "declarations"))

if __name__ == "__main__":
    from services.cli import main

    main(sys.argv[1:])
