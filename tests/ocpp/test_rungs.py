"""The rung on the way to the CSMS that gave way."""

import errno
import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.http11 import Response

from chargepoint.domain import catalogue
from chargepoint.ocpp import rungs
from chargepoint.ocpp.negotiate import NotAgreed


def unverified(code: int) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "x"
    return error


def alert(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


def status(number: int) -> InvalidStatus:
    return InvalidStatus(Response(number, "x", Headers()))


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (OSError(errno.ENETDOWN, "x"), "link_down"),
        (OSError(errno.EADDRNOTAVAIL, "x"), "address_missing"),
        (OSError(errno.ENETUNREACH, "x"), "network_unreachable"),
        (socket.gaierror(-2, "x"), "name_unresolved"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "tcp_refused"),
        (TimeoutError("x"), "tcp_unanswered"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "tcp_broken"),
        (unverified(10), "tls_expired"),
        (unverified(9), "tls_expired"),
        (unverified(20), "tls_unknown_authority"),
        (unverified(62), "tls_name"),
        (unverified(66), "tls_certificate_wrong"),
        (alert("TLSV1_ALERT_PROTOCOL_VERSION"), "tls_too_old"),
        (alert("SSLV3_ALERT_HANDSHAKE_FAILURE"), "tls_no_suite"),
        (alert("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "tls_own_certificate_refused"),
        (alert("WRONG_VERSION_NUMBER"), "tls_missing"),
        (FileNotFoundError("this station has no certificate of its own that is valid now"), "tls_own_certificate_missing"),
        (FileNotFoundError(errno.ENOENT, "No such file", "ca.pem"), "certificate_file_unusable"),
        (status(400), "http_upgrade_required"),
        (status(401), "http_unauthorized"),
        (status(403), "http_forbidden"),
        (status(404), "http_not_found"),
        (status(418), "http_refused"),
        (status(429), "http_unavailable"),
        (status(503), "http_unavailable"),
        (InvalidMessage("x"), "no_websocket"),
        (NotAgreed("x"), "version_not_agreed"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_every_error_has_its_rung(error: Exception, name: str) -> None:
    assert rungs.code(error) == catalogue.of(name).code


def test_what_is_wrong_with_a_setting_is_no_rung() -> None:
    assert rungs.code(UnicodeError("label too long")) == ""
