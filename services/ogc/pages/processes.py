"""Processes and jobs (OGC API Processes, Part 1).

Each process has an execution page of its own, so that its inputs are known to the checks and to the API definition.
"""

from layers.model import Text
from services.ogc import parameters
from services.ogc.execution.inputs import queried, query_description, query_schema, query_text
from services.ogc.execution.request import request_schema
from services.ogc.execution.schemas import PROCESS, PROCESS_LIST, STATUS_INFO, answer_schema
from services.ogc.pages.model import HTML, Body, Format, Page, Parameter, Schema
from services.ogc.processes import processes
from services.ogc.processes._model import JSON_TYPE, Mode, Process

_TAG = "Processes"
_JOBS = "services.ogc.execution.jobs"

_LIMIT = Parameter(
    "limit",
    Text("1回の件数。", "How many in one answer."),
    {"type": "integer", "minimum": 1, "maximum": 1000},
    parameters.whole(1, 10**9),
)
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/{name}"
    for name in ("core", "ogc-process-description", "json", "html", "oas30", "dismiss")
)

_ID = Parameter(
    "process",
    Text("プロセスのID。", "Id of a process."),
    {"type": "string", "enum": list(processes())},
    example=next(iter(processes()), None),
)
_JOB = Parameter(
    "job",
    Text("ジョブのID。", "Id of a job."),
    {"type": "string", "format": "uuid"},
    example="5f0e4f0c-8f0b-4c1e-9d6a-2f4b7a1c3d5e",
)
_PREFER = Parameter(
    "Prefer",
    Text("respond-asyncならジョブとして受け付ける。", "respond-async: as a job."),
    {"type": "string"},
    example="respond-async",
)
_NO_ANSWER = Text("今あるデータでは答えられない。", "It cannot be answered with the data there is.")


def _json(schema: Schema) -> Format:
    return Format("json", JSON_TYPE, Text("JSON", "JSON"), schema=schema)


def _pages_of(process: Process) -> tuple[Page, ...]:
    path = f"/processes/{process.id}/execution"
    example = process.examples[0] if process.examples else {}
    post = Page(
        path=path,
        handler="services.ogc.execution.executing:execute",
        tag=_TAG,
        summary=Text(f"{process.title.ja}を実行する", f"Run: {process.title.en}"),
        method="POST",
        formats=(_json(answer_schema(process)),),
        headers=(_PREFER,) if Mode.ASYNC in process.modes else (),
        body=Body(
            {JSON_TYPE: request_schema(process)},
            Text("入力と出力の指定。", "Inputs, and the outputs wanted."),
            example=lambda _: {"inputs": dict(example)},
        ),
        data=True,
        brief=process.brief,
        cacheable=False,
        answers={
            200: Text("結果。", "The results."),
            201: Text("ジョブを受け付けた。状態はLocationにある。", "A job was made; its status is at Location."),
            422: _NO_ANSWER,
        },
        created=STATUS_INFO,
    )
    if not process.by_query:
        return (post,)
    get = Page(
        path=path,
        handler="services.ogc.execution.executing:execute_by_query",
        tag=_TAG,
        summary=Text(f"{process.title.ja}を実行する（GET）", f"Run by GET: {process.title.en}"),
        formats=(_json(answer_schema(process)), HTML),
        parameters=tuple(
            Parameter(
                name,
                query_description(each),
                query_schema(each),
                required=each.required,
                example=query_text(each, example.get(name)),
            )
            for name, each in queried(process).items()
        ),
        data=True,
        brief=process.brief,
        answers={200: Text("結果。", "The results."), 422: _NO_ANSWER},
        cacheable=False,  # where somebody lives is nobody else's business, and no two ask for the same spot
    )
    return post, get


PAGES = (
    Page(
        path="/processes",
        handler="services.ogc.execution.describing:list_processes",
        tag=_TAG,
        summary=Text("プロセスの一覧", "All processes"),
        formats=(_json(PROCESS_LIST), HTML),
        parameters=(_LIMIT,),
    ),
    Page(
        path="/processes/{process}",
        handler="services.ogc.execution.describing:describe_process",
        tag=_TAG,
        summary=Text("プロセスの説明", "One process"),
        formats=(_json(PROCESS), HTML),
        path_parameters=(_ID,),
    ),
    *(page for process in processes().values() for page in _pages_of(process)),
    Page(
        path="/processes/{process}/execution",
        handler="services.ogc.execution.describing:no_such_process",
        tag=_TAG,
        summary=Text("存在しないプロセスの実行", "Run a process that there is not"),
        method="POST",
        formats=(_json({"type": "object"}),),
        body=Body({JSON_TYPE: {"type": "object"}}, Text("入力。", "Inputs."), required=False),
        documented=False,
        cacheable=False,
        answers={404: Text("そのプロセスはない。", "There is no such process.")},
    ),
    Page(
        path="/jobs/{job}",
        handler=f"{_JOBS}:get_job",
        tag=_TAG,
        summary=Text("ジョブの状態", "Status of a job"),
        formats=(_json(STATUS_INFO), HTML),
        path_parameters=(_JOB,),
        data=True,
        cacheable=False,
    ),
    Page(
        path="/jobs/{job}",
        handler=f"{_JOBS}:dismiss_job",
        tag=_TAG,
        summary=Text("ジョブを取り消す", "Dismiss a job"),
        method="DELETE",
        formats=(_json(STATUS_INFO), HTML),
        path_parameters=(_JOB,),
        data=True,
        cacheable=False,
    ),
    Page(
        path="/jobs/{job}/results",
        handler=f"{_JOBS}:get_results",
        tag=_TAG,
        summary=Text("ジョブの結果", "Results of a job"),
        formats=(_json({}), HTML),
        path_parameters=(_JOB,),
        answers={200: Text("結果。", "The results."), 422: _NO_ANSWER},
        data=True,
        cacheable=False,
    ),
)
