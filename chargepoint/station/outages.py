"""Out of service by a technician: above what the CSMS says of availability, and out of its reach.

    technician ──▶ Outages ──▶ store
                      └── covers ──▶ Availability ──▶ status, displays, who may start       CSMS ──▶ Availability: its own word, beside it

What runs goes on until it ends, or is ended at once. Charging by hand is the technician's own, and remains possible.
"""

import logging
from collections.abc import Iterable

from chargepoint.domain.authorization import Origin
from chargepoint.domain.plain import plain
from chargepoint.domain.transaction import Stop, StopReason, TriggerReason
from chargepoint.inquiry import outage as questions
from chargepoint.station.clock import StationClock
from chargepoint.station.inquiry import Takers
from chargepoint.station.transacting import Transacting
from chargepoint.store.outages import STATION, Outage
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

LONGEST_REASON = 200
LONGEST_NAME = 50


class Outages:
    """Kept over power cuts."""

    def __init__(self, store: Store, clock: StationClock, transacting: Transacting) -> None:
        self._store = store
        self._clock = clock
        self._transacting = transacting
        self._kept = store.outages.all()

    def takers(self) -> Takers:
        """What it answers."""
        return {
            questions.TakeOutOfService: self.take,
            questions.ReturnToService: self.give_back,
            questions.ListOutages: self.list,
        }

    def covers(self, evse: int) -> bool:
        """Is this EVSE out of service, alone or with the whole station? 0: is the station as a whole?"""
        return STATION in self._kept or evse in self._kept

    def words(self, evse: int) -> str | None:
        """Why an EVSE is out of service, who did it, and when; ``None``: it is not."""
        outage = self._kept.get(evse) or self._kept.get(STATION)
        if outage is None:
            return None
        by = f"by {outage.by} " if outage.by else ""
        return f"{outage.reason or 'no reason given'} ({by}on {outage.since[:10]})"

    async def list(self, _: questions.ListOutages) -> questions.Outages:
        """All of them."""
        return self._answer("listed", "")

    async def take(self, question: questions.TakeOutOfService) -> questions.Outages:
        """Out of service."""
        if not self._known(question.evse):
            return self._unknown(question.evse)
        evse, before = question.evse or STATION, self._kept.get(question.evse or STATION)
        by, reason = plain(question.by, LONGEST_NAME), plain(question.reason, LONGEST_REASON)
        since = self._clock.now().isoformat(timespec="seconds") if before is None else before.since
        outage = Outage(evse=evse, since=since, by=by, reason=reason)
        if outage != before:
            with self._store.commit():
                self._store.outages.save(outage)
            self._kept = dict(sorted({**self._kept, evse: outage}.items()))
            log.warning("event=out_of_service evse=%d by=%r reason=%r at_once=%s", evse, by, reason, question.at_once)
        if question.at_once:
            self._end(self._places(question.evse))
        self._transacting.changed()
        return self._answer("taken" if before is None else "unchanged", self._taken(question.evse))

    def _end(self, evses: Iterable[int]) -> None:
        for evse in evses:
            session = self._transacting.sessions[evse]
            if session.transaction_id is not None:
                self._transacting.stop(evse, Stop(StopReason.OTHER, TriggerReason.ABNORMAL_CONDITION))
            elif session.authorization is not None and session.authorization.origin is not Origin.FREE:
                self._transacting.abandon(evse)  # a car that nobody has to pay for begins when it is back

    def _taken(self, evse: int | None) -> str:
        runs = self._runs(evse)
        when = f", as soon as the session at EVSE {_listed(runs)} has ended" if runs else ""
        return f"{_named(evse)} is out of service{when}; no command of the CSMS changes that"

    async def give_back(self, question: questions.ReturnToService) -> questions.Outages:
        """In service again."""
        if not self._known(question.evse):
            return self._unknown(question.evse)
        evse = question.evse or STATION
        was_out = evse in self._kept
        if was_out:
            with self._store.commit():
                self._store.outages.drop(evse)
            self._kept = {number: each for number, each in self._kept.items() if number != evse}
            log.warning("event=back_in_service evse=%d by=%r", evse, plain(question.by, LONGEST_NAME))
            self._transacting.changed()
        return self._answer("returned" if was_out else "unchanged", self._returned(question.evse, was_out))

    def _returned(self, evse: int | None, was_out: bool) -> str:
        said = f"{_named(evse)} is back in service" if was_out else f"{_named(evse)} had not been taken out of service"
        left = [_named(each.evse or None) for each in self._kept.values() if evse is None or each.evse == STATION]
        return f"{said}; still out of service: {', '.join(left)}" if left else said

    def _known(self, evse: int | None) -> bool:
        """What is no longer in the configuration can be given back."""
        return evse is None or evse in self._transacting.sessions or (evse != STATION and evse in self._kept)

    def _unknown(self, evse: int | None) -> questions.Outages:
        there = _listed(self._transacting.sessions)
        return self._answer("unknown", f"EVSE {evse}: unknown; there are {there}, and the whole station")

    def _answer(self, outcome: questions.Became, message: str) -> questions.Outages:
        return questions.Outages(outages=tuple(map(self._told, self._kept.values())), outcome=outcome, message=message)

    def _told(self, outage: Outage) -> questions.Outage:
        evse = outage.evse or None
        return questions.Outage(evse=evse, reason=outage.reason, by=outage.by, since=outage.since, runs=self._runs(evse))

    def _places(self, evse: int | None) -> tuple[int, ...]:
        return tuple(number for number in self._transacting.sessions if evse in (None, number))

    def _runs(self, evse: int | None) -> tuple[int, ...]:
        return tuple(number for number in self._places(evse) if self._transacting.sessions[number].transaction is not None)


def _named(evse: int | None) -> str:
    return "the station" if evse is None else f"EVSE {evse}"


def _listed(evses: Iterable[int]) -> str:
    return ", ".join(map(str, evses))
