"""TLS of the public face: which certificate, and what is wrong with it, before anything is served."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from geo.errors import InputError
from services.certificates import folder_of
from services.settings import Settings

LOST = (
    "the offline copy (service worker), the phone's own position, keeping the screen on, and speaking instead of typing"
)
"""What browsers refuse to pages that are not encrypted, but for those of their own machine."""


@dataclass(frozen=True, slots=True)
class Encryption:
    """Files of a certificate and its key (PEM)."""

    certificate: Path
    key: Path


def made_here(settings: Settings) -> Settings:
    """The settings with the certificate that ``ngis certificate`` made.

    Raises
    ------
    InputError
        If there is none.
    """
    folder = folder_of(settings.var)
    certificate, key = folder / "server.crt", folder / "server.key"
    if not (certificate.is_file() and key.is_file()):
        raise InputError("There is no certificate.", fix="Make one: ngis certificate NAME-OR-ADDRESS ...")
    return settings.model_copy(update={"tls_certificate": certificate, "tls_key": key})


def encryption_of(settings: Settings) -> Encryption | None:
    """What the settings name; None where nothing is to be encrypted.

    Raises
    ------
    InputError
        If one of the two files is missing, cannot be read, or they do not belong together.
    """
    certificate, key = settings.tls_certificate, settings.tls_key
    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise InputError("TLS needs a certificate and its key.", fix="Set NGIS_TLS_CERTIFICATE and NGIS_TLS_KEY.")
    try:
        # A password cannot be asked for: no person stands before a worker.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (OSError, ValueError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise InputError(
            f"The certificate {certificate} cannot be used with the key {key}: {reason}.",
            fix="Name a certificate (PEM, with those above it) and its own key without a password.",
        ) from None
    return Encryption(certificate, key)
