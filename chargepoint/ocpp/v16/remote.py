"""1.6: RemoteStartTransaction (§5.11), RemoteStopTransaction (§5.12), TriggerMessage (§5.17), UnlockConnector (§5.18)."""

import logging

from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, Trigger, TriggerMessage, UnlockConnector, Verdict
from chargepoint.domain.ids import IdToken
from chargepoint.ocpp.dialect import Obeyed, Settled
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole, whole_or_none
from chargepoint.ocpp.v16.authorizing import accepted_or_rejected
from chargepoint.ocpp.v16.numbering import STATION, Numbering

log = logging.getLogger(__name__)

REJECTED = Settled({"status": "Rejected"})

TRIGGERS = {
    "BootNotification": Trigger.BOOT_NOTIFICATION,
    "Heartbeat": Trigger.HEARTBEAT,
    "MeterValues": Trigger.SAMPLES,
    "StatusNotification": Trigger.STATUS_NOTIFICATION,
}
"""MessageTrigger (§7.32); the others are not implemented."""

_TRIGGERED = {Verdict.ACCEPTED: "Accepted", Verdict.NOT_IMPLEMENTED: "NotImplemented"}
_UNLOCKED = {
    Verdict.UNLOCKED: "Unlocked",
    Verdict.ACCEPTED: "Unlocked",
    Verdict.NOT_SUPPORTED: "NotSupported",
    Verdict.UNKNOWN_CONNECTOR: "NotSupported",
}


def _start(numbering: Numbering, payload: Payload) -> RequestStart | Settled:
    """Without connector the station chooses; connector 0 is none to charge at. A charging profile is ignored (§5.11, note)."""
    number = whole_or_none(payload, "connectorId")
    connector = None if number is None else numbering.connector(number)
    if number is not None and connector is None:
        return REJECTED
    if "chargingProfile" in payload:
        log.info("ocpp=1.6 action=RemoteStartTransaction ignored=chargingProfile reason=no_smart_charging")
    return RequestStart(IdToken(payload["idTag"]), evse=None if connector is None else connector.evse)


def _stop(payload: Payload) -> RequestStop:
    return RequestStop(str(whole(payload["transactionId"], "transactionId")))


def _trigger(numbering: Numbering, payload: Payload) -> TriggerMessage | Settled:
    """Connector 0 is the charge point itself, EVSE 0."""
    message, number = TRIGGERS.get(payload["requestedMessage"]), whole_or_none(payload, "connectorId")
    if number is None or message is None:
        return TriggerMessage(message)
    if number == STATION:
        return TriggerMessage(message, STATION)
    connector = numbering.connector(number)
    return REJECTED if connector is None else TriggerMessage(message, connector.evse, connector.connector)


def _triggered(_: TriggerMessage, reply: Outcome) -> Payload:
    return {"status": _TRIGGERED.get(reply.verdict, "Rejected")}


def _unlock(numbering: Numbering, payload: Payload) -> UnlockConnector | Settled:
    """An unknown connector is NotSupported (errata 3.87). A running transaction is ended first."""
    connector = numbering.connector(whole(payload["connectorId"], "connectorId"))
    return Settled({"status": "NotSupported"}) if connector is None else UnlockConnector(connector, ends_transaction=True)


def _unlocked(_: UnlockConnector, reply: Outcome) -> Payload:
    return {"status": _UNLOCKED.get(reply.verdict, "UnlockFailed")}


def obeyed(numbering: Numbering) -> dict[str, Obeyed]:
    """What is done from afar."""
    return {
        "RemoteStartTransaction": Obeyed(lambda payload: _start(numbering, payload), accepted_or_rejected),
        "RemoteStopTransaction": Obeyed(_stop, accepted_or_rejected),
        "TriggerMessage": Obeyed(lambda payload: _trigger(numbering, payload), _triggered),
        "UnlockConnector": Obeyed(lambda payload: _unlock(numbering, payload), _unlocked),
    }
