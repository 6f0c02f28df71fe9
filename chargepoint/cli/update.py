"""``chargepoint update``: new software, from a file, an address or a USB stick; and back to the version before."""

import asyncio
import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from chargepoint.cli import as_json
from chargepoint.cli.errors import CliError, WrongUse
from chargepoint.cli.options import add_state_dir
from chargepoint.cli.out_of_service import user
from chargepoint.cli.paths import inquiry, updater
from chargepoint.cli.update_story import Story
from chargepoint.cli.updating import SILENT_S, noted
from chargepoint.inquiry import client
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.updates import LONGEST_TEXT, NoteUpdate, UpdateNoted
from chargepoint.transfer import urls
from chargepoint.update.client import UpdaterError, inquire
from chargepoint.update.messages import (
    UNDER_WAY,
    Cancel,
    Install,
    LookForSticks,
    Offer,
    Offered,
    Phase,
    Question,
    See,
    State,
    TakeBack,
    Update,
)

HELP = """Installs new software: a bundle (.cpb) of this station's maker, whose signature is checked first. It waits until nobody charges
and nobody can begin to; then it is installed, started and watched for half a minute. A new version that does not work is taken back by
itself. Shows how it goes on until the end; Ctrl-C leaves it going on, and "chargepoint update" alone shows it again. Exit status 0: the new
version runs, or what was asked for is done; 1: it was refused, failed or was taken back; 2: wrong usage."""

LOOK_S = 1.0
SCHEMES = ("http", "https", "ftp", "ftps")
ROOM = "/var/tmp"
"""On a disk; the temporary directory may be memory."""


