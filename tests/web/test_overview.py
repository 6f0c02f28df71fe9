"""What the document means for somebody who stands before the station."""

import re
from pathlib import Path
from typing import Any

import pytest

from chargepoint.web import overview
from tests.web.browser import Rig, visiting

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


def test_the_page_names_faults_by_their_numbers_and_says_what_the_csms_would_not_take(tmp_path: Path) -> None:
    async def story(rig: Rig) -> None:
        disk = FAULT | {"name": "disk_full", "code": "CP-610", "title": "Disk nearly full", "since": "2026-11-23T11:00:00Z"}
        welded = FAULT | {"name": "contactor_welded", "code": "CP-301", "title": "Contactor welded", "since": "2026-11-23T11:00:00Z"}
        whole = document(fault_details=[welded], state="fault") | {"fault_details": [disk], "messages": {"waiting": 0, "given_up": 3}}

        async def ask(question: object, answer: object, timeout_s: float = 0.0) -> dict[str, Any]:
            return whole

        rig.house.ask = ask  # type: ignore[assignment, method-assign]
        page = (await (await rig.inside("viewer")).get("/")).text
        assert all(text in page for text in ("Disk nearly full", "CP-610", "Contactor welded", "CP-301", "2026-11-23 11:00:00 UTC"))
        assert re.search(r'<a href="/service">Messages that the CSMS would not take</a> <b class="no">3</b>', page)
        whole = document()
        assert "would not take" not in (await (await rig.inside("viewer")).get("/")).text
        whole = document() | {"link": False}
        assert 'href="/log?process=control"' in (await (await rig.inside("viewer")).get("/")).text

    visiting(story, tmp_path)
