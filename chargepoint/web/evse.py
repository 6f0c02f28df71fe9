"""One EVSE for a technician: why it does not charge, what bounds its current, what is wrong with it. From the station's document; pure."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from chargepoint.domain import catalogue, why
from chargepoint.domain.fault_table import FAULTS
from chargepoint.domain.why import Condition
from chargepoint.web import overview
from chargepoint.web.overview import Tile

MARKS = {True: "yes", False: "no", None: "open"}
USE = "CP-9"
"""So begin numbers of what keeps somebody from charging and is nobody's fault."""


class FaultRow(Struct, frozen=True, kw_only=True):
    """One fault, with what to do."""

    name: str
    code: str
    title: str
    info: str
    since: str
    driver: str
    clears: str
    latched: bool
    steps: tuple[str, ...]
    by_hand: bool
    """Does somebody have to say that it has been dealt with?"""


class EvsePage(Struct, frozen=True, kw_only=True):
    """What the page shows."""

    tile: Tile
    tone: str
    """Of the answer: ``good``, ``wait``, ``bad``."""
    answer: str
    code: str
    steps: tuple[str, ...]
    of_fault: bool
    """Is the answer one of the faults, which have the steps?"""
    conditions: tuple[tuple[str, Condition], ...]
    """With its mark."""
    limits: tuple[dict[str, Any], ...]
    faults: tuple[FaultRow, ...]
    figures: tuple[tuple[str, str], ...]


def of(document: Mapping[str, Any], number: int) -> EvsePage | None:
    """``None``: there is no such EVSE."""
    evse = next((each for each in document["evses"] if each["id"] == number), None)
    if evse is None:
        return None
    tile = next(each for each in overview.of(document).tiles if each.evse == number)
    conditions = msgspec.convert(evse["conditions"], tuple[Condition, ...])
    first = why.first(conditions)
    entry = catalogue.by_code(first.code or "")
    return EvsePage(
        tile=tile,
        tone=_tone(first),
        answer=first.text,
        code=first.code or "",
        steps=entry.technician if entry is not None else (first.remedy,) if first.remedy else (),
        of_fault=any(each["code"] == first.code for each in evse["fault_details"]),
        conditions=tuple((MARKS[each.holds], each) for each in conditions),
        limits=tuple(evse["limits"]),
        faults=tuple(map(_fault, evse["fault_details"])),
        figures=tuple(_figures(evse)),
    )


def _tone(first: Condition) -> str:
    if first.holds:
        return "good"
    return "wait" if first.holds is None or (first.code or "").startswith(USE) else "bad"


def _fault(fault: Mapping[str, Any]) -> FaultRow:
    row = FAULTS.get(fault["name"])
    return FaultRow(
        name=fault["name"],
        code=fault["code"],
        title=fault["title"],
        info=fault["info"],
        since=fault["since"],
        driver=fault["driver"],
        clears=fault["clears"],
        latched=fault["latched"],
        steps=tuple(fault["technician"]),
        by_hand=row is not None and row.clears == "service",
    )


def _figures(evse: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Title and value of what is known."""
    counts = evse["contactor_count"]
    phases = [f"{evse[name]} {word}" for name, word in (("phases", "switched"), ("phases_drawn", "drawn by the car")) if evse[name]]
    told = (
        ("State", f"{evse['state']}, pilot {evse['cp'] or 'without a meaning'}" if evse["state"] else "not heard"),
        ("Offered", f"{evse['offered_a']:g} A" if evse["offered_a"] else "nothing"),
        ("Phases", ", ".join(phases)),
        ("Transaction", str(evse["transaction"] or "none")),
        ("At the CSMS", str(evse["csms_transaction"]) if evse["csms_transaction"] != evse["transaction"] else ""),
        ("Contactor", "" if counts is None else f"closings: {counts['closings']:,}, openings under load: {counts['under_load']:,}"),
        ("Out of service", str(evse["out_of_service"] or "")),
    )
    return [(title, text) for title, text in told if text and text != "None"]
