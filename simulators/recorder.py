"""What the meter of an EVSE signs: one record for a session, with the readings of its beginning and of its end, in OCMF.

    idle ── begin ──▶ active ── end ──▶ idle, with a record        a power cut of the meter: active, without time and text

Its key is its own, and the same for ever: it is made from the EVSE's number. (So it is no secret; nobody is to trust a simulated meter.)
"""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import SignedRecord

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

METHOD = "ECDSA-secp256r1-SHA256"
MOST_SAYS_BYTES = 1024
IDLE, ACTIVE, FORGOTTEN = 0, 1, 2
SigningFault = Literal["silent", "fails", "lost"]
"""``silent``: no answer to anything about records. ``fails``: it does not sign. ``lost``: it signs, and what it signed is gone."""


class Session(Struct, frozen=True):
    """What it remembers of a record, through power cuts of its own."""

    state: int = IDLE
    says: str = ""
    unix_s: int = 0
    """Its clock when that was set, and when that was, by the world's clock."""
    set_s: float = 0.0
    from_utc_min: int = 0
    began: str = ""
    """The reading of the beginning, as JSON."""
    page: int = 0
    data: bytes = b""
    signature: bytes = b""


class RecorderError(Exception):
    """It does not do that. Message: why."""


class Recorder:
    """``evse``: whose meter. ``fault`` may be set at any time."""

    def __init__(self, evse: int) -> None:
        self.session = Session()
        self.fault: SigningFault | None = None
        self._evse = evse

    @cached_property
    def _key(self) -> "EllipticCurvePrivateKey":
        from cryptography.hazmat.primitives.asymmetric import ec  # slow to import, and seldom wanted

        secret = int.from_bytes(hashlib.sha256(f"simulated meter of EVSE {self._evse}".encode()).digest())
        return ec.derive_private_key(secret % (2**255), ec.SECP256R1())

    @cached_property
    def public_key(self) -> bytes:
        """The point alone: 64 bytes."""
        numbers = self._key.public_key().public_numbers()
        return numbers.x.to_bytes(32) + numbers.y.to_bytes(32)

    @property
    def open_record(self) -> str | None:
        """What the open record is to say; ``None``: none is open."""
        return None if self.session.state == IDLE else self.session.says

    @property
    def last_record(self) -> SignedRecord | None:
        """What it signed last."""
        session = self.session
        if session.state != IDLE or not session.data:
            return None
        return SignedRecord(session.data, session.signature, self.public_key, method=METHOD)

    def begin(self, says: str, unix_s: int, from_utc_min: int, energy_wh: int, now: float) -> None:
        """A session begins. Raises RecorderError."""
        if self.session.state != IDLE:
            raise RecorderError("a record is open already")
        self.tell(says, unix_s, from_utc_min, now)
        if self.fault == "fails":
            raise RecorderError("it does not sign")
        began = json.dumps(self._reading("B", energy_wh, now))
        self.session = replace(self.session, state=ACTIVE, began=began, data=b"", signature=b"")

    def tell(self, says: str, unix_s: int, from_utc_min: int, now: float) -> None:
        """What the record is to say, and what time it is."""
        if len(says.encode()) > MOST_SAYS_BYTES:
            raise RecorderError(f"{len(says.encode())} bytes about a record; at most {MOST_SAYS_BYTES}")
        self.session = replace(self.session, says=says, unix_s=unix_s, set_s=now, from_utc_min=from_utc_min)

    def end(self, energy_wh: int, now: float) -> None:
        """It ends, and is signed. Raises RecorderError."""
        if self.session.state == IDLE:
            raise RecorderError("no record is open")
        if self.fault == "fails":
            raise RecorderError("it does not sign")
        readings = [json.loads(self.session.began), self._reading("E", energy_wh, now)]
        page = self.session.page + 1
        about = {"GI": "SIMULATED", "GS": "1", "GV": "1.0", "PG": f"T{page}", "MV": "Simulated", "MM": "WM3M4", "MS": f"EVSE{self._evse}"}
        says = json.loads(self.session.says or "{}")
        data = json.dumps({**says, **about, "RD": readings}, separators=(",", ":"), ensure_ascii=False).encode()
        if self.fault == "lost":
            data = b""
        self.session = replace(self.session, state=IDLE, page=page, data=data, signature=self._signed(data))

    def lose_power(self) -> None:
        """The meter itself was without power: what was open is open still, and it has forgotten what it is about."""
        if self.session.state != IDLE:
            self.session = replace(self.session, state=FORGOTTEN, says="", unix_s=0)

    def _signed(self, data: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))

    def _reading(self, kind: str, energy_wh: int, now: float) -> dict[str, Any]:
        session = self.session
        zone = timezone(timedelta(minutes=session.from_utc_min))
        at = datetime.fromtimestamp(session.unix_s + now - session.set_s, UTC).astimezone(zone)
        shown = f"{at:%Y-%m-%dT%H:%M:%S},{at.microsecond // 1000:03d}{at:%z} S"
        return {"TM": shown, "TX": kind, "RV": energy_wh / 1000, "RI": "1-0:1.8.0", "RU": "kWh", "RT": "AC", "EF": "", "ST": "G"}
