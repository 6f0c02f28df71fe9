"""Text displays: what each EVSE does, what has been charged and what it costs, in the language of the station's displays.

A display has a task of its own, which alone waits for it. One that is gone is looked for again, and whoever charges does not notice.
"""

import logging
from collections.abc import Callable, Coroutine, Sequence
from textwrap import wrap
from typing import Any

from msgspec import Struct

from chargepoint import texts
from chargepoint.domain import display, panel
from chargepoint.domain.authorization import Authorization, TokenInfo
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.display_messages import Bulletin
from chargepoint.domain.faults import gravest
from chargepoint.domain.indications import Shows
from chargepoint.domain.languages import chosen
from chargepoint.domain.panel import Sight
from chargepoint.domain.panel_words import Headline
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import ChargingState
from chargepoint.domain.variables.cost import LANGUAGE_OF_DISPLAY
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.desk import Sheet
from chargepoint.station.transacting import Transacting
from hal.api import Display
from hal.errors import HalError

log = logging.getLogger(__name__)

SHOW_S = 0.5
"""A display is written to this often at most."""
PAGE_S = 3.0
RETRY_S = 5.0
DARK_S = 300.0
"""So long after the last thing that happened there is no light, while nobody is there."""
NOBODY: frozenset[Headline] = frozenset({"available", "unavailable", "reserved", "offline"})


class Place(Struct, frozen=True):
    """A display, and of which EVSEs it tells; ``None``: of all."""

    display: Display
    evses: tuple[int, ...] | None = None


