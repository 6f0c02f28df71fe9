"""What the first-run pages need from elsewhere: checks, drivers, trials, the way to the CSMS, and the file itself."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import msgspec

import hal
from chargepoint.cli import applying, boards, confinement, fitting
from chargepoint.cli import configuration as configurations
from chargepoint.cli.check_config import summary
from chargepoint.cli.errors import ConfigurationError
from chargepoint.cli.keeping.journal import Journal
from chargepoint.cli.options import part_of
from chargepoint.cli.paths import INSTALLED_STATE, SHARED, inquiry
from chargepoint.domain.findings import Finding
from chargepoint.inquiry.trial import MOST_BYTES, Sight, Try
from chargepoint.web.wizard.ports import Checked, DriverLine, Entry, Progress, Tree, WizardPorts
from hal.entries import entries
from hal.errors import DriverError, HalError
from hal.facts import lacking

if TYPE_CHECKING:
    from chargepoint.cli.checks.scene import Scene

KINDS: tuple[Literal["boards", "meters", "readers"], ...] = ("boards", "meters", "readers")
SILENT = "the trial ended without a word; see the log of the pages"
REFUSED = "no trial was made: control runs and has the hardware, or see journalctl -u 'chargepoint-trial@*'"
SECURED_S = 12.0
LEAVE_S = 3.0
"""A trial closes its board within this."""
TRIAL = Path(SHARED) / "trial"
"""Where the installed station's trials are: a socket of systemd, whose service may open the hardware."""
SERIALS = ("/sys/firmware/devicetree/base/serial-number", "/sys/class/dmi/id/product_serial")
LONGEST_SERIAL = 25


def wizard_ports(config: Path, state_dir: Path, *, apart: bool = False) -> WizardPorts:
    """All of it. ``apart``: a trial is not of the terminal's group, so that Ctrl-C is for whoever
    has begun it, and says nothing there."""

    off = asyncio.Event()

    async def apply(text: str) -> AsyncGenerator[Progress, None]:
        from chargepoint.cli.keeping import changing

        off.clear()
        place, folder = applying.Place(config, inquiry(state_dir)), part_of(state_dir, "web")
        async for progress in changing.change(place, folder, Journal(text=text, by="the set-up"), off=off):
            yield progress

    return WizardPorts(
        check=check,
        drivers=drivers,
        attempt=lambda asked: attempt(asked, state_dir, apart=apart),
        reach=lambda tree: reach(tree, config, state_dir),
        secured=lambda tree: secured(tree, config, state_dir),
        apply=apply,
        call_off=off.set,
        proposals=proposals,
    )


def check(tree: Tree) -> Checked:
    """In the words of ``chargepoint check-config``."""
    try:
        configuration = configurations.build(tree, boards=True)
    except ConfigurationError as error:
        return Checked(errors=error.errors)
    except HalError as error:
        return Checked(errors=(str(error),))
    found = (
        *boards.unsafe(configuration),
        *fitting.warnings(configuration),
        *confinement.warnings(configuration),
        *configurations.warnings(configuration),
    )
    return Checked(warnings=tuple(str(each) for each in found), summary=summary(configuration))


@cache
def drivers() -> tuple[DriverLine, ...]:
    """Those that can be loaded here."""
    return tuple(line for kind in KINDS for name in hal.names(kind) if (line := _line(kind, name)) is not None)


def _line(kind: Literal["boards", "meters", "readers"], name: str) -> DriverLine | None:
    try:
        facts, takes = hal.about(kind, name), entries(kind, name)
    except DriverError:
        return None
    meanings: Mapping[str, str] = {} if facts is None else facts.entries
    asked = tuple(
        Entry(name=entry, meaning=meanings.get(entry, ""), kind=_kind(hint), required=entry in takes.required)
        for entry, hint in takes.hints.items()
    )
    if facts is None:
        return DriverLine(kind=kind, name=name, title=name, entries=asked)
    return DriverLine(
        kind=kind,
        name=name,
        title=facts.title,
        link=facts.link,
        safety=facts.safety,
        watchdog=facts.watchdog,
        doubts=facts.doubts,
        lacks=lacking(facts.extra or "") or "",
        entries=asked,
    )


