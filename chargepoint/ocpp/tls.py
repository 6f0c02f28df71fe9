"""TLS to the CSMS (OCPP 2.0.1 A00; 1.6 security whitepaper A00): TLS 1.2 or newer, the chain always verified, no compression."""

import ssl

from msgspec import Struct


class TlsSettings(Struct, frozen=True, kw_only=True):
    """Files are PEM. Without ``trust_file`` the system's own trust store counts."""

    trust_file: str | None = None
    certificate_file: str | None = None
    """Of this station, with its chain: profile 3."""
    key_file: str | None = None
    key_password: str | None = None
    verify_server_name: bool = True


def context(settings: TlsSettings, security_profile: int) -> ssl.SSLContext:
    """A client's context. Raises OSError (a file cannot be read) or ssl.SSLError (it is no certificate, or not the key to it)."""
    made = ssl.create_default_context(cafile=settings.trust_file)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_COMPRESSION
    made.check_hostname = settings.verify_server_name
    if not settings.verify_server_name:
        made.verify_flags &= ~ssl.VERIFY_X509_STRICT  # certificates without extensions name no server
    if security_profile >= 3 and settings.certificate_file is not None:
        made.load_cert_chain(settings.certificate_file, settings.key_file, settings.key_password)
    return made
