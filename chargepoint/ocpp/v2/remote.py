"""2.x block F: RequestStartTransaction (F01, F02), RequestStopTransaction (F03), UnlockConnector (F05), TriggerMessage (F06)."""

import logging

from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, Trigger, TriggerMessage, UnlockConnector, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.ocpp.dialect import Obeyed
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import present, whole, whole_or_none
from chargepoint.ocpp.v2.authorizing import accepted_or_rejected
from chargepoint.ocpp.v2.charging import charging_profile
from chargepoint.ocpp.v2.values import answered, read_evse, read_token

log = logging.getLogger(__name__)

TRIGGERS = {trigger.value: trigger for trigger in Trigger if trigger is not Trigger.SAMPLES}
TRIGGERS |= {"FirmwareStatusNotification": Trigger.SIGNED_FIRMWARE_STATUS}  # what 1.6-SEC L01.FR.28 and 29 say is L01.FR.25, L01.FR.26
"""MessageTriggerEnumType; the others are not implemented (F06.FR.08)."""

_TRIGGERED = {Verdict.ACCEPTED: "Accepted", Verdict.NOT_IMPLEMENTED: "NotImplemented"}
_UNLOCKED = {
    Verdict.UNLOCKED: "Unlocked",
    Verdict.ACCEPTED: "Unlocked",
    Verdict.ONGOING: "OngoingAuthorizedTransaction",
    Verdict.UNKNOWN_CONNECTOR: "UnknownConnector",
}


def _start(payload: Payload) -> RequestStart:
    """A station without smart charging ignores the charging profile (F01.FR.12, F02.FR.20): its profile book does."""
    profile, group = payload.get("chargingProfile"), payload.get("groupIdToken")
    return RequestStart(
        read_token(payload["idToken"]),
        remote_start_id=whole(payload["remoteStartId"], "remoteStartId"),
        evse=whole_or_none(payload, "evseId"),
        profile=None if profile is None else charging_profile(profile),
        group=read_token(group) if group and group["idToken"] else None,
    )


def _started(_: RequestStart, reply: Outcome) -> Payload:
    """F01.FR.13"""
    return accepted_or_rejected(_, reply) | present(transactionId=reply.transaction_id)


def _stop(payload: Payload) -> RequestStop:
    return RequestStop(payload["transactionId"])


def _unlock(payload: Payload) -> UnlockConnector:
    """A connector with an authorised transaction stays locked (F05.FR.02)."""
    connector = ConnectorId(whole(payload["evseId"], "evseId"), whole(payload["connectorId"], "connectorId"))
    return UnlockConnector(connector, ends_transaction=False)


def _unlocked(_: UnlockConnector, reply: Outcome) -> Payload:
    return answered(_UNLOCKED.get(reply.verdict, "UnlockFailed"), reply)


def _trigger(payload: Payload) -> TriggerMessage:
    evse, connector = read_evse(payload.get("evse"))
    return TriggerMessage(TRIGGERS.get(payload["requestedMessage"]), evse, connector)


def _triggered(_: TriggerMessage, reply: Outcome) -> Payload:
    return answered(_TRIGGERED.get(reply.verdict, "Rejected"), reply)


OBEYED: dict[str, Obeyed] = {
    "RequestStartTransaction": Obeyed(_start, _started),
    "RequestStopTransaction": Obeyed(_stop, accepted_or_rejected),
    "UnlockConnector": Obeyed(_unlock, _unlocked),
    "TriggerMessage": Obeyed(_trigger, _triggered),
}
