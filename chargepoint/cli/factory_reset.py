"""``chargepoint factory-reset``: everything that was ever typed in or recorded here goes."""

import asyncio
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

from chargepoint.cli.applying import Place
from chargepoint.cli.backup import typed
from chargepoint.cli.configuration import tree_of
from chargepoint.cli.errors import CliError
from chargepoint.cli.keeping import factory, journal
from chargepoint.cli.options import add_config, add_state_dir, part_of
from chargepoint.cli.out_of_service import user
from chargepoint.cli.paths import inquiry
from chargepoint.inquiry.client import InquiryError, ask
from chargepoint.inquiry.keeping import MOST_LISTED, ResetSeen, SeeReset, Unsent
from chargepoint.pki import files
from chargepoint.station import fresh
from chargepoint.station.keeping import objection
from chargepoint.store.database import StoreError
from chargepoint.store.store import Store
from chargepoint.web.accounts import give_to_owner_of_folder

HELP = """For who gives the station away: configuration and the one before it, passwords, keys, certificates, accounts, cards, transactions,
logs and history go. It is refused while somebody charges, and while messages that bills are made of have not reached the CSMS, unless they
are to be lost (--lose-unsent); which, is listed first. What control knows of welded contactors, latched faults and wear stays: a reset
repairs nothing. So does the computer itself. It asks for the station's id. A power cut in the middle does not stop it.
Exit status 0: done; 1: refused, or not done."""

LEFT_S = 10.0
LOOK_S = 0.2


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask for the station's id")
    parser.add_argument("--lose-unsent", action="store_true", help="although messages that bills are made of have not been sent")


def run(arguments: Namespace) -> int:
    """0, or a CliError."""
    place = Place(arguments.config, inquiry(arguments.state_dir))
    folder, own = part_of(arguments.state_dir, "web"), arguments.state_dir / "station"
    if wrong := factory.removable(place, folder):
        raise CliError(f"factory-reset: {wrong}")
    try:
        seen, runs = ask(place.inquiry, ResetSeen, SeeReset()), True
    except InquiryError:
        seen, runs = _on_disk(own), False
    for line in shown(seen):
        print(line)
    if refused := in_the_way(seen, runs, arguments.lose_unsent):
        raise CliError(f"factory-reset: {refused}")
    if not arguments.yes:
        _confirm(arguments.config)
    marker = factory.new(user(), arguments.lose_unsent)
    if runs:
        asyncio.run(_reset(place, folder, marker))
    else:
        _without_station(place, folder, own, marker)
    _leave_pages(folder)
    print(factory.DONE)
    return 0


def in_the_way(seen: ResetSeen, runs: bool, lose_unsent: bool) -> str:
    """Empty: nothing. Who wants to lose what a station that does not run has not ended may do it: perhaps it never runs again."""
    if seen.running and not runs:
        evses = ", ".join(map(str, seen.running))
        left = f"the transaction at EVSE {evses} has not ended, and the station does not run: start it, so that it ends and is billed"
        return "" if lose_unsent else f"{left}, or have it lost on purpose (--lose-unsent)"
    refused = objection(seen, lose_unsent)
    return f"{refused} (--lose-unsent)" if refused and not seen.running else refused


def shown(seen: ResetSeen) -> Iterator[str]:
    """What would be lost, for people."""
    for each in seen.unsent:
        given_up = f", {each.given_up} given up" if each.given_up else ""
        yield f"  unsent: transaction {each.transaction}: {each.messages} messages wait{given_up}"
    if seen.more:
        yield f"  and {seen.more} more transactions"


def _on_disk(own: Path) -> ResetSeen:
    """What a station that does not run has kept. Raises CliError."""
    if not (own / fresh.STORE).exists():
        return ResetSeen(outcome="listed")
    try:
        store = Store(own / fresh.STORE, alone=True)
        try:
            unsent = [Unsent(transaction=name, messages=waits, given_up=dead) for name, waits, dead in store.outbox.unsent()]
            running = tuple(store.transactions.running())
        finally:
            store.close()
    except StoreError as error:
        raise CliError(f"factory-reset: the station does not answer, and {error}") from error
    total = sum(each.messages + each.given_up for each in unsent)
    listed = tuple(unsent[:MOST_LISTED])
    return ResetSeen(outcome="listed", running=running, unsent=listed, more=len(unsent) - len(listed), messages=total)


def _confirm(config: Path) -> None:
    """Raises CliError."""
    try:
        wanted = str(tree_of(config)["station"]["id"])
    except (CliError, KeyError, TypeError):
        wanted = "reset"
    print(f"Everything goes, and nothing brings it back. Type {wanted} to go on: ", end="", flush=True)
    if typed().strip() != wanted:
        raise CliError(f"factory-reset: that is not {wanted}; nothing was changed")


async def _reset(place: Place, folder: Path, marker: factory.Marker) -> None:
    last = None
    async for last in factory.reset(place, folder, marker):
        if last.state == "saved":
            print(last.text, flush=True)
    if last is None or last.state != "up":
        raise CliError(f"factory-reset: {last.text if last else 'it did not begin'}")


def _without_station(place: Place, folder: Path, own: Path, marker: factory.Marker) -> None:
    """Its part is emptied here; its marker stays, so that its next start begins a new security log."""
    try:
        with journal.held(folder) as mine:
            if not mine:
                raise CliError(f"factory-reset: nothing was changed: {journal.OTHER}")
            factory.mark(folder, marker)
            if own.is_dir():
                fresh.mark(own, fresh.Marker(token=marker.token, by=marker.by))
                give_to_owner_of_folder(own / fresh.MARKER)
                fresh.empty(own, fresh.MARKER)
            asyncio.run(factory.finish(place, folder, marker))
    except OSError as error:
        raise CliError(
            f"factory-reset: {error.filename or own}: {error.strerror}; run it as root, it goes on where it was interrupted"
        ) from error


def _leave_pages(folder: Path) -> None:
    """Pages that run empty their part themselves; else it is done here, and their next start begins a new log."""
    ends_s = time.monotonic() + LEFT_S
    while (folder / factory.MARKER).exists():
        if time.monotonic() >= ends_s:
            fresh.empty(folder, factory.MARKER)
            files.settle(folder)
            return
        time.sleep(LOOK_S)
