"""The broker as the settings name it.  Its password is never part of a message or of a representation."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from geo.errors import InputError
from services.settings import Settings

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_FORM = "Give NGIS_MQTT_URL as mqtt://user:password@host:1883 or mqtts://user:password@host:8883."


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to connect, and as whom."""

    host: str
    port: int
    client_id: str
    is_encrypted: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    @property
    def address(self) -> str:
        """As it may be told: without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.is_encrypted else 'mqtt'}://{host}:{self.port}"


def broker_of(settings: Settings) -> Broker | None:
    """The broker that is set; None where none is.

    Raises
    ------
    InputError
        If the address is none, or a file that is named cannot be read.
    """
    if settings.mqtt_url is None:
        return None
    try:
        parts = urlsplit(settings.mqtt_url.get_secret_value().strip())
        port = parts.port
    except ValueError:
        raise InputError("NGIS_MQTT_URL is no address of a broker.", fix=_FORM) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise InputError("NGIS_MQTT_URL is no address of a broker.", fix=_FORM)
    user = None if parts.username is None else unquote(parts.username)
    password = _password(settings, parts)
    if password is not None and user is None:
        raise InputError("NGIS_MQTT_URL has a password and no user.", fix=_FORM)
    if settings.mqtt_ca_file is not None:
        try:
            ssl.create_default_context(cafile=settings.mqtt_ca_file)
        except OSError:  # ssl.SSLError is one
            raise InputError("The file NGIS_MQTT_CA_FILE has no certificates that can be read.") from None
    return Broker(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        client_id=settings.mqtt_client_id,
        is_encrypted=parts.scheme == "mqtts",
        user=user,
        password=password,
        ca_file=settings.mqtt_ca_file,
    )


def _password(settings: Settings, parts: SplitResult) -> str | None:
    if settings.mqtt_password_file is None:
        return None if parts.password is None else unquote(parts.password)
    if parts.password is not None:
        raise InputError("The password of the broker is in NGIS_MQTT_URL and in a file.", fix="Leave one out.")
    try:
        return settings.mqtt_password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise InputError("The file NGIS_MQTT_PASSWORD_FILE cannot be read.") from None
