"""Who may connect: identity from the path, subprotocol, password. Pure (OCPP-J 1.6 §3, 2.0.1 part 4 §3)."""

import base64
import binascii
import http
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Response

from simulators.csms.versions import VERSIONS, Version


def station_id(path: str) -> str | None:
    """The last segment of the path, percent-decoded; ``None`` where there is none."""
    last = urlsplit(path).path.rpartition("/")[2]
    return unquote(last) or None


def chosen(offered: Sequence[str], served: Iterable[str]) -> Version | None:
    """The first version in the station's order of preference that is served; ``None``: nothing in common."""
    by_subprotocol = {VERSIONS[name].subprotocol: VERSIONS[name] for name in served}
    return next((by_subprotocol[name] for name in offered if name in by_subprotocol), None)


def authenticated(header: str | None, station: str, password: str) -> bool:
    """Does the Authorization header name this station with this password?

    A 1.6 station sends the bytes that its AuthorizationKey spells in hexadecimal digits, so those are taken as well.
    """
    scheme, _, credentials = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        user, colon, given = base64.b64decode(credentials, validate=True).partition(b":")
    except binascii.Error:
        return False
    return bool(colon) and user == station.encode() and given in _spellings(password)


def authentication(certificate: dict[str, Any] | None, password: bool) -> str:
    """What a station that was let in has shown; ``certificate`` as ``ssl.SSLSocket.getpeercert`` gives it."""
    if certificate:
        subject = {name: value for part in certificate["subject"] for name, value in part}
        return f"certificate {subject.get('commonName', '')}".strip()
    return "password" if password else "nothing"


def _spellings(password: str) -> set[bytes]:
    try:
        return {password.encode(), bytes.fromhex(password)}
    except ValueError:
        return {password.encode()}


def refusal(socket: ServerConnection, status: int) -> Response:
    """An HTTP answer with any status, also one that has no name."""
    try:
        return socket.respond(http.HTTPStatus(status), "the bench was told to refuse connections\n")
    except ValueError:
        response = socket.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "the bench was told to refuse connections\n")
        response.status_code = status
        return response
