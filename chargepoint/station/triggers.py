"""TriggerMessage (OCPP 2.0.1 F06; 1.6 §5.17): the answer first, then the message."""

from collections.abc import Callable

from chargepoint.domain.commands import Outcome, Trigger, TriggerMessage, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.metering import ReadingContext
from chargepoint.domain.notifications import MeterValues, Registration
from chargepoint.domain.transaction import TriggerReason
from chargepoint.domain.variables import ALIGNED_MEASURANDS, SAMPLED_MEASURANDS
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.metering import Metering
from chargepoint.station.provisioning import Provisioning
from chargepoint.station.reporting import STATION, Reporting
from chargepoint.station.transacting import Transacting

ACCEPTED = Outcome(Verdict.ACCEPTED)


class Triggers:
    """One row for each message that can be triggered."""

    def __init__(
        self,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        metering: Metering,
        provisioning: Provisioning,
        reporting: Reporting,
    ) -> None:
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._metering = metering
        self._provisioning = provisioning
        self._reporting = reporting
        self._rows: dict[Trigger, Callable[[list[ConnectorId]], None]] = {
            Trigger.BOOT_NOTIFICATION: lambda _: provisioning.boot_again(),
            Trigger.HEARTBEAT: lambda _: provisioning.heartbeat_now(),
            Trigger.STATUS_NOTIFICATION: lambda places: reporting.again(tuple(places)),
            Trigger.METER_VALUES: self._aligned,
            Trigger.SAMPLES: self._samples,
            Trigger.TRANSACTION_EVENT: self._transactions,
        }

    def serve(self, message: Trigger, pull: Callable[[list[ConnectorId]], None]) -> None:
        """Another room says how one of its messages is sent when it is asked for."""
        self._rows[message] = pull

    def pull(self, command: TriggerMessage) -> tuple[Outcome, Callable[[], None] | None]:
        """What to answer, and what to do after that."""
        message = command.message
        if message is None or message not in self._rows:
            return Outcome(Verdict.NOT_IMPLEMENTED), None
        places = [c for c in self._availability.connectors if command.evse in (None, c.evse) and command.connector in (None, c.connector)]
        if message is Trigger.STATUS_NOTIFICATION and command.evse in (None, 0):
            places = [STATION, *([] if command.evse == 0 else places)]
        if not places:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse} connector {command.connector}"), None
        if message is Trigger.BOOT_NOTIFICATION and self._provisioning.registration is Registration.ACCEPTED:
            return Outcome(Verdict.REJECTED, "NoError", "the station has booted and is accepted"), None
        if message is Trigger.TRANSACTION_EVENT and not self._running(places):
            return Outcome(Verdict.REJECTED, "TxNotFound", "no transaction is running"), None
        return ACCEPTED, lambda: self._rows[message](places)

    def _running(self, places: list[ConnectorId]) -> list[int]:
        evses = dict.fromkeys(place.evse for place in places)
        return [evse for evse in evses if self._transacting.sessions[evse].transaction is not None]

    def _transactions(self, places: list[ConnectorId]) -> None:
        for evse in self._running(places):
            values = self._metering.values(evse, ReadingContext.TRIGGER, SAMPLED_MEASURANDS, self._clock.now())
            self._transacting.told(evse, TriggerReason.TRIGGER, values)

    def _aligned(self, places: list[ConnectorId]) -> None:
        for place in places:
            values = self._metering.values(place.evse, ReadingContext.TRIGGER, ALIGNED_MEASURANDS, self._clock.now())
            if values:
                self._reporting.tell(MeterValues(place.evse, place, values))

    def _samples(self, places: list[ConnectorId]) -> None:
        running = self._running(places)
        self._transactions(places)
        for place in places:
            values = self._metering.values(place.evse, ReadingContext.TRIGGER, SAMPLED_MEASURANDS, self._clock.now())
            if place.evse not in running and values:
                self._reporting.tell(MeterValues(place.evse, place, values))
