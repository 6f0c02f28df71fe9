"""A whole simulated site: the world and its HTTP port in this process, control and station beside it."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from chargepoint.cli import wiring
from chargepoint.cli.children import Child
from chargepoint.cli.errors import CliError
from chargepoint.cli.options import part_of
from chargepoint.cli.paths import Sockets, sockets
from chargepoint.domain.configuration import Configuration, EvsePart
from simulators import bench, inquiry
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.http_server import HttpServer
from simulators.priority import like_hardware
from simulators.registers import RegisterError
from simulators.server import WorldServer
from simulators.wires.harness import Harness
from simulators.world import World


class Site:
    """``simulators.site.Site``: the two product processes; and the pages, where there are any."""

    def __init__(self, places: Sockets, options: list[str], log: Path | None, pages: bool | Child = False) -> None:
        self._places = places
        self.control = Child("control", options, log)
        self.station = Child("station", options, log)
        self.web = pages if isinstance(pages, Child) else Child("web", options, log) if pages else None

    async def station_state(self) -> dict[str, Any] | None:
        """The document of the station process."""
        return await inquiry.ask(self._places.inquiry) if self.station.running else None

    def control_running(self) -> bool:
        """Is there a control process?"""
        return self.control.running

    def station_running(self) -> bool:
        """Is there a station process?"""
        return self.station.running

    async def power(self, on: bool) -> None:
        """Kill them all, or start them."""
        children = (self.control, self.station) if self.web is None else (self.control, self.station, self.web)
        await asyncio.gather(*(child.start() if on else child.kill() for child in children))

    async def stop(self) -> None:
        """Orderly: the car is stopped while the station still hears of it."""
        await self.control.stop()
        await self.station.stop()
        if self.web is not None:
            await self.web.stop()


def plans(configuration: Configuration) -> list[EvsePlan]:
    """The EVSEs as they would be installed."""
    return [
        EvsePlan(
            id=evse.id,
            phases=evse.phases,
            voltage_v=configuration.site.voltage_v,
            connectors=tuple(ConnectorPlan(id=connector.id, cable=connector.cable) for connector in evse.connectors),
            start_wh=_start_wh(evse),
        )
        for evse in configuration.evses
    ]


def _start_wh(evse: EvsePart) -> int:
    value = evse.meter.get("start_wh", 0)
    return value if isinstance(value, int) else 0


@contextlib.asynccontextmanager
async def simulated_site(
    configuration: Configuration,
    config_file: Path,
    state_dir: Path,
    *,
    speed: float = 1.0,
    log: Path | None = None,
    web: Child | None = None,
) -> AsyncIterator[tuple[World, Site, str]]:
    """World, processes and HTTP port, running; the address of the port. Everything ends with the block. Raises CliError.

    ``log``: where the processes write instead of to standard error. ``web``: the pages, where they run already.
    """
    places = sockets(configuration, state_dir)
    keep = configuration.bench is not None and configuration.bench.keep_world
    world = World(plans(configuration), part_of(state_dir, "world"), keep=keep, speed=speed)
    server = WorldServer(world, places.sim)
    if configuration.hal.backend == "wires":
        paced = configuration.bench is not None and configuration.bench.paced
        world.wires = Harness(world, Path(places.root), paced=paced, moved=server.moved)
        wiring.lay(configuration, world.wires)
    try:
        world.open(time.monotonic())
        server.open()
    except (RegisterError, OSError) as error:
        raise CliError(str(error)) from error
    like_hardware()
    site = Site(places, ["--config", str(config_file), "--state-dir", str(state_dir)], log, pages=web or configuration.web is not None)
    port = HttpServer(bench.application(world, site, configured_version=configuration.ocpp.versions[0]))
    try:
        if world.wires is not None:
            wiring.put_up(world.wires)
        await _listen(port, configuration.bench.listen if configuration.bench else "127.0.0.1:0")
        await site.power(True)
        yield world, site, port.url
    finally:
        await site.stop()
        await port.stop()
        if world.wires is not None:
            world.wires.close()
        server.close()


async def _listen(port: HttpServer, listen: str) -> None:
    try:
        await port.start(*bench.listen_address(listen))
    except OSError as error:
        raise CliError(f"bench.listen {listen}: {error.strerror or error}; stop what listens there, or name another port") from error


def leave_on_signals(leave: asyncio.Event) -> None:
    """SIGTERM and SIGINT ask to leave."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave.set)