def _kind(hint: Any) -> Literal["text", "number", "truth", "any"]:
    """Of the type of an entry, ``float | None`` or an annotated one."""
    if hint is Any or list in (hint, get_origin(hint), *map(get_origin, get_args(hint))):
        return "any"
    kinds = {hint, *(part for each in get_args(hint) for part in (each, *(get_args(each) or ())) if isinstance(part, type))}
    if bool in kinds:
        return "truth"
    return "number" if kinds & {int, float} and str not in kinds else "text"


async def attempt(asked: Try, state_dir: Path, *, apart: bool = False) -> AsyncGenerator[Sight, None]:
    """``chargepoint trial``: of the installed station where the service manager has it, else a process of our own."""
    installed = state_dir == INSTALLED_STATE and TRIAL.is_socket()
    async with aclosing(_managed(asked) if installed else _child(asked, state_dir, apart=apart)) as sights:
        async for sight in sights:
            yield sight


async def _managed(asked: Try) -> AsyncGenerator[Sight, None]:
    """By systemd, which begins none while control runs."""
    try:
        reader, writer = await asyncio.open_unix_connection(TRIAL, limit=MOST_BYTES)
    except OSError as error:
        yield Sight(state="failed", text=f"{TRIAL}: {error.strerror}; see systemctl status chargepoint-trial.socket")
        return
    try:
        with suppress(ConnectionError):
            writer.write(msgspec.json.encode(asked) + b"\n")
            await writer.drain()
        async for sight in _read(reader, REFUSED):
            yield sight
    finally:
        writer.close()


async def _child(asked: Try, state_dir: Path, *, apart: bool) -> AsyncGenerator[Sight, None]:
    command = (sys.executable, "-m", "chargepoint", "trial", "--state-dir", str(state_dir))
    pipe = asyncio.subprocess.PIPE
    alone: dict[str, Any] = {"process_group": 0, "stderr": asyncio.subprocess.DEVNULL} if apart else {}
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=MOST_BYTES, **alone)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(ConnectionError):
            process.stdin.write(msgspec.json.encode(asked) + b"\n")
            await process.stdin.drain()
        async for sight in _read(process.stdout, SILENT):
            yield sight
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(LEAVE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _read(reader: asyncio.StreamReader, silent: str) -> AsyncGenerator[Sight, None]:
    """What the other side tells. ``silent``: to be told where that is nothing at all."""
    last = None
    with suppress(ConnectionError):
        while (line := await reader.readline()).endswith(b"\n"):
            last = msgspec.json.decode(line, type=Sight)
            yield last
    if last is None:
        yield Sight(state="failed", text=silent)


async def reach(tree: Tree, config: Path, state_dir: Path) -> AsyncGenerator[Finding, None]:
    """The ladder to the CSMS of a candidate, climbed with its own identity and password: no station does it meanwhile."""
    from chargepoint.cli.checks.way import way_of
    from chargepoint.ladder.climb import climb

    try:
        way = way_of(_scene(tree, config, state_dir))
    except ConfigurationError as error:
        yield Finding(name="configuration", state="failed", text="; ".join(error.errors))
        return
    if way is not None:
        yield Finding(name="address called", state="not needed", text=way.url)
        async for finding in climb(way):
            yield finding


async def secured(tree: Tree, config: Path, state_dir: Path) -> Finding | None:
    """The TLS rung of it, within some seconds; no WebSocket, which would cost a station its own."""
    from chargepoint.cli.checks.way import way_of
    from chargepoint.ladder.climb import up_to_tls

    with suppress(ConfigurationError, TimeoutError):
        way = way_of(_scene(tree, config, state_dir))
        async with asyncio.timeout(SECURED_S):
            return None if way is None else await up_to_tls(way)
    return None


def _scene(tree: Tree, config: Path, state_dir: Path) -> "Scene":
    """Raises ConfigurationError."""
    from chargepoint.cli.checks.scene import Scene

    return Scene(config=config, state_dir=state_dir, configuration=configurations.build(tree), presence="absent")


def proposals() -> Mapping[str, str]:
    """What this computer knows of itself."""
    for path in SERIALS:
        with suppress(OSError):
            serial = Path(path).read_bytes().rstrip(b"\0\n ").decode("ascii", "ignore")[-LONGEST_SERIAL:]
            if serial.isalnum():
                return {"serial": serial, "id": f"cp{serial[-6:].lower()}"}
    return {}
