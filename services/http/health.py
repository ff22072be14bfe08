"""Whether this process lives, and whether it can answer."""

from typing import Any

from geo.errors import GisError
from services.database.failures import store_errors
from services.http.service import Service
from services.messaging.state import SubscriberState, subscriber_state
from services.ogc.face import Face


def readiness(service: Service) -> dict[str, Any]:
    """What is checked and what came of it; ``ready`` is True where all of it is well.

    database:
        A connection of the pool answers.
    migrations:
        The relations of every declared layer that the database lists are there for this face's role.
    layers:
        How many layers can be served; none is not ready.
    mqtt:
        ``connected`` or ``disconnected``, where a broker is set, on the internal face.  It is ready without one.
    """
    found: dict[str, Any] = {"ready": False, "face": str(service.face), "database": False, "migrations": False}
    try:
        with store_errors(), service.pool.connection() as connection:
            connection.execute("SELECT 1")
        found["database"] = True
        layers = service.watch.current().sources
        found["migrations"] = True  # the state could be read and every relation measured
        found["layers"] = len(layers)
        found["ready"] = bool(layers) or service.face is Face.INTERNAL
    except GisError:
        pass
    if listens(service):
        found["mqtt"] = "connected" if messaging(service).is_connected else "disconnected"
    return found


def listens(service: Service) -> bool:
    """Whether messages of a broker are this face's, and one is set."""
    return service.settings.mqtt_url is not None and service.face is Face.INTERNAL


def messaging(service: Service) -> SubscriberState:
    """What is known of messages of the broker; not connected where the database does not say."""
    try:
        with store_errors(), service.pool.connection() as connection:
            return subscriber_state(connection)
    except GisError:
        return SubscriberState(False, {})
