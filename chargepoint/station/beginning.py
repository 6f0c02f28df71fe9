"""The beginning of a transaction: a car, somebody who pays, a reading, a plug that is locked, and nothing against it
(OCPP 2.0.1 E01 to E05, G05; 1.6 §4.8).

What a CSMS of 2.x is told as a transaction may have begun before, or begin later (``spanning``)."""

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chargepoint.domain.session import Session
from chargepoint.domain.transaction import TriggerReason
from chargepoint.station.book import Book
from chargepoint.station.clock import StationClock
from chargepoint.station.permits import Permits
from chargepoint.station.spanning import Spanning
from chargepoint.station.story import Story
from chargepoint.station.telling import trigger_of

if TYPE_CHECKING:
    from chargepoint.station.transacting import Transacting


class Beginning:
    """Everything is part of the commit around it."""

    def __init__(
        self, clock: StationClock, book: Book, story: Story, spanning: Spanning, permits: Permits, transacting: "Transacting"
    ) -> None:
        self._clock = clock
        self._book = book
        self._story = story
        self._spanning = spanning
        self._permits = permits
        self._transacting = transacting

    def start_if_ready(self, evse: int, trigger: TriggerReason, at: datetime) -> None:
        """Begin, if nothing is missing; with the profile of a remote start (F01.FR.10, F02.FR.18). If it is only the plug that has yet to
        be locked, it is held."""
        session, sheet = self._book.sessions[evse], self._book.sheets[evse]
        trigger, sheet.locking = sheet.locking or trigger, None
        ready = self._ready(session)
        if not ready or not sheet.plug_secured(session.connector):
            sheet.locking = trigger if ready else None
            self._permits.hold(session)
            return
        reservation_id = self._transacting.reservation(session) if session.reserved is None else session.reserved
        begun = self._story.begin(session, sheet, at, reservation_id)
        assert begun.transaction is not None
        transaction = self._transacting.records.begin(begun.transaction)
        sheet.stop_s = sheet.replugged_s = None
        if session.span is None:  # else its samples keep their step
            sheet.sampled_s = sheet.end_sampled_s = self._clock.monotonic()
        self._book.save(replace(begun, transaction=transaction, profile=None))
        self._spanning.look(evse, trigger, at)
        if session.profile is not None:
            self._transacting.profile_given(evse, session.profile)
        self._transacting.records.follow(evse, self._clock.monotonic())
        self._transacting.go_on(evse)

    def belated(self, evse: int, at: datetime) -> None:
        """Begin, if that had to wait only for a fault to clear, or for the first reading."""
        authorization = self._book.sessions[evse].authorization
        self.start_if_ready(evse, trigger_of(authorization) if authorization else TriggerReason.CABLE_PLUGGED_IN, at)

    def _ready(self, session: Session) -> bool:
        """Could it start, but for the lock?"""
        if session.transaction is not None or session.finishing or session.plug_in is None or session.authorization is None:
            return False
        sheet = self._book.sheets[session.evse]
        return not sheet.blocked and sheet.reading is not None and self._transacting.may_start(session)
