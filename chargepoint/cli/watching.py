"""``chargepoint status --watch``: a live picture of the station, once a second, until Ctrl-C.

At a terminal it has the whole screen, which is as it was when it ends, however it ends; in a pipe one text follows the other.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from chargepoint.inquiry.client import InquiryError, ask
from chargepoint.inquiry.history import EventLine, Events, ListEvents

EVERY_S = 1.0
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
NEWEST = 8
"""Lines of the history."""


class Glance(Struct, frozen=True):
    """What there is to be drawn at one moment."""

    at: datetime
    document: dict[str, Any] | None
    """``None``: no station answers."""
    complaint: str = ""
    events: tuple[EventLine, ...] = ()


def glance(path: str, now: datetime) -> Glance:
    """Ask the station."""
    try:
        document = ask(path, dict[str, Any])
        events = ask(path, Events, ListEvents(count=NEWEST))
    except InquiryError as error:
        return Glance(now, None, str(error))
    return Glance(now, document, events=events.lines)


def watch(path: str, as_text: Callable[[dict[str, Any]], str], *, as_json: bool) -> int:
    """0, when somebody ends it. Signals are waited for between two pictures and interrupt none, so that the screen is always left whole."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        if as_json or not sys.stdout.isatty():
            _print(path, as_text, as_json)
        else:
            _draw(path)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return 0


def _glances(path: str) -> Iterator[Glance]:
    while True:
        yield glance(path, datetime.now().astimezone())
        if signal.sigtimedwait(ENDS, EVERY_S) is not None:
            return


def _print(path: str, as_text: Callable[[dict[str, Any]], str], as_json: bool) -> None:
    for seen in _glances(path):
        if as_json:
            told = seen.document if seen.document is not None else {"error": seen.complaint}
            print(msgspec.json.encode(told).decode(), flush=True)
        else:
            print(f"{seen.at:%H:%M:%S}  {seen.complaint or as_text(seen.document or {})}\n", flush=True)


def _draw(path: str) -> None:
    from rich.console import Console
    from rich.live import Live

    console = Console(highlight=False, emoji=False)
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="ellipsis") as live:
        for seen in _glances(path):
            live.update(picture(seen), refresh=True)


def picture(seen: Glance) -> Any:
    """One screen."""
    from rich.console import Group
    from rich.text import Text

    if seen.document is None:
        said = Text(f"{seen.complaint}\n\nAsked again every second; Ctrl-C ends.", "bold red")
        return Group(Text(f"{seen.at:%H:%M:%S}"), said)
    parts: list[Any] = [_heading(seen), _evses(seen.document), Text(""), Text("What happened", "bold")]
    parts += [_event(line) for line in seen.events] or [Text("  nothing yet")]
    return Group(*parts, Text("\nCtrl-C ends.", "dim"))


def _heading(seen: Glance) -> Any:
    from rich.text import Text

    document = seen.document or {}
    ocpp, messages = document["ocpp"], document["messages"]
    csms = (
        "no CSMS"
        if not ocpp["configured"]
        else f"OCPP {ocpp['version']} {ocpp['registration']}"
        if ocpp["connected"]
        else "CSMS NOT CONNECTED"
    )
    good = ocpp["connected"] or not ocpp["configured"]
    line = Text.assemble((f"station {document['id']}", "bold"), f"  {seen.at:%H:%M:%S}   ")
    line.append("control connected" if document["link"] else "CONTROL NOT CONNECTED", "" if document["link"] else "bold red")
    line.append("   ").append(csms, "" if good else "bold yellow")
    if messages["waiting"] or messages["given_up"]:
        wait = "message waits" if messages["waiting"] == 1 else "messages wait"
        line.append(f"\n{messages['waiting']} {wait} for the CSMS, {messages['given_up']} given up and kept", "yellow")
    for fault in document["fault_details"]:
        line.append(f"\n{_fault(fault)}", "yellow")
    return line.append("\n")


def _evses(document: dict[str, Any]) -> Any:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for title in ("EVSE", "status", "pilot", "offers", "power", "register"):
        table.add_column(title, no_wrap=True)
    table.add_row(*(Text(title, "dim") for title in ("EVSE", "status", "pilot", "offers", "power", "register")))
    outer = Table.grid()
    for evse in document["evses"]:
        table.add_row(
            Text(str(evse["id"]), "bold"),
            Text(evse["status"], "bold red" if evse["faults"] else "bold green" if evse["transaction"] else "bold"),
            evse["state"] or "?",
            f"{evse['offered_a']:g} A" + (f" x {evse['phases']}" if evse["phases"] and evse["offered_a"] else ""),
            f"{(evse['power_w'] or 0) / 1000:.2f} kW",
            "not read" if evse["energy_wh"] is None else f"{evse['energy_wh'] / 1000:.3f} kWh",
        )
    outer.add_row(table)
    outer.add_row("")
    for evse in document["evses"]:
        outer.add_row(_words(evse))
    return outer


def _words(evse: dict[str, Any]) -> Any:
    """Why it charges or does not, what bounds it, and what is wrong."""
    from rich.text import Text

    code = f" [{evse['why_code']}]" if evse.get("why_code") else ""
    text = Text.assemble((f"EVSE {evse['id']}  ", "bold"), f"{evse.get('why', '')}{code}")
    if evse["limits"]:
        limit = evse["limits"][0]
        reason = f" ({limit['reason']})" if limit["reason"] else ""
        text.append(f"\n        at most {limit['limit_a']:g} A by {limit['source']}{reason}", "dim")
    for fault in evse["fault_details"]:
        text.append(f"\n        {_fault(fault)}", "red")
    return text


def _fault(fault: dict[str, Any]) -> str:
    seen = f": {fault['info']}" if fault["info"] else ""
    return f"fault {fault['name']} [{fault.get('code') or '-'}]{seen}"


def _event(line: EventLine) -> Any:
    from rich.text import Text

    at = datetime.fromisoformat(line.at).astimezone()
    place = "station" if line.what.evse is None else f"EVSE {line.what.evse}"
    style = {"info": "", "warning": "yellow", "error": "red"}[line.what.level]
    return Text(f"  {at:%H:%M:%S}  {place:<8} {line.what.text}", style, overflow="ellipsis", no_wrap=True)
