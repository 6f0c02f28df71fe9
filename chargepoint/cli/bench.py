"""``chargepoint bench``: simulated world, control and station from a configuration file."""

import asyncio
from argparse import ArgumentParser, Namespace
from pathlib import Path

from chargepoint.cli.configuration import read
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.options import add_config, add_state_dir, begin_log
from chargepoint.domain.configuration import Configuration

HELP = """A whole simulated site: the world (board electrics, cars, cards, meters), the control process and the station process, and an HTTP
port to play with them. The CSMS is whatever the file names. All in one process group: SIGKILL to the group is a power cut."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)


def run(arguments: Namespace) -> int:
    """Until SIGTERM or SIGINT: 0."""
    begin_log()
    configuration = read(arguments.config)
    if configuration.bench is None:
        raise ConfigurationError(('bench: missing; expected [bench] with listen = "127.0.0.1:8800", or use control and station',))
    if not configuration.simulated:
        raise ConfigurationError(('hal.backend: "drivers"; the bench moves contactors, so it wants "sim" or simulated drivers only',))
    asyncio.run(_serve(configuration, arguments.config, arguments.state_dir))
    return 0


async def _serve(configuration: Configuration, config: Path, state_dir: Path) -> None:
    from chargepoint.cli.site import leave_on_signals, simulated_site

    leave = asyncio.Event()
    leave_on_signals(leave)
    async with simulated_site(configuration, config, state_dir) as (_, _, address):
        print(f"bench of {configuration.station.id}: {address}/ for people, {address}/v1/state for programs", flush=True)
        await leave.wait()
