"""A failed attempt to connect, in one line for a technician: what was seen and what to check."""

import socket
import ssl
from collections.abc import Callable
from typing import Any

from msgspec import Struct
from websockets.exceptions import InvalidMessage, InvalidStatus, InvalidUpgrade, InvalidURI, NegotiationError, WebSocketException

from chargepoint.ocpp import rungs, tls
from chargepoint.ocpp.negotiate import NotAgreed


class Problem(Struct, frozen=True):
    """``seen`` is a fact, ``check`` is advice."""

    seen: str
    check: str
    event: str = ""
    """The security event that it is, if any."""
    answered: bool = False
    """Was there somebody who refused? Else nobody was there, or it cannot be told."""
    code: str = ""
    """Of the error catalogue: the rung that gave way."""


class Unreachable(Exception):
    """An attempt to connect to this URL has failed."""

    def __init__(self, what: Problem, url: str) -> None:
        super().__init__(f"{what.seen}; check {what.check}")
        self.problem = what
        self.url = url


STATUS_ADVICE: dict[int, str] = {
    400: "csms_url; and whether the CSMS speaks one of ocpp.version",
    401: "basic_auth_password, security_profile, and what the CSMS holds for this station",
    403: "whether the CSMS admits this station: identity, password, address",
    404: "station.id and the path of csms_url: the CSMS does not know this station there",
    426: "csms_url: something in between wants another protocol; a proxy, or ws where wss is needed",
    429: "nothing: the CSMS asks for patience",
    500: "the CSMS's own log",
    502: "the CSMS behind its proxy: it does not run",
    503: "nothing: the CSMS is overloaded or being updated",
    504: "the CSMS behind its proxy: it does not answer",
}

EVENT_OF_STATUS = {401: tls.FAILED_TO_AUTHENTICATE}

TLS_ADVICE: dict[str, str] = {
    tls.INVALID_CERTIFICATE: "the trust store, the time of day here, and that the certificate names the host of csms_url",
    tls.INVALID_VERSION: "the CSMS: it has to speak TLS 1.2 or newer",
    tls.INVALID_SUITE: f"the CSMS: it has to offer TLS 1.3, or TLS 1.2 with one of {', '.join(tls.SUITES)}, the ECDSA ones with an "
    "elliptic certificate, the others with an RSA one",
    tls.FAILED_TO_AUTHENTICATE: "what the CSMS holds against the certificate of this station ([security] identity); it may want "
    "one where none is shown: security_profile 3",
}

NO_WEBSOCKET = (
    "host and port of csms_url: whatever answers there is no CSMS; or it wants wss (security_profile 2 or 3), "
    "or refuses the certificate of this station (3)"
)

_ADVICE: list[tuple[type[BaseException], str]] = [
    (socket.gaierror, "the host name in csms_url, and the name server of this station"),
    (ConnectionRefusedError, "host and port of csms_url, and whether the CSMS runs"),
    (ssl.SSLError, "security_profile: does the CSMS speak TLS there; certificate and key of this station"),
    (TimeoutError, "network, firewall, and host and port of csms_url"),
    (NotAgreed, "ocpp.version: is it one that the CSMS speaks; else assume_subprotocol"),
    (NegotiationError, "ocpp.version: the CSMS has chosen one that was not offered"),
    (InvalidMessage, NO_WEBSOCKET),
    (InvalidUpgrade, NO_WEBSOCKET),
    (InvalidURI, "csms_url: expected ws://host[:port]/path"),
    (WebSocketException, "csms_url, and the CSMS's own log"),
    (OSError, "the network of this station, and the files named under [security]"),
    (ValueError, "csms_url, station.id and the files named under [security]"),
]

TLS_SEEN: dict[str, str] = {
    tls.INVALID_VERSION: "the CSMS speaks only a TLS that is too old",
    tls.INVALID_SUITE: "no TLS cipher suite in common with the CSMS",
    tls.FAILED_TO_AUTHENTICATE: "the CSMS refuses the certificate of this station, or misses one",
}
"""In front of OpenSSL's own words."""

_SEEN: list[tuple[type[BaseException], Callable[[Any], str]]] = [
    (socket.gaierror, lambda error: f"no address for the host name ({error.strerror})"),
    (ssl.SSLCertVerificationError, lambda error: f"a certificate that cannot be trusted ({getattr(error, 'verify_message', error)})"),
    (ssl.SSLError, lambda error: f"TLS failed ({error})"),
    (TimeoutError, lambda _: "no answer to the opening handshake"),
    (ConnectionRefusedError, lambda _: "connection refused"),
]

EXPECTED = (OSError, WebSocketException, ValueError)
"""What the world, and wrong settings, can do to an attempt to connect."""


def problem(error: Exception) -> Problem:
    """Put it into words."""
    if isinstance(error, InvalidStatus):
        status = error.response.status_code
        seen = f"HTTP {status} {error.response.reason_phrase}".strip()[:80]
        advice = STATUS_ADVICE.get(status, "the CSMS's own log")
        return Problem(seen, advice, EVENT_OF_STATUS.get(status, ""), status < 500 and status != 429, rungs.code(error))
    failed: Exception = tls.failure(error) or error
    event = tls.event(error)
    check = TLS_ADVICE.get(event) or next(advice for kind, advice in _ADVICE if isinstance(failed, kind))
    seen = next((words(failed) for kind, words in _SEEN if isinstance(failed, kind)), str(failed) or type(failed).__name__)
    seen = f"{TLS_SEEN[event]}: {seen}" if event in TLS_SEEN else seen
    return Problem(seen[:200], check, event, isinstance(failed, ssl.SSLError), rungs.code(error))
