"""Processes (OGC API Processes)."""

from layers.model import Text
from services.ogc.pages.model import Page

PAGES = (
    Page(
        path="/processes",
        handler="pygeoapi.api.processes:describe_processes",
        tag="Processes",
        summary=Text("プロセスの一覧", "All processes"),
    ),
)
