"""The summary, from which any step can be changed; then the file, the processes, and what to do next."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from chargepoint.cli.applying import CALLED_OFF
from chargepoint.cli.errors import CliError
from chargepoint.cli.keeping.following import follow
from chargepoint.cli.options import command, part_of
from chargepoint.cli.paths import INSTALLED_STATE
from chargepoint.cli.setting_up import walk
from chargepoint.cli.setting_up.screen import Back
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.cli.web import PART
from chargepoint.web.wizard import steps
from chargepoint.web.wizard.fields import Option
from chargepoint.web.wizard.ports import Progress
from chargepoint.web.wizard.steps import Place

WRITE, SHOW, ANEW = "write", "show", "anew"
LEFT = "left while the processes begin with it; {} is written, and nobody sees whether they come up: {}"
TARGET = "chargepoint.target"
NEXT = (
    ("Plug in a car, and watch", "status --watch"),
    ("It does not charge?", "why"),
    ("Is everything all right?", "doctor"),
    ("Stickers for drivers", "signs"),
)
STATES = {"open": "not answered", "untried": "not tried", "good": "good", "same": "as it was"}


def end(sitting: Sitting) -> bool:
    """Was it written, and did everything come up? Raises Leave, CliError."""
    screen = sitting.screen
    while True:
        checked = _summary(sitting)
        every = list(steps.places(sitting.draft))
        changes = tuple(Option(each.key, f"Change: {each.title}") for each in every)
        write = Option(WRITE, f"Write {sitting.config}, and start the station with it")
        others = (Option(SHOW, "Show the file as it will be"), Option(ANEW, "Forget all answers, and begin anew"))
        try:
            chosen = screen.choose("What now?", (write, *changes, *others) if checked else (*changes, *others), WRITE if checked else None)
        except Back:
            continue
        if chosen == WRITE:
            return write_now(sitting, lambda progress: screen.say(progress.text, "bold red" if _wrong(progress) else "", 2))
        if chosen == SHOW:
            screen.say()
            screen.say(sitting.text(masked=True), indent=2)
        elif chosen == ANEW:
            _anew(sitting)
        else:
            walk.walk(sitting, next(each for each in every if each.key == chosen))


def _anew(sitting: Sitting) -> None:
    if sitting.screen.sure("Forget all answers?", default=False):
        sitting.keep(sitting.at_first, {})
        walk.walk(sitting)


def _summary(sitting: Sitting) -> bool:
    """Everything, once more. May it be written?"""
    screen, checked = sitting.screen, sitting.checked()
    screen.heading("Summary", f"Step {steps.COUNT} of {steps.COUNT}")
    screen.pairs([(each.title, state(sitting, each)) for each in steps.places(sitting.draft)])
    screen.say()
    screen.say(checked.summary)
    for error in checked.errors:
        screen.problem(error)
    for warning in checked.warnings:
        screen.say(f"Mind: {warning}", "yellow", 2)
    return not checked.errors


def state(sitting: Sitting, place: Place) -> str:
    """Of a step, in a few words."""
    if sitting.before and not sitting.changed(place):
        return STATES["same"]
    found = STATES[steps.state(sitting.draft, place)]
    tried = sitting.draft.trial(place.key)
    return f"{found}: {tried.text}" if tried is not None else found


def write_now(sitting: Sitting, tell: Callable[[Progress], None]) -> bool:
    """Whole, and the processes begin, or begin anew. Did they? Raises CliError."""
    start_target(sitting.state_dir)
    told: list[Progress] = []

    def heard(progress: Progress) -> None:
        told.append(progress)
        tell(progress)

    try:
        asyncio.run(_apply(sitting, heard))
    except KeyboardInterrupt:
        if not told:
            raise
        look = command("status", sitting.config, sitting.state_dir)
        raise CliError(f"setup: {LEFT.format(sitting.config, look)}") from None
    if told and told[-1].text.startswith(CALLED_OFF):
        raise CliError("setup: it was called off; the answers are kept")
    if not told or told[-1].state != "up":
        return False
    with suppress(OSError):
        sitting.forget()
    return True


async def _apply(sitting: Sitting, tell: Callable[[Progress], None]) -> None:
    await follow(sitting.ports.apply(sitting.text()), sitting.ports.call_off, tell)


def _wrong(progress: Progress) -> bool:
    return progress.state in ("failed", "refused", "put back")


def start_target(state_dir: Path) -> None:
    """Of the installed station, where somebody has stopped it. Raises CliError."""
    if state_dir != INSTALLED_STATE or os.geteuid() != 0 or not os.path.isdir("/run/systemd/system") or shutil.which("systemctl") is None:
        return
    done = subprocess.run(("systemctl", "start", TARGET), check=False, capture_output=True, text=True, timeout=60)
    if done.returncode:
        raise CliError(f"setup: systemctl start {TARGET}: {done.stderr.strip()}; nothing was written")


def next_steps(sitting: Sitting) -> list[tuple[str, str]]:
    """What to do now: why, and how."""
    from chargepoint.web.server import read_addresses

    told = read_addresses(part_of(sitting.state_dir, PART))
    found = [(why, command(verb, sitting.config, sitting.state_dir)) for why, verb in NEXT]
    return [*found, ("The pages", told["technicians"])] if told is not None and told["technicians"] else found
