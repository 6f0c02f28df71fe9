"""A driver and its entries as questions: what boards, meters and readers have in common."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.fields import Field, Option, number, truth
from chargepoint.web.wizard.ports import DriverLine, Entry

SIMULATED = "simulated"
COMMON = ("port", "host", "tcp_port", "unit", "baud", "format", "usb", "preset", "chip")
"""Entries that most people have to set; the others are below a fold."""
INSTEAD = {"host": "port", "tcp_port": "port", "baud": "host", "format": "host"}
"""An entry that matters only where the other has not been given: a serial line, or an address."""
PREFIX = "entry."
ON_BENCH = (
    "No hardware at all: board, meter and reader of a simulated world. It needs the bench beneath it (chargepoint bench --config FILE)."
)


def choice(lines: Sequence[DriverLine], what: str) -> Field:
    """Which driver?"""
    ordered = sorted(lines, key=lambda line: (line.name == SIMULATED, line.title.lower()))
    return Field(name="driver", label=what, kind="choice", options=tuple(_option(line) for line in ordered))


def _option(line: DriverLine) -> Option:
    if line.name == SIMULATED:
        return Option(line.name, "Simulated hardware", ON_BENCH)
    told = (("Wire", line.link), ("Safety", line.safety), ("When this computer dies", line.watchdog), ("Not here", line.lacks))
    doubts = tuple(("In doubt", doubt) for doubt in line.doubts)
    return Option(line.name, line.title, line.name, tuple((what, text) for what, text in told if text) + doubts)


def questions(lines: Sequence[DriverLine], answers: Answers) -> Iterator[Field]:
    """The entries of the driver that was chosen."""
    chosen = next((line for line in lines if line.name == answers.get("driver")), None)
    entries = () if chosen is None or chosen.name == SIMULATED else chosen.entries
    names = {entry.name for entry in entries}
    for entry in entries:
        other = INSTEAD.get(entry.name)
        yield replace(_question(entry), where={PREFIX + other: ("",)} if other and other in names else {})


def _question(entry: Entry) -> Field:
    seldom = not entry.required and entry.name not in COMMON
    label = entry.name.replace("_", " ")
    if entry.kind == "truth":
        options = (Option("", "as the driver does it"), Option("true", "true"), Option("false", "false"))
        return Field(name=PREFIX + entry.name, label=label, kind="choice", help=entry.meaning, options=options, seldom=seldom)
    return Field(name=PREFIX + entry.name, label=label, help=entry.meaning, seldom=seldom)


def table(lines: Sequence[DriverLine], answers: Answers) -> dict[str, Any]:
    """The device's table in the file."""
    driver = answers.get("driver", SIMULATED)
    kinds = {entry.name: entry.kind for line in lines if line.name == driver for entry in line.entries}
    found: dict[str, Any] = {"driver": driver}
    for name, text in answers.items():
        entry = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and text.strip() and (entry in kinds or driver != SIMULATED):
            found[entry] = value(kinds.get(entry, "text"), text)
    return {**found, "bench": True} if truth(answers.get("bench", "")) else found


def value(kind: str, text: str) -> Any:
    """As the file has it."""
    text = text.strip()
    if kind == "truth":
        return {"true": True, "false": False}.get(text.lower(), text)
    return number(text) if kind == "number" else _any(text) if kind == "any" else text


def _any(text: str) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if found is None else found
