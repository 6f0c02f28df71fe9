"""Meter values that a RunningCost asks for (``triggerMeterValue``), told as soon as their condition is met.

They carry what MeterValuesSampledData lists, so that a CSMS sees the power where it wants it; context ``Other``, since ``Trigger`` stands
for TriggerMessage. While the transaction runs they are part of it and wait in the outbox like its other values; after its end they
are told of the connector, once.
"""

import logging
from collections.abc import Callable

from msgspec.structs import replace

from chargepoint.domain.bill import Bill
from chargepoint.domain.metering import MeterValue, ReadingContext
from chargepoint.domain.notifications import MeterValues
from chargepoint.domain.price_triggers import PriceTriggers, Watched, look
from chargepoint.domain.session import Session
from chargepoint.domain.transaction import TriggerReason
from chargepoint.domain.variables.metering import SAMPLED_MEASURANDS
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.csms import Csms
from chargepoint.station.metering import Metering
from chargepoint.station.transacting import Transacting

log = logging.getLogger(__name__)

NOTHING = PriceTriggers()


class AskedValues:
    """Looks at each EVSE once a second."""

    def __init__(
        self,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        metering: Metering,
        csms: Csms,
        tell: Callable[[MeterValues], None],
    ) -> None:
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._metering = metering
        self._csms = csms
        self._tell = tell
        self._seen: dict[int, tuple[str | None, int | None, Watched]] = {}

    def look(self, bill: Bill, asked: PriceTriggers) -> PriceTriggers:
        """Tell what is due; the conditions that still wait."""
        if asked == NOTHING:
            self._seen.pop(bill.evse, None)
            return asked
        session = self._transacting.sessions[bill.evse]
        before = self._before(bill, asked)
        now = self._watched(bill, session, None if before is None else before.above)
        fired = look(asked, before, now)
        self._seen[bill.evse] = (bill.transaction_id, asked.at_power_w, replace(now, above=fired.above))
        if fired.causes:
            log.info("event=asked_values transaction=%s causes=%s", bill.transaction_id, ",".join(fired.causes))
            self._say(bill, session)
        return fired.left

    def _before(self, bill: Bill, asked: PriceTriggers) -> Watched | None:
        """The last look, if it was at the same transaction; the side of the power only if it is the same power."""
        transaction_id, power_w, watched = self._seen.get(bill.evse, (None, None, None))
        if watched is None or transaction_id != bill.transaction_id:
            return None
        return watched if power_w == asked.at_power_w else replace(watched, above=None)

    def _watched(self, bill: Bill, session: Session, above: bool | None) -> Watched:
        reading = self._transacting.sheets[bill.evse].reading
        return Watched(
            now=self._clock.now(),
            consumed_wh=None if reading is None else reading.energy_wh - bill.start_wh,
            power_w=None if reading is None else reading.power_w,
            status=self._csms.status_word(self._availability.facts(session.place)),
            above=above,
        )

    def _say(self, bill: Bill, session: Session) -> None:
        values: tuple[MeterValue, ...] = self._metering.values(bill.evse, ReadingContext.OTHER, SAMPLED_MEASURANDS, self._clock.now())
        if not values:
            log.warning("event=asked_values_missing transaction=%s cause=no_reading_of_the_meter", bill.transaction_id)
        elif session.transaction is not None and session.transaction.id == bill.transaction_id:
            self._transacting.told(bill.evse, TriggerReason.TRIGGER, values)
        else:
            self._tell(MeterValues(bill.evse, session.place, values))
