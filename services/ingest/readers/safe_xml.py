"""XML read without trust: a document type declaration is refused, so no entity of any kind can be defined or fetched.

No Japanese open data in XML carries one; what needs one is an attack (billion laughs, external entities) or HTML.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from geo.errors import SourceError

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Root:
    """The first elements of a document: ``{namespace}local`` names in document order, the root first."""

    names: tuple[str, ...]

    @property
    def local(self) -> str:
        return self.names[0].rpartition("}")[2]

    def has(self, local: str) -> bool:
        return any(name.rpartition("}")[2] == local for name in self.names)

    def in_namespace(self, part: str) -> bool:
        return any(part in name.partition("}")[0] for name in self.names if name.startswith("{"))


def new_parser(name: str) -> expat.XMLParserType:
    """An expat parser with names as ``namespace}local`` that refuses a DTD with ``SourceError`` naming ``name``."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.buffer_size = _CHUNK

    def refuse(*_: object) -> None:
        raise SourceError(
            f"{name}: line {parser.CurrentLineNumber}: the XML has a document type declaration (DTD): refused, "
            "for entities defined in it could read other files or fill the memory.",
            fix="Remove the DOCTYPE, or get the file from its official source.",
        )

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def parse(file: IO[bytes], parser: expat.XMLParserType, name: str) -> None:
    """Feed all of ``file`` to ``parser``; ``SourceError`` with the line where it is not well-formed or ends early."""
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise not_well_formed(name, error) from error
    except (ValueError, LookupError) as error:  # an encoding that expat does not know, such as Shift_JIS
        raise unreadable_encoding(name, error) from error


def not_well_formed(name: str, error: expat.ExpatError) -> SourceError:
    return SourceError(
        f"{name}: line {error.lineno}: the XML is not well-formed ({expat.ErrorString(error.code)}).",
        fix="Get the file again; it may be truncated.",
    )


def unreadable_encoding(name: str, error: Exception) -> SourceError:
    return SourceError(
        f"{name}: the XML declares an encoding that is not read ({error}).", fix="Save the file as UTF-8 XML."
    )


class _EnoughError(Exception):
    pass


def first_elements(file: IO[bytes], name: str, count: int = 12) -> Root:
    """The names of the first ``count`` elements; stops reading there."""
    names: list[str] = []
    parser = new_parser(name)

    def start(tag: str, _: dict[str, str]) -> None:
        names.append(f"{{{tag}" if "}" in tag else tag)
        if len(names) >= count:
            raise _EnoughError

    parser.StartElementHandler = start
    with suppress(_EnoughError):
        parse(file, parser, name)
    return Root(tuple(names))
