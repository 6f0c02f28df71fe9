"""``chargepoint bench``: simulated world, control and station from a configuration file; or a scenario, which needs none."""

import asyncio
import logging
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from chargepoint.cli.children import Child
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.leaving import leave
from chargepoint.cli.options import add_config, add_state_dir, begin_log, part_of
from chargepoint.cli.paths import sockets
from chargepoint.cli.scenarios.catalogue import SCENARIOS, Options
from chargepoint.cli.scenarios.catalogue import run as play
from chargepoint.domain.configuration import Configuration

HELP = """A whole simulated site: the world (board electrics, cars, cards, meters), the control process and the station process, and an HTTP
port to play with them. The CSMS is whatever the file names. All in one process group: SIGKILL to the group is a power cut.

With --wires: control and station use the real drivers that the file names, and at the other end of their wires (serial ports, TCP ports on
loopback, files) stand simulated devices of the same world, beneath a directory of the bench. PATCH /v1/evses/1/wires breaks them.

Where FILE is not there yet, it serves the set-up pages alone, tells their address and the set-up code, and goes on once they have made the
file.

With --scenario: control and world alone, on a virtual clock, play what is named, and everything that happens is held against the rules of
a judge. It needs neither configuration nor state directory. The same seed plays the same again."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--wires", action="store_true", help='real drivers on simulated wires, as [hal] backend = "wires" does')
    scenario = parser.add_argument_group("scenarios")
    scenario.add_argument("--scenario", choices=("list", *SCENARIOS), metavar="NAME", help=f"list, {', '.join(SCENARIOS)}")
    scenario.add_argument("--seed", type=_whole, metavar="N", help="what happens when (1)")
    scenario.add_argument("--hours", type=_positive, metavar="H", help="how long, in simulated hours: storm alone (1000)")
    scenario.add_argument("--jobs", type=_whole, metavar="N", help="processes that share the hours: storm alone (1)")


def _whole(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10**9:
        raise ArgumentTypeError(f"{text!r}: expected a whole number from 1")
    return int(text)


def _positive(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= 1e6:
        raise ArgumentTypeError(f"{text!r}: expected a number above 0, up to a million")
    return hours


def run(arguments: Namespace) -> int:
    """Until SIGTERM or SIGINT: 0. A scenario: 0, or 1 if a rule was broken."""
    if arguments.scenario is not None:
        return _play(arguments)
    if wrong := _unused(arguments, "seed", "hours", "jobs"):
        raise ConfigurationError((f"{wrong}: only with --scenario",), "bench")
    begin_log()
    try:
        return _bench(arguments)
    finally:
        leave(arguments.state_dir)


def _bench(arguments: Namespace) -> int:
    if not (arguments.config.exists() or arguments.wires):
        asyncio.run(_serve_first(arguments.config, arguments.state_dir))
        return 0
    configuration, config = _read(arguments)
    if configuration.bench is None:
        raise ConfigurationError(('bench: missing; expected [bench] with listen = "127.0.0.1:8800", or use control and station',))
    if not configuration.simulated:
        raise ConfigurationError(
            ('hal.backend: "drivers"; the bench moves contactors, so it wants "sim", "wires" or simulated drivers only',)
        )
    asyncio.run(_serve(configuration, config, arguments.state_dir))
    return 0


def _read(arguments: Namespace) -> tuple[Configuration, Path]:
    """The configuration, and the file that has it for the processes: with ``--wires`` one of our own."""
    if not arguments.wires:
        return read(arguments.config, boards=True), arguments.config
    from chargepoint.cli.wiring import with_wires

    try:
        config = with_wires(arguments.config, part_of(arguments.state_dir, "world") / "wires.json")
        return read(config, boards=True), config
    except ConfigurationError as error:
        raise ConfigurationError(error.errors, str(arguments.config)) from None


def _unused(arguments: Namespace, *names: str) -> str:
    return ", ".join(f"--{name}" for name in names if getattr(arguments, name) is not None)


def _play(arguments: Namespace) -> int:
    if arguments.scenario == "list":
        print("\n".join(f"{name:12} {scenario.line}" for name, scenario in SCENARIOS.items()))
        return 0
    if not SCENARIOS[arguments.scenario].long and (wrong := _unused(arguments, "hours", "jobs")):
        raise ConfigurationError((f"{wrong}: the scenario {arguments.scenario} has an end of its own; leave it out",), "bench")
    begin_log(logging.ERROR)
    held = play(arguments.scenario, Options(arguments.seed or 1, arguments.hours, arguments.jobs or 1))
    return 0 if held else 1


async def _serve_first(config: Path, state_dir: Path) -> None:
    """The pages make the file, and stay."""
    from chargepoint.cli import station
    from chargepoint.cli.bench_first import first_configuration, pages
    from chargepoint.cli.site import leave_on_signals

    station.settle(part_of(state_dir, "station"))  # without a configuration nothing else starts that would
    leave, web = asyncio.Event(), pages(config, state_dir)
    leave_on_signals(leave)
    try:
        configuration = await first_configuration(config, state_dir, leave, web)
        if configuration is not None:
            await _go_on(configuration, config, state_dir, leave, web)
    finally:
        await web.stop()


async def _serve(configuration: Configuration, config: Path, state_dir: Path) -> None:
    from chargepoint.cli.site import leave_on_signals

    leave = asyncio.Event()
    leave_on_signals(leave)
    await _go_on(configuration, config, state_dir, leave)


async def _go_on(configuration: Configuration, config: Path, state_dir: Path, leave: asyncio.Event, web: Child | None = None) -> None:
    """World and processes, until somebody wants it to end. ``web``: the pages, where they run already."""
    from chargepoint.cli.site import simulated_site

    async with simulated_site(configuration, config, state_dir, web=web) as (_, _, address):
        print(f"bench of {configuration.station.id}: {address}/ for people, {address}/v1/state for programs", flush=True)
        if configuration.hal.backend == "wires":
            root = sockets(configuration, state_dir).root
            print(f"other commands, while it runs: --config {config} --state-dir {state_dir}; its devices lie beneath {root}", flush=True)
        await leave.wait()
