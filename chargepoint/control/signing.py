"""Signed records: one thread for each meter that signs, at normal priority, beside the one that reads it. The scan takes what is newest.

    begin ─▶ working ─▶ open ──────────────┐           each outcome but ``working`` is on disk before it is told
               │                           ▼
               └─▶ failed ◀── working ◀── end          asked again: what is on disk, or another try
                                 └─▶ signed

What a cut of the power, or of this process, can leave behind:

    before the meter has begun     it is idle: begun when asked again
    after it has begun             its open record says for which session it is
    ... and the meter's power too  it has forgotten that; the disk knows
    before it has signed           its record is still open: ended when asked again
    signed, and nobody read it     it is read once more, and taken if it contains the session's name
    read                           it is on disk
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from chargepoint.control import realtime
from chargepoint.control.bell import Bell
from chargepoint.link.messages import Record, RecordOutcome
from hal.api import SignedMeter
from hal.errors import DeviceError
from hal.measured import SignedRecord

log = logging.getLogger(__name__)

TRIES_S = 15.0
"""So long a meter that fails is tried again. A try that has begun then may take as long as the meter does."""
AGAIN_S = 0.5
KEEP_S = 3.0
"""A disk that takes longer is not waited for: what the station is told it writes down too."""
WAITING = 4
"""Wishes that may wait; when it is full the oldest goes. Whoever wants it still asks again."""
REASON = 200
"""Characters of it that are told."""
ANSWERED = {"begin": ("open", "signed"), "end": ("signed",)}
"""With what a wish has been fulfilled."""


class Signing(Protocol):
    """What the scan sees of a meter that signs. Neither member blocks."""

    @property
    def outcome(self) -> RecordOutcome | None:
        """Of the newest wish; ``None``: there was none."""

    def heed(self, wish: Record, now: float) -> None:
        """Take in a wish."""


class NoRecord(DeviceError):
    """The meter has no record of this session: trying again is of no use."""


def refused(wish: Record) -> RecordOutcome:
    """The answer where no meter signs."""
    return RecordOutcome(wish.wish, "failed", reason="its meter does not sign; name a driver that does, or take public_key out")


class Signer:
    """Has one meter sign. ``keep``: have it on disk, and wait for that; is it? ``known``: what is there. ``clock``: monotonic."""

    def __init__(
        self,
        evse: int,
        meter: SignedMeter,
        keep: Callable[[int, RecordOutcome, float], bool],
        known: RecordOutcome | None,
        clock: Callable[[], float],
    ) -> None:
        self.outcome = known
        self._evse = evse
        self._meter = meter
        self._keep = keep
        self._kept = known
        self._clock = clock
        self._wishes: deque[tuple[Record, float]] = deque(maxlen=WAITING)
        self._in_hand: Record | None = None
        self._leaving = False
        self._bell = Bell()
        self._thread = threading.Thread(target=self._run, name=f"signer-{evse}", daemon=True)

    def start(self) -> None:
        """Wait for wishes."""
        self._thread.start()

    def heed(self, wish: Record, now: float) -> None:
        """Take in a wish, which may be one that waits or is in hand already. Never blocks."""
        known = [each for each, _ in tuple(self._wishes)] + [self._in_hand]
        if not any(each is not None and (each.wish, each.act) == (wish.wish, wish.act) for each in known):
            self._wishes.append((wish, now))
            self._bell.ring()

    def leave(self) -> None:
        """End soon. What is in hand is asked for again."""
        self._leaving = True
        self._bell.ring()

    def join(self, at_most_s: float) -> None:
        """Wait until it has left. One that waits for its meter is left behind; it ends with the process."""
        self._thread.join(at_most_s)

    def _run(self) -> None:
        realtime.at_ease()
        while not self._leaving:
            if not self.work():
                self._bell.wait()

    def work(self) -> bool:
        """Fulfil the oldest wish; was there one? In the thread."""
        if not self._wishes:
            return False
        self._in_hand, heard_s = self._wishes[0]
        self._wishes.popleft()
        self._fulfil(self._in_hand, heard_s)
        self._in_hand = None
        return True

    def _fulfil(self, wish: Record, heard_s: float) -> None:
        kept = self._kept
        if kept is not None and kept.wish == wish.wish and kept.state in ANSWERED[wish.act]:
            self.outcome = kept
            return
        opened = kept if kept is not None and kept.wish == wish.wish else None
        key = b"" if opened is None else opened.public_key
        self.outcome = RecordOutcome(wish.wish, "working", public_key=key)
        outcome = self._tried(wish, heard_s, key)
        if outcome is None:
            return
        log.info("event=record evse=%d wish=%s act=%s state=%s reason=%r", self._evse, wish.wish, wish.act, outcome.state, outcome.reason)
        if not self._keep(self._evse, outcome, KEEP_S):
            log.error("event=record_not_kept evse=%d wish=%s told=True", self._evse, wish.wish)
        self._kept = self.outcome = outcome

    def _tried(self, wish: Record, heard_s: float, key: bytes) -> RecordOutcome | None:
        """How it went; ``None``: control ends, so it is open."""
        ends_s = self._clock() + TRIES_S
        while True:
            try:
                return self._begun(wish, heard_s) if wish.act == "begin" else self._ended(wish, heard_s, key)
            except NoRecord as error:
                return RecordOutcome(wish.wish, "failed", reason=str(error)[:REASON], public_key=key)
            except DeviceError as error:
                reason = str(error)[:REASON]
            except Exception as error:  # rim of the thread: the driver is broken, and the session goes on without a record
                log.exception("event=signer_broken evse=%d", self._evse)
                reason = f"its driver is broken ({type(error).__name__}); see the log of chargepoint control"
            if self._leaving:
                return None
            if self._clock() >= ends_s or self._wishes:
                return RecordOutcome(wish.wish, "failed", reason=reason, public_key=key)
            self._bell.wait(AGAIN_S)

    def _begun(self, wish: Record, heard_s: float) -> RecordOutcome:
        key = self._meter.public_key()
        says = self._meter.open_record()
        if says is not None and not self._ours(says, wish):
            self._abandon(wish, heard_s)
            says = None
        if says is None:
            self._meter.begin_record(wish.says, *self._time(wish, heard_s))
        return RecordOutcome(wish.wish, "open", public_key=key)

    def _ours(self, says: str, wish: Record) -> bool:
        """Is the open record this session's? One whose meter has forgotten is, if the disk says so."""
        return wish.wish in says or (not says and self._kept is not None and (self._kept.wish, self._kept.state) == (wish.wish, "open"))

    def _abandon(self, wish: Record, heard_s: float) -> None:
        """A record was left open whose session is over without it. It must not be taken for one of this session."""
        log.warning("event=record_abandoned evse=%d of=%s", self._evse, "unknown" if self._kept is None else self._kept.wish)
        self._meter.end_record(wish.says.replace(wish.wish, "abandoned"), *self._time(wish, heard_s))

    def _ended(self, wish: Record, heard_s: float, key: bytes) -> RecordOutcome:
        says = self._meter.open_record()
        if says is None:
            record = self._read_again(wish)
        elif says and wish.wish not in says:
            raise NoRecord("the record that is open in the meter is of another session")
        else:
            record = self._meter.end_record(wish.says, *self._time(wish, heard_s))
            if not record.data or not (says or wish.wish.encode() in record.data):
                raise NoRecord("what the meter has signed is empty, or names no session")
        return RecordOutcome(wish.wish, "signed", record, public_key=record.public_key or key)

    def _read_again(self, wish: Record) -> SignedRecord:
        record = self._meter.last_record()
        if record is None or wish.wish.encode() not in record.data:
            raise NoRecord("the meter has no record of this session: none is open, and what it signed last is none of it")
        return record

    def _time(self, wish: Record, heard_s: float) -> tuple[int, int]:
        return wish.unix_s + round(self._clock() - heard_s), wish.from_utc_min
