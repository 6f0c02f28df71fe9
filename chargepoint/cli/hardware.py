"""Drivers for what the configuration names."""

from pathlib import Path
from typing import Any

import hal
from chargepoint.cli.paths import Sockets
from chargepoint.domain.configuration import Configuration, Device, EvsePart, ReaderPart
from hal.api import Board, Meter, Network, TokenReader, WallClock

SIMULATED = "simulated"


def boards(configuration: Configuration, sockets: Sockets) -> dict[int, Board]:
    """The board of each EVSE."""
    return {evse.id: _device("boards", configuration, evse, evse.board, sockets) for evse in configuration.evses}


def meters(configuration: Configuration, sockets: Sockets) -> dict[int, Meter]:
    """The meter of each EVSE."""
    return {evse.id: _device("meters", configuration, evse, evse.meter, sockets) for evse in configuration.evses}


def _device(kind: str, configuration: Configuration, evse: EvsePart, device: Device, sockets: Sockets) -> Any:
    if configuration.hal.backend == "sim" or device["driver"] == SIMULATED:
        return hal.load(kind, SIMULATED)(socket=sockets.sim, evse=evse.id)
    options = {name: value for name, value in device.items() if name != "driver"}
    return hal.load(kind, str(device["driver"]))(**options)


def readers(configuration: Configuration, sockets: Sockets) -> tuple[TokenReader, ...]:
    """The readers; a simulated station without any has one for all its EVSEs."""
    parts = configuration.readers
    if parts is None:
        parts = (ReaderPart(driver=SIMULATED),) if configuration.simulated else ()
    return tuple(_reader(configuration, part, sockets) for part in parts)


def _reader(configuration: Configuration, part: ReaderPart, sockets: Sockets) -> TokenReader:
    if configuration.hal.backend == "sim" or part.driver == SIMULATED:
        reader: TokenReader = hal.load("readers", SIMULATED)(socket=sockets.sim, evses=part.evses)
    else:
        reader = hal.load("readers", part.driver)(port=part.port, evses=part.evses)
    return reader


def network(configuration: Configuration, sockets: Sockets) -> Network:
    """What tells of the uplink."""
    uplink: Network = hal.load("networks", SIMULATED)(socket=sockets.sim) if configuration.simulated else hal.load("networks", "always")()
    return uplink


def wall_clock(configuration: Configuration, sockets: Sockets) -> WallClock:
    """The host's time of day, or that of the simulated site."""
    if not configuration.simulated:
        clock: WallClock = hal.load("clocks", "system")()
        return clock
    simulated = hal.load("clocks", SIMULATED)(socket=sockets.sim)
    if Path(sockets.sim).exists():
        simulated.open()
    shifted: WallClock = simulated
    return shifted
