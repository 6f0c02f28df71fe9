"""What a message says, where the same thing can be said in several ways."""

from typing import Any

from simulators.csms.message_log import Message
from tests.campaigns.bench import Json

UNASKED = frozenset({"MeterValuePeriodic", "MeterValueClock"})
"""Reasons of events that may come at any time."""


def availability(message: Message) -> dict[tuple[int, int], str]:
    """The status of connectors, as StatusNotification or as NotifyEvent has it."""
    if message.direction != "received" or message.action not in ("StatusNotification", "NotifyEvent") or message.frame[0] != 2:
        return {}
    payload = message.payload
    if message.action == "StatusNotification":
        return {(payload["evseId"], payload["connectorId"]): payload["connectorStatus"]}
    entries = [entry for entry in payload["eventData"] if _is_availability(entry)]
    return {(entry["component"]["evse"]["id"], entry["component"]["evse"]["connectorId"]): entry["actualValue"] for entry in entries}


def _is_availability(entry: Json) -> bool:
    component, variable = entry["component"], entry["variable"]
    return component["name"] == "Connector" and variable["name"] == "AvailabilityState" and "connectorId" in component.get("evse", {})


def event_fits(payload: Json, wanted: Json) -> bool:
    """Does a TransactionEvent have all of this? Samples count only where their reason is asked for."""
    if payload["triggerReason"] in UNASKED and "triggerReason" not in wanted:
        return False
    return all(_fits(_entry(payload, name), value) for name, value in wanted.items())


def _entry(payload: Json, name: str) -> Any:
    """``evse``, ``connector`` and ``idToken`` are plain values here; the rest is looked for in transactionInfo as well."""
    match name:
        case "evse":
            return payload.get("evse", {}).get("id")
        case "connector":
            return payload.get("evse", {}).get("connectorId")
        case "idToken":
            return payload.get("idToken", {}).get("idToken")
        case _:
            return payload.get(name, payload["transactionInfo"].get(name))


def _fits(value: Any, wanted: Any) -> bool:
    if wanted is ...:
        return value is not None
    if isinstance(wanted, set | frozenset):
        return value in wanted
    return bool(value == wanted)
