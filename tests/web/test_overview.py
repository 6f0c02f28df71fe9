"""What the document means for somebody who stands before the station."""

from typing import Any

import pytest

from chargepoint.web import overview

FAULT = {
    "name": "earth_fault",
    "stops_charging": True,
    "latched": True,
    "info": "",
    "technician": ["look"],
    "clears": "never",
    "since": "now",
}


def document(**evse: Any) -> dict[str, Any]:
    """Of a station with one EVSE."""
    known = {
        "id": 1,
        "state": "A",
        "status": "Available",
        "power_w": 0,
        "energy_wh": 1234,
        "limit_a": 0,
        "limit_source": None,
        "transaction": None,
        "csms_transaction": None,
        "fault_details": [],
    }
    return {
        "id": "cp001",
        "link": True,
        "ocpp": {"configured": True, "connected": True, "version": "2.0.1", "registration": "accepted"},
        "messages": {"waiting": 0, "given_up": 0},
        "fault_details": [],
        "evses": [known | evse],
    }


@pytest.mark.parametrize(
    ("evse", "tone", "sentence"),
    [
        ({}, "free", "No car is connected."),
        ({"state": "B1", "status": "Preparing"}, "busy", "waits for somebody who may charge"),
        ({"state": "B1", "transaction": "t"}, "busy", "nothing is offered"),
        ({"state": "C2", "status": "Charging"}, "live", "is charging"),
        ({"state": "C1"}, "wait", "none is offered"),
        ({"state": "A", "status": "Unavailable"}, "off", "out of service"),
        ({"state": "A", "status": "Reserved"}, "off", "reserved"),
        ({"state": "fault", "fault_details": [FAULT]}, "bad", "see below"),
        ({"state": None, "status": None}, "bad", "not been heard"),
        ({"state": "C1", "why": "The fuse is used up by EVSE 2."}, "wait", "The fuse is used up by EVSE 2."),
        ({"state": "new in the next release"}, "wait", "new in the next release"),
    ],
)
def test_each_state_has_a_tone_and_a_sentence(evse: dict[str, Any], tone: str, sentence: str) -> None:
    tile = overview.of(document(**evse)).tiles[0]
    assert (tile.tone, sentence in tile.sentence) == (tone, True)


@pytest.mark.parametrize(
    ("ocpp", "said", "good"),
    [
        ({"configured": False}, "none configured", None),
        ({"connected": False}, "not connected (OCPP 2.0.1)", False),
        ({"registration": "pending"}, "connected, OCPP 2.0.1, registration pending", False),
        ({}, "connected, OCPP 2.0.1", True),
    ],
)
def test_the_way_to_the_csms_is_said(ocpp: dict[str, Any], said: str, good: bool | None) -> None:
    whole = document()
    seen = overview.of(whole | {"ocpp": whole["ocpp"] | ocpp})
    assert (seen.csms, seen.csms_good) == (said, good)
