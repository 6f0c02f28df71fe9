"""``chargepoint control``: the control process."""

import contextlib
import faulthandler
import logging
import uuid
from argparse import ArgumentParser, Namespace

import hal
from chargepoint.cli import hardware, notify
from chargepoint.cli.boards import abilities
from chargepoint.cli.configuration import read
from chargepoint.cli.devices import driver
from chargepoint.cli.errors import CliError
from chargepoint.cli.journal import Journal
from chargepoint.cli.options import add_config, add_state_dir, begin_log, part_of
from chargepoint.cli.paths import Sockets, sockets
from chargepoint.cli.telling import tell
from chargepoint.control import keeping, loop, realtime
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.link.seqpacket import ListenError, SeqpacketControl, adopt, listen
from hal.api import METER_SILENT_S, Board, Indicator

log = logging.getLogger(__name__)

STDERR = 2
"""The descriptor, whatever stands for it in Python."""

HELP = """The control process, as systemd runs it: scans boards and meters at a steady pace, commands pilot, contactor and lock, and
offers the link to the station process. Ends orderly on SIGTERM: a charging car is stopped before the contactor opens."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--make-safe", action="store_true", help="only leave boards and lamps at rest: after a process that was killed")


def run(arguments: Namespace) -> int:
    """Until SIGTERM or SIGINT: 0."""
    begin_log(handler=Journal())
    stop, renew = loop.stop_on_signals(), loop.renew_on_signal()
    faulthandler.enable(STDERR)  # a watchdog that bites asks for the place where it hung
    configuration = read(arguments.config, boards=True)
    places = sockets(configuration, arguments.state_dir)
    tell("control", places.log)
    if arguments.make_safe:
        return _make_safe(configuration, places)
    keep_in = part_of(arguments.state_dir, "control") / keeping.FILE
    boards, meters = hardware.boards(configuration, places), hardware.meters(configuration, places)
    indicators = hardware.indicators(configuration, places)
    manager = notify.manager()
    manager.status(f"scanning {len(boards)} EVSE{'s' * (len(boards) != 1)}")
    end = _link(places.link)
    log.info("event=real_time %s", realtime.claim())
    try:
        manners = loop.Manners(manager.alive, renew, manager.stopping)
        loop.run(evses(configuration), site(configuration), boards, meters, end, uuid.uuid4().hex, stop, keep_in, indicators, manners)
    finally:
        end.close()
    return 0


def _make_safe(configuration: Configuration, places: Sockets) -> int:
    """What is opened and closed is left as ``hal.api`` says: contactor open, pilot without offer, lamp dark."""
    with contextlib.ExitStack() as safely:
        devices: tuple[Board | Indicator, ...] = (
            *hardware.indicators(configuration, places).values(),
            *hardware.boards(configuration, places).values(),
        )
        for device in devices:
            safely.callback(device.close)
            device.open()
    return 0


def _link(path: str) -> SeqpacketControl:
    """The link's socket: the service manager's, if it has handed one over, else our own. Raises CliError."""
    descriptor = notify.handed_over()
    try:
        return listen(path) if descriptor is None else adopt(descriptor)
    except ListenError as error:
        raise CliError(str(error)) from error


def evses(configuration: Configuration) -> tuple[EvseSettings, ...]:
    """What control has to know of each EVSE. Raises DriverError."""
    return tuple(_evse(configuration, evse) for evse in configuration.evses)


def _evse(configuration: Configuration, evse: EvsePart) -> EvseSettings:
    fixed_a = [connector.cable_current_a for connector in evse.connectors if connector.cable_current_a is not None]
    return EvseSettings(
        evse=evse.id,
        rating_ma=_ma(evse.max_current_a),
        phases=evse.phases,
        nominal_mv=int(configuration.site.voltage_v * 1000),
        ventilation=evse.ventilation,
        sockets=frozenset(connector.id for connector in evse.connectors if connector.cable == "socket"),
        cable_ma=_ma(min(fixed_a)) if fixed_a else None,
        simplified_ma=None if evse.simplified_pilot_max_a is None else _ma(evse.simplified_pilot_max_a),
        wake_up=evse.wake_up,
        minimum_1p_ma=_ma(evse.minimum_current_1p_a),
        minimum_3p_ma=_ma(evse.minimum_current_3p_a),
        phase_pause_s=evse.phase_pause_s,
        phase_switches=evse.phase_switches,
        contactor_life=evse.contactor_life,
        preset="european" if evse.indicator is None else evse.indicator.preset,
        abilities=abilities(configuration, evse),
        meter_silent_s=getattr(hal.load("meters", driver(configuration, evse.meter)), "silent_s", METER_SILENT_S),
    )


def site(configuration: Configuration) -> SiteSettings:
    """What they share."""
    return SiteSettings(fuse_ma=_ma(configuration.site.fuse_a))


def _ma(ampere: float) -> int:
    """Rounded down: these are bounds."""
    return int(ampere * 1000)
