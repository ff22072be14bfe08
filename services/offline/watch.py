"""The process that keeps the offline bundle up to date while the server runs, so that phones find it without a person.

It looks every few seconds and makes the bundle once what is published has stood for a while: not after each of the
files of a load.  It is the last to be given the processor, and one at a time makes a bundle in a folder.
"""

import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable
from hashlib import blake2b

from geo.errors import GisError, StoreError
from layers.catalogue import catalogue
from services.code_version import code_version
from services.database.connect import connect, role_urls
from services.database.failures import store_errors
from services.database.revisions import layer_states
from services.database.watching import keep_looking, one_at_a_time
from services.offline.export import export, folder_of
from services.ogc.face import Face
from services.settings import Settings

logger = logging.getLogger(__name__)

LOOK_S = 5.0
REST_S = 900.0
"""How long a bundle stands where no layer was published, though openings or closures have moved."""
_MADE = "offline.made"


def watch(settings: Settings, stop: threading.Event) -> None:
    """Makes the bundle when it is out of date, until ``stop`` is set; a database that is away is waited for."""
    os.nice(19)
    with one_at_a_time(settings.var / "offline.lock", stop):
        keeper = Keeper(settings, make=lambda settings: _export_apart(settings, stop))
        keep_looking(keeper.look, stop, LOOK_S, "the offline bundle is not kept up to date")


class Keeper:
    """What one process remembers between its looks."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], float] = time.monotonic,
        *,
        make: Callable[[Settings], object],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._make = make
        self._seen = ("", "")
        self._since = clock()
        self._done_at = -REST_S
        self._refused = ("", "")

    def look(self) -> None:
        """Makes the bundle if what it is made of has changed and has stood for a while.

        What cannot be made is told once, and tried again when something has changed.
        """
        now, found = self._clock(), self._stamps()
        if found != self._seen:
            self._seen, self._since = found, now
        if now - self._since < self._settings.offline_quiet_s or found in (self._made(), self._refused):
            return
        if found[0] == self._made()[0] and now - self._done_at < REST_S:
            return
        try:
            self._make(self._settings)
        except GisError as error:
            self._refused = found
            logger.warning("the offline bundle cannot be made: %s", error.message)
            return
        (self._settings.var / _MADE).write_text("\n".join(found), "utf-8")
        self._done_at = self._clock()

    def _made(self) -> tuple[str, str]:
        """The stamps that the bundle in its folder was made of; empty where this process made none there."""
        try:
            if not (folder_of(self._settings) / "manifest.js").is_file():
                return "", ""
            published, moving = (self._settings.var / _MADE).read_text("utf-8").split("\n")
        except (OSError, ValueError):
            return "", ""
        return published, moving

    def _stamps(self) -> tuple[str, str]:
        """What is published by a person, with the program; and what moves by itself."""
        url = role_urls(self._settings).public
        with store_errors(url), connect(url, application_name="ngis-offline", autocommit=True) as connection:
            states = layer_states(connection, Face.PUBLIC.schema)
        reviewed = {each.id for each in catalogue().values() if each.is_reviewed}
        published = [(name, state.revision) for name, state in states.items() if name in reviewed]
        # Of orders and closures a device is told nothing.
        untold = {each.id for each in catalogue().values() if each.holds is not None}
        moving = [(name, state.revision) for name, state in states.items() if name not in reviewed | untold]
        return _digest((code_version().digest, published)), _digest(moving)


def _export_apart(settings: Settings, stop: threading.Event) -> None:
    """In a process of its own: what it needs for a city are hundreds of megabytes, which its end gives back.

    Raises
    ------
    StoreError
        If it failed, which it has told, or was stopped.
    """
    process = multiprocessing.get_context("spawn").Process(target=_export, args=(settings,), name="ngis-offline")
    process.start()
    while process.is_alive() and not stop.wait(0.5):
        pass
    process.terminate()
    process.join()
    if process.exitcode != 0:
        raise StoreError("The offline bundle was not made.", fix="See the messages above, and `ngis export offline`.")


def _export(settings: Settings) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        export(settings)
    except GisError as error:
        logger.warning("%s", error.message)
        sys.exit(1)


def _digest(value: object) -> str:
    return blake2b(repr(value).encode(), digest_size=8).hexdigest()
