"""The files of the offline bundle, before anything was exported."""

import asyncio
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from services.http.offline import OfflineFiles


def test_where_nothing_was_exported_there_is_nothing(tmp_path: Path) -> None:
    files = OfflineFiles(tmp_path / "none")
    assert files.offered() is None
    scope = {"type": "http", "method": "GET", "path": "/", "root_path": "", "headers": []}

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    async def send(_message: object) -> None:
        raise AssertionError("there is nothing to send")

    with pytest.raises(HTTPException) as refused:
        asyncio.run(files(scope, receive, send))
    assert refused.value.status_code == 404
