"""Reservations (OCPP 2.0.1 H01 to H04; 1.6 §3.11, §5.1, §5.13): made, kept over restarts, and ended.

It ends when its owner's transaction starts, in 2.x already when he is there (H03.FR.09), when it expires by the time of day, when it is
cancelled, and when nothing is left to use it with: faulted, or out of operation. Who may charge where meanwhile is told by ``Promises``.
"""

import logging
from collections.abc import Callable, Iterable

from chargepoint.domain.authorization import Origin
from chargepoint.domain.commands import CancelReservation, Outcome, ReserveNow, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.reservation import Promises, Reservation
from chargepoint.domain.session import Session
from chargepoint.domain.variables.lists import RESERVATION_ANY_EVSE, RESERVATION_ENABLED
from chargepoint.domain.variables.parts import CONNECTOR_TYPE
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.orders import Answered, Orders
from chargepoint.station.reservation_news import ReservationNews
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

OF_THE_CAR = frozenset({"ev_communication_error"})
"""Kinds of faults that go with the car: in 1.6 they make no connector Faulted (§4.9), in 2.x they do."""

WORST_LAST = (Verdict.OCCUPIED, Verdict.UNAVAILABLE, Verdict.FAULTED)
"""Of several EVSEs that cannot be reserved the answer names what is over soonest."""


