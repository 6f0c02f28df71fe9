"""Which rung on the way to the CSMS gave way: the number that a failed attempt to connect has in the error catalogue."""

import errno
import socket
import ssl

from websockets.exceptions import InvalidMessage, InvalidStatus, InvalidUpgrade, NegotiationError

from chargepoint.domain import catalogue
from chargepoint.ocpp import tls
from chargepoint.ocpp.negotiate import NotAgreed

OF_VERIFICATION = {
    9: "tls_expired",  # not yet valid
    10: "tls_expired",
    18: "tls_unknown_authority",  # signed by itself
    19: "tls_unknown_authority",
    20: "tls_unknown_authority",
    21: "tls_unknown_authority",
    62: "tls_name",
    64: "tls_name",  # an address
}
"""OpenSSL's verify_code (X509_V_ERR_...); any other one: unfit."""

OF_TLS_EVENT = {
    tls.INVALID_VERSION: "tls_too_old",
    tls.INVALID_SUITE: "tls_no_suite",
    tls.FAILED_TO_AUTHENTICATE: "tls_own_certificate_refused",
}

OF_STATUS = {
    400: "http_upgrade_required",
    401: "http_unauthorized",
    403: "http_forbidden",
    404: "http_not_found",
    426: "http_upgrade_required",
    429: "http_unavailable",
}

OF_ERRNO = {
    errno.ENETDOWN: "link_down",
    errno.ENETUNREACH: "network_unreachable",
    errno.EHOSTUNREACH: "network_unreachable",
    errno.EADDRNOTAVAIL: "address_missing",
}

OF_KIND: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "name_unresolved"),
    (ConnectionRefusedError, "tcp_refused"),
    (TimeoutError, "tcp_unanswered"),
    (ConnectionError, "tcp_broken"),
    (FileNotFoundError, "certificate_file_unusable"),
    (PermissionError, "certificate_file_unusable"),
    (NotAgreed, "version_not_agreed"),
    (InvalidMessage, "no_websocket"),
    (InvalidUpgrade, "no_websocket"),
    (NegotiationError, "version_not_agreed"),
)


def code(error: Exception) -> str:
    """Its number; empty: none of the rungs, but a setting or a file of ours."""
    name = _name(error)
    return catalogue.of(name).code if name else ""


def _name(error: Exception) -> str:
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        return OF_STATUS.get(status, "http_unavailable" if status >= 500 else "http_refused")
    failed = tls.failure(error)
    if isinstance(failed, ssl.SSLCertVerificationError):
        return OF_VERIFICATION.get(failed.verify_code, "tls_certificate_wrong")
    if failed is not None:
        return OF_TLS_EVENT.get(tls.event(error), "tls_missing")
    if isinstance(error, OSError) and error.errno in OF_ERRNO:
        return OF_ERRNO[error.errno]
    if isinstance(error, FileNotFoundError) and error.errno is None:  # by ``tls.context``
        return "tls_own_certificate_missing"
    return next((name for kind, name in OF_KIND if isinstance(error, kind)), "")
