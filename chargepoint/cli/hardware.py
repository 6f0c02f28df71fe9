"""Drivers for what the configuration names."""

import logging
from pathlib import Path

import hal
from chargepoint.cli import devices, fitting
from chargepoint.cli.boards import objections, unsafe
from chargepoint.cli.devices import SIMULATED
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.paths import Sockets
from chargepoint.domain.configuration import Configuration
from hal.api import Board, Display, Indicator, Meter, Network, TokenReader, WallClock

log = logging.getLogger(__name__)


def boards(configuration: Configuration, sockets: Sockets) -> dict[int, Board]:
    """The board of each EVSE. Raises ConfigurationError where one would leave people's safety to software, or does not fit its table."""
    wrong = tuple(str(problem) for problem in objections(configuration))
    if wrong:
        raise ConfigurationError(wrong)
    for problem in unsafe(configuration):
        log.warning("event=unsafe_board entry=%s reason=%r", problem.path, problem.text)
    return {named.number: fitting.made(configuration, named, sockets) for named in devices.boards(configuration)}


def meters(configuration: Configuration, sockets: Sockets) -> dict[int, Meter]:
    """The meter of each EVSE. Raises as ``boards`` does."""
    return {named.number: fitting.made(configuration, named, sockets) for named in devices.meters(configuration)}


def indicators(configuration: Configuration, sockets: Sockets) -> dict[int, Indicator]:
    """The indicators of those EVSEs that have one. Raises as ``boards`` does."""
    return {named.number: fitting.made(configuration, named, sockets) for named in devices.indicators(configuration)}


def readers(configuration: Configuration, sockets: Sockets) -> tuple[TokenReader, ...]:
    """The readers; a simulated station without any has one for all its EVSEs."""
    return tuple(fitting.made(configuration, named, sockets) for named in devices.readers(configuration))


def displays(configuration: Configuration, sockets: Sockets) -> tuple[tuple[Display, tuple[int, ...] | None], ...]:
    """The displays, each with the EVSEs that it tells of; ``None``: all. Raises as ``boards`` does."""
    return tuple((fitting.made(configuration, named, sockets), named.evses) for named in devices.displays(configuration))


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
