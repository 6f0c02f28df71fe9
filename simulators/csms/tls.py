"""TLS at the bench CSMS: a server's context from files (security profiles 2 and 3)."""

import ssl
from pathlib import Path

from simulators.csms.errors import BadRequest


def server_context(certificate: Path, key: Path, client_roots: Path | None = None) -> ssl.SSLContext:
    """Files are PEM, the certificate with its chain; with ``client_roots`` a station needs a certificate that leads to one of them.

    Raises BadRequest: which file, and what is wrong with it.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except OSError as reason:  # ssl.SSLError is one
        raise BadRequest(f"{certificate} and {key}: {reason}; expected a certificate and the key to it, both PEM") from reason
    if client_roots is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(client_roots)
        except OSError as reason:
            raise BadRequest(f"{client_roots}: {reason}; expected certificates in PEM") from reason
    return context
