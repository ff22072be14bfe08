"""Optimistic locking (RFC 9110, 13): a change is made only where the feature is still what the editor saw.

The entity tag of an editable feature begins with the version of its row, whichever form, language or content coding
was answered; that version is what is compared.
"""

import re
from collections.abc import Mapping

from layers.model import Text
from services.ogc.errors import ParameterError, PreconditionError

_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')


def require(headers: Mapping[str, str], version: str) -> None:
    """Refuses a request that says which state of the feature it is about, where that is not the one there is.

    Raises
    ------
    PreconditionError
        ``If-Match`` names other versions only, or ``If-None-Match`` this one or any.
    ParameterError
        A header is no list of entity tags.
    """
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if match is not None and not _is_named("If-Match", match, version, strong=True):
        raise PreconditionError(
            Text(
                "この地物は、最後に読まれたあとに変更されています。もう一度読み込んでから編集してください。",
                "The feature was changed since it was read; read it again, then edit it.",
            )
        )
    if none_match is not None and _is_named("If-None-Match", none_match, version, strong=False):
        raise PreconditionError(Text("この地物はすでにあります。", "The feature is there already."))


def entity_tag(version: str) -> str:
    """The entity tag after a change, for the next one."""
    return f'"{version}"'


def _is_named(header: str, value: str, version: str, *, strong: bool) -> bool:
    if value.strip() == "*":
        return True
    found = False
    for each in value.split(","):
        tag = _TAG.fullmatch(each)
        if tag is None:
            raise ParameterError(
                header,
                Text("ETagの値を引用符ごと指定してください。", "give values of ETag, with their quotation marks."),
            )
        weak, text = tag.groups()
        found |= text.partition("-")[0] == version and not (weak and strong)
    return found
