"""The notebooks of the planners: their sources, and how they become notebooks of Jupyter and pages.

A source is Python with cells in jupytext's ``py:percent`` form, so that it is reviewed and tested as code.  jupytext,
ipykernel and nbconvert are the extra ``notebooks``.
"""

import re
from html import escape
from pathlib import Path
from string import Template

from geo.errors import GisError, NotFoundError
from services.settings import ROOT
from web_map.portable.inlining import self_contained

FOLDER = ROOT / "notebooks"
_NUMBERED = re.compile(r"(\d\d)_\w+\.py")
_CELL_TIMEOUT_S = 600
_PAGE = Template(
    """<!doctype html>
<html lang="ja">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
body { max-width: 60rem; margin: 0 auto; padding: 1rem; color: #1d2733; font: 16px/1.6 sans-serif; }
pre { overflow-x: auto; padding: .5rem; background: #eef1f3; font-size: .85rem; line-height: 1.4; }
.jp-InputPrompt, .jp-OutputPrompt { display: none; }
.jp-OutputArea-output { overflow-x: auto; }
table { border-collapse: collapse; font-size: .85rem; }
th, td { padding: .1rem .6rem; border-bottom: 1px solid #c3cad1; text-align: right; }
</style>
</head>
<body>
$body
</body>
</html>
"""  # noqa: E501
)


def sources() -> dict[int, Path]:
    """The notebooks by number, ascending."""
    found = ((_NUMBERED.fullmatch(path.name), path) for path in sorted(FOLDER.glob("*.py")))
    return {int(match[1]): path for match, path in found if match is not None}


def source(number: int) -> Path:
    """One of them; ``NotFoundError`` where there is none of this number."""
    known = sources()
    if number not in known:
        raise NotFoundError(f"There is no notebook {number}.", fix=f"Choose one of {', '.join(map(str, known))}.")
    return known[number]


def rendered(path: Path, folder: Path) -> tuple[Path, Path]:
    """A source run by a kernel of Jupyter and written as .ipynb and as a page that loads nothing.

    Raises
    ------
    GisError
        If the extra is not installed, or a cell fails: it says which and how.
    OutsideError
        If an output would load something from outside.
    """
    try:
        import jupytext
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
        from nbconvert import HTMLExporter
    except ImportError as error:
        raise GisError(
            f"{error.name} is not installed.", fix="Install the extra: uv pip install '.[notebooks]', or make test."
        ) from error
    notebook = jupytext.read(path)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    try:
        NotebookClient(
            notebook, timeout=_CELL_TIMEOUT_S, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}}
        ).execute()
    except CellExecutionError as error:
        raise GisError(
            f"{path.name} fails: {error.ename}: {error.evalue}", fix="Run it in Jupyter to see where."
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    written, page = folder / f"{path.stem}.ipynb", folder / f"{path.stem}.html"
    jupytext.write(notebook, written)
    body, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)  # type: ignore[no-untyped-call]
    title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
    page.write_text(self_contained(_PAGE.substitute(title=escape(title), body=body)), "utf-8")
    return written, page
