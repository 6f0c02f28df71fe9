"""Transactions as OCPP 2.x wants them told: from a TxStartPoint to a TxStopPoint (E01, E06).

What happens to a session is decided elsewhere; here it begins, goes on with or ends what a CSMS is told of it. Everything is part of the
commit around it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chargepoint.domain import tx_points
from chargepoint.domain.authorization import Origin
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.session import Session
from chargepoint.domain.span import Span
from chargepoint.domain.transaction import Stop, StopReason, TriggerReason
from chargepoint.domain.tx_points import TxPoint
from chargepoint.domain.variables.transactions import TX_START_POINT, TX_STOP_POINT
from chargepoint.station.book import Book
from chargepoint.station.story import Story
from chargepoint.station.telling import trigger_of

if TYPE_CHECKING:
    from chargepoint.station.transacting import Transacting


class Spanning:
    """``by_16``: does the CSMS speak 1.6? Then what begins now begins and ends where 1.6 says (§4.8, §4.10), whatever the variables say."""

    def __init__(self, model: DeviceModel, book: Book, story: Story, transacting: "Transacting") -> None:
        self._model = model
        self._book = book
        self._story = story
        self._transacting = transacting
        self.by_16: Callable[[], bool] = lambda: False

    @property
    def _starts(self) -> tuple[str, ...]:
        return tx_points.OF_16_START if self.by_16() else self._model.read(TX_START_POINT)

    def stops(self, session: Session) -> tuple[str, ...]:
        """Of what goes on there, or would begin now: a change of TxStopPoint counts for the next one."""
        if session.span is not None:
            return session.span.stops
        return tx_points.OF_16_STOP if self.by_16() else self._model.read(TX_STOP_POINT)

    def numbers(self) -> dict[str, int]:
        """What goes on, and the seqNo of what is told of it next."""
        return {each.span.id: each.span.next_seq_no for each in self._book.sessions.values() if each.span is not None}

    # It begins, and goes on

    def look(self, evse: int, trigger: TriggerReason, at: datetime) -> None:
        """Does it begin, with what holds now?"""
        session = self._book.sessions[evse]
        if session.span is None and tx_points.begins(self._points(session), self._starts):
            session = self._reserved(session)
            if session.transaction is None or session.transaction.started < at:  # its samples count from now
                self._book.sheets[evse].sampled_s = self._book.sheets[evse].end_sampled_s = None
            self._book.save(self._story.start(session, self._book.sheets[evse], trigger, at, self.stops(session)))

    def follow(self, session: Session, at: datetime) -> None:
        """The same, when nothing in particular has happened: what was against it may be gone, or energy flows."""
        if session.span is None and (session.plug_in is not None or session.payer is not None):
            self.look(session.evse, self._cause(session), at)

    def news(self, evse: int, before: Span | None, trigger: TriggerReason, at: datetime) -> None:
        """Something happened there that belongs to what goes on, or begins it (F01.FR.18). ``before``: what went on; has its
        beginning told of it?"""
        if before is None:
            self.look(evse, trigger, at)
        elif self._book.sessions[evse].span is not None:
            session = self._reserved(self._book.sessions[evse])
            self._book.save(self._story.update(session, self._book.sheets[evse], trigger, at))
        self._give_profile(self._book.sessions[evse])

    def _give_profile(self, session: Session) -> None:
        """That of a remote start is of what goes on as soon as this has a name, also where a car has yet to come (K05.FR.03)."""
        if session.profile is not None and session.span is not None and session.placed:
            self._book.save(replace(session, profile=None))
            self._transacting.profile_given(session.evse, session.profile)

    def _points(self, session: Session) -> frozenset[TxPoint]:
        """Those that hold; a car at an EVSE that cannot serve it counts only when it can."""
        sheet = self._book.sheets[session.evse]
        hindered = session.transaction is None and (sheet.blocked or not self._transacting.may_start(session))
        return session.points - {TxPoint.EV_CONNECTED} if hindered else session.points

    def _cause(self, session: Session) -> TriggerReason:
        if session.payer is not None and (session.transaction is None or session.payer.origin is Origin.REMOTE):
            return trigger_of(session.payer)
        return TriggerReason.CABLE_PLUGGED_IN if session.transaction is None else TriggerReason.CHARGING_STATE_CHANGED

    def _reserved(self, session: Session) -> Session:
        """A reservation ends with the first event that tells of its token (E01.FR.13, E02.FR.03, E03.FR.03)."""
        known = session.span is not None and session.span.told_for is not None
        if known or session.transaction is not None or session.authorization is None or session.reserved is not None:
            return session
        return replace(session, reserved=self._transacting.reservation(session))

    # It ends

    def stop(self, evse: int, stop: Stop) -> None:
        """What goes on there ends by this, or goes on without an authorisation; where somebody may charge, with the end of that."""
        session = self._book.sessions[evse]
        span = session.span
        if span is None or span.stop is not None:
            return
        if not self._ends(session, stop):
            self._deauthorised(session, span, stop)
        elif session.transaction is not None:
            self._book.save(replace(session, span=replace(span, stop=stop)))
        else:
            self._finish(session, span, stop)

    def _ends(self, session: Session, stop: Stop) -> bool:
        """What neither a car nor a token could end any more ends when the CSMS says so."""
        nobody = session.plug_in is None and session.payer is None and session.transaction is None
        return tx_points.ends(stop.reason, self.stops(session)) or (nobody and stop.reason is StopReason.REMOTE)

    def _deauthorised(self, session: Session, span: Span, stop: Stop) -> None:
        """It goes on (E05.FR.09, C15.FR.03)."""
        session = replace(session, span=replace(span, over_by=stop.reason))
        at = max(stop.at or self._transacting.now(), span.last_at)
        self._book.save(self._story.update(session, self._book.sheets[session.evse], stop.trigger, at, token=stop.token))

    def _finish(self, session: Session, span: Span, stop: Stop) -> None:
        at = span.last_at if stop.reason is StopReason.POWER_LOSS else max(stop.at or self._transacting.now(), span.last_at)
        session = self._story.finish(session, self._book.sheets[session.evse], stop, at)
        self._book.save(replace(session, finishing=session.plug_in is not None or session.finishing))
        self._transacting.ended()
