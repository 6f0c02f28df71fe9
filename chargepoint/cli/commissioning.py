"""The self-test, the guided steps and what a commissioning report tells, put together for the command line and the pages."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from chargepoint.cli import digest
from chargepoint.cli.boards import abilities
from chargepoint.cli.checks import computer, configured, disk
from chargepoint.cli.checks.scene import Scene, survey
from chargepoint.cli.checks.way import way_of
from chargepoint.cli.paths import inquiry
from chargepoint.commissioning import guiding, selftest
from chargepoint.commissioning.guide import With
from chargepoint.commissioning.guiding import Switch, Told
from chargepoint.commissioning.sight import Bench, trouble
from chargepoint.commissioning.steps import Outcome, Step, of_finding
from chargepoint.domain.configuration import Configuration, EvsePart
from chargepoint.domain.findings import Finding
from chargepoint.inquiry import client
from chargepoint.ladder import stopwatch
from chargepoint.ladder.climb import climb
from hal.errors import HalError

T = TypeVar("T")

CONFIGURATION = "configuration"
TITLES = {
    "file": "Configuration",
    "clock": "Clock with battery",
    "supply": "Computer's supply",
    "room": "Disk: room",
    "wear": "Disk: wear",
    "disk errors": "Disk: errors",
}
READER_SILENT = "reader_silent"
GUIDED = "hold a card to it in the guided test"


def bench(configuration: Configuration, state_dir: Path) -> Bench:
    """The world of this station. Raises CliError."""
    path = inquiry(state_dir)

    async def ask(question: msgspec.Struct | None, answer: type[T], timeout_s: float = client.PATIENCE_S, /) -> T:
        return await client.inquire(path, answer, question, timeout_s)

    def can(part: EvsePart) -> Any:
        return abilities(configuration, part)

    return Bench(ask=ask, configuration=configuration, abilities=can, monotonic=time.monotonic, pause=asyncio.sleep)


async def steps(config: Path, state_dir: Path, evse: int | None = None) -> AsyncGenerator[Step, None]:
    """The station as a whole, then each EVSE; ``evse``: of this one alone, without the station."""
    scene = await asyncio.to_thread(survey, config, state_dir)
    if evse is None:
        async for step in of_station(scene):
            yield step
    if scene.configuration is None:
        return
    world = bench(scene.configuration, state_dir)
    for part in scene.configuration.evses:
        if evse in (None, part.id):
            async for step in selftest.of_evse(world, part):
                yield step


async def guided(config: Path, state_dir: Path, evse: int, kind: With, switch: Switch) -> AsyncGenerator[Told, None]:
    """The steps with a car or an adapter at one EVSE."""
    scene = await asyncio.to_thread(survey, config, state_dir)
    part = next((each for each in scene.configuration.evses if each.id == evse), None) if scene.configuration is not None else None
    if scene.configuration is None or part is None:
        return
    async for told in guiding.of_evse(bench(scene.configuration, state_dir), part, kind, switch):
        yield told


async def of_station(scene: Scene) -> AsyncIterator[Step]:
    """Configuration, readers, displays, clock, disk, and the way to the CSMS."""
    for step in (*_configured(scene), *_devices(scene), _clock(scene, stopwatch.now()), *_found(scene)):
        yield step
    async for finding in _climbed(scene):
        yield of_finding(finding, f"csms {finding.name}", f"CSMS: {finding.name}")


def _configured(scene: Scene) -> Iterator[Step]:
    """One step: the first that is wrong, else that it is good, with its warnings."""
    found = list(configured.look(scene))
    bad = next((each for each in found if each.state not in ("passed", "warning")), None)
    sha256 = digest.of(scene.config)
    if bad is not None or not found:
        yield of_finding(bad or Finding(name="file", state="failed", text="there is none"), CONFIGURATION, TITLES["file"])
        return
    warnings = [each.text for each in found if each.state == "warning"]
    text = f"{found[-1].text}; SHA-256 {sha256}" + (f"; warnings: {'; '.join(warnings)}" if warnings else "")
    outcome: Outcome = "remark" if warnings else "passed"
    yield Step(name=CONFIGURATION, title=TITLES["file"], outcome=outcome, text=text, figures={"sha256": sha256, "warnings": len(warnings)})


def _devices(scene: Scene) -> Iterator[Step]:
    """Readers and displays, as far as the station tells."""
    if scene.configuration is None:
        return
    faults = () if scene.document is None else scene.document.get("fault_details", ())
    silent = next((each for each in faults if each["name"] == READER_SILENT), None)
    title = "Card reader"
    if silent is not None:
        yield _of_fault(silent, "reader", title)
    elif not scene.configuration.readers and not scene.configuration.simulated:
        yield Step(name="reader", title=title, outcome="impossible", text="none is configured")
    else:
        yield Step(name="reader", title=title, outcome="by_hand", text=GUIDED)
    for fault in faults:
        if fault["name"] != READER_SILENT:
            yield _of_fault(fault, f"fault {fault['name']}", "Station")


def _of_fault(fault: Mapping[str, Any], name: str, title: str) -> Step:
    found = trouble(fault)
    return Step(name=name, title=title, outcome="failed", text=found.words, remedy=found.remedy, code=found.code)


def _clock(scene: Scene, now: datetime) -> Step:
    """A clock that was never set shows a time before the configuration was written."""
    text = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    try:
        written_s = scene.config.stat().st_mtime
    except OSError:
        written_s = 0.0
    if now.timestamp() < written_s:
        return Step(
            name="clock set",
            title="Clock set",
            outcome="failed",
            text=f"{text}, which is before the configuration was written",
            remedy="Set it: a time server, or timedatectl set-time.",
        )
    return Step(name="clock set", title="Clock set", outcome="passed", text=f"{text}: compare it with your own")


def _found(scene: Scene) -> Iterator[Step]:
    found = [each for each in computer.look(scene) if each.name in TITLES] + list(disk.look(scene))
    yield from (of_finding(each, each.name, TITLES.get(each.name, each.name)) for each in found)


async def _climbed(scene: Scene) -> AsyncIterator[Finding]:
    try:
        way = way_of(scene)
        if way is None:
            yield Finding(name="configured", state="not needed", text="no CSMS is configured")
            return
        async for finding in climb(way):
            yield finding
    except (HalError, OSError) as error:
        yield Finding(name="ladder", state="not known", text=f"cannot be looked at from here: {error}", remedy="Run chargepoint doctor.")


Show = Callable[[Step], None]


async def collected(found: AsyncIterator[Step], show: Show) -> tuple[Step, ...]:
    """All of them; ``show`` is told of each as it comes."""
    kept = []
    async for step in found:
        show(step)
        kept.append(step)
    return tuple(kept)
