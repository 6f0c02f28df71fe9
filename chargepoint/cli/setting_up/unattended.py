"""A station set up from a file of answers: the same checks and trials, and nobody is asked. The first step that fails ends it."""

import asyncio
import time
from argparse import Namespace
from contextlib import aclosing

from chargepoint.cli.errors import CliError
from chargepoint.cli.options import command
from chargepoint.cli.setting_up import account, answers, ending
from chargepoint.cli.setting_up.answers import Table
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.cli.wizard import wizard_ports
from chargepoint.inquiry.trial import Sight, Try
from chargepoint.ladder import stopwatch
from chargepoint.web.wizard import csms, roots, steps
from chargepoint.web.wizard.climbing import climbed
from chargepoint.web.wizard.draft import Answers
from chargepoint.web.wizard.ports import Progress
from chargepoint.web.wizard.steps import Place

PATIENCE_S = 60.0
"""For a board that tests itself, a slow meter, a far CSMS."""
HELD = "answered; not tried, for the station runs and has the hardware"
READER_S = 6.0
"""A reader that has not complained by then is there; nobody holds a card to it."""


def install(arguments: Namespace) -> int:
    """0, or a CliError that names the step."""
    tree = answers.read(arguments.answers)
    ports = wizard_ports(arguments.config, arguments.state_dir)
    sitting = Sitting(arguments.config, arguments.state_dir, ports, None)
    answer_all(sitting, tree)
    owner = _owner(sitting, tree.get(answers.ACCOUNT, {}))
    for place in list(steps.places(sitting.draft)):
        tries = answers.of(tree, place).get(answers.TRY, True)
        print(f"{place.title}: {_seen(sitting, place) if tries else 'not tried'}", flush=True)
    _make(sitting, owner)
    if not ending.write_now(sitting, _tell):
        raise CliError(f"setup: {sitting.config}: the station did not come up with it")
    for warning in sitting.checked().warnings:
        print(f"warning: {warning}", flush=True)
    print("\n".join(f"{why}: {how}" for why, how in ending.next_steps(sitting)), flush=True)
    return 0


def answer_all(sitting: Sitting, tree: Table) -> None:
    """All steps are known, and right, before any is tried. Raises CliError."""
    at = 0
    while at < len(every := list(steps.places(sitting.draft))):
        place = every[at]
        given = answers.given(sitting.ports, sitting.draft, place, answers.of(tree, place))
        sitting.answer(place, _rooted(sitting, place, given.answers))
        at += 1
    errors = sitting.checked().errors
    for place in every:
        if wrong := steps.errors_of(place, errors):
            raise CliError(f"setup: {place.title}: {'; '.join(wrong)}")
    if errors:
        raise CliError(f"setup: {'; '.join(errors)}")


def _rooted(sitting: Sitting, place: Place, answers: Answers) -> Answers:
    """With the CSMS's own root where it is kept. Raises CliError."""
    try:
        given, before = answers.get(csms.ROOT, ""), sitting.draft.of(place.key).get(csms.ROOT, "")
        root = roots.from_text(sitting.config, given, stopwatch.now(), before)
    except roots.RootError as error:
        raise CliError(f"setup: {place.title}: {csms.ROOT}: {error}") from error
    return {**answers, csms.ROOT: root} if root else answers


def _seen(sitting: Sitting, place: Place) -> str:
    """What a trial came to. Raises CliError: it is not good."""
    if not sitting.tries(place):
        held = sitting.running and place.step.tries is not None and steps.tries(sitting.draft, place)
        return "as it was" if not sitting.changed(place) else HELD if held else "answered"
    sight = asyncio.run(_look(sitting, place))
    reader = place.step.tries == "reader" and sight.state == "waiting"
    if sight.state != "good" and not reader:
        rows = "".join(f"\n  {row.title}: {row.value}" for row in sight.rows if row.good is False)
        raise CliError(f"setup: {place.title}: {sight.text}{rows}")
    sitting.keep(sitting.draft.seen(place.key, sitting.draft.mark(place.key), sight.text, good=not reader))
    return "the reader is there; no card was held to it" if reader else sight.text


async def _look(sitting: Sitting, place: Place) -> Sight:
    """The first good one, or the last."""
    seconds = READER_S if place.step.tries == "reader" else PATIENCE_S
    ends_s = time.monotonic() + seconds
    last = Sight(state="failed", text=f"nothing was seen within {seconds:.0f} s")
    tree = sitting.tree()
    if place.step.tries is None:
        source = climbed(sitting.ports, tree)
    else:
        source = sitting.ports.attempt(Try(what=place.step.tries, configuration=tree, number=place.evse or 1, seconds=seconds))
    async with aclosing(source):
        async for sight in source:
            last = sight if sight.state != "over" else last
            if sight.state in ("good", "over") or time.monotonic() > ends_s:
                break
    return last


def _owner(sitting: Sitting, table: Table) -> tuple[str, str] | None:
    """Name and password of the first account; ``None``: it is there, or is made elsewhere. Raises CliError."""
    name, password = str(table.get("name", account.NAME)), table.get("password")
    if unknown := set(table) - {"name", "password"}:
        raise CliError(f"setup: {account.TITLE}: {', '.join(sorted(unknown))}: unknown; expected name, password")
    if not table or account.there(sitting):
        return None
    if not isinstance(password, str):
        raise CliError(f"setup: {account.TITLE}: password: missing; expected a text")
    if wrong := account.objection(sitting, name, password):
        raise CliError(f"setup: {account.TITLE}: password: {wrong}")
    return name, password


def _make(sitting: Sitting, owner: tuple[str, str] | None) -> None:
    """Raises CliError."""
    if owner is not None and (wrong := account.make(sitting, *owner)):
        raise CliError(f"setup: {account.TITLE}: {wrong}")
    if owner is not None:
        print(f"{account.TITLE}: {owner[0]}", flush=True)
    elif not account.there(sitting):
        print(f"{account.TITLE}: none yet; {command('password --setup-code', sitting.config, sitting.state_dir)}", flush=True)


def _tell(progress: Progress) -> None:
    print(progress.text, flush=True)