GOES_ON = "It goes on without this command; chargepoint update shows how."
NOT_BEGUN = "Nothing was installed, and nothing goes on."
"""To Ctrl-C."""


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_state_dir(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("bundle", nargs="?", metavar="FILE|URL", help="the bundle; http, https, ftp or ftps")
    what.add_argument("--usb", action="store_true", help="look for it on USB sticks, at their top or in a folder chargepoint")
    what.add_argument("--back", action="store_true", help="back to the version before")
    what.add_argument("--cancel", action="store_true", help="not this update; possible until it is being installed")
    parser.add_argument("--older", action="store_true", help="an older version, or the same once more, is wanted")
    parser.add_argument("--json", action="store_true", help="at the end, how it stands, for programs")


def run(arguments: Namespace) -> int:
    """See HELP; a CliError when no updater answers."""
    if arguments.older and arguments.bundle is None:
        raise WrongUse("--older: expected together with FILE or URL")
    work = Work(updater(arguments.state_dir), inquiry(arguments.state_dir), Story(quiet=arguments.json))
    try:
        return asyncio.run(work.carry_out(arguments))
    except UpdaterError as error:
        raise CliError(str(error)) from error
    except KeyboardInterrupt:
        print(GOES_ON if work.begun else NOT_BEGUN, file=sys.stderr)
        return 1


class Work:
    """``path``: where the updater is asked; ``station``: where the station is."""

    def __init__(self, path: str, station: str, story: Story) -> None:
        self._path = path
        self._station = station
        self._story = story
        self.begun = False
        """Does it go on without us?"""

    async def carry_out(self, arguments: Namespace) -> int:
        """One command line. Raises UpdaterError, CliError."""
        by = user()
        if arguments.bundle is not None:
            status = await self._install(await self._offer(arguments.bundle, arguments.older, by), by)
        elif arguments.usb:
            self._story.tell("looking for bundles on USB sticks")
            status = await self._install(await self._ask(LookForSticks(by=by)), by)
        elif arguments.back:
            status = await self._begun(await self._ask(TakeBack(by=by)), by, Phase.TAKEN_BACK)
        elif arguments.cancel:
            status = await self._cancel()
        else:
            status = await self._show()
        if arguments.json:
            state = await inquire(self._path, State, See())
            print(as_json.text(state))
        return status

    async def _ask(self, question: Question, file: int | None = None) -> Offered:
        return await inquire(self._path, Offered, question, file)

    async def _offer(self, bundle: str, older: bool, by: str) -> Offered:
        with ExitStack() as opened:
            path = Path(bundle)
            if bundle.partition("://")[0].lower() in SCHEMES and "://" in bundle:
                folder = opened.enter_context(tempfile.TemporaryDirectory(dir=ROOM if os.access(ROOM, os.W_OK) else None))
                path = Path(folder) / "fetched.cpb"
                self._story.tell(f"fetching {urls.redacted(bundle)}")
                await fetch(bundle, path)
            try:
                file = opened.enter_context(path.open("rb"))
            except OSError as error:
                raise WrongUse(f"{bundle}: {error.strerror}; expected a bundle (.cpb), or its address") from error
            self._story.tell("looking at the bundle")
            return await self._ask(Offer(source="command", by=by, older=older), file.fileno())

    async def _install(self, offered: Offered, by: str) -> int:
        """What has been checked. The person who offers it wants it."""
        update = offered.update
        if offered.accepted and update is not None and update.phase is Phase.CHECKED:
            self._story.of(update)
            self.begun = True
            offered = await self._ask(Install(id=update.id))
        return await self._begun(offered, by, Phase.DONE)

    async def _begun(self, offered: Offered, by: str, wanted: Phase) -> int:
        if not offered.accepted or offered.update is None:
            self._story.refused(offered)
            await self._note(NoteUpdate(end="refused", code=offered.code, text=offered.text[:LONGEST_TEXT], by=f"{by} (by command)"))
            return 1
        return await self._follow(offered.update, wanted)

    async def _cancel(self) -> int:
        update = (await inquire(self._path, State, See())).update
        if update is None:
            raise CliError("there is no update to be cancelled")
        answer = await self._ask(Cancel(id=update.id))
        if not answer.accepted or answer.update is None:
            self._story.refused(answer)
            return 1
        return await self._follow(answer.update, Phase.CANCELLED)

    async def _show(self) -> int:
        """As it stands; what is under way, to its end."""
        state = await inquire(self._path, State, See())
        self._story.tell(f"software {state.version}" + (f"; before it {state.before}, which is kept" if state.before else ""))
        if state.update is None:
            self._story.tell("no update has been made here")
            return 0
        if state.update.phase in UNDER_WAY:
            return await self._follow(state.update, Phase.DONE)
        self._story.of(state.update)
        return 0

    async def _follow(self, update: Update, wanted: Phase) -> int:
        """Until it has ended. Meanwhile the updater may be silent: it is replaced as well."""
        self.begun = update.phase in UNDER_WAY
        identity, clock = update.id, asyncio.get_running_loop().time
        heard_s = clock()
        self._story.of(update)
        while update.phase in UNDER_WAY:
            await asyncio.sleep(LOOK_S)
            try:
                now = (await inquire(self._path, State, See())).update
            except UpdaterError:
                if clock() > heard_s + SILENT_S:
                    raise
                continue
            heard_s = clock()
            if now is None or now.id != identity:
                raise CliError("another update has taken its place; chargepoint update shows it")
            update = now
            self._story.of(update)
        end = noted(update)
        if end is not None:
            await self._note(end)
        return 0 if update.phase is wanted else 1

    async def _note(self, end: NoteUpdate) -> None:
        """For the station's history, where it runs."""
        with suppress(InquiryError):
            await client.inquire(self._station, UpdateNoted, end)


async def fetch(url: str, path: Path, told: Callable[[int], None] = lambda done: None) -> None:
    """Into a file. Its own signature vouches for it, so any server that the system trusts will do. Raises CliError."""
    from chargepoint.station.transfers import Transfers

    carried = await Transfers(system_trust=True).fetch(url, path)
    if carried.failed is not None:
        raise CliError(f"{urls.redacted(url)} could not be fetched (CP-825): {carried.text or carried.failed}")
