"""``chargepoint demo``: everything on one PC, with no hardware and no configuration."""

import asyncio
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from chargepoint.cli.configuration import build
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.leaving import leave
from chargepoint.cli.schema import nearest
from simulators.wires.table import TABLE

if TYPE_CHECKING:
    from simulators.csms.server import Csms

HELP = """A station, its CSMS and a car, all simulated, all on this PC. One charging session is played: the car is plugged in, a card
authorises it, current flows, meter values arrive, the card stops it, the car leaves. After that the station is yours: open the page."""

VERSIONS = ("1.6", "2.0.1", "2.1")
SERVED = ("1.6", "2.0.1")
STATION = "demo"
TAIL_LINES = 12
"""Of a log, when something has gone wrong."""
DRIVERS = {"board": "boards", "meter": "meters", "reader": "readers"}
"""Option -> kind of driver."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    parser.add_argument("--version", choices=VERSIONS, default="1.6", help="OCPP version (1.6)")
    parser.add_argument(
        "--once", action="store_true", help="end after the session: 0 with a summary, or 1 with the step that did not happen"
    )
    parser.add_argument("--speed", type=_factor, default=20.0, metavar="N", help="of the simulated car and its energy only (20)")
    wires = parser.add_argument_group("real drivers, on simulated wires")
    for part, kind in DRIVERS.items():
        wires.add_argument(f"--{part}", metavar="NAME", help=f"driver of the {part}: {', '.join(TABLE[kind]) or 'none yet'}")
    parser.add_argument("--csms-silent-after", metavar="ACTION", help="the CSMS answers this one and then nothing more")


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 0.1 <= factor <= 1000:
        raise ArgumentTypeError(f"{text!r}: expected a number from 0.1 to 1000")
    return factor


def run(arguments: Namespace) -> int:
    """0, or 1 if a step did not happen."""
    if arguments.version not in SERVED:
        raise ConfigurationError((f"--version {arguments.version}: this release speaks {' and '.join(SERVED)}",), "demo")
    chosen = {part: name for part in DRIVERS if (name := getattr(arguments, part)) is not None}
    if wrong := [text for part, name in chosen.items() if (text := _objection(part, name, chosen))]:
        raise ConfigurationError(tuple(wrong), "demo")
    with tempfile.TemporaryDirectory(prefix="chargepoint-demo-") as folder:
        try:
            return asyncio.run(_play(arguments, chosen, Path(folder)))
        finally:
            leave(Path(folder) / "state")


def _objection(part: str, name: str, chosen: Mapping[str, str]) -> str | None:
    """Why this driver cannot be played."""
    row = (known := TABLE[DRIVERS[part]]).get(name)
    if row is None:
        return f"--{part} {name}: not on the bench{nearest(name, list(known), enough=99)}"
    if row.inside and chosen.get("board") != row.inside:
        return f"--{part} {name}: it is part of the board {row.inside}; expected --board {row.inside} as well"
    return None


def tree(version: str, csms_url: str, chosen: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The configuration of the demo's station: a socket with three phases and a fixed cable with one. ``chosen``: part -> its driver."""
    document = _simulated(version, csms_url)
    first = document["evses"][0]
    for part, name in (chosen or {}).items():
        row = TABLE[DRIVERS[part]][name]
        device = {"driver": name, **row.entries}
        if part == "reader":
            document["readers"] = [device]
        else:
            first |= {part: device, **row.evse}
        document["hal"] = {"backend": "wires"}
    return document


def _simulated(version: str, csms_url: str) -> dict[str, Any]:
    return {
        "station": {"id": STATION, "vendor": "Demo", "model": "Simulated", "serial": "0001", "firmware": "demo"},
        "site": {"fuse_a": 40, "phases": 3, "voltage_v": 230},
        "evses": [
            {"id": 1, "max_current_a": 32, "phases": 3, "connectors": [{"id": 1, "type": "sType2", "cable": "socket"}]},
            {"id": 2, "max_current_a": 16, "phases": 1, "connectors": [{"id": 1, "type": "cType2", "cable": "fixed"}]},
        ],
        "ocpp": {
            "version": version,
            "csms_url": csms_url,
            "variables": [
                {"component": "SampledDataCtrlr", "variable": "TxUpdatedInterval", "value": "2"},
                {
                    "component": "SampledDataCtrlr",
                    "variable": "TxUpdatedMeasurands",
                    "value": "Energy.Active.Import.Register,Power.Active.Import,Current.Import",
                },
            ],
        },
        "hal": {"backend": "sim"},
        "bench": {"listen": "127.0.0.1:0"},
    }