class Reserving:
    """Makes, keeps and ends reservations, and says who may charge where."""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        news: ReservationNews,
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._kept = {reservation.id: reservation for reservation in store.reservations.all()}
        self._type_of = {place: model.read(CONNECTOR_TYPE, place.evse, place.connector) for place in availability.connectors}
        self._types = {evse: frozenset(self._type_of[place] for place in self._connectors(evse)) for evse in transacting.sessions}
        self._guarded: set[int] = set()
        """EVSEs that were kept for somebody, though for nobody in particular, when a car came that may be his (G01.FR.09)."""
        self.news = news
        self.by_16: Callable[[], bool] = lambda: False
        """Does the CSMS speak 1.6?"""

    @property
    def kept(self) -> tuple[Reservation, ...]:
        """All that are not over, the one that expires first before the others."""
        return tuple(sorted(self._kept.values(), key=lambda reservation: (reservation.expires, reservation.id)))

    def orders(self) -> Orders:
        """Commands about reservations."""
        return {ReserveNow: self._reserve, CancelReservation: self._cancel}

    # Making and cancelling

    def _reserve(self, command: ReserveNow) -> Answered:
        """H01.FR.03, H01.FR.04, H01.FR.06. One with the same id is replaced (H01.FR.02) if the new one can be made (1.6 §5.13)."""
        reservation = Reservation(
            id=command.id,
            token=command.token,
            expires=command.expires,
            group=command.group,
            evse=command.evse,
            connector=command.connector,
            connector_type=command.connector_type,
        )
        refusal = self._refusal(reservation)
        if refusal is not None:
            log.info("event=reservation_refused id=%d verdict=%s", command.id, refusal.verdict)
            return refusal, None
        with self._store.commit():
            self._store.reservations.save(reservation)
        self._kept[reservation.id] = reservation
        log.info("event=reservation_made id=%d evse=%s expires=%s", reservation.id, reservation.evse, reservation.expires.isoformat())
        return Outcome(Verdict.ACCEPTED), self._transacting.changed

    def _refusal(self, wanted: Reservation) -> Outcome | None:
        rejected = self._rejection(wanted)
        if rejected is not None:
            return Outcome(Verdict.REJECTED, *rejected)
        others = self._promises(but=wanted.id)
        reasons = [self._why_not(evse, wanted, others) for evse in self._targets(wanted)]
        if None in reasons and others.room_for(wanted):
            return None
        return Outcome(min((reason or Verdict.OCCUPIED for reason in reasons), key=WORST_LAST.index))  # or promised to somebody already

    def _targets(self, wanted: Reservation) -> list[int]:
        """The EVSEs where it could be used."""
        named = self._transacting.sessions if wanted.evse is None else (wanted.evse,)
        return [evse for evse in named if self._meant(evse, wanted)]

    def _meant(self, evse: int, wanted: Reservation) -> list[ConnectorId]:
        """The connectors there that will do."""
        connector, kind = wanted.connector, wanted.connector_type
        return [c for c in self._connectors(evse) if connector in (None, c.connector) and kind in (None, self._type_of[c])]

    def _connectors(self, evse: int) -> list[ConnectorId]:
        return [connector for connector in self._availability.connectors if connector.evse == evse]

    def _rejection(self, wanted: Reservation) -> tuple[str, str] | None:
        """H01.FR.01, H01.FR.18, H01.FR.19."""
        if not self._model.read(RESERVATION_ENABLED):
            return "NotEnabled", "reservations are off"
        if wanted.expires <= self._clock.now():
            return "InvalidValue", f"{wanted.expires.isoformat()} is over"
        if wanted.evse is None and not self._model.read(RESERVATION_ANY_EVSE):
            return "UnsupportedRequest", "an EVSE has to be named"
        places = self._availability.connectors
        if wanted.evse is not None and not any(wanted.evse == c.evse and wanted.connector in (None, c.connector) for c in places):
            return "UnknownEvse", f"no EVSE {wanted.evse} connector {wanted.connector}"
        return None if self._targets(wanted) else ("UnknownConnectorType", f"no connector {wanted.connector_type} there")

    def _why_not(self, evse: int, wanted: Reservation, others: Promises) -> Verdict | None:
        """The strongest fact first, as in the status of the connector (H01.FR.11, H01.FR.12, H01.FR.14). What is kept is no less so for the
        car of somebody who has not been asked who he is."""
        session, sheet = self._transacting.sessions[evse], self._transacting.sheets[evse]
        if self._faulted(sheet.faults):
            return Verdict.FAULTED
        if not _unused(session) and not (_unknown(session) and self.reserved(session.place)):
            return Verdict.OCCUPIED
        if not sheet.known or not any(map(self._availability.operative, self._meant(evse, wanted))):
            return Verdict.UNAVAILABLE
        return None if others.of(evse) is None else Verdict.OCCUPIED

    def _cancel(self, command: CancelReservation) -> Answered:
        """H02.FR.01, H02.FR.02, H02.FR.03, H02.FR.04, H02.FR.05, H02.FR.06; 1.6 §5.1."""
        reservation = self._kept.get(command.id)
        if reservation is None:
            return Outcome(Verdict.REJECTED, "NotFound", f"no reservation {command.id}"), None
        self._end(reservation, "cancelled")
        return Outcome(Verdict.ACCEPTED), self._transacting.changed

    def remove(self, reservation: Reservation) -> None:
        """The CSMS wants nothing to be kept of its owner, and hears that this is over as well."""
        self._end(reservation, "owner_forgotten")

    # Who may charge where

    def may_use(self, evse: int, token: IdToken, group: IdToken | None = None, instead_of: int | None = None) -> bool:
        """May this token be charged with here, as far as reservations go? ``instead_of``: the EVSE that holds it until now."""
        return self._promises(given_up=instead_of).may_use(evse, token, group)

    def a_group_may_use(self, evse: int) -> bool:
        """May somebody charge here because of his group? Then it is worth asking for the group of a token (1.6 §5.13, H03.FR.08)."""
        return self._promises().a_group_may_use(evse)

    def is_for(self, evse: int, token: IdToken, group: IdToken | None = None) -> bool:
        """Is just this EVSE reserved for this token?"""
        here = self._promises().of(evse)
        return here is not None and here.admits(token, group)

    def suits(self, evse: int, token: IdToken, group: IdToken | None = None) -> bool:
        """Would this token use a reservation here?"""
        return self._promises().used_by(evse, token, group) is not None

    def may_start(self, session: Session) -> bool:
        """Free charging asks nobody: it has to wait where somebody else is expected."""
        authorization = session.authorization
        if authorization is None or authorization.origin is not Origin.FREE:
            return True
        return self.may_use(session.evse, authorization.token, authorization.group)

    def taken(self, session: Session) -> int | None:
        """A transaction starts, or in 2.x its owner has come: the reservation that is used, which thereby ends (H03.FR.09). Inside the
        commit of that."""
        authorization = session.authorization
        if authorization is None:
            return None
        used = self._promises().used_by(session.evse, authorization.token, authorization.group)
        if used is None:
            return None
        self._end(used, "used")
        return used.id

    def reserved(self, connector: ConnectorId) -> bool:
        """Is it kept for somebody who has not come yet? Who has shown his card has come (1.6 §4.9, G2; H03.FR.10)."""
        if not self._kept:
            return False
        session = self._transacting.sessions[connector.evse]
        here = session.authorization is not None or session.transaction is not None
        return not here and self._promises().keeps(connector)

    # The end

    def review(self) -> bool:
        """End those that are over, and let others charge there (H01.FR.16, H01.FR.17, H04.FR.02, H04.FR.03); was there one?"""
        over = [(reservation, why) for reservation in self._kept.values() if (why := self._over(reservation)) is not None]
        for reservation, why in over:
            self._end(reservation, why)
        self._guard()
        return bool(over)

    def tick(self) -> None:
        """Once a second: time goes by, or jumps."""
        if self.review():
            self._transacting.changed()

    def _guard(self) -> None:
        """G01.FR.09, G03.FR.09: what is kept stays so when a car comes, until somebody says whose it is."""
        promises = self._promises()
        for evse, session in self._transacting.sessions.items():
            kept = not self.by_16() and promises.of(evse) is None and promises.keeps(session.place)
            if not kept or not (_unused(session) or (evse in self._guarded and _unknown(session))):
                self._guarded.discard(evse)
            else:
                self._guarded.add(evse)

    def _over(self, reservation: Reservation) -> str | None:
        if reservation.expires <= self._clock.now():
            return "expired"
        if reservation.evse is not None and reservation.evse not in self._transacting.sessions:
            return "evse_removed"
        return "faulted_or_unavailable" if all(self._lost(evse, reservation) for evse in self._targets(reservation)) else None

    def _lost(self, evse: int, reservation: Reservation) -> bool:
        """Can it not be used there any more? Control that is not heard may only be starting anew."""
        state = self._transacting.sheets[evse].state
        broken = state is not None and self._faulted(state.faults)
        return broken or not any(map(self._availability.serves_again, self._meant(evse, reservation)))

    def _end(self, reservation: Reservation, why: str) -> None:
        log.info("event=reservation_ended id=%d reason=%s", reservation.id, why)
        with self._store.commit():
            self._store.reservations.drop(reservation.id)
            self.news.over(reservation.id, why)
        del self._kept[reservation.id]

    # What it goes by

    def _promises(self, but: int | None = None, given_up: int | None = None) -> Promises:
        """Without one reservation, and with an EVSE that is about to be given up."""
        now, sessions = self._clock.now(), self._transacting.sessions.values()
        guarded = {session.evse for session in sessions if session.evse in self._guarded and _unknown(session)}
        unused = [session.evse for session in sessions if _unused(session) or session.evse in guarded | {given_up}]
        return Promises(
            tuple(each for each in self._kept.values() if now < each.expires and each.id != but),
            frozenset(filter(self._availability.usable, unused)),
            self._types,
        )

    def _faulted(self, faults: Iterable[Fault]) -> bool:
        """Do these make a connector Faulted?"""
        passed_over = OF_THE_CAR if self.by_16() else frozenset()
        return any(fault.stops_charging and fault.kind not in passed_over for fault in faults)


def _unused(session: Session) -> bool:
    """Nothing going on, and no cable left behind by whoever was there before: Finishing is no Available (1.6 §4.9)."""
    return session.free and not session.finishing


def _unknown(session: Session) -> bool:
    """A car is there, and nobody has said whose it is."""
    return session.waits_for_token and not session.finishing
