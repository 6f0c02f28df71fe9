"""Addresses of files: ``http``, ``https``, ``ftp`` and ``ftps``, nothing else (1.6 §8: ``ftp://user:password@host:port/path``)."""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from chargepoint.transfer.job import Reason, TransferError

PORTS = {"http": 80, "https": 443, "ftp": 21, "ftps": 21}
"""``ftps`` is explicit TLS (RFC 4217); on port 990 it is implicit."""


LONGEST_LABEL = 63


class Address(NamedTuple):
    """A URL in its parts; user, password and FTP path without escapes."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    path: str
    """As in the URL, escaped, from the first slash."""
    query: str

    @property
    def target(self) -> str:
        """What an HTTP request line asks for."""
        path = quote(self.path or "/", safe="/%:@!$&'()*+,;=~-._")
        return f"{path}?{quote(self.query, safe='/%:@!$&()*+,;=~-._?')}" if self.query else path

    @property
    def is_folder(self) -> bool:
        """Does it end where the name of a file would come?"""
        return not self.query and self.path[-1:] in ("", "/")


def read(url: str) -> Address:
    """Raises TransferError for what is no such address."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise TransferError(Reason.UNSUPPORTED, f"{redacted(url)}: no URL") from None
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise TransferError(Reason.UNSUPPORTED, f"{redacted(url)}: the scheme is none of {', '.join(PORTS)}")
    if not _is_host(parts.hostname) or any(ord(each) < 32 or ord(each) == 127 for each in url.strip() + unquote(url)):
        raise TransferError(Reason.UNSUPPORTED, f"{redacted(url)}: no host, or control characters")
    assert parts.hostname is not None
    user = None if parts.username is None else unquote(parts.username)
    password = None if parts.password is None else unquote(parts.password)
    return Address(scheme, parts.hostname, port or PORTS[scheme], user, password, parts.path, parts.query)


def _is_host(name: str | None) -> bool:
    """Could it be one? Not without a name, with a space in it, or with a part that no name server takes (RFC 1035 §2.3.4)."""
    if not name or any(map(str.isspace, name)):
        return False
    return ":" in name or all(0 < len(label) <= LONGEST_LABEL for label in name.removesuffix(".").split("."))


def redacted(url: str) -> str:
    """For logs: without user, password and query, which may hold a signature, and cut.

    Whoever writes a password with ``/``, ``?`` or ``#`` unescaped moves the place where it seems to end: nothing is shown of an address
    with a later ``@``.
    """
    scheme, mark, rest = url.strip().partition("://") if "://" in url else ("", "", url.strip())
    bare = re.split("[?#]", rest)[0]
    place, slash, path = bare.partition("/")
    misplaced = "@" in rest.removeprefix(place if mark else "")
    shown = f"{scheme}{mark}***" if misplaced else f"{scheme}{mark}{place.rpartition('@')[2]}{slash}{path}"
    return "".join(each if each.isprintable() else "?" for each in shown[:200])
