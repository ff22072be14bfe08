"""ES modules as one classic script: a page opened from a folder (``file:``) may load those, and no modules.

It is no bundler: it knows the few forms that our own modules are written in, and refuses what it does not know.
"""

import re
from pathlib import Path

from geo.errors import InputError

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./([\w-]+\.mjs)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (async function\*?|function\*?|class|const) (\w+)", re.MULTILINE)
_UNKNOWN = re.compile(r"^(?:import|export)\b.*|\bimport(?:\.meta|\()", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def classic_script(entry: Path) -> str:
    """The module and those it imports, each once and before who needs it; nothing of them is global.

    Raises
    ------
    InputError
        If a module has an import or an export of another form, or modules import each other in a circle.
    """
    parts: dict[str, str] = {}
    _link(entry, parts, ())
    return f'"use strict";\n(() => {{\n{"".join(parts.values())}}})();\n'


def _link(module: Path, parts: dict[str, str], above: tuple[str, ...]) -> None:
    if module.name in above:
        raise InputError(f"{module.name} imports itself, by way of {', '.join(above)}.")
    if module.name in parts:
        return
    source = _COMMENT.sub("", module.read_text("utf-8"))
    for _, name in _IMPORT.findall(source):
        _link(module.with_name(name), parts, (*above, module.name))
    exported = [name for _, name in _EXPORT.findall(source)]
    body = _EXPORT.sub(r"\1 \2", _IMPORT.sub(lambda found: f"const {{ {found[1]} }} = {_named(found[2])};", source))
    if (unknown := _UNKNOWN.search(body)) is not None:
        raise InputError(f"{module.name}: {unknown[0]!r} cannot be put into a classic script.")
    parts[module.name] = (
        f"const {_named(module.name)} = (() => {{\n{body.strip()}\nreturn {{ {', '.join(exported)} }};\n}})();\n"
    )


def _named(module: str) -> str:
    return "module_" + re.sub(r"\W", "_", module.removesuffix(".mjs"))