def _csms(arguments: Namespace) -> "Csms":
    """The central system. Raises ConfigurationError."""
    from simulators.csms.errors import BadRequest
    from simulators.csms.server import Csms

    csms = Csms(versions=(arguments.version,), on_line=_say)
    if arguments.csms_silent_after:
        try:
            csms.put_behaviour({"silent_after": arguments.csms_silent_after})
        except BadRequest as error:
            raise ConfigurationError((f"--csms-silent-after: {error}",), "demo") from error
    return csms


async def _play(arguments: Namespace, chosen: Mapping[str, str], folder: Path) -> int:
    from chargepoint.cli import demo_pages
    from chargepoint.cli.performance import CARD, Performance
    from chargepoint.cli.site import leave_on_signals, simulated_site
    from simulators.csms.http_api import Api
    from simulators.http_server import HttpServer

    leave = asyncio.Event()
    leave_on_signals(leave)
    csms = _csms(arguments)
    await csms.start()
    desk = HttpServer(Api(csms).application())
    await desk.start()
    config = folder / "station.json"
    site_tree = tree(arguments.version, csms.url, chosen)
    pages = None if arguments.once else demo_pages.prepare(site_tree, folder / "state")
    config.write_bytes(msgspec.json.encode(site_tree))
    log = folder / "log"
    try:
        async with simulated_site(
            build(msgspec.json.decode(config.read_bytes()), boards=True), config, folder / "state", speed=arguments.speed, log=log
        ) as (
            world,
            site,
            address,
        ):
            _say(f"station  {address}/ for people, {address}/v1/state for programs")
            _say(f"CSMS     {csms.url}/{STATION}  OCPP {arguments.version}, {desk.url}/v1 for programs")
            for line in [] if pages is None else await demo_pages.told(pages, folder / "state"):
                _say(line)
            _say("")
            if chosen:
                _say(f"hardware {_hardware(chosen)}\n")
            card = TABLE["readers"][chosen["reader"]].cards[0] if "reader" in chosen else CARD
            done = await _unless(leave, Performance(world, site, csms, STATION, _say, hardware=_hardware(chosen), card=card).play())
            if done is None:
                return 0
            if not done:
                _say(f"\nThe last lines of the station's log:\n{_tail(log)}")
            if not arguments.once and done:
                _say(f"\nNow it is yours: {address}/ (Ctrl-C ends)")
                await leave.wait()
            return 0 if done else 1
    except OSError as error:
        raise CliError(f"demo: {error}") from error
    finally:
        await desk.stop()
        await csms.stop()


def _hardware(chosen: Mapping[str, str]) -> str:
    """The drivers of EVSE 1, for people."""
    return ", ".join(_of(part, chosen.get(part)) for part in DRIVERS) if chosen else "simulated in memory"


def _of(part: str, name: str | None) -> str:
    if name is None:
        return f"{part} simulated"
    entries = TABLE[DRIVERS[part]][name].entries
    return f"{part} {name} on {entries.get('host') or entries.get('port') or 'files'}"


async def _unless(leave: asyncio.Event, play: Any) -> bool | None:
    """The outcome of the play; nothing when somebody asked to leave before."""
    playing, leaving = asyncio.ensure_future(play), asyncio.ensure_future(leave.wait())
    await asyncio.wait({playing, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if not playing.done():
        playing.cancel()
        return None
    outcome: bool = playing.result()
    return outcome


def _tail(log: Path) -> str:
    return "\n".join(f"  {line}" for line in log.read_text(errors="replace").splitlines()[-TAIL_LINES:])


def _say(line: str) -> None:
    print(line, file=sys.stdout, flush=True)