class Displaying:
    """``indicated``: what the station tells of an EVSE beside what anybody sees of it. ``bill``: what is shown of price and cost."""

    def __init__(
        self,
        places: Sequence[Place],
        clock: StationClock,
        model: DeviceModel,
        transacting: Transacting,
        indicated: Callable[[int], Shows | None],
        bill: Callable[[int], display.Display | None],
    ) -> None:
        self._places = places
        self._clock = clock
        self._model = model
        self._transacting = transacting
        self._indicated = indicated
        self._bill = bill
        self._words: dict[int, tuple[str, float]] = {}
        self.refused: Callable[[int], TokenInfo | None] = lambda evse: None
        """What was said of whoever was refused there last."""
        self.bulletin: Callable[[int], Bulletin] = lambda evse: Bulletin()
        """Messages of the CSMS, for whoever stands before an EVSE."""

    def say(self, evse: int, text: str, for_s: float) -> bool:
        """A technician's words, on every display that tells of this EVSE, for a time. False: there is no such display."""
        self._words[evse] = (text, self._clock.monotonic() + for_s)
        return any(place.evses is None or evse in place.evses for place in self._places)

    def _said(self, place: Place, now_s: float) -> list[str]:
        """Such words, cut into lines."""
        for evse, (text, until_s) in self._words.items():
            if now_s < until_s and (place.evses is None or evse in place.evses):
                return wrap(text, place.display.columns)[: place.display.rows]
        return []

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """What goes on for as long as the station runs."""
        return [self._run(place) for place in self._places]

    async def _run(self, place: Place) -> None:
        lost = False
        before: tuple[Headline, ...] = ()
        since_s = 0.0
        try:
            while True:
                now_s = self._clock.monotonic()
                sights = self._sights(place.evses)
                headlines = tuple(sight.headline for sight in sights)
                if headlines != before:
                    before, since_s = headlines, now_s
                lines: Sequence[str] = self._said(place, now_s) or panel.panel(
                    sights, place.display.columns, place.display.rows, self._wording(place), int(now_s / PAGE_S)
                )
                try:
                    await place.display.show(lines, lit=now_s - since_s < DARK_S or not NOBODY.issuperset(headlines))
                    if lost:
                        log.info("event=display_found")
                    lost = False
                except HalError as error:
                    if not lost:
                        log.warning("event=display_lost cause=%s", error)
                    lost = True
                except Exception:  # rim of the driver: one that is broken is a dark display, and no reason to stop the station
                    if not lost:
                        log.exception("event=display_broken")
                    lost = True
                await pause(RETRY_S if lost else SHOW_S)
        finally:
            place.display.close()

    @property
    def _texts(self) -> texts.Texts:
        return texts.of(self._model.read(LANGUAGE_OF_DISPLAY))

    def _wording(self, place: Place) -> texts.Texts:
        """In the language of the driver who stands there, as whoever judged his token says, if there is one such driver."""
        sessions = (session for evse, session in self._transacting.sessions.items() if place.evses is None or evse in place.evses)
        drivers = [driver for session in sessions if (driver := self._driver(session)) is not None]
        wanted = {chosen(driver.languages, texts.LANGUAGES) for driver in drivers} - {None}
        return texts.of(wanted.pop() or "") if len(wanted) == 1 else self._texts

    def _driver(self, session: Session) -> Authorization | TokenInfo | None:
        """What was said of whoever stands there."""
        return self._turned_away(session.evse) if session.payer is None else session.payer

    def _turned_away(self, evse: int) -> TokenInfo | None:
        return self.refused(evse) if self._indicated(evse) == "refused" else None

    def _sights(self, evses: tuple[int, ...] | None) -> list[Sight]:
        return [self.sight(evse) for evse in self._transacting.sessions if evses is None or evse in evses]

    def sight(self, evse: int) -> Sight:
        """What is to be seen of an EVSE now."""
        session, sheet, bill = self._transacting.sessions[evse], self._transacting.sheets[evse], self._bill(evse)
        transaction, reading = session.transaction, sheet.reading
        told = headline(session, sheet, self._indicated(evse))
        return Sight(
            evse=evse,
            headline=told,
            energy_wh=_energy_wh(session, sheet, bill),
            power_w=None if transaction is None or reading is None else reading.power_w,
            lasted_s=None if transaction is None else int((self._clock.now() - transaction.started).total_seconds()),
            cost=None if bill is None else bill.cost,
            currency="" if bill is None else bill.currency,
            text=self._advice(sheet) or self._to_driver(session, bill),
            bulletin=self.bulletin(evse),
        )

    def _to_driver(self, session: Session, bill: display.Display | None) -> str:
        """His price, or what else whoever judged his token has to say to him (OCPP 2.0.1 part 2, C 1.4)."""
        refused = self._turned_away(session.evse)
        if refused is not None and refused.message:
            return refused.message
        if bill is not None and bill.text:
            return bill.text
        return "" if session.payer is None else session.payer.message

    def _advice(self, sheet: Sheet) -> str:
        """What to do about the fault that keeps it from charging (G05.FR.04)."""
        fault = gravest(sheet.faults)
        return "" if fault is None else self._texts.text(fault.row.driver)


def headline(session: Session, sheet: Sheet, indicated: Shows | None) -> Headline:
    """A fault before anything else, then what the station says, then what is to be seen of the car."""
    if sheet.state is None:
        return "starting" if sheet.silent_s is None else "fault"
    if not sheet.state.plug_known and not sheet.faulty:
        return "starting"
    if sheet.faulty:
        return "emergency" if any(fault.name == "emergency_stop" for fault in sheet.faults) else "fault"
    if indicated is not None:
        return indicated
    if session.transaction is None:
        return "available" if session.plug_in is None else "plugged"
    return CHARGES[session.transaction.charging_state]


CHARGES: dict[ChargingState, Headline] = {
    ChargingState.CHARGING: "charging",
    ChargingState.EV_CONNECTED: "plugged",
    ChargingState.SUSPENDED_EV: "ev_paused",
    ChargingState.SUSPENDED_EVSE: "paused",
    ChargingState.IDLE: "plug_in",
}


def _energy_wh(session: Session, sheet: Sheet, bill: display.Display | None) -> int | None:
    if session.transaction is not None and sheet.reading is not None:
        return max(0, sheet.reading.energy_wh - session.transaction.start_wh)
    return bill.energy_wh if bill is not None and session.finishing else None
