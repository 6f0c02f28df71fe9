"""``chargepoint control``: the control process."""

import logging
import uuid
from argparse import ArgumentParser, Namespace

from chargepoint.cli import hardware
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError
from chargepoint.cli.options import add_config, add_state_dir, begin_log
from chargepoint.cli.paths import sockets
from chargepoint.control import loop, realtime
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.domain.configuration import Configuration
from chargepoint.link.seqpacket import ListenError, listen

log = logging.getLogger(__name__)

HELP = """The control process, as systemd runs it: scans boards and meters at a steady pace, commands pilot, contactor and lock, and
offers the link to the station process. Ends orderly on SIGTERM: a charging car is stopped before the contactor opens."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)


def run(arguments: Namespace) -> int:
    """Until SIGTERM or SIGINT: 0."""
    begin_log()
    stop = loop.stop_on_signals()
    configuration = read(arguments.config)
    places = sockets(configuration, arguments.state_dir)
    try:
        end = listen(places.link)
    except ListenError as error:
        raise CliError(str(error)) from error
    boards, meters = hardware.boards(configuration, places), hardware.meters(configuration, places)
    log.info("event=real_time %s", realtime.claim())
    try:
        loop.run(evses(configuration), site(configuration), boards, meters, end, uuid.uuid4().hex, stop)
    finally:
        end.close()
    return 0


def evses(configuration: Configuration) -> tuple[EvseSettings, ...]:
    """What control has to know of each EVSE."""
    return tuple(
        EvseSettings(
            evse=evse.id,
            rating_ma=int(evse.max_current_a * 1000),
            phases=evse.phases,
            ventilation=evse.ventilation,
            sockets=frozenset(connector.id for connector in evse.connectors if connector.cable == "socket"),
        )
        for evse in configuration.evses
    )


def site(configuration: Configuration) -> SiteSettings:
    """What they share."""
    return SiteSettings(fuse_ma=int(configuration.site.fuse_a * 1000))
