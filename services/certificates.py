"""A small authority of the installation's own, and certificates for the names under which it is reached.

For city networks without a public name.  The authority may sign for the names it was made for and for no others
(name constraints, RFC 5280, 4.2.1.10), so that who trusts it trusts it with nothing else.  Made by ``openssl``.
"""

import json
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from geo.errors import InputError, StoreError

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""Browsers refuse certificates for longer than 398 days."""
_SECRET = 0o077
_EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files (PEM): what devices are to trust, what the server shows, and its key.

    fingerprint:
        SHA-256 of the authority, by which a person checks what arrived on a device.
    """

    authority: Path
    certificate: Path
    key: Path
    names: tuple[str, ...]
    fingerprint: str


def folder_of(var: Path) -> Path:
    """Where certificates are kept."""
    return var / "tls"


def make(var: Path, names: list[str], *, new_authority: bool = False) -> Certificates:
    """Makes a certificate for these names and addresses, and ``localhost``, and the authority where there is none.

    Raises
    ------
    InputError
        If a name cannot be one, or the authority that there is may not sign for it.
    StoreError
        If there is no ``openssl``, or it fails.
    """
    wanted = tuple(dict.fromkeys([*map(_checked, names or [socket.gethostname()]), "localhost", "127.0.0.1"]))
    folder = folder_of(var)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, signing, kept = folder / "authority.crt", folder / "authority.key", folder / "authority.json"
    if new_authority or not (authority.is_file() and signing.is_file() and kept.is_file()):
        _make_authority(authority, signing, wanted)
        kept.write_text(json.dumps(wanted), "utf-8")
    allowed = json.loads(kept.read_text("utf-8"))
    if others := [each for each in wanted if each not in allowed]:
        raise InputError(
            f"The authority was made for {', '.join(allowed)}, and may not sign for {', '.join(others)}.",
            fix="Make another with --new-authority; every device has to be told to trust that one.",
        )
    certificate, key = folder / "server.crt", folder / "server.key"
    with tempfile.TemporaryDirectory(dir=folder) as beside:
        request, extensions = Path(beside, "request.pem"), Path(beside, "extensions.cnf")
        new_key, signed = Path(beside, "server.key"), Path(beside, "server.crt")
        extensions.write_text(
            f"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n"
            f"subjectAltName={_alternatives(wanted)}\n",
            "utf-8",
        )
        _openssl("req", "-new", *_EC, "-keyout", new_key, "-out", request, "-subj", f"/CN={wanted[0]}")
        signer = ("-CA", authority, "-CAkey", signing, "-CAcreateserial")
        _openssl(
            *("x509", "-req", "-in", request, *signer, "-days", str(SERVER_DAYS), "-sha256"),
            *("-extfile", extensions, "-out", signed),
        )
        new_key.replace(key)
        signed.replace(certificate)
    printed = _openssl("x509", "-in", authority, "-noout", "-fingerprint", "-sha256")
    return Certificates(authority, certificate, key, wanted, printed.partition("=")[2].strip())


def _make_authority(authority: Path, signing: Path, names: tuple[str, ...]) -> None:
    permitted = ",".join(f"permitted;{each}" for each in _alternatives(names, constrained=True).split(","))
    _openssl(
        *("req", "-x509", *_EC, "-keyout", signing, "-out", authority, "-days", str(AUTHORITY_DAYS), "-sha256"),
        *("-subj", f"/CN=NGIS {names[0]}"),
        *("-addext", "basicConstraints=critical,CA:TRUE,pathlen:0"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
        *("-addext", f"nameConstraints=critical,{permitted}"),
    )


def _alternatives(names: tuple[str, ...], *, constrained: bool = False) -> str:
    """The names as ``openssl`` has them; as constraints addresses have a mask."""
    found = []
    for each in names:
        address = _address(each)
        if address is None:
            found.append(f"DNS:{each}")
        else:
            mask = ("255.255.255.255" if address == 4 else "ffff:" * 7 + "ffff") if constrained else None
            found.append(f"IP:{each}" + (f"/{mask}" if mask else ""))
    return ",".join(found)


def _address(name: str) -> int | None:
    """The version of an IP address; None of a name."""
    try:
        return ip_address(name).version
    except ValueError:
        return None


def _checked(name: str) -> str:
    plain = name.strip().lower().rstrip(".")
    labels = plain.split(".")
    is_name = len(plain) <= 253 and all(
        0 < len(label) <= 63 and label.isascii() and label.replace("-", "").isalnum() and label.strip("-") == label
        for label in labels
    )
    if _address(plain) is None and not is_name:
        raise InputError(
            f"{name!r} is no host name and no address.", fix="Give it as it stands in the browser's address."
        )
    return plain


def _openssl(*arguments: str | Path) -> str:
    if shutil.which("openssl") is None:
        raise StoreError("There is no openssl on this machine.", fix="Install it, or give certificates of your own.")
    done = subprocess.run(
        ["openssl", *map(str, arguments)], capture_output=True, text=True, umask=_SECRET, check=False, timeout=60
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
        raise StoreError(f"openssl could not make the certificate: {last}")
    return done.stdout
