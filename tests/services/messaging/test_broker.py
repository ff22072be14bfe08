"""The address of a broker: what it may be, and that its password is told to nobody."""

from pathlib import Path
from typing import Any

import pytest

from geo.errors import InputError
from services.messaging.broker import Broker, broker_of
from services.settings import Settings

SECRET = "hush-hush"


def broker(**settings: Any) -> Broker | None:
    return broker_of(Settings(_env_file=None, **settings))


def test_without_an_address_there_is_none() -> None:
    assert broker() is None


def test_what_an_address_says() -> None:
    assert broker(mqtt_url="mqtt://broker.example") == Broker("broker.example", 1883, "ngis")
    found = broker(mqtt_url="mqtts://desk:a%2Fb%40c@[::1]:9999", mqtt_client_id="city")
    assert found == Broker("::1", 9999, "city", is_encrypted=True, user="desk", password="a/b@c")
    found = broker(mqtt_url="mqtts://broker.example/")
    assert found is not None
    assert (found.port, found.is_encrypted, found.address) == (8883, True, "mqtts://broker.example:8883")


def test_a_password_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    found = broker(mqtt_url="mqtt://desk@broker.example", mqtt_password_file=tmp_path / "secret")
    assert found is not None
    assert found.password == SECRET


@pytest.mark.parametrize(
    "settings",
    [
        {"mqtt_url": f"http://desk:{SECRET}@broker.example"},
        {"mqtt_url": f"mqtt://desk:{SECRET}@"},
        {"mqtt_url": f"mqtt://desk:{SECRET}@broker.example:no"},
        {"mqtt_url": f"mqtt://desk:{SECRET}@broker.example:99999"},
        {"mqtt_url": f"mqtt://desk:{SECRET}@broker.example/topic"},
        {"mqtt_url": f"mqtt://desk:{SECRET}@[broker"},
        {"mqtt_url": f"mqtt://:{SECRET}@broker.example?x=1"},
        {"mqtt_url": f"desk:{SECRET}"},
        {"mqtt_url": f"mqtt://desk:{SECRET}@broker.example", "mqtt_password_file": Path("/nowhere")},
        {"mqtt_url": "mqtt://desk@broker.example", "mqtt_password_file": Path("/nowhere")},
        {"mqtt_url": "mqtts://broker.example", "mqtt_ca_file": Path("/nowhere")},
        {"mqtt_url": "mqtts://broker.example", "mqtt_ca_file": Path(__file__)},
    ],
)
def test_what_is_no_address_is_refused_and_not_repeated(settings: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        broker(**settings)
    assert SECRET not in f"{refused.value} {refused.value.fix} {refused.value.__cause__}"


def test_nothing_shows_the_password() -> None:
    settings = Settings(_env_file=None, mqtt_url=f"mqtt://desk:{SECRET}@broker.example")
    found = broker_of(settings)
    assert found is not None
    assert found.password == SECRET
    assert SECRET not in f"{settings!r} {settings} {found!r} {found} {found.address}"
