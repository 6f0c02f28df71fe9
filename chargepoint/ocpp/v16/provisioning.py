"""1.6: BootNotification (§4.2), GetConfiguration (§5.8), ChangeConfiguration (§5.3), Reset (§5.14).

A 1.6 configuration key is a variable without component: ``VariableKey(component="", variable=<key>)``.
"""

from chargepoint.domain.commands import GetVariables, Reset, ResetKind, SetVariables
from chargepoint.domain.device_model import GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.notifications import BootAnswer, BootNotification
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import interval_s, present, registration
from chargepoint.ocpp.v16.authorizing import accepted_or_rejected

READ_ONLY = "ReadOnly"
"""The reason code by which a GetResult says that a key cannot be set."""

_KNOWN = (VariableStatus.ACCEPTED, VariableStatus.REJECTED)
"""REJECTED is a key that can be written only: it is shown without its value (1.6-J errata 3.12)."""

_CHANGED = {
    VariableStatus.ACCEPTED: "Accepted",
    VariableStatus.REJECTED: "Rejected",
    VariableStatus.REBOOT_REQUIRED: "RebootRequired",
}


def _boot(notification: BootNotification) -> Request:
    """Names longer than 1.6 has room for are cut."""
    station = notification.station
    return Request(
        "BootNotification",
        {"chargePointVendor": station.vendor[:20], "chargePointModel": station.model[:20]}
        | present(chargePointSerialNumber=station.serial[:25], firmwareVersion=station.firmware[:50]),
    )


def _booted(_: BootNotification, payload: Payload) -> BootAnswer:
    """Only its status has to be there (``payloads.registration``): without an interval the station keeps its own."""
    return BootAnswer(registration(payload), interval_s(payload.get("interval", 0)), times.read(payload.get("currentTime", "")))


def _get(payload: Payload) -> GetVariables:
    """Without keys: all."""
    return GetVariables(tuple(_key(key) for key in payload.get("key", ())))


def _got(_: GetVariables, reply: tuple[GetResult, ...]) -> Payload:
    return present(
        configurationKey=[_key_value(result) for result in reply if result.status in _KNOWN],
        unknownKey=[result.key.variable for result in reply if result.status not in _KNOWN],
    )


def _key_value(result: GetResult) -> Payload:
    entry = {"key": result.key.variable, "readonly": result.reason_code == READ_ONLY}
    if result.status is VariableStatus.ACCEPTED and result.value is not None:
        entry["value"] = result.value[:500]
    return entry


def _set(payload: Payload) -> SetVariables:
    return SetVariables(((_key(payload["key"]), payload["value"]),))


def _were_set(_: SetVariables, reply: tuple[SetResult, ...]) -> Payload:
    return {"status": _CHANGED.get(reply[0].status, "NotSupported")}


def _key(name: str) -> VariableKey:
    return VariableKey(component="", variable=name)


def _reset(payload: Payload) -> Reset:
    """Soft and Hard are both immediate; Hard does not wait for contactors and last readings."""
    return Reset(ResetKind.IMMEDIATE, graceful=payload["type"] == "Soft")


SAID: dict[type, Said] = {BootNotification: Said(_boot, _booted, bare=True)}
OBEYED: dict[str, Obeyed] = {
    "GetConfiguration": Obeyed(_get, _got),
    "ChangeConfiguration": Obeyed(_set, _were_set),
    "Reset": Obeyed(_reset, accepted_or_rejected),
}
