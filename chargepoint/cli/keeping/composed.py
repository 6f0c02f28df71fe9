"""All of it as ports for the pages."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

from chargepoint.cli.applying import Place
from chargepoint.cli.keeping import changing, factory, journal
from chargepoint.cli.keeping.journal import Journal
from chargepoint.web.house import House
from chargepoint.web.keeping import KeepingPorts, Looked, Proof
from chargepoint.web.wizard.ports import Progress

log = logging.getLogger(__name__)

SEEN_S, LOOK_S = 3.0, 1.0
"""For whoever has asked to see that it is done; how often somebody else's wish is looked for."""
MOST_LEFT = 5
"""So often these pages go on with something: what cannot be ended is not begun for ever."""


async def settle(config: Path, inquiry: str, folder: Path) -> None:
    """Before the pages open anything: a factory reset that was begun. Raises OSError."""
    await factory.settle(Place(config, inquiry), folder, datetime.now(UTC))


async def watch(house: House, leave: asyncio.Event) -> None:
    """Go on with what a power cut has left, in a terminal too; and leave for a factory reset, whoever has asked for it."""
    keeping, left = house.ports.keeping, MOST_LEFT
    assert keeping is not None
    while not keeping.due():
        if left and _gone_on(house, keeping):
            left -= 1
        await asyncio.sleep(LOOK_S)
    await asyncio.sleep(SEEN_S)
    leave.set()


def _gone_on(house: House, keeping: KeepingPorts) -> bool:
    if house.work.running or house.workshop.applying:
        return False
    try:
        rest = keeping.begun(house.moving.proof)
    except OSError as error:
        log.error("event=change_unreadable cause=%s", error)
        return True
    return rest is not None and house.work.begin(rest[0], house.moving.followed(rest[1]))


def keeping_ports(config: Path, inquiry: str, folder: Path) -> KeepingPorts:
    """``folder``: the part of the pages."""
    place, off = Place(config, inquiry), asyncio.Event()

    def anew() -> asyncio.Event:
        off.clear()
        return off

    async def back_up(passphrase: str, by: str) -> tuple[str, bytes, tuple[str, ...]]:
        from chargepoint.cli.keeping.taking import take

        return await take(config, inquiry, passphrase, by, datetime.now(UTC))

    async def look(data: bytes, passphrase: str) -> Looked:
        from chargepoint.cli.keeping.looking import look as look_at

        return await look_at(data, passphrase, config)

    def change(text: str, by: str, proof: Proof) -> AsyncGenerator[Progress, None]:
        return changing.change(place, folder, Journal(text=text, by=by, seen=True), proof, anew())

    def restore(looked: Looked, by: str, proof: Proof) -> AsyncGenerator[Progress, None]:
        return changing.restore(place, folder, looked, by, proof, anew())

    def reset(by: str, lose_unsent: bool) -> AsyncGenerator[Progress, None]:
        return factory.reset(place, folder, factory.new(by, lose_unsent))

    return KeepingPorts(
        back_up=back_up,
        look=look,
        change=change,
        restore=restore,
        reset=reset,
        begun=lambda proof: changing.resume(place, folder, proof, anew()),
        elsewhere=lambda: journal.there(folder),
        call_off=off.set,
        due=lambda: (marker := factory.marked(folder)) is not None and marker.phase == "due",
    )
