"""An execute request: which process, with which inputs, for which outputs, and in which form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from layers.text import Text
from services.ogc.errors import ContentError, MalformedContentError
from services.ogc.execution.inputs import NO_REFERENCES, checked, from_texts, read_json
from services.ogc.processes._model import Process, Schema

RAW = "raw"
DOCUMENT = "document"
_MEMBERS = ("inputs", "outputs", "response")


@dataclass(frozen=True, slots=True)
class ExecuteRequest:
    """What is asked of a process.

    outputs:
        Names of the outputs asked for, in the order of the process's declaration.
    response:
        ``raw`` or ``document``, as OGC API Processes 1.0 names them; None where the asker leaves it to us: one output
        comes as it is, several as a document.
    """

    process_id: str
    inputs: Mapping[str, Any]
    outputs: tuple[str, ...]
    response: str | None
    language: str

    @classmethod
    def read(cls, process: Process, data: bytes, language: str) -> Self:
        """The request that a POST carries.

        Raises
        ------
        MalformedContentError
            If it is no JSON object.
        ContentError
            With everything that is wrong with it.
        """
        document = read_json(data)
        if not isinstance(document, dict):
            raise MalformedContentError(Text("JSONのオブジェクトを送ってください。", "Send a JSON object."))
        problems: dict[str, Text] = {}
        if "subscriber" in document:
            problems["subscriber"] = NO_REFERENCES
        for name in document:
            if name not in (*_MEMBERS, "subscriber"):
                problems[name[:80]] = Text("この項目はありません。", "there is no such member.")
        response = document.get("response")
        if response not in (None, RAW, DOCUMENT):
            problems["response"] = Text("raw か document を指定してください。", "give raw or document.")
        outputs, wrong = _outputs(process, document.get("outputs"))
        problems |= wrong
        inputs: Mapping[str, Any] = {}
        try:
            inputs = checked(process, document.get("inputs", {}))
        except ContentError as error:
            problems |= error.problems
        if problems:
            raise ContentError(problems)
        return cls(process.id, inputs, outputs, response, language)

    @classmethod
    def from_query(cls, process: Process, given: Mapping[str, str], language: str) -> Self:
        """The request whose inputs are query parameters; ``ContentError`` as ``read``."""
        inputs = from_texts(process, {name: text for name, text in given.items() if name in process.inputs})
        return cls(process.id, inputs, tuple(process.outputs), None, language)

    def stored(self) -> dict[str, Any]:
        """The request as a job keeps it."""
        return {
            "inputs": dict(self.inputs),
            "outputs": list(self.outputs),
            "response": self.response,
            "language": self.language,
        }

    @classmethod
    def restored(cls, process_id: str, stored: Mapping[str, Any]) -> Self:
        return cls(process_id, stored["inputs"], tuple(stored["outputs"]), stored["response"], str(stored["language"]))


def request_schema(process: Process) -> Schema:
    """The JSON Schema of a request to one process."""
    required = [name for name, each in process.inputs.items() if each.required]
    inputs: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: dict(each.schema) for name, each in process.inputs.items()},
    }
    if required:
        inputs["required"] = required
    if process.exactly_one_of:
        inputs["oneOf"] = [{"required": [name]} for name in process.exactly_one_of]
    wanted = {
        "type": "object",
        "properties": {"transmissionMode": {"type": "string", "enum": ["value"]}},
    }
    request: dict[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "inputs": inputs,
            "outputs": {
                "type": "object",
                "additionalProperties": False,
                "properties": dict.fromkeys(process.outputs, wanted),
            },
            "response": {"type": "string", "enum": [RAW, DOCUMENT]},
        },
    }
    if required or process.exactly_one_of:
        request["required"] = ["inputs"]
    return request


def _outputs(process: Process, asked: Any) -> tuple[tuple[str, ...], dict[str, Text]]:
    """The outputs asked for, all where none are named; and what is wrong with what was asked."""
    every = tuple(process.outputs)
    if asked is None:
        return every, {}
    if not isinstance(asked, dict):
        return every, {"outputs": Text("オブジェクトで指定してください。", "give an object.")}
    problems: dict[str, Text] = {}
    for name, wanted in asked.items():
        declared = process.outputs.get(name)
        if declared is None:
            known = ", ".join(every)
            problems[f"outputs.{name[:80]}"] = Text(
                f"この出力はありません。使える出力: {known}", f"there is no such output; the outputs are {known}."
            )
            continue
        mode = wanted.get("transmissionMode", "value") if isinstance(wanted, dict) else None
        if mode != "value":
            problems[f"outputs.{name}"] = Text(
                "transmissionMode は value だけです。", "the only transmissionMode is value."
            )
            continue
        form = wanted.get("format") or {}
        if not isinstance(form, dict) or form.get("mediaType", declared.media_type) != declared.media_type:
            problems[f"outputs.{name}"] = Text(
                f"この出力の形式は {declared.media_type} だけです。", f"it is given as {declared.media_type} only."
            )
    return tuple(name for name in every if name in asked) or every, problems
