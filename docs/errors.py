"""``faults.md``: the fault table, as a technician reads it in the field."""

from collections.abc import Mapping

from chargepoint.domain.fault_table import KINDS, OF_STATION, ROWS, Action, Clearing, FaultRow
from chargepoint.domain.faults import Fault
from chargepoint.ocpp.v16.status import error_code
from docs import markdown

INTRODUCTION = """\
# Faults

Made by `make docs` from `chargepoint/domain/fault_table`; change the table, not this page.

Every fault that is active is shown by its name, by `chargepoint status` as well as to the CSMS. Look for the name here. First comes what
is wrong, then what the driver is told, then **what to do, in this order**. All voltages of the pilot (CP) and resistances of the proximity
contact (PP) are against PE.

> Work inside the station only with the supply switched off upstream, locked off, and proven dead. A step that measures under voltage is for
> a qualified electrician. Never bridge an interlock to make a fault go away."""

WORDS = """\
## What the words mean

* **Noticed after**: so long the cause has to last before it is a fault.
* **Clears**: when the fault ends. *By itself*: when its cause has been gone for the time stated. *Unplugged*: when the cause is gone and
  the car has left. *Service*: when the cause is gone and a technician has said so, for instance with
  `chargepoint clear-fault --evse 1 contactor_welded`; until then it stays, also through power cuts.
* **Tried again**: the fault is lifted after the pause to see whether it comes back, so often for one car; after that it stays until the
  car has left.
* **OCPP 1.6**: `errorCode` of StatusNotification. What keeps nobody from charging is told with NoError, and in words in `info`,
  unless it has a code of its own. A fault of the car's communication is told as EVCommunicationError only while a car is there, otherwise
  as OtherError.
* **MREC**: minimum required error code of ChargeX; in OCPP 1.6 it is the `vendorErrorCode`."""

OF_STATIONS = """\
## What the station process sees by itself

Control does not act on these. While control is silent nothing begins; a car that charges goes on with what it was permitted, until control
ends that, or, if control is gone, the board opens the contactor."""
OF_STATION_ACTIONS: Mapping[Action, str] = {"open": "nothing begins", "warn": "told, charging goes on"}

OF_BOARDS = """\
## What a board diagnoses by itself

A board may have faults of its own, with names of its own. They are handled by their kind: seen when the board says so, and cleared one
second after it says so no more."""

ACTIONS: dict[Action, str] = {
    "open": "contactor opens at once",
    "pause": "offer is withdrawn, the car has 6 s to stop, then the contactor opens",
    "limit": "offer is lowered, charging goes on",
    "warn": "told, charging goes on",
}
IN_SHORT: dict[Action, str] = {"open": "opens", "pause": "pauses", "limit": "lowers", "warn": "warns"}
CLEARINGS: dict[Clearing, str] = {"gone": "by itself", "unplugged": "unplugged", "service": "service"}


def page() -> str:
    """The whole page."""
    return markdown.page(
        INTRODUCTION,
        "## Overview",
        _overview(ROWS),
        WORDS,
        "## All faults",
        *map(_section, ROWS),
        OF_STATIONS,
        _overview(tuple(OF_STATION.values()), actions=OF_STATION_ACTIONS),
        *(_section(each, actions=OF_STATION_ACTIONS) for each in OF_STATION.values()),
        OF_BOARDS,
        _overview(tuple(KINDS.values()), "kind-"),
        *(_section(each, "kind-") for each in KINDS.values()),
    )


def _overview(rows: tuple[FaultRow, ...], prefix: str = "", actions: Mapping[Action, str] = IN_SHORT) -> str:
    head = ("Fault", "What is wrong", "Charging", "Clears", "OCPP 1.6", "MREC")
    return markdown.table(
        head,
        (
            (
                f"[{each.name}](#{prefix}{each.name})",
                each.cause,
                actions[each.action],
                CLEARINGS[each.clears],
                _code_16(each),
                each.mrec or "–",
            )
            for each in rows
        ),
    )


def _section(each: FaultRow, prefix: str = "", actions: Mapping[Action, str] = ACTIONS) -> str:
    facts = (
        ("Noticed after", markdown.seconds(each.seen_after_s)),
        ("Action", actions[each.action] + (", state F for 0.3 s to a car that was charging" if each.pilot_f else "")),
        ("Latches", "no" if each.clears == "gone" else "yes"),
        ("Clears", _clears(each)),
        ("Tried again", _tried(each)),
        ("OCPP 1.6", _code_16(each)),
        ("OCPP 2.x", f"{each.component}.{each.variable}; a transaction that it ends: {each.stop_reason}"),
        ("MREC", each.mrec or "none"),
    )
    return markdown.page(
        f'<a id="{prefix}{each.name}"></a>\n\n### {each.name}',
        f"**{each.cause}**",
        f"Driver: *{each.driver}*",
        markdown.numbered(each.technician),
        markdown.table(("", ""), facts),
        f"Source: {each.source}",
    ).rstrip()


def _clears(each: FaultRow) -> str:
    held = f"{each.hold_s:g} s after its cause is gone" if each.hold_s else "as soon as its cause is gone"
    if each.clears == "gone":
        return f"by itself, {held}"
    after = {"unplugged": "when the car has left", "service": "by a technician: `chargepoint clear-fault`"}
    return f"{after[each.clears]}, at the earliest {held}"


def _tried(each: FaultRow) -> str:
    if each.retry is None:
        return "no"
    return f"after {each.retry.pause_s:g} s, {each.retry.times} times for one car; then only when it has left"


def _code_16(each: FaultRow) -> str:
    fault = Fault(each.name, each.kind)
    connector, station = error_code(fault, "Preparing"), error_code(fault, "Available", station=True)
    return connector if station == connector or fault.stops_charging else f"{connector}; connector 0: {station}"
