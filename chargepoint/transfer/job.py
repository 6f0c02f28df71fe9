"""What the station asks of a helper process, and what it hears: the two kinds of line.

→ {"kind": "download", "url": ..., "path": ..., ...}
← {"event": "progress", "bytes": 65536, "total": 1048576}       at most once a second
← {"event": "done", "bytes": 1048576, "sha256": "..."}          or, of an ``md5``, {"event": "done", "bytes": 1048576, "md5": "..."}, or
← {"event": "failed", "reason": "missing", "text": "HTTP 404 Not Found"}
"""

from typing import NamedTuple

WHOLE_S = 6 * 3600.0
"""A gigabyte over a slow modem."""


class Job(NamedTuple):
    """One transfer, tried once; a connection that breaks on the way is taken up again."""

    kind: str
    """``download``, ``upload``, or ``digest``: the SHA-256 of a file that is already here; ``md5``: that."""
    path: str
    """The file. A download is ``path.part`` until it is complete."""
    url: str = ""
    """May hold ``user:password@``."""
    name: str = ""
    """Upload: the file's name where the URL names a folder."""
    limit_bytes: int = 0
    """Download: a larger file is refused."""
    spare_bytes: int = 0
    """Download: so much of the disk stays free."""
    trust_file: str | None = None
    """PEM roots; without them, and without those of the system, nobody is trusted."""
    system_trust: bool = False
    """Those of the system as well."""
    verify_server_name: bool = True
    idle_s: float = 30.0
    """The longest silence of the other side, and the longest wait for a connection."""
    whole_s: float = WHOLE_S
    """The longest time for the whole."""


class Reason:
    """Why a transfer failed."""

    UNSUPPORTED = "unsupported"
    """The scheme, or the server does not know the operation."""
    DENIED = "denied"
    MISSING = "missing"
    BAD_REQUEST = "bad_request"
    REFUSED = "refused"
    """The server says no for another reason; later it may not."""
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    """TLS: the server's certificate."""
    BROKEN = "broken"
    """The connection, or what came over it."""
    TIMED_OUT = "timed_out"
    TOO_LARGE = "too_large"
    NO_SPACE = "no_space"
    DISK = "disk"
    KILLED = "killed"
    """The helper process itself is gone."""
    OURS = "ours"
    """An error in this program."""


LASTING = frozenset({Reason.UNSUPPORTED, Reason.TOO_LARGE, Reason.NO_SPACE, Reason.DISK})
"""Trying again would not help."""


class TransferError(Exception):
    """A transfer that failed; the message is for people and holds no password."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason
