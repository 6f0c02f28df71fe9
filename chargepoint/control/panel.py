"""The indicators of all EVSEs, as the cycle sees them. In a scan in which nothing happens it costs three comparisons each."""

import logging
from collections.abc import Mapping

from chargepoint.control.indicating import Sign, after, heed, shown
from chargepoint.control.memory import Evse
from chargepoint.domain.indications import SOUNDS, Indication, light
from chargepoint.link.messages import Beep, EvseState, Indicate
from hal.api import Indicator
from hal.measured import MeterReading

log = logging.getLogger(__name__)

STALE_S = float("-inf")


class Panel:
    """``indicators``: by EVSE; not every one has to have one."""

    def __init__(self, indicators: Mapping[int, Indicator]) -> None:
        self._places = {evse: Place(indicator) for evse, indicator in indicators.items()}

    def heed(self, message: Indicate | Beep, now: float) -> None:
        """The station wants something seen or heard."""
        place = self._places.get(message.evse)
        if place is None:
            return
        if isinstance(message, Indicate):
            place.sign = heed(place.sign, message, now)
            place.until_s = STALE_S
        elif message.sound in SOUNDS:
            place.indicator.beep(SOUNDS[message.sound])

    def show(self, evses: Mapping[int, Evse], now: float) -> None:
        """After a scan."""
        for number, place in self._places.items():
            evse = evses[number]
            if evse.shown is not place.state or evse.reading is not place.reading or now >= place.until_s:
                place.look(evse, now)

    def shows(self, evse: int) -> str:
        """What its indicator tells now; nothing where it has none."""
        place = self._places.get(evse)
        return "" if place is None or place.told is None else place.told.shows


class Place:
    """One indicator, and what was looked at last."""

    def __init__(self, indicator: Indicator) -> None:
        self.indicator = indicator
        self.sign = Sign()
        self.state: EvseState | None = None
        self.reading: MeterReading | None = None
        self.until_s = STALE_S
        self.told: Indication | None = None

    def look(self, evse: Evse, now: float) -> None:
        """Something has happened that may change what it tells."""
        self.state, self.reading = evse.shown, evse.reading
        self.sign = after(self.sign, evse.shown, evse.reading, now)
        self.until_s = self.sign.until_s
        tells = shown(evse.shown, self.sign, now)
        if tells != self.told:
            if self.told is None or (tells.shows, tells.code) != (self.told.shows, self.told.code):
                log.info("event=indicator evse=%d shows=%s code=%d", evse.settings.evse, tells.shows, tells.code)
            self.told = tells
            self.indicator.show(light(evse.settings.preset, tells))
