"""A new configuration on its way, with the rest of a backup or without: proved in the end, or taken back; nothing ever half.

    change.json ──▶ the file (``applying``) ──▶ both processes are new ──▶ the pages are found ──▶ the station's parts ──▶ change.json goes
                                                  └── not in time, or called off before ──▶ "taking back" in change.json
                                                                                                 ──▶ the one before ──▶ change.json goes

After a power cut whoever starts next goes on (``resume``); doing it again comes to the same. What has been tried ``MOST_TRIES`` times is
taken back untried: perhaps the computer falls over it. A file that somebody has changed by hand meanwhile stays as it is.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from pathlib import Path

from msgspec.structs import replace

from chargepoint.cli import applying
from chargepoint.cli.applying import Place
from chargepoint.cli.configuration import parsed
from chargepoint.cli.errors import CliError
from chargepoint.cli.keeping import factory, journal, parts
from chargepoint.cli.keeping.journal import Journal
from chargepoint.web import moving
from chargepoint.web.keeping import Looked, Proof, found_already
from chargepoint.web.wizard.ports import END, Progress
from hal.errors import HalError

log = logging.getLogger(__name__)

Told = AsyncGenerator[Progress, None]

MOST_TRIES = 3
UNCHANGED = "Nothing was changed:"


async def change(place: Place, folder: Path, wanted: Journal, proof: Proof = found_already, off: asyncio.Event | None = None) -> Told:
    """Until it is known what has become of it; it goes on also where nobody listens any more. ``folder``: the part of the pages. ``off``:
    set by whoever does not want to wait any longer for a car."""
    try:
        applying.check(place.file, wanted.text)
        with journal.held(folder) as mine:
            refused = _objection(folder, mine)
            if refused:
                yield Progress("refused", f"{UNCHANGED} {refused}.")
                return
            begun = replace(wanted, before=applying.there(place))
            journal.keep(folder, begun)
            async for progress in _carried_out(place, folder, begun, proof, off):
                yield progress
    except (CliError, HalError) as error:
        yield Progress("refused", f"{UNCHANGED} {error}")
    except OSError as error:
        yield Progress("refused", f"{UNCHANGED} {error.filename or folder} cannot be written ({error.strerror}); mend its permissions.")


def _objection(folder: Path, mine: bool) -> str:
    if factory.marked(folder) is not None:
        return "a factory reset is under way"
    return "" if mine else journal.OTHER


def of_backup(looked: Looked, by: str) -> Journal | None:
    """``None``: it does not fit here."""
    fits = not looked.refused and looked.text
    if not fits:
        return None
    return Journal(text=looked.text, by=by, parts=looked.parts, secrets=looked.secrets, left_out=looked.problems)


async def restore(
    place: Place, folder: Path, looked: Looked, by: str, proof: Proof | None = None, off: asyncio.Event | None = None
) -> Told:
    """A backup that was looked at takes the place of what is here."""
    wanted = of_backup(looked, by)
    if wanted is None:
        yield Progress("refused", f"{UNCHANGED} the configuration of this backup does not fit here.")
        return
    async for progress in change(place, folder, replace(wanted, seen=proof is not None), proof or found_already, off):
        yield progress


def resume(place: Place, folder: Path, proof: Proof = found_already, off: asyncio.Event | None = None) -> tuple[str, Told] | None:
    """Title, and the rest, of what a power cut has left; ``None``: nothing. Raises OSError."""
    wanted = journal.left(folder)
    return None if wanted is None else (wanted.title, _resumed(place, folder, proof, off))


async def _resumed(place: Place, folder: Path, proof: Proof, off: asyncio.Event | None) -> Told:
    with journal.held(folder) as mine:
        wanted = journal.kept(folder)
        if wanted is None or not mine:
            return
        log.warning("event=change_goes_on what=%r phase=%r tries=%d by=%r", wanted.title, wanted.phase, wanted.tries, wanted.by)
        here = applying.there(place)
        if here not in (wanted.text.encode(), wanted.before):
            _ended(folder)
            yield Progress("refused", f"Somebody has changed {place.file} after the power cut; it is left as it is.")
        elif wanted.before is not None and (wanted.phase == "taking back" or wanted.tries >= MOST_TRIES):
            why = "It was interrupted while it was taken back." if wanted.phase == "taking back" else "It was interrupted again and again."
            end = await _taken_back(place, folder, wanted, why, applying.HOLD_S)
            _ended(folder)
            yield end
        else:
            async for progress in _carried_out(place, folder, wanted, proof if wanted.seen else found_already, off, again=True):
                yield progress


async def _carried_out(
    place: Place, folder: Path, wanted: Journal, proof: Proof, off: asyncio.Event | None, *, again: bool = False
) -> Told:
    """From the journal on. Its end is told when it is on the disk. ``again``: the processes may run with it already."""
    running = await applying.processes(place)
    try:
        applying.put(place, wanted.text.encode(), wanted.before)
    except OSError:
        journal.forget(folder)
        raise
    yield Progress("saved", f"{place.file} is written.")
    patience_s = applying.FIRST_S if again or wanted.before is None else applying.UP_S
    hold_s = applying.HOLD_S if again else 0.0
    off = off if off is not None and wanted.before is not None else asyncio.Event()
    end = Progress("failed", "")
    async for told in _proved(applying.prove(place, running, patience_s, off, hold_s), proof(_moves(place, wanted))):
        if told.state == "restarting":
            wanted = _noted(folder, replace(wanted, tries=wanted.tries + 1))
        if told.state in END:
            end = told
        else:
            yield told
    if end.state == "failed" and wanted.before is not None:
        yield end
        end = await _taken_back(place, folder, wanted, end.text, hold_s)
    elif end.state == "up" and wanted.parts is not None:
        async for told in parts.put(place, wanted.parts, wanted.secrets, wanted.by, wanted.left_out):
            if told.state in END:
                end = told
            else:
                yield told
    _ended(folder)
    yield end


async def _proved(restarted: Told, found: Told) -> Told:
    """First the processes, then the pages; ``up`` is the end of both."""
    up: Progress | None = None
    async for told in restarted:
        if told.state == "up":
            up = told
        else:
            yield told
    if up is None:
        return
    async for told in found:
        yield told
        if told.state == "failed":
            return
    yield up


def _moves(place: Place, wanted: Journal) -> tuple[str, ...]:
    """Of the pages; from a file that nobody can read nothing moves."""
    try:
        was, will_be = (parsed(content.decode(), place.file) for content in (wanted.before or b"", wanted.text.encode()))
    except (CliError, UnicodeDecodeError):
        return ()
    return moving.moves(was, will_be) if wanted.before is not None else ()


async def _taken_back(place: Place, folder: Path, wanted: Journal, why: str, hold_s: float) -> Progress:
    """Whatever ends in the middle of this goes on with it, and with nothing else."""
    assert wanted.before is not None
    _noted(folder, replace(wanted, phase="taking back"))
    return await applying.put_back(place, wanted.before, why, hold_s)


def _noted(folder: Path, wanted: Journal) -> Journal:
    """On the disk, if there is room: it is worth less than what it is about."""
    try:
        journal.keep(folder, wanted)
    except OSError as error:
        log.error("event=change_not_noted folder=%s cause=%s", folder, error)
    return wanted


def _ended(folder: Path) -> None:
    """What cannot be forgotten is done once more, which comes to the same."""
    try:
        journal.forget(folder)
    except OSError as error:
        log.error("event=change_not_forgotten folder=%s cause=%s", folder, error)
