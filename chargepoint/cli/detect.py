"""``chargepoint detect``: what is connected to this host, and the lines to paste into its configuration."""

import contextlib
import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from chargepoint.cli import as_json, detecting
from hal.bus.modbus import MODBUS_TCP
from hal.bus.serial_line import Taken
from hal.detect import hosts, ports, serial
from hal.detect.found import Found
from hal.detect.places import all_places
from hal.detect.ports import Port
from hal.errors import HalError

HELP = """Looks for boards, meters and readers at every serial port (RS-485 addresses and speeds), and for GPIO and PWM chips, converters,
one-wire thermometers, watchdogs and USB readers. It asks only what changes nothing; but some boards start anew when their port is
opened, so no car should charge meanwhile. A port in use is left alone: stop control and station first (systemctl stop chargepoint-control
chargepoint-station); and so is a line on which somebody talks already. A network is not searched, but hosts that --hosts names are asked.
Prints the lines to paste into a configuration file.

Exit status 0: looked everywhere; 1: some port could not be looked at."""

CARDS_S = 10.0
TAKEN = "left alone: in use by another user's process; if it is control, systemctl stop chargepoint-control; sudo fuser -v {} tells"


class Looked(Struct, frozen=True):
    """One port. ``trouble``: why it was not looked at, or not to the end."""

    port: Port
    found: tuple[Found, ...] = ()
    trouble: str = ""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--json", action="store_true", help="for programs; progress goes to standard error")
    parser.add_argument("--ports", nargs="+", metavar="PORT", default=[], help="only these (all)")
    parser.add_argument("--hosts", nargs="+", metavar="HOST[:PORT]", type=_host, default=[], help="only these, by Modbus TCP (none)")
    parser.add_argument("--quick", action="store_true", help="a dozen addresses instead of 247, and no cards: seconds instead of minutes")
    parser.add_argument("--card-seconds", type=float, metavar="S", default=None, help=f"wait so long for a card ({CARDS_S:g}; 0: do not)")
    parser.add_argument("--root", type=Path, metavar="DIR", default=Path("/"), help="what stands for /, on a bench")


def run(arguments: Namespace) -> int:
    """0, or 1 where a port could not be looked at."""
    looked, others = look(arguments)
    found = [each for port in looked for each in port.found] + others
    print(_json(looked, others, found) if arguments.json else _people(looked, others, found, quick=arguments.quick))
    return 1 if any(port.trouble for port in looked) else 0


def look(arguments: Namespace) -> tuple[list[Looked], list[Found]]:
    """What is at ports and hosts, and what is elsewhere."""
    tell = _Progress()
    with _quiet():
        wants_ports = arguments.ports or not arguments.hosts
        looked = _with_cards(arguments, _serial(arguments, tell), tell) if wants_ports else []
        looked += [_at_host(*each, quick=arguments.quick, tell=tell) for each in arguments.hosts]
    return looked, [] if arguments.ports or arguments.hosts else all_places(arguments.root)


def quick(root: Path) -> Namespace:
    """Arguments of a quick look everywhere."""
    return Namespace(ports=[], hosts=[], quick=True, card_seconds=0.0, root=root)


def _host(text: str) -> tuple[str, int]:
    """Host and port."""
    host, colon, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "")
    number = int(port) if port.isascii() and port.isdigit() else 0 if colon else MODBUS_TCP
    if not host or not 1 <= number <= 65_535:
        raise ArgumentTypeError(f"{text!r}: expected a host, and its port if it is not {MODBUS_TCP}, such as 192.168.1.20 or gateway:5020")
    return host, number


