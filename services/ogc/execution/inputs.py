"""The inputs of a request, checked by the schemas of the process; every problem is told, by the name of its input."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any

import jsonschema_rs
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match

from layers.text import Text
from services.ogc import json_content
from services.ogc.errors import ContentError, MalformedContentError
from services.ogc.processes._model import JSON_TYPE, Input, Process, Schema

_QUALIFIED = frozenset({"value", "mediaType", "encoding", "schema"})
_JSON_TYPES = frozenset({JSON_TYPE, "application/geo+json"})
_MOST_TOLD = 80
_NAMED_TYPES: Mapping[type, str] = {str: "string", dict: "object", list: "array"}
_TELLING = frozenset({"enum", "maxItems"})
_LISTED: Schema = {"type": "string", "minLength": 1}
_SEMICOLONS = Text("複数はセミコロン（;）で区切る。", "Several are separated by semicolons.")
NO_REFERENCES = Text(
    "値を直接指定してください。このサーバーは指定されたアドレスのデータを取りに行きません（href、subscriberは使えません）。",
    "give the value itself: this server does not fetch from addresses that it is given (no href, no subscriber).",
)


def checked(process: Process, given: Any) -> dict[str, Any]:
    """The inputs by name, as the process takes them: unwrapped, valid, with their defaults.

    A value may be given as it is, or qualified (``{"value": ...}``), as OGC API Processes asks for objects.

    Raises
    ------
    ContentError
        If an input is unknown, missing, a reference, or does not fit its schema; all of them are named.
    """
    if not isinstance(given, dict):
        raise ContentError({"inputs": Text("オブジェクトで指定してください。", "give an object.")})
    problems: dict[str, Text] = {}
    found: dict[str, Any] = {}
    for name, value in given.items():
        declared = process.inputs.get(name)
        if declared is None:
            known = ", ".join(process.inputs)
            problems[name[:_MOST_TOLD]] = Text(
                f"この入力はありません。使える入力: {known}", f"there is no such input; the inputs are {known}."
            )
            continue
        plain = _unwrapped(value)
        if isinstance(plain, Text):
            problems[name] = plain
        else:
            found[name] = _whole(declared, plain)
            problems |= _problems(process, name, found[name])
    for name, declared in process.inputs.items():
        if name in given:
            continue
        if "default" in declared.schema:
            found[name] = declared.schema["default"]
        elif declared.required:
            problems[name] = Text("指定してください。", "it is required.")
    if problems:
        raise ContentError(problems)
    return found


def from_texts(process: Process, given: Mapping[str, str]) -> dict[str, Any]:
    """The inputs from the texts of a query string; raises as ``checked``."""
    problems: dict[str, Text] = {}
    found: dict[str, Any] = {}
    for name, text in given.items():
        if not text and not process.inputs[name].required:
            continue  # a field of a form that was left empty
        try:
            found[name] = _in_some_form(process.inputs[name], text)
        except (ValueError, MalformedContentError):
            problems[name] = process.inputs[name].description
    if problems:
        raise ContentError(problems)
    return checked(process, found)


def queried(process: Process) -> Mapping[str, Input]:
    """The inputs that can be query parameters: all but lists of objects, for which there is POST."""
    return {
        name: each
        for name, each in process.inputs.items()
        if not (each.schema.get("type") == "array" and each.schema["items"].get("type") == "object")
    }


def query_schema(declared: Input) -> Schema:
    """The schema of an input as a query parameter: of several forms the first; any text is taken, too, where one is.

    A list of what has several forms itself, such as places, is one text, in which semicolons stand between them.
    """
    return _LISTED if _lists_forms(declared) else _forms(declared.schema)[0]


def query_description(declared: Input) -> Text:
    """What an input is as a query parameter."""
    said = declared.description
    return Text(f"{said.ja}{_SEMICOLONS.ja}", f"{said.en} {_SEMICOLONS.en}") if _lists_forms(declared) else said


def query_text(declared: Input, value: Any) -> Any:
    """A value as ``query_schema`` has it."""
    if not _lists_forms(declared) or not isinstance(value, list):
        return value
    return ";".join(",".join(map(str, each)) if isinstance(each, list) else str(each) for each in value)


def _lists_forms(declared: Input) -> bool:
    return declared.schema.get("type") == "array" and "oneOf" in declared.schema["items"]


def _forms(schema: Schema) -> Sequence[Schema]:
    every: Sequence[Schema] = schema.get("oneOf", [schema])
    return every


def _in_some_form(declared: Input, text: str) -> Any:
    """The value that a text is; raises ``ValueError`` or ``MalformedContentError``."""
    if _lists_forms(declared):
        forms = _forms(declared.schema["items"])
        return [_in_form(forms, part.strip()) for part in text.split(";")]
    return _in_form(_forms(declared.schema), text)


def _in_form(forms: Sequence[Schema], text: str) -> Any:
    """In the first form, where the text fits it, else as a text where that is one of the forms."""
    try:
        return _from_text(forms[0], text)
    except (ValueError, MalformedContentError):
        if any(each.get("type") == "string" for each in forms[1:]):
            return text
        raise


def read_json(data: bytes) -> Any:
    """The JSON value of a request's content.

    Raises
    ------
    MalformedContentError
        If it is no JSON (``json_content.parse``), or has the character U+0000, which the database cannot keep.
    """
    value = json_content.parse(data)
    if b"\\u0000" in data and _has_null_character(value):
        raise MalformedContentError(Text("文字U+0000は使えません。", "The character U+0000 is not accepted."))
    return value


def _has_null_character(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_null_character(part) for member in value.items() for part in member)
    if isinstance(value, list):
        return any(map(_has_null_character, value))
    return isinstance(value, str) and "\0" in value


def _unwrapped(value: Any) -> Any:
    """The value out of its qualification, or the reason why it cannot be taken."""
    if isinstance(value, list) and any(isinstance(each, dict) and "href" in each for each in value):
        return NO_REFERENCES
    if not isinstance(value, dict):
        return value
    if "href" in value:
        return NO_REFERENCES
    if "value" not in value or not set(value) <= _QUALIFIED:
        return value
    if value.get("mediaType", JSON_TYPE) not in _JSON_TYPES or "encoding" in value:
        return Text("JSONの値で指定してください。", "give a JSON value.")
    return value["value"]


def _whole(declared: Input, value: Any) -> Any:
    """3.0 is an integer in JSON Schema; processes are given 3."""
    is_whole = declared.schema.get("type") == "integer" and isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value


@cache
def _validator(process: Process, name: str) -> Draft202012Validator:
    return Draft202012Validator(dict(process.inputs[name].schema))


@cache
def _quick(process: Process, name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(dict(process.inputs[name].schema))


def _problems(process: Process, name: str, value: Any) -> dict[str, Text]:
    if _quick(process, name).is_valid(value):
        return {}
    error = best_match(_validator(process, name).iter_errors(value))
    if error is None:
        return {}
    if name not in process.never_kept:
        error = _of_the_form_meant(process.inputs[name].schema, value) or error
    if name in process.never_kept or error.validator in ("oneOf", "anyOf") or error.parent is not None:
        # Of several forms none fits: which one was meant cannot be known, so all are told.  No personal data is.
        return {name: process.inputs[name].description}
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return {f"{name}{path}"[:200]: _told(error)}


def _of_the_form_meant(schema: Schema, value: Any) -> ValidationError | None:
    """What is wrong with a choice or a length, where only one form is of the value's type: it tells what there is."""
    of_type = _NAMED_TYPES.get(type(value))
    meant = [each for each in _forms(schema) if each.get("type") == of_type]
    if len(meant) != 1:
        return None
    error = best_match(Draft202012Validator(dict(meant[0])).iter_errors(value))
    return error if error is not None and error.parent is None and error.validator in _TELLING else None


