"""Drivers for what the configuration names."""

import logging
from pathlib import Path
from typing import Any

import hal
from chargepoint.cli.boards import SIMULATED, driver, objections, unsafe
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.paths import Sockets
from chargepoint.domain.configuration import Configuration, Device, EvsePart, ReaderPart
from hal.api import Board, Meter, Network, TokenReader, WallClock

log = logging.getLogger(__name__)

OURS = ("driver", "bench")
"""Entries of a device that are not for its driver."""


def boards(configuration: Configuration, sockets: Sockets) -> dict[int, Board]:
    """The board of each EVSE. Raises ConfigurationError where one would leave people's safety to software."""
    wrong = tuple(str(problem) for problem in objections(configuration))
    if wrong:
        raise ConfigurationError(wrong)
    for problem in unsafe(configuration):
        log.warning("event=unsafe_board entry=%s reason=%r", problem.path, problem.text)
    return {evse.id: _device("boards", configuration, evse, evse.board, sockets) for evse in configuration.evses}


def meters(configuration: Configuration, sockets: Sockets) -> dict[int, Meter]:
    """The meter of each EVSE."""
    return {evse.id: _device("meters", configuration, evse, evse.meter, sockets) for evse in configuration.evses}


def _device(kind: str, configuration: Configuration, evse: EvsePart, device: Device, sockets: Sockets) -> Any:
    name = driver(configuration, device)
    if name == SIMULATED:
        return hal.load(kind, SIMULATED)(socket=sockets.sim, evse=evse.id)
    options = {entry: value for entry, value in device.items() if entry not in OURS}
    return hal.load(kind, name)(**options)


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
