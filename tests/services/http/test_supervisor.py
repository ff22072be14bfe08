"""Workers that die as soon as they start: the server gives up only where it cannot do without them."""

import logging
import threading

import pytest

from geo.errors import StoreError
from services.http.supervisor import Post, Supervisor
from services.ogc.face import Face
from tests.conftest import DatabaseUnderTest


def test_a_server_whose_workers_cannot_start_says_so(database: DatabaseUnderTest) -> None:
    with pytest.raises(StoreError, match="public face"):
        Supervisor(database.settings, [Post(Face.PUBLIC, "short-lived", print)]).run(lambda: None)


def test_what_the_server_can_do_without_is_tried_again_with_pauses(
    database: DatabaseUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    ready = threading.Event()
    supervisor = Supervisor(database.settings, [Post(Face.PUBLIC, "short-lived", print, essential=False)])
    stop = threading.Timer(8, supervisor._stop)
    stop.start()
    with caplog.at_level(logging.WARNING):
        supervisor.run(ready.set)
    assert ready.is_set()
    deaths = [record for record in caplog.records if "short-lived ended" in record.message]
    # At once it would have been tried dozens of times; after 2, 4, 8 ... seconds it was not.
    assert 1 <= len(deaths) <= 3
