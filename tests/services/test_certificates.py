"""Certificates made for names: a client that trusts the authority is served under these and no others."""

import json
import ssl
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
import uvicorn

from geo.errors import InputError
from services import certificates
from services.http.encryption import encryption_of, made_here
from services.http.protocol import protocol
from services.settings import Settings
from tests.conftest import free_port
from tests.waiting import until


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificates:
    return certificates.make(tmp_path_factory.mktemp("tls"), ["bousai.city.example", "192.168.1.20"])


def shake(made: certificates.Certificates, name: str) -> None:
    """A handshake in memory; raises where the client does not trust the server under this name."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(made.certificate, made.key)
    client_context = ssl.create_default_context(cafile=str(made.authority))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_context.wrap_bio(to_client, to_server, server_hostname=name)
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.version() in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("name", ["bousai.city.example", "192.168.1.20", "localhost", "127.0.0.1"])
def test_the_names_asked_for_are_trusted(made: certificates.Certificates, name: str) -> None:
    shake(made, name)


def test_other_names_are_not(made: certificates.Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(made, "bank.example")


def test_keys_are_for_their_owner_only(made: certificates.Certificates) -> None:
    for key in (made.key, made.key.with_name("authority.key")):
        assert key.stat().st_mode & 0o077 == 0, key
    assert len(made.fingerprint.split(":")) == 32


def test_the_authority_stays_and_signs_for_nothing_new(tmp_path: Path) -> None:
    made = certificates.make(tmp_path, ["bousai.city.example", "192.168.1.20"])
    before = made.authority.read_bytes()
    again = certificates.make(tmp_path, ["192.168.1.20"])
    assert again.authority.read_bytes() == before
    shake(again, "192.168.1.20")
    with pytest.raises(InputError, match=r"may not sign for other\.example"):
        certificates.make(tmp_path, ["other.example"])
    # Even where somebody writes the name into the list: clients hold the authority to its constraints.
    (made.authority.with_suffix(".json")).write_text(json.dumps(["other.example", "localhost", "127.0.0.1"]))
    forged = certificates.make(tmp_path, ["other.example"])
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake(forged, "other.example")


@pytest.mark.parametrize("name", ["", "a b", "-x.example", "https://x.example", "*.example", "ä.example"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        certificates.make(tmp_path, [name])


def settings(var: Path, **given: Any) -> Settings:
    return Settings(_env_file=None, var=var, **given)


def test_what_is_served_with_is_checked_before(made: certificates.Certificates, tmp_path: Path) -> None:
    here = made_here(settings(made.key.parent.parent))
    found = encryption_of(here)
    assert found is not None
    assert (found.certificate, found.key) == (made.certificate, made.key)
    assert encryption_of(settings(tmp_path)) is None
    with pytest.raises(InputError, match="ngis certificate"):
        made_here(settings(tmp_path))
    with pytest.raises(InputError, match="certificate and its key"):
        encryption_of(settings(tmp_path, tls_certificate=made.certificate))
    with pytest.raises(InputError, match="cannot be used"):
        encryption_of(settings(tmp_path, tls_certificate=made.authority, tls_key=made.key))
    with pytest.raises(InputError, match="cannot be used"):
        encryption_of(settings(tmp_path, tls_certificate=tmp_path / "none", tls_key=made.key))


def test_the_server_speaks_it_with_its_own_protocol(made: certificates.Certificates, tmp_path: Path) -> None:
    """A worker's protocol, over TLS, as a browser that trusts the authority asks."""

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
        await send({"type": "http.response.body", "body": scope["scheme"].encode()})

    found = encryption_of(settings(tmp_path, tls_certificate=made.certificate, tls_key=made.key))
    assert found is not None
    port = free_port()
    config = uvicorn.Config(
        app,
        port=port,
        http=protocol(),
        lifespan="off",
        log_level="error",
        ssl_certfile=found.certificate,
        ssl_keyfile=found.key,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        until(lambda: server.started)
        trusting = ssl.create_default_context(cafile=str(made.authority))
        with httpx.Client(verify=trusting) as client:
            assert client.get(f"https://127.0.0.1:{port}/").text == "https"
    finally:
        server.should_exit = True
        thread.join(10)
