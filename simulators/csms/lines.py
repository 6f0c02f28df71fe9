"""Messages as lines for people: time, station, direction, action and what matters of it.

12:00:01 cp001 → StartTransaction connector 1 04A1 meter 12 Wh
12:00:01 cp001 ← accepted, transaction 17
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from simulators.csms.frames import Call, Failure, Frame, Payload, Result
from simulators.csms.message_log import Direction
from simulators.csms.records import Violation
from simulators.csms.samples import read_meter_values

ARROWS: dict[Direction, str] = {"received": "→", "sent": "←"}
MAX_REST = 100
MAX_LINE = 500


def note(now: datetime, station: str, text: str) -> str:
    """Anything about a station. What a terminal might obey is taken out: stations may send anything."""
    line = f"{now.astimezone():%H:%M:%S} {station} {text}"
    line = line if len(line) <= MAX_LINE else line[:MAX_LINE] + "…"
    return line if line.isprintable() else "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)


def violation(now: datetime, station: str, entry: Violation) -> str:
    """What the station should not have done."""
    return note(now, station, f"✗ {entry.rule}: {entry.text}")


def message(now: datetime, station: str, direction: Direction, frame: Frame, action: str | None, remark: str = "") -> str:
    """One frame."""
    return note(now, station, f"{ARROWS[direction]} {essence(frame, action)}" + (f" ({remark})" if remark else ""))


def essence(frame: Frame, action: str | None) -> str:
    """What matters of a frame; ``action`` is what an answer answers."""
    match frame:
        case Call():
            return _joined([frame.action, _told(_CALLS.get(frame.action, _rest), frame.payload)])
        case Result():
            return _told(_ANSWERS.get(action or "", _status), frame.payload) or "done"
        case Failure():
            return f"refused: {frame.code}" + (f", {frame.description}" if frame.description else "")
        case _:
            return "unreadable"


def _told(summary: Callable[[Payload], str], payload: Payload) -> str:
    """The summary; of a payload that is not as its schema says, what is there."""
    try:
        return summary(payload)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return _rest(payload)


def _joined(parts: list[Any]) -> str:
    return " ".join(str(part) for part in parts if part not in (None, ""))


def _named(name: str, value: Any) -> str:
    return "" if value is None else f"{name} {value}"


def _rest(payload: Payload) -> str:
    text = " ".join(f"{name} {_plain(value)}" for name, value in payload.items())
    return text if len(text) <= MAX_REST else text[:MAX_REST] + "…"


def _plain(value: Any) -> str:
    match value:
        case dict():
            return "{" + " ".join(f"{name} {_plain(entry)}" for name, entry in value.items()) + "}"
        case list() if len(value) > 3:
            return f"({len(value)} entries)"
        case list():
            return "[" + ", ".join(_plain(entry) for entry in value) + "]"
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _words(name: str) -> str:
    """RebootRequired: reboot required; EVDisconnected: EV disconnected."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)
    return " ".join(word if len(word) > 1 and word.isupper() else word.lower() for word in words)


def _status(payload: Payload) -> str:
    rest = {name: value for name, value in payload.items() if name != "status"}
    return ", ".join(part for part in (_words(payload.get("status", "")), _rest(rest)) if part)


def _token_status(payload: Payload) -> str:
    info = payload.get("idTagInfo") or payload.get("idTokenInfo")
    group = (info.get("parentIdTag") or info.get("groupIdToken", {}).get("idToken")) if info else None
    parts = [_words(info["status"]) if info else "", _named("group", group), _named("transaction", payload.get("transactionId"))]
    return ", ".join(part for part in parts if part)


def _token(payload: Payload) -> str:
    token = payload.get("idTag") or payload.get("idToken", {})
    return str(token.get("idToken", "")) if isinstance(token, dict) else str(token)


def _place(payload: Payload) -> str:
    evse = payload.get("evse") or {"id": payload.get("evseId"), "connectorId": payload.get("connectorId")}
    return _joined([_named("EVSE", evse.get("id")), _named("connector", evse.get("connectorId"))])


def _boot(payload: Payload) -> str:
    station = payload.get("chargingStation", payload)
    vendor = station.get("vendorName") or station.get("chargePointVendor")
    model = station.get("model") or station.get("chargePointModel")
    return _joined([vendor, model, station.get("firmwareVersion"), _words(payload.get("reason", ""))])


def _boot_answer(payload: Payload) -> str:
    return f"{_words(payload['status'])}, interval {payload['interval']} s"


def _reading(entries: list[Payload]) -> str:
    """The newest values: energy, and power and current where they are told."""
    if not entries:
        return ""
    newest = read_meter_values(entries, 0)[-1]
    energy = "" if newest.energy_wh is None else f"{newest.energy_wh:g} Wh"
    wanted = ("Power.Active.Import", "Current.Import", "Voltage", "SoC")
    others = {s.measurand: f"{s.value:g} {s.unit}".strip() for s in newest.samples if s.value is not None and s.phase in (None, "L1")}
    return ", ".join(part for part in [energy, *(others.get(measurand, "") for measurand in wanted)] if part)


