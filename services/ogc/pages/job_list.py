"""The list of jobs (OGC API Processes, Part 1): on the internal face; of the public each knows their own."""

from layers.model import Text
from services.ogc import parameters
from services.ogc.execution.schemas import JOB_LIST
from services.ogc.face import Face
from services.ogc.jobs.model import Status
from services.ogc.pages.model import HTML, Format, Page, Parameter
from services.ogc.processes import processes

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


CONFORMANCE = ("http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list",)
PAGES = (
    Page(
        path="/jobs",
        handler="services.ogc.execution.jobs:list_jobs",
        tag="Processes",
        summary=Text("ジョブの一覧", "All jobs"),
        formats=(Format("json", "application/json", Text("JSON", "JSON"), schema=JOB_LIST), HTML),
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
        faces=(Face.INTERNAL,),
    ),
)
