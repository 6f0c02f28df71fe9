"""What the CSMS orders, in the words of either version. Each function gives action and payload of a CALL."""

from typing import Any

from simulators.csms.frames import Payload

Order = tuple[str, Payload]

TOKEN_TYPE = "ISO14443"
INTERVAL = {"component": {"name": "SampledDataCtrlr"}, "variable": {"name": "TxUpdatedInterval"}}
INTERVAL_KEY = "MeterValueSampleInterval"


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


def result(answer: dict[str, Any]) -> str:
    """Status of an answer, or the value that was asked for."""
    entries = answer.get("setVariableResult") or answer.get("getVariableResult") or answer.get("configurationKey") or [answer]
    entry = entries[0]
    return str(entry.get("value") or entry.get("attributeValue") or entry.get("attributeStatus") or entry.get("status"))
