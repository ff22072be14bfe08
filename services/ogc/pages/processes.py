"""Processes and jobs (OGC API Processes, Part 1).

Each process has an execution page of its own, so that its inputs are known to the checks and to the API definition.
"""

from layers.model import Text
from services.ogc import parameters
from services.ogc.execution.inputs import query_schema
from services.ogc.execution.request import request_schema
from services.ogc.face import Face
from services.ogc.jobs.model import Status
from services.ogc.pages.model import HTML, JSON, Body, Page, Parameter
from services.ogc.processes import processes
from services.ogc.processes._model import JSON_TYPE, Process

_TAG = "Processes"
_CLASS = "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/"
_JOBS = "services.ogc.execution.jobs"

_LIMIT = Parameter(
    "limit",
    Text("1回の件数。", "How many in one answer."),
    {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20},
    parameters.whole(1, 10**9),
)
_PROCESS_IDS = Parameter(
    "processID",
    Text("プロセス。", "Ids of processes."),
    {"type": "array", "items": {"type": "string", "enum": list(processes())}},
    parameters.several_of(*processes()),
)
_STATUSES = Parameter(
    "status",
    Text("状態。", "Status codes."),
    {"type": "array", "items": {"type": "string", "enum": [str(each) for each in Status]}},
    parameters.several_of(*map(str, Status)),
)
_TYPE = Parameter(
    "type",
    Text("ジョブの種類。", "Kind of job."),
    {"type": "string", "enum": ["process"]},
    parameters.one_of("process"),
)


def _duration(name: str, description: Text) -> Parameter:
    return Parameter(name, description, {"type": "integer", "minimum": 0}, parameters.whole(0, 10**9))


def _pages_of(process: Process) -> tuple[Page, ...]:
    path = f"/processes/{process.id}/execution"
    post = Page(
        path=path,
        handler="services.ogc.execution.executing:execute",
        tag=_TAG,
        summary=Text(f"{process.title.ja}を実行する", f"Run: {process.title.en}"),
        method="POST",
        formats=(JSON,),
        body=Body({JSON_TYPE: request_schema(process)}, Text("入力と出力の指定。", "Inputs, and the outputs wanted.")),
        data=True,
        cacheable=False,
        answers={
            200: Text("結果。", "The results."),
            201: Text("ジョブを受け付けた。状態はLocationにある。", "A job was made; its status is at Location."),
        },
    )
    if not process.by_query:
        return (post,)
    get = Page(
        path=path,
        handler="services.ogc.execution.executing:execute_by_query",
        tag=_TAG,
        summary=Text(f"{process.title.ja}を実行する（GET）", f"Run by GET: {process.title.en}"),
        parameters=tuple(
            Parameter(name, each.description, query_schema(each), required=each.required)
            for name, each in process.inputs.items()
        ),
        data=True,
        cacheable=False,  # where somebody lives is nobody else's business, and no two ask for the same spot
    )
    return post, get


PAGES = (
    Page(
        path="/processes",
        handler="services.ogc.execution.describing:list_processes",
        tag=_TAG,
        summary=Text("プロセスの一覧", "All processes"),
        parameters=(_LIMIT,),
        conformance=tuple(f"{_CLASS}{name}" for name in ("core", "ogc-process-description", "json", "html")),
    ),
    Page(
        path="/processes/{process}",
        handler="services.ogc.execution.describing:describe_process",
        tag=_TAG,
        summary=Text("プロセスの説明", "One process"),
    ),
    *(page for process in processes().values() for page in _pages_of(process)),
    Page(
        path="/processes/{process}/execution",
        handler="services.ogc.execution.describing:no_such_process",
        tag=_TAG,
        summary=Text("存在しないプロセスの実行", "Run a process that there is not"),
        method="POST",
        formats=(JSON,),
        body=Body({JSON_TYPE: {"type": "object"}}, Text("入力。", "Inputs."), required=False),
        cacheable=False,
        answers={404: Text("そのプロセスはない。", "There is no such process.")},
    ),
    Page(
        path="/jobs",
        handler=f"{_JOBS}:list_jobs",
        tag=_TAG,
        summary=Text("ジョブの一覧", "All jobs"),
        parameters=(
            _TYPE,
            _PROCESS_IDS,
            _STATUSES,
            parameters.DATETIME,
            _duration("minDuration", Text("最短の時間（秒）。", "Least duration in seconds.")),
            _duration("maxDuration", Text("最長の時間（秒）。", "Longest duration in seconds.")),
            _LIMIT,
            parameters.OFFSET,
        ),
        data=True,
        cacheable=False,
        faces=(Face.INTERNAL,),  # of the public, each knows the ids of their own jobs only
        conformance=(f"{_CLASS}job-list",),
    ),
    Page(
        path="/jobs/{job}",
        handler=f"{_JOBS}:get_job",
        tag=_TAG,
        summary=Text("ジョブの状態", "Status of a job"),
        data=True,
        cacheable=False,
    ),
    Page(
        path="/jobs/{job}",
        handler=f"{_JOBS}:dismiss_job",
        tag=_TAG,
        summary=Text("ジョブを取り消す", "Dismiss a job"),
        method="DELETE",
        formats=(JSON, HTML),
        data=True,
        cacheable=False,
        conformance=(f"{_CLASS}dismiss",),
    ),
    Page(
        path="/jobs/{job}/results",
        handler=f"{_JOBS}:get_results",
        tag=_TAG,
        summary=Text("ジョブの結果", "Results of a job"),
        data=True,
        cacheable=False,
    ),
)
