"""A charge by a technician's hand: a car, or a simulator of one, is given a current for a time to try the whole chain, contactor and all.

It is a permit like any other, so control's state machine and every interlock hold. It is no transaction: nobody pays and no CSMS is told;
it stands in the log. Whoever wants it has to go on saying so: his lease ends by itself, and so does the charge.
"""

import logging
from collections.abc import Callable, Mapping

from msgspec import Struct

from chargepoint.domain.ids import ConnectorId, PlugInId
from chargepoint.domain.session import Session
from chargepoint.inquiry import hardware as questions
from chargepoint.inquiry.hardware import Exercised
from chargepoint.link.messages import Down, Permit, Revoke
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import Sheet
from chargepoint.station.inquiry import Takers

log = logging.getLogger(__name__)

LONGEST_S = 900.0
LEASE_S = 10.0
"""The longest that is given at once."""
LEAST_MA = 6_000
SOURCE = "technician"


class Trial(Struct, frozen=True):
    """One that is under way."""

    plug_in: PlugInId
    began_s: float
    until_s: float
    start_wh: int


class ByHand:
    """``linked``: is control there? ``reserved``: is a connector kept for somebody? ``busy``: why the station wants none now."""

    def __init__(
        self,
        sheets: Mapping[int, Sheet],
        sessions: Mapping[int, Session],
        clock: StationClock,
        linked: Callable[[], bool],
        reserved: Callable[[ConnectorId], bool],
        busy: Callable[[], str | None],
        to_control: Callable[[Down], None],
    ) -> None:
        self._sheets = sheets
        self._sessions = sessions
        self._clock = clock
        self._linked = linked
        self._reserved = reserved
        self._busy = busy
        self._to_control = to_control
        self._trials: dict[int, Trial] = {}
        self.note: Callable[[int, str], None] = lambda evse, text: None
        """Remembers what was done at an EVSE."""

    def takers(self) -> Takers:
        """What it answers."""
        return {questions.ChargeByHand: self.charge}

    async def charge(self, question: questions.ChargeByHand) -> Exercised:
        """Begin it, go on with it, or end it."""
        evse = question.evse
        if evse not in self._sheets:
            return Exercised("unknown", f"EVSE {evse}: unknown; there are {', '.join(map(str, self._sheets))}")
        if question.valid_for_s <= 0:
            return self._end(evse, "the technician ends it")
        reason = self._refusal(question)
        if reason is not None:
            self._end(evse, reason)
            return Exercised("refused", f"EVSE {evse}: {reason}")
        return self._grant(question)

    def _refusal(self, question: questions.ChargeByHand) -> str | None:
        sheet, session = self._sheets[question.evse], self._sessions[question.evse]
        rating_ma, asked_ma = sheet.settings.rating_ma, question.current_a * 1000
        if sheet.state is None or not self._linked():
            return "control is not connected; is the control process running?"
        if not LEAST_MA <= asked_ma <= rating_ma:
            return f"{question.current_a:g} A: expected 6 to {rating_ma / 1000:g} A"
        if sheet.state.plug_in is None or session.plug_in is None:
            return "nothing is plugged in: the contactor never closes on an open connector; plug in a car or a simulator of one"
        if session.transaction is not None or session.authorization is not None or session.plug_kept_for is not None:
            return "a session has it; end that first"
        if self._reserved(session.place):
            return "it is reserved for somebody; cancel that first"
        if sheet.faulty:
            return f"a fault is active ({', '.join(fault.name for fault in sheet.faults)}); mend it first"
        trial = self._trials.get(question.evse)
        if trial is not None and self._clock.monotonic() - trial.began_s > LONGEST_S:
            return f"it has lasted {LONGEST_S / 60:g} minutes; that is enough for a trial"
        return self._busy()

    def _grant(self, question: questions.ChargeByHand) -> Exercised:
        evse, now_s, plug_in = question.evse, self._clock.monotonic(), self._sessions[question.evse].plug_in
        assert plug_in is not None
        lease_s = min(question.valid_for_s, LEASE_S)
        before = self._trials.get(evse)
        if before is None or before.plug_in != plug_in:
            log.warning("event=technician_charge evse=%d begins=True current_a=%g", evse, question.current_a)
            self.note(evse, f"charging by hand with {question.current_a:g} A began")
            before = Trial(plug_in, now_s, now_s, self._register_wh(evse))
        self._trials[evse] = Trial(plug_in, before.began_s, now_s + lease_s, before.start_wh)
        self._to_control(Permit(evse, plug_in, int(question.current_a * 1000), lease_s, 0, source=SOURCE))
        return Exercised("going_on", f"EVSE {evse}: at most {question.current_a:g} A, not a transaction")

    def _register_wh(self, evse: int) -> int:
        reading = self._sheets[evse].reading
        return 0 if reading is None else reading.energy_wh

    def tick(self, now_s: float) -> None:
        """Once a second: nobody renewed it, the car went, or somebody pays now, whose permit then counts."""
        for evse, trial in tuple(self._trials.items()):
            session = self._sessions[evse]
            if session.transaction is not None or session.plug_in != trial.plug_in:
                self._over(evse, "a session began" if session.transaction is not None else "the car went")
            elif now_s >= trial.until_s:
                self._end(evse, "nobody renewed it")

    def _end(self, evse: int, why: str) -> Exercised:
        trial = self._trials.get(evse)
        if trial is None:
            return Exercised("ended", f"EVSE {evse}: no charge by hand is under way")
        if self._sessions[evse].transaction is None:
            self._to_control(Revoke(evse, trial.plug_in))
        return self._over(evse, why)

    def _over(self, evse: int, why: str) -> Exercised:
        trial = self._trials.pop(evse)
        lasted_s, energy_wh = self._clock.monotonic() - trial.began_s, self._register_wh(evse) - trial.start_wh
        log.warning("event=technician_charge evse=%d begins=False why=%r lasted_s=%.0f energy_wh=%d", evse, why, lasted_s, energy_wh)
        self.note(evse, f"charging by hand ended, {why}: {lasted_s:.0f} s, {energy_wh} Wh")
        return Exercised("ended", f"EVSE {evse}: ended after {lasted_s:.0f} s with {energy_wh} Wh; not a transaction")
