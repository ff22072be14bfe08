"""Jobs over the OGC API: their status, their results, their list (internal face), and their end."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from pygeoapi.api import APIRequest

from layers.text import Text
from services.ogc import filters, words
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.errors import RESULT_NOT_READY, ResourceError
from services.ogc.execution.describing import Reply, named, rendered
from services.ogc.execution.result_pages import results_page
from services.ogc.execution.results import handed_over
from services.ogc.jobs.model import Job, Status
from services.ogc.jobs.store import Wanted
from services.ogc.processes._model import JSON_TYPE

DEFAULT_JOBS = 20
MOST_JOBS = 1_000
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"


def job_document(job: Job, language: str, base: str) -> dict[str, Any]:
    """statusInfo.yaml; what was asked is not repeated."""
    url = f"{base}/jobs/{job.id}"
    document: dict[str, Any] = {
        "jobID": str(job.id),
        "processID": job.process_id,
        "type": "process",
        "status": str(job.status),
        "message": None if job.message is None else job.message.in_language(language),
        "progress": job.progress,
        "created": job.created_at.isoformat(),
        "started": None if job.started_at is None else job.started_at.isoformat(),
        "finished": None if job.finished_at is None else job.finished_at.isoformat(),
        "updated": job.updated_at.isoformat(),
    }
    links = [_link("self", url, "This document", language)]
    if job.status is Status.SUCCESSFUL:
        links.append(_link(f"{_REL}results", f"{url}/results", "Results", language))
    if job.status is Status.FAILED:
        links.append(_link(f"{_REL}exceptions", f"{url}/results", "Reason of the failure", language))
    return {name: value for name, value in document.items() if value is not None} | {"links": links}


def get_job(api: CityApi, _request: APIRequest, job_id: str) -> Reply:
    """The status of a job."""
    asked = current()
    job = api.manager.store.job(job_id)
    document = job_document(job, asked.language, asked.base)
    if asked.format.name == "html":
        document |= {"expires": job.expires_at.isoformat(), "is_final": job.status.is_final}
    return rendered(api, "jobs/job.html", document)


def dismiss_job(api: CityApi, _request: APIRequest, job_id: str) -> Reply:
    """Ends a job, or removes one that has ended: gone then, with its results."""
    asked = current()
    job = api.manager.store.dismiss(job_id)
    document = job_document(job, asked.language, asked.base) | {"status": str(Status.DISMISSED)}
    if job.status is not Status.DISMISSED:
        document["links"] = []
    return rendered(api, "jobs/job.html", document)


def get_results(api: CityApi, request: APIRequest, job_id: str) -> Reply:
    """What came out of a job, in the form that was asked for when it was made."""
    job, results = api.manager.store.results(job_id)
    match job.status:
        case Status.SUCCESSFUL:
            if current().format.name == "html":
                return {}, HTTPStatus.OK, results_page(api, named(job.process_id), results)
            return {}, HTTPStatus.OK, handed_over(results, job.response, str(request.headers.get("accept", "")))
        case Status.FAILED if job.problem is not None:
            raise job.problem.error()
        case Status.DISMISSED:
            raise ResourceError(Text("このジョブは取り消されました。", "This job was dismissed."), RESULT_NOT_READY)
        case _:
            raise ResourceError(Text("結果はまだありません。", "The results are not ready yet."), RESULT_NOT_READY)


def list_jobs(api: CityApi, _request: APIRequest) -> Reply:
    """The jobs of the internal face, the newest first."""
    asked = current()
    given = asked.given
    limit = min(int(given.get("limit", DEFAULT_JOBS)), MOST_JOBS)
    offset = int(given.get("offset", 0))
    jobs, matched = api.manager.store.listed(_wanted(given), limit=limit, offset=offset)
    url = f"{asked.base}/jobs"
    links = [_link("self", f"{url}?{urlencode(given)}" if given else url, "This document", asked.language)]
    for rel, start, is_there in (
        ("next", offset + limit, offset + limit < matched),
        ("prev", offset - limit, offset > 0),
    ):
        if is_there:
            query = urlencode({**given, "offset": max(0, start)})
            links.append(_link(rel, f"{url}?{query}", rel.title(), asked.language))
    document = {
        "jobs": [job_document(job, asked.language, asked.base) for job in jobs],
        "numberMatched": matched,
        "numberReturned": len(jobs),
        "links": links,
    }
    return rendered(api, "jobs/index.html", document)


def _wanted(given: Mapping[str, str]) -> Wanted:
    start, end = filters.interval(given["datetime"]) if "datetime" in given else (None, None)
    return Wanted(
        process_ids=tuple(given["processID"].split(",")) if "processID" in given else None,
        statuses=tuple(map(Status, given["status"].split(","))) if "status" in given else None,
        created_from=start,
        created_to=end,
        least_s=float(given["minDuration"]) if "minDuration" in given else None,
        most_s=float(given["maxDuration"]) if "maxDuration" in given else None,
    )


def _link(rel: str, href: str, title: str, language: str) -> dict[str, str]:
    return {"rel": rel, "type": JSON_TYPE, "title": words.in_language(title, language), "href": href}
