"""Requests to run a process: answered at once, or put into the queue (OGC API Processes, Part 1)."""

from http import HTTPStatus

from pygeoapi.api import APIRequest

from layers.text import Text
from services.database.lending import refuse_abandoned
from services.database.waiting import require_thread
from services.ogc import geojson
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.execution.describing import Reply, form, named
from services.ogc.execution.jobs import job_document
from services.ogc.execution.request import ExecuteRequest
from services.ogc.execution.result_pages import results_page
from services.ogc.execution.results import handed_over
from services.ogc.execution.running import run
from services.ogc.jobs.model import Result
from services.ogc.processes._model import Mode, Process

_ASYNC = "respond-async"


def execute(api: CityApi, request: APIRequest) -> Reply:
    """POST: the outputs, or the job that will make them.

    At once where the process can and nothing else is preferred (RFC 7240 ``Prefer: respond-async``).
    """
    asked = current()
    process = _process()
    wanted = ExecuteRequest.read(process, request.data, asked.language)
    # A preference may be left aside (RFC 7240): what is never kept is not put into the queue.
    prefers_async = _ASYNC in _preferences(request) and process.never_kept.isdisjoint(wanted.inputs)
    if (prefers_async and Mode.ASYNC in process.modes) or Mode.SYNC not in process.modes:
        job = api.manager.store.submit(process.id, wanted.stored(), most_waiting=process.most_waiting)
        headers = {"Location": f"{asked.base}/jobs/{job.id}"}
        if prefers_async:
            headers["Preference-Applied"] = _ASYNC
        return headers, HTTPStatus.CREATED, geojson.dumps(job_document(job, asked.language, asked.base))
    accept = str(request.headers.get("accept", ""))
    return {}, HTTPStatus.OK, handed_over(_run(api, process, wanted), wanted.response, accept)


def execute_by_query(api: CityApi, request: APIRequest) -> Reply:
    """GET: the outputs for inputs that are query parameters; as a page with the form that asks for them."""
    asked = current()
    process = _process()
    is_page = asked.format.name == "html"
    if is_page:
        require_thread()
    given = {name: text for name, text in asked.given.items() if name in process.inputs}
    results: tuple[Result, ...] = ()
    if given or not is_page:
        results = _run(api, process, ExecuteRequest.from_query(process, given, asked.language))
    if is_page:
        return {}, HTTPStatus.OK, _page(api, process, results)
    return {}, HTTPStatus.OK, handed_over(results, None, str(request.headers.get("accept", "")))


def _page(api: CityApi, process: Process, results: tuple[Result, ...]) -> str:
    asked = current()
    return results_page(api, process, results, form=form(process, asked.language, asked.given))


def _process() -> Process:
    """The process whose page is asked: ``/processes/<id>/execution``."""
    return named(current().page.path.split("/")[2])


def _run(api: CityApi, process: Process, wanted: ExecuteRequest) -> tuple[Result, ...]:
    return run(process, wanted, api.layers, api.city, report=_unheard, check=refuse_abandoned)


def _unheard(_percent: int, _message: Text) -> None:
    return


def _preferences(request: APIRequest) -> set[str]:
    header = str(request.headers.get("prefer", ""))
    return {part.partition(";")[0].strip().lower() for part in header.split(",")}
