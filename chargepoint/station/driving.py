"""What the page of an EVSE is told for its driver: the headline that displays have as well, what is behind it, figures and prices.

conditions (why) ──▶ code ──────────┐
displaying.headline, card answers ──┼──▶ EvseSight ──▶ page
bill, receipts, schedules ──────────┘
"""

from typing import TYPE_CHECKING

from chargepoint.domain import catalogue, why
from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.charging_profile import RateUnit
from chargepoint.domain.commands import CompositeSchedule, GetCompositeSchedule
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.faults import gravest
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import MINIMUM_OFFER_MA
from chargepoint.domain.panel_words import Headline
from chargepoint.domain.transaction import StopReason, Transaction
from chargepoint.domain.why.access import ERROR_OF, FRESH_S
from chargepoint.inquiry import driver as questions
from chargepoint.inquiry.driver import Ends, EvseSight, ReceiptSeen
from chargepoint.station import conditions
from chargepoint.station.displaying import headline
from chargepoint.station.inquiry import Takers
from chargepoint.station.receipts import Receipts
from chargepoint.station.self_service import SelfService

if TYPE_CHECKING:
    from chargepoint.station.station import Station

OF_CONDITION: dict[str, Headline] = {"service": "unavailable", "operation": "unavailable", "upkeep": "updating", "reservation": "reserved"}
"""What keeps everybody from starting, by the name of the condition."""
BEHIND: frozenset[Headline] = frozenset({"available", "offline", "authorise", "plugged"})
"""Headlines that such a condition, or the answer to a card, comes before."""
PAUSES = frozenset(catalogue.of(name).code for name in ("limit_profile", "limit_station"))
"""Causes of a pause whose end a schedule may know."""
AWAITED, TIMED_OUT = catalogue.of("authorisation_awaited").code, catalogue.of("authorisation_timed_out").code
UNREACHED = catalogue.of("csms_silent").code
OVER, WITHDRAWN = catalogue.of("session_over").code, catalogue.of("authorisation_withdrawn").code
AHEAD_S = 86_400
LOOK_S = 30.0
"""Schedules are looked through this often at most."""