class _Progress:
    """On standard error: what is being done, in one line on a terminal."""

    def __init__(self) -> None:
        self.port = ""
        self._live = sys.stderr.isatty()

    def line(self, text: str) -> None:
        """Something that is to stay."""
        print(f"\r\x1b[K{text}" if self._live else text, file=sys.stderr, flush=True)

    def __call__(self, text: str) -> None:
        if self._live:
            print(f"\r\x1b[K  {self.port}: {text}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Nothing is being done any more."""
        if self._live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Ports that do not open are said once, here."""
    log = logging.getLogger("hal.bus")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)


def _serial(arguments: Namespace, tell: _Progress) -> list[Looked]:
    there = ports.ports(arguments.root, tuple(arguments.ports))
    plans = [(port, serial.plan(port, quick=arguments.quick)) for port in there]
    free = [what.takes_s for port, what in plans if not _objection(port)]
    tell.line(f"{len(there)} serial port{'s' * (len(there) != 1)}, {len(free)} to look at: {_time(sum(free))} at most")
    looked = []
    for port, what in plans:
        tell.port = port.path
        looked.append(_one(arguments.root, port, what, tell))
    tell.end()
    return looked


def _one(root: Path, port: Port, what: serial.Plan, tell: _Progress) -> Looked:
    objection = _objection(port)
    if objection:
        return Looked(port, trouble=objection)
    found: list[Found] = []
    try:
        found.extend(serial.look(port, _path(root, port), what, tell))
    except Taken:
        return Looked(port, tuple(found), TAKEN.format(port.path))
    except HalError as error:
        return Looked(port, tuple(found), f"not looked at to the end: {error}" if found else f"cannot be looked at: {error}")
    return Looked(port, tuple(found))


def _at_host(host: str, tcp_port: int, *, quick: bool, tell: _Progress) -> Looked:
    tell.port = where = f"{host}:{tcp_port}"
    port = Port(where, where, device="")
    found: list[Found] = []
    try:
        found.extend(hosts.look(host, tcp_port, quick=quick, tell=tell))
    except HalError as error:
        return Looked(port, tuple(found), f"not looked at to the end: {error}" if found else f"cannot be looked at: {error}")
    finally:
        tell.end()
    return Looked(port, tuple(found))


def _path(root: Path, port: Port) -> str:
    """Where it is opened."""
    return str(root / port.path.lstrip("/"))


def _objection(port: Port) -> str:
    """Why it is left alone."""
    if port.denied:
        return port.denied
    for holder in port.holders:
        if holder.part:
            return f"left alone: {holder.part} (process {holder.pid}) runs on it; systemctl stop chargepoint-{holder.part}, then look again"
    if port.holders:
        users = ", ".join(f"{holder.command} (process {holder.pid})" for holder in port.holders)
        return f"left alone: in use by {users}; end that, then look again"
    return ""


def _with_cards(arguments: Namespace, looked: Sequence[Looked], tell: _Progress) -> list[Looked]:
    """Ports where nobody answered may have readers that speak only of cards."""
    seconds = arguments.card_seconds if arguments.card_seconds is not None else 0.0 if arguments.quick else CARDS_S
    silent = [each.port for each in looked if not each.found and not each.trouble]
    if seconds <= 0 or not silent:
        return list(looked)
    tell.line(f"hold a card to the reader now, for {seconds:g} s: {', '.join(port.path for port in silent)}")
    found = serial.cards([(port, _path(arguments.root, port)) for port in silent], seconds)
    return [Looked(each.port, each.found or tuple(one for one in found if one.where == each.port.name), each.trouble) for each in looked]


def _people(looked: Sequence[Looked], others: Sequence[Found], found: Sequence[Found], *, quick: bool) -> str:
    nobody = "nobody answers; check power, A and B wires, termination, and address"
    if quick:
        nobody += "; without --quick all addresses are asked, and cards"
    text = ["serial ports" if looked else "serial ports: none; plug an adapter in, or switch the port on (enable_uart=1 on a Raspberry Pi)"]
    for each in looked:
        text.append(f"  {each.port.path}" + (f"  = {each.port.name}" if each.port.name != each.port.path else ""))
        text += [f"    {_said(one)}" for one in each.found]
        if each.trouble:
            text.append(f"    {each.trouble}")
        elif not each.found:
            text.append(f"    {nobody}")
    if others:
        text += ["", "also there", *(f"  {one.kind:<10}{one.where}  {one.says}" for one in others)]
    pasted = detecting.lines(found)
    text += ["", "to paste into the configuration (chargepoint check-config FILE tells what is missing):", "", pasted] if pasted else []
    return "\n".join(text).rstrip()


def _said(one: Found) -> str:
    place = one.where.partition(" ")[2]
    return f"{place + ': ' if place else ''}{one.says}{'' if one.driver else ' (no driver)'}"


def _json(looked: Sequence[Looked], others: Sequence[Found], found: Sequence[Found]) -> str:
    tree: dict[str, Any] = {"ports": looked, "others": others, "configuration": detecting.lines(found)}
    return as_json.text(tree)


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
