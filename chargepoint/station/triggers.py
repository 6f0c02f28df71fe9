"""TriggerMessage (OCPP 2.0.1 F06; 1.6 §5.17; 1.6-SEC ExtendedTriggerMessage): the answer first, then the message.

What a message says nothing of, a connector say where the message is a Heartbeat, is passed over (1.6 §5.17). While the boot is pending
this is the one way to hear more of the station than its boot (1.6 §4.2); what belongs to a transaction waits in its queue even then.
"""

from collections.abc import Callable

from chargepoint.domain.commands import Outcome, Trigger, TriggerMessage, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.metering import ReadingContext
from chargepoint.domain.notifications import MeterValues, Notification, Registration
from chargepoint.domain.status import StatusNotification
from chargepoint.domain.transaction import TriggerReason
from chargepoint.domain.variables.metering import ALIGNED_MEASURANDS, SAMPLED_MEASURANDS
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.measurand_lists import Measurands
from chargepoint.station.metering import Metering
from chargepoint.station.provisioning import Provisioning
from chargepoint.station.reporting import STATION, Reporting
from chargepoint.station.transacting import Transacting

ACCEPTED = Outcome(Verdict.ACCEPTED)
OF_PLACES = frozenset({Trigger.STATUS_NOTIFICATION, Trigger.METER_VALUES, Trigger.SAMPLES, Trigger.TRANSACTION_EVENT})
"""Messages that speak of a connector or an EVSE."""
NEVER_TOO_MANY = frozenset({Trigger.BOOT_NOTIFICATION, Trigger.HEARTBEAT, Trigger.TRANSACTION_EVENT})
"""One that waits is one for all who asked, or it waits on disk."""


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
        self._can: dict[Trigger, Callable[[], bool]] = {}
        self._there: dict[Trigger, Callable[[], bool]] = {}
        self._rows: dict[Trigger, Callable[[list[ConnectorId]], None]] = {
            Trigger.BOOT_NOTIFICATION: lambda _: provisioning.boot_again(),
            Trigger.HEARTBEAT: lambda _: provisioning.heartbeat_now(),
            Trigger.STATUS_NOTIFICATION: self._status,
            Trigger.METER_VALUES: lambda places: self._values(places, ALIGNED_MEASURANDS),  # F06.FR.06
            Trigger.SAMPLES: self._samples,
            Trigger.TRANSACTION_EVENT: self._transactions,
        }

    def serve(
        self,
        message: Trigger,
        pull: Callable[[list[ConnectorId]], None],
        can: Callable[[], bool] = lambda: True,
        there: Callable[[], bool] = lambda: True,
    ) -> None:
        """Another room says how one of its messages is sent when it is asked for, whether it ``can`` be at all now, and whether it is
        ``there``: else the station does not implement it."""
        self._rows[message] = pull
        self._can[message] = can
        self._there[message] = there

    def pull(self, command: TriggerMessage) -> tuple[Outcome, Callable[[], None] | None]:
        """What to answer, and what to do after that (F06.FR.04, F06.FR.05, F06.FR.08, F06.FR.09, F06.FR.10)."""
        message = command.message
        if message is None or message not in self._rows or not self._there.get(message, lambda: True)():
            return Outcome(Verdict.NOT_IMPLEMENTED), None
        places = self._places(command, message)
        refused = self._refused(command, message, places)
        return (ACCEPTED, lambda: self._rows[message](places)) if refused is None else (refused, None)

    def tell(self, notification: Notification) -> None:
        """Send what was asked for, also while the boot is pending."""
        if self._pending:
            self._provisioning.say(notification)
        else:
            self._reporting.tell(notification)

    def _places(self, command: TriggerMessage, message: Trigger) -> list[ConnectorId]:
        """F06.FR.03, F06.FR.11"""
        every = self._availability.connectors
        if message not in OF_PLACES:
            return list(every)
        places = [c for c in every if command.evse in (None, c.evse) and command.connector in (None, c.connector)]
        if message is Trigger.STATUS_NOTIFICATION and command.evse in (None, STATION.evse) and self._reporting.tells_station:
            return [STATION, *places]
        if message is Trigger.METER_VALUES:  # 2.x has one message for an EVSE
            return list({place.evse: place for place in reversed(places)}.values())[::-1]
        return places

    def _refused(self, command: TriggerMessage, message: Trigger, places: list[ConnectorId]) -> Outcome | None:
        registration = self._provisioning.registration
        if not places:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse} connector {command.connector}")
        if message is Trigger.BOOT_NOTIFICATION and registration is Registration.ACCEPTED:  # F06.FR.17
            return Outcome(Verdict.REJECTED, "NoError", "the station has booted and is accepted")
        if registration is Registration.PENDING and message is Trigger.TRANSACTION_EVENT:
            return Outcome(Verdict.REJECTED, "CSNotAccepted", "the boot has not been accepted yet")
        if not self._can.get(message, lambda: True)():
            return Outcome(Verdict.REJECTED, "NotEnabled", "the station cannot send it now")
        if message is Trigger.METER_VALUES and not any(self._aligned(place) for place in places):
            return Outcome(Verdict.REJECTED, "NotEnabled", "nothing is measured there, or there is nothing in AlignedDataCtrlr.Measurands")
        if message is Trigger.SAMPLES and not self._measured(places):
            return Outcome(Verdict.REJECTED, "Occupied", "the meter of its EVSE measures another connector now")
        if message is Trigger.TRANSACTION_EVENT and not self._running(places):
            return Outcome(Verdict.REJECTED, "TxNotFound", "no transaction is running")
        if not self._has_room(message, len(places) if message in OF_PLACES else 1):
            return Outcome(Verdict.REJECTED, "OutOfMemory", "too many messages wait to be sent")
        return None

    def _has_room(self, message: Trigger, count: int) -> bool:
        """Nothing is accepted that is not sent (F06.FR.10)."""
        if message in NEVER_TOO_MANY or (message is Trigger.STATUS_NOTIFICATION and not self._pending):
            return True
        return count <= (self._provisioning.room if self._pending else self._reporting.room)

    @property
    def _pending(self) -> bool:
        return self._provisioning.registration is Registration.PENDING

    def _running(self, places: list[ConnectorId]) -> list[int]:
        evses = dict.fromkeys(place.evse for place in places)
        return [evse for evse in evses if self._transacting.sessions[evse].span is not None]

    def _measured(self, places: list[ConnectorId]) -> list[ConnectorId]:
        """There is one meter at an EVSE: while one of its connectors is in use, it measures nothing at the others."""
        return [place for place in places if not self._transacting.sessions[place.evse].busy_elsewhere(place.connector)]

    def _status(self, places: list[ConnectorId]) -> None:
        if not self._pending:
            self._reporting.again(tuple(places))
            return
        for place in places:
            facts = self._availability.station_facts if place == STATION else self._availability.facts(place)
            self.tell(StatusNotification(at=self._clock.now(), facts=facts, station=place == STATION))

    def _transactions(self, places: list[ConnectorId]) -> None:
        """F06.FR.07"""
        for evse in self._running(places):
            values = self._metering.values(evse, ReadingContext.TRIGGER, SAMPLED_MEASURANDS, self._clock.now())
            self._transacting.told(evse, TriggerReason.TRIGGER, values)

    def _aligned(self, place: ConnectorId) -> bool:
        return bool(self._metering.values(place.evse, ReadingContext.TRIGGER, ALIGNED_MEASURANDS, self._clock.now()))

    def _values(self, places: list[ConnectorId], measurands: Measurands) -> None:
        for place in places:
            values = self._metering.values(place.evse, ReadingContext.TRIGGER, measurands, self._clock.now())
            if values:
                self.tell(MeterValues(place.evse, place, values))

    def _samples(self, places: list[ConnectorId]) -> None:
        """Those of a running transaction go with it, in the queue; before the boot is accepted nothing leaves the queue."""
        measured = self._measured(places)
        running = [] if self._pending else [place for place in measured if self._transacting.runs_at(place)]
        self._transactions(running)
        self._values([place for place in measured if place not in running], SAMPLED_MEASURANDS)
