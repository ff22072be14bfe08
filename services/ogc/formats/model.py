"""The model of a file format: how it is asked for, what it is called, and what writes it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from layers.model import Layer
from services.ogc.pages.model import Format
from services.ogc.selection import Selection
from services.settings import City

FileName = Callable[[Layer, City], str]
Writer = Callable[[Selection, str], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """One format of whole selections.

    form:
        How it is offered: its name in ``f=``, media type, title, and for which layers.
    write:
        From a selection and a language to the bytes of the file, in pieces.  It reads nothing before its first piece
        is asked for, raises what ``Selection`` raises, and leaves nothing behind where it is closed early.
    file_name:
        Under which name a layer's file is saved; ASCII.
    """

    form: Format
    write: Writer
    file_name: FileName


def named_by_layer(extension: str) -> FileName:
    """The id of the layer, with this extension."""
    return lambda layer, _city: f"{layer.id}.{extension}"
