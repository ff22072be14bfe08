"""A broker of a test's own: Mosquitto on a free port, started, killed, started again and stopped."""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.conftest import free_port
from tests.waiting import until

USER, PASSWORD = "ngis", "sesame:/@ #"


class Mosquitto:
    """A broker with one user, whose sessions are on disk."""

    def __init__(self, folder: Path, *, encrypted: bool = False) -> None:
        self.port = free_port()
        self.certificate = folder / "certificate.pem"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        passwords = folder / "passwords"
        passwords.touch(0o600)
        subprocess.run([_program("mosquitto_passwd"), "-b", str(passwords), USER, PASSWORD], check=True)
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(
            f"listener {self.port} 127.0.0.1\n"
            + (self._encryption(folder) if encrypted else "")
            + f"allow_anonymous false\npassword_file {passwords}\npersistence true\npersistence_location {folder}/\n"
            f"autosave_on_changes true\nautosave_interval 1\nmax_queued_messages 10000\nlog_dest file {folder}/log\n"
            + ("user root\n" if os.geteuid() == 0 else "")
        )

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen([_program("mosquitto"), "-c", str(self._settings)])
        until(self._answers)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(10)
            self._process = None

    def publish(self, messages: Iterable[tuple[str, Any]]) -> None:
        """Publishes at QoS 1, and waits until the broker has all; JSON, or bytes as they are."""
        with self.publisher() as client:
            sent = [client.publish(topic, _payload(content), qos=1) for topic, content in messages]
            for each in sent:
                each.wait_for_publish(10)
                assert each.is_published()

    @contextmanager
    def publisher(self) -> Iterator[mqtt.Client]:
        """A client that keeps what it could not send and comes back by itself."""
        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(USER, PASSWORD)
        if self.certificate.exists():
            client.tls_set(str(self.certificate))
        client.reconnect_delay_set(1, 1)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        try:
            yield client
        finally:
            client.disconnect()
            client.loop_stop()

    def _encryption(self, folder: Path) -> str:
        """With a certificate of its own making for this machine."""
        key = folder / "key.pem"
        subject = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
        made = ("-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key), "-out", str(self.certificate))
        subprocess.run([_program("openssl"), "req", "-x509", *made, *subject], check=True, capture_output=True)
        return f"certfile {self.certificate}\nkeyfile {key}\n"

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _payload(content: Any) -> bytes:
    return content if isinstance(content, bytes) else json.dumps(content).encode()


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))
    assert found is not None, f"{name} is missing: services/bootstrap.sh --dev"
    return found


@contextmanager
def running(folder: Path, *, encrypted: bool = False) -> Iterator[Mosquitto]:
    """A broker for the time of a ``with`` block."""
    broker = Mosquitto(folder, encrypted=encrypted)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
