"""``errors.md``: the error catalogue, as a technician reads it in the field."""

from collections.abc import Iterator, Mapping

from chargepoint.domain import catalogue
from chargepoint.domain.catalogue import Entry
from chargepoint.domain.fault_table import KINDS, OF_STATION, ROWS, Action, Clearing, FaultRow
from chargepoint.domain.faults import Fault
from chargepoint.ocpp.v16.status import error_code
from docs import markdown

INTRODUCTION = """\
# Errors: every number, what it means, what to do

Made by `make docs` from `chargepoint/domain/catalogue` and `chargepoint/domain/fault_table`; change the tables, not this page.

`chargepoint why`, `chargepoint status`, the pages, the log (`code=CP-301`) and the CSMS (`info` of StatusNotification) name a number. Look
for it here. First comes what is wrong, then what the driver is told, then **what to do, in this order**. A number never changes and is
never given to anything else. All voltages of the pilot (CP) and resistances of the proximity contact (PP) are against PE.

> Work inside the station only with the supply switched off upstream, locked off, and proven dead. A step that measures under voltage is for
> a qualified electrician. Never bridge an interlock to make a fault go away."""

WORDS = """\
## What the words mean

* **Noticed after**: so long the cause has to last before it is a fault.
* **Clears**: when the fault ends. *By itself*: when its cause has been gone for the time stated. *Unplugged*: when the cause is gone and
  the car has left. *Service*: when the cause is gone and a technician has said so, for instance with
  `chargepoint clear-fault --evse 1 CP-301`, or by its name; until then it stays, also through power cuts.
* **Tried again**: the fault is lifted after the pause to see whether it comes back, so often for one car; after that it stays until the
  car has left.
* **OCPP 1.6**: `errorCode` of StatusNotification. What keeps nobody from charging is told with NoError, and in words in `info`,
  unless it has a code of its own. A fault of the car's communication is told as EVCommunicationError only while a car is there, otherwise
  as OtherError.
* **MREC**: minimum required error code of ChargeX; in OCPP 1.6 it is the `vendorErrorCode`, and the number stands in front in `info`."""

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "1": ("Car, cable and pilot", ""),
    "2": ("Protection", ""),
    "3": ("Contactor, phases and lock", ""),
    "4": ("Supply and heat", ""),
    "5": ("Board, meter, reader and their ports", ""),
    "6": (
        "The station's own processes",
        "On what the station process sees by itself control does not act. While control is silent nothing begins; a car that charges goes "
        "on with what it was permitted, until control ends that, or, if control is gone, the board opens the contactor.",
    ),
    "7": (
        "Connection to the CSMS",
        "The rungs of the ladder, from the link up: look at one only when those below it hold. Cards that are known charge without them.",
    ),
    "8": ("Configuration, installation, updates", ""),
    "9": ("Use", "No faults: what keeps somebody from charging for now. `chargepoint why` says which of them it is."),
}

OF_BOARDS = """\
What a board diagnoses by itself has a number whose title says *by the board*: it has names of its own for what it finds, which are handled
by their kind, seen when the board says so, and cleared one second after it says so no more."""

ACTIONS: dict[Action, str] = {
    "open": "contactor opens at once",
    "pause": "offer is withdrawn, the car has 6 s to stop, then the contactor opens",
    "limit": "offer is lowered, charging goes on",
    "warn": "told, charging goes on",
}
IN_SHORT: dict[Action, str] = {"open": "opens", "pause": "pauses", "limit": "lowers", "warn": "warns"}
OF_STATION_ACTIONS: dict[Action, str] = {**ACTIONS, "open": "nothing begins"}
OF_STATION_IN_SHORT: dict[Action, str] = {**IN_SHORT, "open": "nothing begins"}
CLEARINGS: dict[Clearing, str] = {"gone": "by itself", "unplugged": "unplugged", "service": "service"}

FAULTS: Mapping[str, FaultRow] = {each.code: each for each in (*ROWS, *OF_STATION.values(), *KINDS.values())}


def page() -> str:
    """The whole page."""
    return markdown.page(INTRODUCTION, "## Overview", OF_BOARDS, _contents(), WORDS, *_subjects())


def _contents() -> str:
    return markdown.table(
        ("Numbers", "Subject"),
        ((f"{first}xx", f"[{title}](#{_anchor(title)})") for first, (title, _) in SUBJECTS.items()),
    )


def _anchor(title: str) -> str:
    """As Git forges make it from a heading."""
    return "".join(each for each in title.lower().replace(" ", "-") if each.isalnum() or each == "-")


def _subjects() -> Iterator[str]:
    for first, (title, words) in SUBJECTS.items():
        entries = [each for each in catalogue.ENTRIES if each.code[3] == first]
        yield f"## {title}"
        yield words
        yield _overview(entries)
        yield from map(_section, entries)


def _overview(entries: list[Entry]) -> str:
    head = ("Number", "Name", "What it is", "Charging", "Clears", "MREC")
    return markdown.table(head, (_line(each) for each in entries))


def _line(each: Entry) -> tuple[str, ...]:
    row = FAULTS.get(each.code)
    shown = (f"[{each.code}](#{each.code.lower()})", f"`{each.name}`", each.title)
    if row is None:
        return (*shown, "–", "–", each.mrec or "–")
    actions = OF_STATION_IN_SHORT if row.name in OF_STATION else IN_SHORT
    return (*shown, actions[row.action], CLEARINGS[row.clears], each.mrec or "–")


def _section(each: Entry) -> str:
    row = FAULTS.get(each.code)
    return markdown.page(
        f'<a id="{each.code.lower()}"></a>\n\n### {each.code} {each.title}: `{each.name}`',
        f"**{each.cause}**",
        f"Driver: *{each.driver}*" if each.driver else "",
        markdown.numbered(each.technician),
        _since(each) if row is None else _facts(row),
        f"Source: {row.source}" if row is not None else "",
    ).rstrip()


def _since(each: Entry) -> str:
    return f"Since {each.since}" + (f"; MREC {each.mrec}" if each.mrec else "") + "."


def _facts(row: FaultRow) -> str:
    actions = OF_STATION_ACTIONS if row.name in OF_STATION else ACTIONS
    facts = (
        ("Noticed after", markdown.seconds(row.seen_after_s)),
        ("Action", actions[row.action] + (", state F for 0.3 s to a car that was charging" if row.pilot_f else "")),
        ("Latches", "no" if row.clears == "gone" else "yes"),
        ("Clears", _clears(row)),
        ("Tried again", _tried(row)),
        ("OCPP 1.6", _code_16(row)),
        ("OCPP 2.x", f"{row.component}.{row.variable}; a transaction that it ends: {row.stop_reason}"),
        ("MREC", row.mrec or "none"),
        ("Since", row.since),
    )
    return markdown.table(("", ""), facts)


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
    fault = Fault(each.name, each.kind, by_board=each is KINDS[each.kind])
    connector, station = error_code(fault, "Preparing"), error_code(fault, "Available", station=True)
    return connector if station == connector or fault.stops_charging else f"{connector}; connector 0: {station}"
