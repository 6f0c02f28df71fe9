"""Who may charge: the list of tokens. Without a list everybody may."""

from datetime import datetime

from msgspec import Struct

from simulators.csms.errors import BadRequest

STATUSES = (
    "Accepted",
    "Blocked",
    "ConcurrentTx",
    "Expired",
    "Invalid",
    "NoCredit",
    "NotAllowedTypeEVSE",
    "NotAtThisLocation",
    "NotAtThisTime",
    "Unknown",
)
"""OCPP 2.0.1 AuthorizationStatusEnumType. 1.6 has the words of ``STATUSES_16``; for another one it says Invalid."""

STATUSES_16 = frozenset({"Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"})
MAX_TOKEN_LENGTH = 36
_ENTRY = 'a status or {"status": ..., "group": ..., "expires": ...}'


class TokenEntry(Struct, frozen=True):
    """What is known of one token."""

    status: str
    group: str | None = None
    """groupIdToken, 1.6 parentIdTag."""
    expires: datetime | None = None


class TokenList:
    """The tokens by name; names are compared without case."""

    def __init__(self) -> None:
        self.entries: dict[str, TokenEntry] = {}

    def look_up(self, token: str, now: datetime) -> TokenEntry:
        """What to answer about a token."""
        if not self.entries:
            return TokenEntry("Accepted")
        entry = self.entries.get(token.upper(), TokenEntry("Unknown"))
        if entry.status == "Accepted" and entry.expires is not None and entry.expires <= now:
            return TokenEntry("Expired", entry.group, entry.expires)
        return entry

    def replace(self, body: object) -> None:
        """Take the body of ``PUT /v1/tokens`` as the list; empty or ``null``: no list. Raises BadRequest, then nothing has changed."""
        if body is not None and not isinstance(body, dict):
            raise BadRequest(f"body: {body!r}; expected a JSON object of tokens, each with {_ENTRY}")
        self.entries = {_name(token): read_entry(token, value) for token, value in (body or {}).items()}

    def put(self, token: str, value: object) -> None:
        """Add or change one token. Raises BadRequest."""
        self.entries = {**self.entries, _name(token): read_entry(token, value)}


def read_entry(token: str, value: object) -> TokenEntry:
    """Read one entry. Raises BadRequest that names entry, value and what is allowed."""
    if isinstance(value, str):
        value = {"status": value}
    if not isinstance(value, dict):
        raise BadRequest(f"{token}: {value!r}; expected {_ENTRY}")
    unknown = value.keys() - {"status", "group", "expires"}
    if unknown:
        raise BadRequest(f"{token}.{min(unknown)}: unknown entry; expected {_ENTRY}")
    if value.get("status") not in STATUSES:
        raise BadRequest(f"{token}.status: {value.get('status')!r}; expected one of {', '.join(STATUSES)}")
    group = value.get("group")
    if group is not None and not (isinstance(group, str) and 0 < len(group) <= MAX_TOKEN_LENGTH):
        raise BadRequest(f"{token}.group: {group!r}; expected a text of 1 to {MAX_TOKEN_LENGTH} characters")
    return TokenEntry(value["status"], group, _time(f"{token}.expires", value.get("expires")))


def _name(token: str) -> str:
    if not 0 < len(token) <= MAX_TOKEN_LENGTH:
        raise BadRequest(f"{token!r}: no token; expected 1 to {MAX_TOKEN_LENGTH} characters")
    return token.upper()


def _time(entry: str, value: object) -> datetime | None:
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise BadRequest(f"{entry}: {value!r}; expected a time with its zone, such as 2030-01-01T00:00:00Z")
    return time
