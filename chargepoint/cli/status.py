"""``chargepoint status``: how the station is, now."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any

from chargepoint.cli import as_json
from chargepoint.cli.inquiry import ask, socket_of
from chargepoint.cli.options import add_config, add_state_dir

HELP = """Asks the running station process how it is: connection to control and to the CSMS; for each EVSE its state and why it is not
charging, every limit with its reason, every active fault with its number and what to do about it, transaction and status; and for the
station as a whole what is wrong with it, the local list contradicted by the CSMS, say, and every reservation. More of why: chargepoint why.
With --watch a live picture and the newest of what happened, once a second until Ctrl-C; in a pipe one text after the other."""

INDENT = " " * 15
WHOLE_WORDS: Mapping[str, Any] = {"break_on_hyphens": False, "break_long_words": False}


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--watch", action="store_true", help="go on until Ctrl-C")
    parser.add_argument("--json", action="store_true", help="the whole document, for programs; with --watch one line each time")


def run(arguments: Namespace) -> int:
    """0; a CliError when no station answers."""
    path = socket_of(arguments)
    if arguments.watch:
        from chargepoint.cli.watching import watch

        return watch(path, shown, as_json=arguments.json)
    document: dict[str, Any] = ask(path, dict[str, Any])
    if arguments.json:
        print(as_json.text(document))
    else:
        print(fitted(shown(document), get_terminal_size().columns) if sys.stdout.isatty() else shown(document))
    return 0


def fitted(text: str, width: int) -> str:
    """For a terminal: what is too long goes on below where it began, a little further in."""
    return "\n".join(part for line in text.splitlines() for part in wrap(line, width, subsequent_indent=_further_in(line), **WHOLE_WORDS))


def _further_in(line: str) -> str:
    return " " * (max(len(INDENT), len(line) - len(line.lstrip())) + 2)


def shown(document: dict[str, Any]) -> str:
    """For people."""
    ocpp, messages = document["ocpp"], document["messages"]
    lines = [
        f"station {document['id']}",
        f"  control      {'connected' if document['link'] else 'NOT CONNECTED: is the control process running?'}",
        f"  CSMS         {_csms(ocpp)}",
        f"  software     {_software(document)}",
        f"  messages     {messages['waiting']} waiting, {messages['given_up']} given up and kept",
    ]
    lines += _rows("faults", [line for fault in document["fault_details"] for line in _fault(fault)])
    lines += _rows("reservations", [_reservation(each) for each in document["reservations"]])
    return "\n".join([*lines, *(line for evse in document["evses"] for line in _evse(evse, document["link"]))])


def _software(document: dict[str, Any]) -> str:
    """A process goes on as the version that it began with. One of an earlier release tells none."""
    station, control = document.get("release") or "not told", document.get("control_release") or "not told"
    if station == control or not document["link"]:
        return station
    return f"station {station}, control {control}: it starts anew as soon as nobody charges"


def _csms(ocpp: dict[str, Any]) -> str:
    if not ocpp["configured"]:
        return "none configured"
    return f"OCPP {ocpp['version']}, {'connected' if ocpp['connected'] else 'not connected'}, registration {ocpp['registration']}"


def _evse(evse: dict[str, Any], heard: bool) -> Iterator[str]:
    """``heard``: control is; else what it has told is old."""
    meter = "meter not read" if evse["energy_wh"] is None else f"{evse['energy_wh']} Wh, {evse['power_w'] or 0} W"
    yield f"EVSE {evse['id']}  {evse['status']}"
    if evse.get("why"):
        yield f"  why          {evse['why']}{_code(evse['why_code'])}"
    known = f"{evse['state'] or 'unknown, control has not been heard'}, permit {evse['permit'] or 'unknown'}"
    yield f"  state        {known}{'' if heard or not evse['state'] else ', when control was last heard'}"
    yield f"  current      {_offer(evse)}"
    yield from _rows("limits", [limit_line(limit) for limit in evse["limits"]])
    yield f"  meter        {meter}"
    yield f"  contactor    {_contactor(evse['contactor_count'])}"
    yield from _rows("faults", [line for fault in evse["fault_details"] for line in _fault(fault)])
    yield f"  transaction  {evse['transaction'] or 'none'}{' (CSMS: ' + evse['csms_transaction'] + ')' if evse['csms_transaction'] else ''}"


def _rows(title: str, rows: list[str]) -> Iterator[str]:
    """A title and what belongs to it, below each other."""
    for number, row in enumerate(rows or ["none"]):
        yield f"  {title:<13}{row}" if number == 0 else INDENT + row


def _offer(evse: dict[str, Any]) -> str:
    offer = f"offers {evse['offered_a']:g} A" if evse["offered_a"] else "offers nothing"
    drawn = "" if evse["phases_drawn"] is None else f", drawn on {_counted(evse['phases_drawn'], 'phase')}"
    return offer if evse["phases"] is None else f"{offer} on {_counted(evse['phases'], 'phase')}{drawn}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def limit_line(limit: dict[str, Any]) -> str:
    """The lowest comes first: it is the one that counts."""
    said = f"{limit['limit_a']:g} A  {limit['source']}"
    if limit["owner"]:
        said += f", set by {limit['owner']}"
    said += f", for {_time(limit['age_s'])}"
    if limit["expires_in_s"] is not None:
        said += f", ends in {_time(limit['expires_in_s'])}"
    return f"{said}: {limit['reason']}" if limit["reason"] else said


def _fault(fault: dict[str, Any]) -> Iterator[str]:
    latched = ", latched" if fault["latched"] else ""
    yield f"{fault['name']}{_code(fault.get('code'))}{latched}, since {fault['since']} ({_time(fault['age_s'])})"
    if fault["info"]:
        yield f"  seen    {fault['info']}"
    yield f"  driver  {fault['driver']}"
    yield f"  clears  {fault['clears']}"
    for number, step in enumerate(fault["technician"], start=1):
        yield f"  {'do' if number == 1 else '':<7} {number}. {step}"


def _code(code: str | None) -> str:
    """Of the error catalogue. A station of an earlier release tells none."""
    return f" ({code})" if code else ""


def _reservation(each: dict[str, Any]) -> str:
    place = "any EVSE" if each["evse"] is None else f"EVSE {each['evse']}"
    place += "" if each["connector"] is None else f" connector {each['connector']}"
    group = "" if each["group"] is None else f" or group {each['group']}"
    return f"{each['id']}  {place}, for token {each['token']}{group}, expires {each['expires']} (in {_time(each['expires_in_s'])})"


def _contactor(count: dict[str, Any] | None) -> str:
    if count is None:
        return "unknown"
    return f"closed {_counted(count['closings'], 'time')}, opened under load {_counted(count['under_load'], 'time')}"


def _time(seconds: float) -> str:
    """Roughly: the two greatest units that there are."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3_600:
        return f"{whole // 60} min {whole % 60} s"
    if whole < 86_400:
        return f"{whole // 3_600} h {whole % 3_600 // 60} min"
    return f"{whole // 86_400} d {whole % 86_400 // 3_600} h"
