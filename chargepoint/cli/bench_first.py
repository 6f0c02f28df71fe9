"""A bench without a configuration: a provisional world for trials, and the pages that make the file. It ends once the file is good.

The world has as many EVSEs as a station can be set up with, nothing plugged in, and lies where the later one will: a simulated board can be
looked at before there is anybody to command it.
"""

import asyncio
import logging
import time
from pathlib import Path

from chargepoint.cli.children import Child
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.options import part_of
from chargepoint.cli.paths import private_directory
from chargepoint.domain.configuration import Configuration
from chargepoint.pki import files
from chargepoint.web import accounts, setup_code
from chargepoint.web.server import ADDRESSES, read_addresses
from chargepoint.web.wizard.draft import MOST_EVSES
from hal.errors import HalError
from simulators import bench
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.http_server import HttpServer
from simulators.server import WorldServer
from simulators.world import World

log = logging.getLogger(__name__)

LOOK_S = 0.5
ANYWHERE = "127.0.0.1:0"
REAL = "names real hardware, and the bench moves contactors; start control and station instead, or choose simulated hardware"


class Nobody:
    """``simulators.site.Site`` of a station that is not there yet."""

    async def station_state(self) -> None:
        """Nothing answers."""

    def control_running(self) -> bool:
        """No."""
        return False

    def station_running(self) -> bool:
        """No."""
        return False

    async def power(self, on: bool) -> None:
        """Nothing hangs on it."""


def pages(config: Path, state_dir: Path) -> Child:
    """The process of the pages, on loopback."""
    places = ["--listen", ANYWHERE, "--driver-listen", ANYWHERE]
    return Child("web", ["--config", str(config), "--state-dir", str(state_dir), *places])


async def first_configuration(config: Path, state_dir: Path, leave: asyncio.Event, web: Child) -> Configuration | None:
    """The file's, once it is good; ``None``: the bench is to leave before. Raises CliError."""
    world = World([_plan(number) for number in range(1, MOST_EVSES + 1)], part_of(state_dir, "draft-world"), keep=False)
    server = WorldServer(world, f"{private_directory(state_dir)}/sim")
    port = HttpServer(bench.application(world, Nobody(), configured_version="1.6"))
    try:
        world.open(time.monotonic())
        server.open()
        files.remove(part_of(state_dir, "web") / ADDRESSES)
        await port.start(*bench.listen_address(ANYWHERE))
        await web.start()
        await _tell(config, state_dir, port.url, leave)
        return await _good(config, leave)
    except OSError as error:
        raise CliError(f"bench: {error}") from error
    finally:
        await port.stop()
        server.close()


def _plan(number: int) -> EvsePlan:
    return EvsePlan(id=number, phases=3, voltage_v=230.0, connectors=(ConnectorPlan(id=1, cable="socket"),), start_wh=0)


async def _tell(config: Path, state_dir: Path, url: str, leave: asyncio.Event) -> None:
    """Where to go, for people; and with which code."""
    folder = part_of(state_dir, "web")
    while not leave.is_set():
        told = read_addresses(folder)
        code, known = setup_code.read(folder), _there(folder / accounts.FILE)
        if told is not None and told["technicians"] and (code or known):
            print(f"{config} is not there yet: make it at {told['technicians']}", flush=True)
            print(f"  the browser warns, for the certificate is this device's own: {told['fingerprint']}", flush=True)
            print(f"  set-up code: {code}" if code and not known else "  log in with the account that there is", flush=True)
            print(f"  simulated boards until then: {url}/v1/world", flush=True)
            return
        await _pause(leave)


async def _good(config: Path, leave: asyncio.Event) -> Configuration | None:
    """What it says, once it can be used; whatever is wrong with it is said once."""
    said = ""
    while not leave.is_set():
        if _there(config):
            try:
                found = read(config, boards=True)
                wrong = "" if found.simulated else f"{config}: {REAL}"
                if not wrong:
                    return found
            except (ConfigurationError, HalError) as error:
                wrong = str(error)
            if wrong != said:
                said = wrong
                print(f"chargepoint: {wrong}", flush=True)
        await _pause(leave)
    return None


def _there(path: Path) -> bool:
    return path.exists()


async def _pause(leave: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(LOOK_S):
            await leave.wait()
    except TimeoutError:
        return