def _told(error: ValidationError) -> Text:
    wanted = error.validator_value
    shown = json.dumps(error.instance, ensure_ascii=False)[:_MOST_TOLD]
    match error.validator:
        case "enum":
            choices = ", ".join(map(str, wanted))
            return Text(f"次のいずれかを指定してください: {choices}（{shown}）", f"give one of {choices}, not {shown}.")
        case "type":
            return Text(f"型は{wanted}です（{shown}）。", f"its type is {wanted}, not that of {shown}.")
        case "minimum":
            return Text(f"{wanted}以上で指定してください（{shown}）。", f"give {wanted} or more, not {shown}.")
        case "maximum":
            return Text(f"{wanted}以下で指定してください（{shown}）。", f"give {wanted} or less, not {shown}.")
        case "minItems" | "minLength":
            return Text(f"長さは{wanted}以上です。", f"its length is {wanted} or more.")
        case "maxItems" | "maxLength":
            return Text(f"長さは{wanted}以下です。", f"its length is {wanted} or less.")
        case "uniqueItems":
            return Text("同じ値が繰り返されています。", "a value is repeated.")
        case _:
            return Text(f"この値は使えません（{shown}）。", f"{shown} is not accepted.")


def _from_text(schema: Schema, text: str) -> Any:
    match schema.get("type"):
        case "array":
            return [_from_text(schema["items"], part.strip()) for part in text.split(",")]
        case "integer":
            return int(text)
        case "number":
            if not isfinite(number := float(text)):
                raise ValueError(text)
            return number
        case "boolean":
            if text not in ("true", "false"):
                raise ValueError(text)
            return text == "true"
        case "object":
            return read_json(text.encode())
        case _:
            return text
