"""When the clock is set: what was stamped before gets its right time, as far as nobody has been told (1.6 §4.2, §4.6; OCPP 2.0.1 G02).

A station without a battery for its clock begins anywhere, and knows the time only when the CSMS tells it (1.6 §4.2). Then, in one commit:

    waits to be sent           moves by the same correction; one row on disk, however much there is (store/eras.py)
    may have been sent         keeps its time, also when it is sent again or was put aside
    a transaction that runs    its beginning moves, for schedules count from there; its collected values and its last reading move with it
    ... whose start was sent   when the clock is set back: nothing of it becomes earlier than what was told, and until the clock has come
                               there, its events and meter values bear the latest time that was told; so no stop is before its start

Power cuts share no elapsed time, so nobody can say how long one was. When the CSMS had told the time before the cut, what was stamped
before keeps its time: it was right. When nobody had, the station goes on after the latest moment on disk, or at the host's time where that
is later, and all of it moves together: order and duration are kept, and it is told at most so much too late as the power was off.
"""

import logging
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from chargepoint.domain.retiming import Correction
from chargepoint.station.clock import StationClock
from chargepoint.station.delivery import Delivery
from chargepoint.station.profile_book import ProfileBook
from chargepoint.station.transacting import Transacting
from chargepoint.store.eras import Era
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

EVER = datetime.fromtimestamp(0, UTC)
JUST_AFTER = timedelta(microseconds=500)
"""The clock begins a millisecond after what is on disk, give or take the rounding of its seconds."""


class Retiming:
    """Begins an era of the clock, or goes on with one in which nobody knew the time."""

    def __init__(self, store: Store, clock: StationClock, transacting: Transacting, delivery: Delivery, book: ProfileBook) -> None:
        self._store = store
        self._clock = clock
        self._transacting = transacting
        self._delivery = delivery
        self._book = book
        latest = self._latest()
        clock.begin(latest)
        self._era = self._unknown() or self._new(EVER if latest is None else latest + JUST_AFTER)
        clock.moved = self._moved
        delivery.opened = self._known

    def _latest(self) -> datetime | None:
        """The newest moment that is on disk."""
        sessions = self._transacting.sessions.values()
        running = [each.last_at for session in sessions for each in (session.transaction, session.span) if each is not None]
        unknown = self._unknown()
        times = [self._book.newest, self._store.outbox.newest_at(), None if unknown is None else unknown.since, *running]
        return max((at for at in times if at is not None), default=None)

    @property
    def _going_on(self) -> tuple[str, ...]:
        return tuple(name for session in self._transacting.sessions.values() if (name := session.transaction_id) is not None)

    def _unknown(self) -> Era | None:
        era = self._store.eras.load()
        return None if era is None or era.known else era

    def _new(self, since: datetime) -> Era:
        """Whatever is later than the newest moment on disk is stamped in it, also what control saw before this process began."""
        era = Era(self._store.outbox.next, since, self._going_on)
        with self._store.commit():
            self._store.eras.save(era)
        return era

    def _known(self) -> None:
        """The CSMS has told the time, or hears ours."""
        if not self._era.known:
            self._era = replace(self._era, known=True)
            with self._store.commit():
                self._store.eras.save(self._era)

    def _moved(self, jump_s: float) -> None:
        if jump_s:
            self._correct(Correction(jump_s, self._era.since))
        if self._clock.told:
            self._known()

    def _correct(self, by: Correction) -> None:
        told = {*self._era.begun, *self._delivery.told}
        with self._store.commit():
            for number in self._delivery.sent.values():
                self._store.outbox.fix(number)
            self._store.outbox.correct(by, self._era.first, told)
            for evse, session in self._transacting.sessions.items():
                if session.transaction_id is not None:
                    self._transacting.retime(evse, by, told=session.transaction_id in told)
            self._book.correct(by)
            self._era = replace(self._era, since=by.of(self._era.since))
            self._store.eras.save(self._era)
        log.info("event=stamps_corrected jump_s=%.1f from_number=%d", by.jump_s, self._era.first)
