"""The opening handshake's contents, pure: URL, credentials, subprotocol (OCPP-J 1.6 §3, §6.2; 2.0.1 part 4 §3, part 2 A00)."""

from base64 import b64encode
from urllib.parse import quote, urlsplit, urlunsplit

from chargepoint.domain.passwords import sent
from chargepoint.ocpp.dialect import SUBPROTOCOLS

BASIC_AUTHENTICATION = (1, 2)
"""Security profiles that send a password."""

TLS = (2, 3)
"""Security profiles that need TLS."""


class NotAgreed(Exception):
    """The CSMS has chosen no version that we offered."""


def connection_url(url: str, identity: str, security_profile: int) -> str:
    """The endpoint's URL with the identity as last path segment; the scheme follows the profile.

    >>> connection_url("ws://csms.example.com/ocpp/", "RDAM 123", 2)
    'wss://csms.example.com/ocpp/RDAM%20123'
    """
    parts = urlsplit(url)
    scheme = "wss" if security_profile in TLS else "ws"
    host = parts.netloc.rpartition("@")[2] if security_profile in BASIC_AUTHENTICATION else parts.netloc
    path = f"{parts.path.rstrip('/')}/{quote(identity, safe='')}"
    return urlunsplit((scheme, host, path, parts.query, ""))


def without_user(url: str) -> str:
    """A URL fit for the log: whoever has put a password into it will not find it there."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def authorization(identity: str, password: str | None, version: str, security_profile: int) -> dict[str, str]:
    """The header for basic authentication, if the profile wants one. ``version``: the first that is offered.

    In every request of profiles 1 and 2: the identity, and the password as UTF-8 (A00.FR.202, A00.FR.203, A00.FR.204, A00.FR.301,
    A00.FR.302, A00.FR.303).
    """
    if security_profile not in BASIC_AUTHENTICATION or password is None:
        return {}
    return {"Authorization": "Basic " + b64encode(identity.encode() + b":" + sent(password, version)).decode("ascii")}


def offer(versions: tuple[str, ...]) -> list[str]:
    """The subprotocols of the versions, in their order."""
    return [SUBPROTOCOLS[version] for version in versions]


def agreed(subprotocol: str | None, versions: tuple[str, ...], assume: bool) -> str:
    """The version that the CSMS has chosen. Raises NotAgreed where it has not, unless there is but one and we may assume it."""
    for version in versions:
        if subprotocol == SUBPROTOCOLS[version]:
            return version
    if subprotocol is None and assume and len(versions) == 1:
        return versions[0]
    raise NotAgreed(f"subprotocol {subprotocol!r}, offered were {', '.join(offer(versions))}")
