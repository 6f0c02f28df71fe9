"""``chargepoint web``: the pages for technicians and drivers."""

import asyncio
import gc
import logging
import os
import signal
import sys
import tempfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from chargepoint.cli import notify
from chargepoint.cli.addresses import FORM, address
from chargepoint.cli.configuration import read, tree_of
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.options import add_config, add_state_dir, begin_log, part_of
from chargepoint.cli.paths import inquiry, log
from chargepoint.cli.telling import Keeping
from hal.errors import HalError

if TYPE_CHECKING:
    from chargepoint.web.doors import Place
    from chargepoint.web.ports import Ports, Reading
    from chargepoint.web.server import Places

HELP = """The pages: for technicians by HTTPS, with a login, and for drivers by plain HTTP, without. A process of its own: it has neither
hardware nor records, works before there is a configuration and while the station is down. The entries listen and driver_listen of [web] say
where; the options below count where these are not set. A configuration without [web] has no pages."""

PART = "web"
LISTEN, DRIVER_LISTEN = "[::]:8443", "[::]:8080"


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--listen", metavar=FORM, type=address, default=address(LISTEN), help=f"HTTPS, for technicians ({LISTEN})")
    parser.add_argument(
        "--driver-listen", metavar=FORM, type=address, default=address(DRIVER_LISTEN), help=f"HTTP, for drivers ({DRIVER_LISTEN})"
    )


def run(arguments: Namespace) -> int:
    """Until SIGTERM or SIGINT: 0; 1 where an address cannot be had."""
    begin_log()
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # anybody can make it warn, as often as he likes
    try:
        anew = asyncio.run(_serve(arguments))
    except OSError as error:
        raise CliError(f"web: {error.strerror or error}") from error
    if anew:
        os.execv(sys.executable, [sys.executable, "-m", "chargepoint", *sys.argv[1:]])
    return 0


async def _serve(arguments: Namespace) -> bool:
    """True: start anew, for a factory reset."""
    from chargepoint.cli.keeping import composed
    from chargepoint.web import addresses
    from chargepoint.web.house import House
    from chargepoint.web.server import Server

    leave = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
    await composed.settle(arguments.config, inquiry(arguments.state_dir), part_of(arguments.state_dir, PART))
    house = House(ports(arguments.config, arguments.state_dir), hosts=addresses.hosts())
    logging.getLogger().addHandler(Keeping(PART, house.log.add))
    tempfile.tempdir = str(house.ports.folder)  # the usual place may be memory, and an upload is large
    told = notify.manager()
    server = Server(
        house,
        lambda reading: places(reading, arguments.config, arguments.listen, arguments.driver_listen),
        alive=told.alive,
        every_s=told.feed_s,
    )
    gc.collect()
    gc.freeze()
    keeping = house.ports.keeping
    assert keeping is not None
    watching = asyncio.create_task(composed.watch(house, leave))
    await server.run(leave)
    watching.cancel()
    told.stopping()
    return keeping.due()


def ports(config: Path, state_dir: Path) -> "Ports":
    """What the pages need from elsewhere. Raises CliError."""
    from chargepoint.cli import looking, printing
    from chargepoint.cli.commissioning_ports import commissioning_ports
    from chargepoint.cli.keeping.composed import keeping_ports
    from chargepoint.cli.update_ports import update_ports
    from chargepoint.cli.wizard import wizard_ports
    from chargepoint.web.ports import Ports

    return Ports(
        config=config,
        folder=part_of(state_dir, PART),
        inquiry=inquiry(state_dir),
        log=log(state_dir),
        read=read_for_pages,
        wizard=wizard_ports(config, state_dir),
        updates=update_ports(state_dir),
        keeping=keeping_ports(config, inquiry(state_dir), part_of(state_dir, PART)),
        climb=lambda: looking.climbed(config, state_dir),
        signals=looking.signals,
        signs=lambda evse, name: printing.printed(config, state_dir, evse, name),
        commissioning=commissioning_ports(config, state_dir),
    )


def read_for_pages(config: Path) -> "Reading":
    """The configuration, or what is wrong with it."""
    from chargepoint.web.ports import Reading

    try:
        if not config.exists():
            return Reading(state="missing")
        return Reading(state="good", configuration=read(config, boards=True))
    except ConfigurationError as error:
        return Reading(state="broken", errors=error.errors)
    except (HalError, OSError) as error:
        return Reading(state="broken", errors=(str(error),))


def places(reading: "Reading", config: Path, listen: "Place", driver_listen: "Place") -> "Places":
    """Where to listen. A configuration that is wrong elsewhere may still say it."""
    from chargepoint.web.server import Places

    if reading.state == "missing":
        return Places(listen, driver_listen)
    if reading.configuration is not None:
        web = reading.configuration.web
        return Places(None, None) if web is None else Places(_either(web.listen, listen), _either(web.driver_listen, driver_listen))
    try:
        tree = tree_of(config)
    except ConfigurationError:
        return Places(listen, driver_listen)
    part = tree.get("web") if isinstance(tree, dict) else None
    if not isinstance(part, dict):
        return Places(None, None)
    return Places(_either(part.get("listen"), listen), _either(part.get("driver_listen"), driver_listen))


def _either(text: object, else_place: "Place") -> "Place":
    try:
        return address(text) if isinstance(text, str) else else_place
    except ArgumentTypeError:
        return else_place
