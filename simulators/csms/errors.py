"""What can go wrong at the bench CSMS, split by who must act.

CsmsError
├── BadRequest        the caller: an entry has a value that is not allowed
├── UnknownStation    the caller: no station of this name has ever been here
├── NotConnected      the station: it is known, but has no connection now, or lost it before it answered
├── NoAnswer          the station: connected, but silent
├── Busy              the caller: too many CALLs wait for the station already
└── CallRefused       the station: it answered CALLERROR
"""


class CsmsError(Exception):
    """Base of everything that this package raises on purpose."""

    code = "failed"
    status = 500


class BadRequest(CsmsError):
    """Message: the entry, the value, what is allowed."""

    code = "bad_request"
    status = 400


class UnknownStation(CsmsError):
    """Message: the name, and the names that are known."""

    code = "unknown_station"
    status = 404


class NotConnected(CsmsError):
    """Message: which station, and since when it is away."""

    code = "not_connected"
    status = 409


class NoAnswer(CsmsError):
    """Message: which station, which action, how long it was waited for."""

    code = "no_answer"
    status = 504


class Busy(CsmsError):
    """Message: which station, how many wait."""

    code = "busy"
    status = 503


class CallRefused(CsmsError):
    """CALLERROR: ``error_code`` and ``description`` as on the wire."""

    def __init__(self, error_code: str, description: str) -> None:
        super().__init__(f"{error_code}: {description}" if description else error_code)
        self.error_code = error_code
        self.description = description
