"""1.6: RemoteStartTransaction (§5.11), RemoteStopTransaction (§5.12), UnlockConnector (§5.18), TriggerMessage (§5.17) and its extension
by the security whitepaper (1.6-SEC §5.5)."""

from collections.abc import Mapping

from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, Trigger, TriggerMessage, UnlockConnector, Verdict
from chargepoint.domain.ids import ANY, IdToken
from chargepoint.ocpp.dialect import Obeyed, Settled
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole, whole_or_none
from chargepoint.ocpp.v16.authorizing import accepted_or_rejected
from chargepoint.ocpp.v16.charging import charging_profile
from chargepoint.ocpp.v16.numbering import STATION, Numbering

REJECTED = Settled({"status": "Rejected"})

TRIGGERS = {
    "BootNotification": Trigger.BOOT_NOTIFICATION,
    "Heartbeat": Trigger.HEARTBEAT,
    "MeterValues": Trigger.SAMPLES,
    "StatusNotification": Trigger.STATUS_NOTIFICATION,
}
"""What both MessageTrigger (§7.32) and MessageTriggerEnumType (1.6-SEC §6.16) ask for. What no room sends is not implemented."""

PLAIN_TRIGGERS = TRIGGERS | {
    "DiagnosticsStatusNotification": Trigger.DIAGNOSTICS_STATUS,
    "FirmwareStatusNotification": Trigger.FIRMWARE_STATUS,
}
EXTENDED_TRIGGERS = TRIGGERS | {
    "FirmwareStatusNotification": Trigger.SIGNED_FIRMWARE_STATUS,
    "LogStatusNotification": Trigger.LOG_STATUS,
    "SignChargePointCertificate": Trigger.SIGN_CHARGING_STATION_CERTIFICATE,
}
OF_CONNECTORS = frozenset({Trigger.SAMPLES, Trigger.STATUS_NOTIFICATION})
"""Of the others it makes no difference which connector is named, not even one that does not exist (§5.17)."""

_TRIGGERED = {Verdict.ACCEPTED: "Accepted", Verdict.NOT_IMPLEMENTED: "NotImplemented"}
_UNLOCKED = {
    Verdict.UNLOCKED: "Unlocked",
    Verdict.ACCEPTED: "Unlocked",
    Verdict.NOT_SUPPORTED: "NotSupported",
    Verdict.UNKNOWN_CONNECTOR: "NotSupported",
}


def _start(numbering: Numbering, payload: Payload) -> RequestStart | Settled:
    """Without connector the station chooses; connector 0 is none to charge at."""
    number = whole_or_none(payload, "connectorId")
    connector = None if number is None else numbering.connector(number)
    if number is not None and connector is None:
        return REJECTED
    profile = None if "chargingProfile" not in payload else charging_profile(payload["chargingProfile"])
    if connector is None:
        return RequestStart(IdToken(payload["idTag"], ANY), profile=profile)
    return RequestStart(IdToken(payload["idTag"], ANY), evse=connector.evse, connector=connector.connector, profile=profile)


def _stop(payload: Payload) -> RequestStop:
    return RequestStop(str(whole(payload["transactionId"], "transactionId")))


def _trigger(numbering: Numbering, payload: Payload, triggers: Mapping[str, Trigger]) -> TriggerMessage | Settled:
    """Connector 0 is the charge point itself, EVSE 0."""
    message, number = triggers.get(payload["requestedMessage"]), whole_or_none(payload, "connectorId")
    if number is None or message not in OF_CONNECTORS:
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
        "TriggerMessage": Obeyed(lambda payload: _trigger(numbering, payload, PLAIN_TRIGGERS), _triggered),
        "ExtendedTriggerMessage": Obeyed(lambda payload: _trigger(numbering, payload, EXTENDED_TRIGGERS), _triggered),
        "UnlockConnector": Obeyed(lambda payload: _unlock(numbering, payload), _unlocked),
    }
