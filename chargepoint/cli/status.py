"""``chargepoint status``: how the station is, now."""

import socket
from argparse import ArgumentParser, Namespace
from typing import Any

import msgspec

from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError
from chargepoint.cli.options import add_config, add_state_dir
from chargepoint.cli.paths import sockets

HELP = """Asks the running station process how it is: connection to control and to the CSMS, and for each EVSE its state, limit and the
reason for it, faults, transaction and status."""

TIMEOUT_S = 3.0


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--json", action="store_true", help="the whole document, for programs")


def run(arguments: Namespace) -> int:
    """0; a CliError when no station answers."""
    document = ask(sockets(read(arguments.config), arguments.state_dir).inquiry)
    print(msgspec.json.format(msgspec.json.encode(document)).decode() if arguments.json else shown(document))
    return 0


def ask(path: str) -> dict[str, Any]:
    """The document of the station that listens there. Raises CliError."""
    try:
        with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as answer:
            line.settimeout(TIMEOUT_S)
            line.connect(path)
            return msgspec.json.decode(answer.read(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise CliError(
            f"no station answers at {path}: {error}; is the station process running, with the same --config and --state-dir?"
        ) from error


def shown(document: dict[str, Any]) -> str:
    """For people."""
    ocpp, messages = document["ocpp"], document["messages"]
    lines = [
        f"station {document['id']}",
        f"  control      {'connected' if document['link'] else 'NOT CONNECTED: is the control process running?'}",
        f"  CSMS         {_csms(ocpp)}",
        f"  messages     {messages['waiting']} waiting, {messages['given_up']} given up and kept",
    ]
    return "\n".join([*lines, *(line for evse in document["evses"] for line in _evse(evse))])


def _csms(ocpp: dict[str, Any]) -> str:
    if not ocpp["configured"]:
        return "none configured"
    return f"OCPP {ocpp['version']}, {'connected' if ocpp['connected'] else 'not connected'}, registration {ocpp['registration']}"


def _evse(evse: dict[str, Any]) -> list[str]:
    offer = f"offers {evse['offered_a']:g} A" if evse["offered_a"] else "offers nothing"
    why = f" (lowest limit: {evse['limits'][0]['limit_a']:g} A, {evse['limits'][0]['source']})" if evse["limits"] else ""
    meter = "meter not read" if evse["energy_wh"] is None else f"{evse['energy_wh']} Wh, {evse['power_w'] or 0} W"
    return [
        f"EVSE {evse['id']}  {evse['status']}",
        f"  state        {evse['state'] or 'unknown, control has not been heard'}, permit {evse['permit'] or 'unknown'}",
        f"  current      {offer}{why}",
        f"  meter        {meter}",
        f"  faults       {', '.join(evse['faults']) or 'none'}",
        f"  transaction  {evse['transaction'] or 'none'}{' (CSMS: ' + evse['csms_transaction'] + ')' if evse['csms_transaction'] else ''}",
    ]
