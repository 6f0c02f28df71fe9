"""What the document of the station means for somebody who stands before it: one tile for each EVSE. Pure."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Tile(Struct, frozen=True, kw_only=True):
    """One EVSE."""

    evse: int
    tone: str
    """``free``, ``busy``, ``live``, ``wait``, ``bad``, ``off``: colour and sign; the word says the same."""
    word: str
    sentence: str
    power_w: float | None
    energy_wh: float | None
    limit: str
    transaction: str
    faults: tuple[dict[str, Any], ...]


class Overview(Struct, frozen=True, kw_only=True):
    """The whole station."""

    id: str
    csms: str
    csms_good: bool | None
    """``None``: there is none, which is fine."""
    control: bool
    waiting: int
    given_up: int
    """Messages: on their way; and such as the CSMS would not take."""
    faults: tuple[dict[str, Any], ...]
    tiles: tuple[Tile, ...]


SENTENCES = {
    "A": "No car is connected.",
    "B1": "A car is connected, and nothing is offered to it.",
    "B2": "Current is offered; the car does not ask for it.",
    "C1": "The car asks for current, and none is offered.",
    "C2": "The car is charging.",
    "D1": "The car asks for current, and none is offered.",
    "D2": "The car is charging, with ventilation.",
    "stopping": "The offer is withdrawn; the car is given time to let go.",
    "waking": "The car does not react to the offer; it is being woken.",
    "woken": "The car has been woken; the offer follows.",
    "fault_f": "A fault keeps it from charging; see below.",
    "fault": "A fault keeps it from charging; see below.",
    "out": "It is out of service until a technician has cleared its fault.",
}
"""By the state of the EVSE (``chargepoint.link.messages.IecState``)."""
TONES = {"A": "free", "B1": "busy", "B2": "busy", "C2": "live", "D2": "live", "fault": "bad", "fault_f": "bad", "out": "bad"}
NOBODY = "A car is connected and waits for somebody who may charge."
SILENT = "Control has not been heard, so nothing is known of it."
OFF = {"Unavailable": "It is out of service.", "Reserved": "It is reserved, and free for whoever it is reserved for."}


def of(document: Mapping[str, Any]) -> Overview:
    """Everything that the page shows."""
    csms, good = _csms(document["ocpp"])
    return Overview(
        id=document["id"],
        csms=csms,
        csms_good=good,
        control=document["link"],
        waiting=document["messages"]["waiting"],
        given_up=document["messages"]["given_up"],
        faults=tuple(document["fault_details"]),
        tiles=tuple(_tile(evse) for evse in document["evses"]),
    )


def _tile(evse: Mapping[str, Any]) -> Tile:
    return Tile(
        evse=evse["id"],
        tone=_tone(evse),
        word=str(evse["status"] or "Unknown"),
        sentence=_sentence(evse),
        power_w=evse["power_w"],
        energy_wh=evse["energy_wh"],
        limit=f"{evse['limit_a']:g} A, by {evse['limit_source']}" if evse["limit_source"] and evse["limit_a"] else "",
        transaction=str(evse["csms_transaction"] or evse["transaction"] or ""),
        faults=tuple(evse["fault_details"]),
    )


def _tone(evse: Mapping[str, Any]) -> str:
    if evse["state"] is None or any(fault["stops_charging"] for fault in evse["fault_details"]):
        return "bad"
    if evse["status"] in OFF:
        return "off"
    return TONES.get(evse["state"], "wait")


def _sentence(evse: Mapping[str, Any]) -> str:
    """``why`` is the station's own: the first thing that keeps it from charging."""
    if evse.get("why"):
        return str(evse["why"])
    if evse["state"] is None:
        return SILENT
    if evse["state"] == "A" and evse["status"] in OFF:
        return OFF[evse["status"]]
    if evse["state"] == "B1" and not evse["transaction"]:
        return NOBODY
    return SENTENCES.get(evse["state"], f"Its state is {evse['state']}.")


def _csms(ocpp: Mapping[str, Any]) -> tuple[str, bool | None]:
    if not ocpp["configured"]:
        return "none configured", None
    if not ocpp["connected"]:
        return f"not connected (OCPP {ocpp['version']})", False
    accepted = ocpp["registration"] == "accepted"
    return f"connected, OCPP {ocpp['version']}" + ("" if accepted else f", registration {ocpp['registration']}"), accepted