class Driving:
    """Answers questions of drivers' pages."""

    def __init__(self, station: "Station", model: DeviceModel) -> None:
        self._station = station
        transacting, service = station.transacting, station.service
        self.receipts = Receipts(station.store, model, station.clock, transacting.sessions, station.vendors.costs.display)
        transacting.at_end += [self.receipts.ended, self._ended]
        self.itself = SelfService(station.settings, station.clock, transacting, station.access.places, service.chronicle.note, self._why)
        self._withdrawn: dict[int, PlugInId] = {}
        """By EVSE: for this car the card has turned out not to be valid, and that has ended its session."""
        self._pauses: dict[int, tuple[float, float | None]] = {}
        """By EVSE: when the schedule was looked through, and until when it pauses by that; monotonic seconds."""

    def takers(self) -> Takers:
        """What it answers."""
        return {
            questions.SeeEvse: self.see,
            questions.StartHere: self.itself.start,
            questions.StopHere: self.itself.stop,
            questions.ReportProblem: self.itself.report,
            questions.SeeReceipt: self.receipt,
        }

    def tick(self) -> None:
        """Once a second."""
        self.receipts.tick(self._station.transacting.sessions.values())

    def _ended(self, transaction: Transaction) -> None:
        stop, ends = transaction.stop, _ends(transaction.authorization)
        if stop is not None and stop.reason is StopReason.DE_AUTHORIZED and ends != "plug":
            self._withdrawn[transaction.connector.evse] = transaction.plug_in

    async def receipt(self, question: questions.SeeReceipt) -> ReceiptSeen:
        """The one with this key."""
        return ReceiptSeen(self.receipts.find(question.key))

    async def see(self, question: questions.SeeEvse) -> EvseSight:
        """How it is."""
        evse = question.evse
        if evse not in self._station.transacting.sessions:
            return EvseSight(evse=evse, known=False)
        transacting = self._station.transacting
        session, sheet = transacting.sessions[evse], transacting.sheets[evse]
        told, code = self._told(evse)
        transaction, seen, receipt = session.transaction, self._station.appearance.displaying.sight(evse), self.receipts.just_ended(session)
        bill = self._station.vendors.costs.display(evse)
        return EvseSight(
            evse=evse,
            headline=told,
            code=code,
            plugged=session.plug_in is not None or sheet.cable_in,
            card=self._other_card(evse),
            power_w=seen.power_w if sheet.state is not None else None,
            energy_wh=seen.energy_wh if transaction is not None else None if receipt is None else receipt.energy_wh,
            lasted_s=seen.lasted_s if receipt is None else int((receipt.ended - receipt.started).total_seconds()),
            cost=seen.cost if transaction is not None else None if receipt is None else receipt.cost,
            cost_final=receipt is not None and receipt.final,
            goes_on_s=self._goes_on_s(evse) if told == "paused" and code in PAUSES else None,
            messages=(*seen.bulletin.front, *seen.bulletin.cycle, *(() if bill is None or not bill.note else (bill.note,))),
            currency="" if bill is None else bill.currency,
            price_texts={} if bill is None else bill.texts,
            prices={} if bill is None else bill.prices,
            browser="" if transaction is None else transaction.authorization.browser,
            ends="card" if transaction is None else _ends(transaction.authorization),
            may_start=told in BEHIND | {"finished", "refused"} and self.itself.may_start(evse),
            may_stop=self.itself.may_stop(evse),
            receipt="" if receipt is None else receipt.key,
        )

    def _told(self, evse: int) -> tuple[Headline, str]:
        """The headline, and the code of what is behind it."""
        station = self._station
        session, sheet = station.transacting.sessions[evse], station.transacting.sheets[evse]
        told = headline(session, sheet, station.appearance.indicating.shows(evse))
        if session.transaction is not None and told in ("accepted", "refused"):  # lamps say so for a moment: a page says what the car does
            seen = headline(session, sheet, None)
            told = seen if told == "refused" or seen == "charging" else told
        found = why.first(conditions.of(station, evse))
        code = found.code or ""
        if told in ("fault", "emergency") and (fault := gravest(sheet.faults)) is not None:
            return ("emergency" if fault.name == "emergency_stop" else "fault"), fault.row.code
        if told not in BEHIND | {"refused", "finished", "authorising"} or session.transaction is not None:
            return told, code
        answered = self._answered(evse)
        if found.name in OF_CONDITION:
            return OF_CONDITION[found.name], code
        if answered is None and told == "finished" and sheet.timed_out == session.plug_in:  # nothing has been: it may still begin
            return "authorise", TIMED_OUT
        if answered is None and told == "authorise" and code == AWAITED and station.appearance.indicating.offline():
            return told, UNREACHED
        if answered is None and code == OVER and session.plug_in is not None and self._withdrawn.get(evse) == session.plug_in:
            return told, WITHDRAWN
        return answered or (told, code)

    def _other_card(self, evse: int) -> str:
        """Code of what became of a card that was shown while a session runs which it has not begun; mostly none."""
        transaction, answer = self._station.transacting.sessions[evse].transaction, self._station.access.answers.of(evse)
        if transaction is None or answer is None:
            return ""
        ago_s = self._station.clock.monotonic() - answer.at_s
        since_s = (self._station.clock.now() - transaction.started).total_seconds()
        answered = self._answered(evse) if ago_s < since_s else None
        return answered[1] if answered is not None and answered[0] == "refused" else ""

    def _answered(self, evse: int) -> tuple[Headline, str] | None:
        """What became of a card that was shown just now. For longer than on a lamp: a page is read."""
        answer = self._station.access.answers.of(evse)
        if answer is None or self._station.clock.monotonic() - answer.at_s > FRESH_S:
            return None
        if answer.answer == "busy":  # nobody has looked at it
            return "authorise", AWAITED
        return ("authorising" if answer.answer == "judging" else "refused"), catalogue.of(ERROR_OF[answer.answer]).code

    def _why(self, evse: int) -> str:
        return why.first(conditions.of(self._station, evse)).code or ""

    def _goes_on_s(self, evse: int) -> int | None:
        """When a schedule leaves enough again, by what the station knows of it today."""
        now_s = self._station.clock.monotonic()
        looked_s, until_s = self._pauses.get(evse, (-LOOK_S, None))
        if now_s - looked_s >= LOOK_S:
            until_s = self._look_ahead(evse, now_s)
            self._pauses[evse] = (now_s, until_s)
        return None if until_s is None else max(0, int(until_s - now_s))

    def _look_ahead(self, evse: int, now_s: float) -> float | None:
        schedule = self._station.limiting.composite(GetCompositeSchedule(evse, AHEAD_S, RateUnit.AMPERE))
        if not isinstance(schedule, CompositeSchedule):
            return None
        enough = (period.start_s for period in schedule.periods if period.limit * 1000 >= MINIMUM_OFFER_MA)
        after_s = next(enough, None)
        return now_s + after_s if after_s else None  # 0: it is not the schedule that pauses


def _ends(authorization: Authorization) -> Ends:
    if authorization.origin is Origin.REMOTE:
        return "app"
    return "plug" if authorization.origin is Origin.FREE or authorization.browser else "card"
