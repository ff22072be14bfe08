"""Results as pages."""

import json
from typing import Any

from services.ogc import rendering
from services.ogc.api import CityApi
from services.ogc.asked import current
from services.ogc.jobs.model import Result
from services.ogc.processes._model import JSON_TYPE, Process


def results_page(api: CityApi, process: Process, results: tuple[Result, ...], **more: Any) -> str:
    """A page of results: that of the process where it has one, else the values as they are."""
    own = f"processes/results/{process.id}.html"
    has_own = (rendering.TEMPLATES / own).is_file()
    values = {
        each.output: json.loads(each.content) if each.media_type == JSON_TYPE else each.content.decode(errors="replace")
        for each in results
    }
    asked = current()
    data = {
        "id": process.id,
        "title": process.title.in_language(asked.language),
        "description": process.description.in_language(asked.language),
        "values": values,
        "outputs": {name: each.title.in_language(asked.language) for name, each in process.outputs.items()},
        "form": [],
        **more,
    }
    template = own if has_own else "processes/results/index.html"
    return rendering.render(api.tpl_config, {}, template, data, asked.language)
