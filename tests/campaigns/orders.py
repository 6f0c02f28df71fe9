"""What the CSMS orders, in the words of either version. Each function gives action and payload of a CALL."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from simulators.csms.frames import Payload

Order = tuple[str, Payload]

TOKEN_TYPE = "ISO14443"
INTERVAL = {"component": {"name": "SampledDataCtrlr"}, "variable": {"name": "TxUpdatedInterval"}}
INTERVAL_KEY = "MeterValueSampleInterval"
LONG_AGO = "2026-02-01T00:00:00Z"


def start(version: str, evse: int, token: str, number: int) -> Order:
    """A remote start at one EVSE."""
    if version == "1.6":
        return "RemoteStartTransaction", {"connectorId": evse, "idTag": token}
    return "RequestStartTransaction", {"remoteStartId": number, "idToken": {"idToken": token, "type": TOKEN_TYPE}, "evseId": evse}


def stop(version: str, transaction: str) -> Order:
    """A remote stop, by the id that the CSMS knows."""
    if version == "1.6":
        return "RemoteStopTransaction", {"transactionId": int(transaction)}
    return "RequestStopTransaction", {"transactionId": transaction}


def availability(version: str, evse: int, *, operative: bool) -> Order:
    """One EVSE out of operation, or back."""
    word = "Operative" if operative else "Inoperative"
    if version == "1.6":
        return "ChangeAvailability", {"connectorId": evse, "type": word}
    return "ChangeAvailability", {"operationalStatus": word, "evse": {"id": evse}}


def set_interval(version: str, seconds: str) -> Order:
    """Seconds between meter values."""
    if version == "1.6":
        return "ChangeConfiguration", {"key": INTERVAL_KEY, "value": seconds}
    return "SetVariables", {"setVariableData": [{"attributeValue": seconds, **INTERVAL}]}


def get_interval(version: str) -> Order:
    """The same, asked for."""
    if version == "1.6":
        return "GetConfiguration", {"key": [INTERVAL_KEY]}
    return "GetVariables", {"getVariableData": [INTERVAL]}


def set_points(start: str, stop: str) -> Order:
    """2.x: where transactions begin and end."""
    points = {"TxStartPoint": start, "TxStopPoint": stop}
    entries = [{"component": {"name": "TxCtrlr"}, "variable": {"name": name}, "attributeValue": value} for name, value in points.items()]
    return "SetVariables", {"setVariableData": entries}


def local_list(version: str, number: int, tokens: Iterable[str]) -> Order:
    """All of it anew: these, accepted."""
    if version == "1.6":
        entries = [{"idTag": token, "idTagInfo": {"status": "Accepted"}} for token in tokens]
        return "SendLocalList", {"listVersion": number, "updateType": "Full", "localAuthorizationList": entries}
    listed = [{"idToken": {"idToken": token, "type": TOKEN_TYPE}, "idTokenInfo": {"status": "Accepted"}} for token in tokens]
    return "SendLocalList", {"versionNumber": number, "updateType": "Full", "localAuthorizationList": listed}


def reserve(version: str, evse: int, token: str, number: int, expires: datetime) -> Order:
    """One EVSE for one token."""
    until = expires.strftime("%Y-%m-%dT%H:%M:%SZ")
    if version == "1.6":
        return "ReserveNow", {"connectorId": evse, "expiryDate": until, "idTag": token, "reservationId": number}
    return "ReserveNow", {"id": number, "expiryDateTime": until, "idToken": {"idToken": token, "type": TOKEN_TYPE}, "evseId": evse}


def set_limit(version: str, number: int, limit_a: float) -> Order:
    """Of the whole station, from a time long ago on."""
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}], "startSchedule": LONG_AGO}
    profile: Payload = {"stackLevel": 0, "chargingProfileKind": "Absolute"}
    if version == "1.6":
        profile |= {"chargingProfileId": number, "chargingProfilePurpose": "ChargePointMaxProfile", "chargingSchedule": schedule}
        return "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile}
    schedules = [{"id": number, **schedule}]
    profile |= {"id": number, "chargingProfilePurpose": "ChargingStationMaxProfile", "chargingSchedule": schedules}
    return "SetChargingProfile", {"evseId": 0, "chargingProfile": profile}


def clear_limit(version: str, number: int) -> Order:
    """The same, gone."""
    return "ClearChargingProfile", {"id" if version == "1.6" else "chargingProfileId": number}


def result(answer: dict[str, Any]) -> str:
    """Status of an answer, or the value that was asked for."""
    entries = answer.get("setVariableResult") or answer.get("getVariableResult") or answer.get("configurationKey") or [answer]
    entry = entries[0]
    return str(entry.get("value") or entry.get("attributeValue") or entry.get("attributeStatus") or entry.get("status"))