def _meter_values(payload: Payload) -> str:
    return _joined([_place(payload), _named("transaction", payload.get("transactionId")), _reading(payload["meterValue"])])


def _start(payload: Payload) -> str:
    return _joined([_place(payload), _token(payload), f"meter {payload['meterStart']} Wh"])


def _stop(payload: Payload) -> str:
    reason = _words(payload.get("reason", "Local"))
    return _joined([f"transaction {payload['transactionId']}", _token(payload), f"meter {payload['meterStop']} Wh", reason])


def _event(payload: Payload) -> str:
    info = payload["transactionInfo"]
    name = f"{payload['eventType']} {payload['seqNo']} of {info['transactionId'][:8]}"
    state = _named("stopped:", _words(info["stoppedReason"]) if "stoppedReason" in info else None) or info.get("chargingState", "")
    offline = "offline" if payload.get("offline") else ""
    reading = _reading(payload.get("meterValue", []))
    parts = [name, _words(payload["triggerReason"]), _token(payload), _place(payload), state, reading, offline]
    return ", ".join(part for part in parts if part)


def _connector_status(payload: Payload) -> str:
    error, info = payload.get("errorCode", "NoError"), payload.get("info")
    status = payload.get("status") or payload.get("connectorStatus")
    return _joined([_place(payload), status, error if error != "NoError" else "", f"({info})" if info else ""])


def _availability(payload: Payload) -> str:
    return _joined([_place(payload), _words(payload.get("type") or payload["operationalStatus"])])


def _remote_start(payload: Payload) -> str:
    return _joined([_place(payload), _token(payload), "with a charging profile" if "chargingProfile" in payload else ""])


def _variables(payload: Payload) -> str:
    rows = payload.get("setVariableData") or payload.get("getVariableData") or []
    named = [f"{row['component']['name']}.{row['variable']['name']}" + _value(row.get("attributeValue")) for row in rows]
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")


def _value(value: str | None) -> str:
    return "" if value is None else f" = {value}"


def _variable_results(payload: Payload) -> str:
    rows = payload.get("setVariableResult") or payload.get("getVariableResult") or []
    told = [f"{row['variable']['name']} {_words(row['attributeStatus'])}" + _value(row.get("attributeValue")) for row in rows]
    return ", ".join(told[:3]) + (f" and {len(told) - 3} more" if len(told) > 3 else "")


def _configuration(payload: Payload) -> str:
    keys = payload.get("configurationKey", [])
    shown = ", ".join(f"{key['key']}{_value(key.get('value'))}" for key in keys) if len(keys) <= 3 else f"{len(keys)} keys"
    unknown = payload.get("unknownKey")
    return ", ".join(part for part in (shown, f"unknown: {', '.join(unknown)}" if unknown else "") if part)


def _report(payload: Payload) -> str:
    rows, more = len(payload.get("reportData", [])), "more to come" if payload.get("tbc") else "last"
    return f"{payload['requestId']} part {payload['seqNo']}: {rows} variables, {more}"


_CALLS: dict[str, Callable[[Payload], str]] = {
    "Authorize": _token,
    "BootNotification": _boot,
    "ChangeAvailability": _availability,
    "ChangeConfiguration": lambda payload: f"{payload['key']} = {payload['value']}",
    "GetConfiguration": lambda payload: ", ".join(payload.get("key", [])) or "all keys",
    "GetVariables": _variables,
    "MeterValues": _meter_values,
    "NotifyReport": _report,
    "RemoteStartTransaction": _remote_start,
    "RemoteStopTransaction": lambda payload: f"transaction {payload['transactionId']}",
    "RequestStartTransaction": _remote_start,
    "RequestStopTransaction": lambda payload: f"transaction {payload['transactionId'][:8]}",
    "Reset": lambda payload: _joined([payload["type"].lower(), _named("EVSE", payload.get("evseId"))]),
    "SetVariables": _variables,
    "StartTransaction": _start,
    "StatusNotification": _connector_status,
    "StopTransaction": _stop,
    "TransactionEvent": _event,
    "TriggerMessage": lambda payload: _joined([payload["requestedMessage"], _place(payload)]),
    "UnlockConnector": _place,
}

_ANSWERS: dict[str, Callable[[Payload], str]] = {
    "Authorize": _token_status,
    "BootNotification": _boot_answer,
    "GetConfiguration": _configuration,
    "GetVariables": _variable_results,
    "Heartbeat": lambda payload: str(payload["currentTime"]),
    "SetVariables": _variable_results,
    "StartTransaction": _token_status,
    "StopTransaction": _token_status,
    "TransactionEvent": _token_status,
}
