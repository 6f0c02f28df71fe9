"""All of it as ports for the pages."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

from chargepoint.cli.applying import Place
from chargepoint.cli.keeping import factory, restoring
from chargepoint.web.keeping import KeepingPorts, Looked
from chargepoint.web.wizard.ports import Progress

SEEN_S, LOOK_S = 3.0, 1.0
"""For whoever has asked to see that it is done; how often somebody else's wish is looked for."""


async def settle(config: Path, inquiry: str, folder: Path) -> None:
    """Before the pages open anything: a factory reset that was begun. Raises OSError."""
    await factory.settle(Place(config, inquiry), folder, datetime.now(UTC))


async def leave_when_due(keeping: KeepingPorts, leave: asyncio.Event) -> None:
    """The pages start anew for a factory reset, whoever has asked for it."""
    while not keeping.due():  # noqa: ASYNC110 - a file that another process writes
        await asyncio.sleep(LOOK_S)
    await asyncio.sleep(SEEN_S)
    leave.set()


def keeping_ports(config: Path, inquiry: str, folder: Path) -> KeepingPorts:
    """``folder``: the part of the pages."""
    place = Place(config, inquiry)

    async def back_up(passphrase: str, by: str) -> tuple[str, bytes, tuple[str, ...]]:
        from chargepoint.cli.keeping.taking import take

        return await take(config, inquiry, passphrase, by, datetime.now(UTC))

    async def look(data: bytes, passphrase: str) -> Looked:
        from chargepoint.cli.keeping.looking import look as look_at

        return await look_at(data, passphrase, config)

    def restore(looked: Looked, by: str) -> AsyncGenerator[Progress, None]:
        return restoring.restore(place, folder / restoring.JOURNAL, looked, by)

    def reset(by: str, lose_unsent: bool) -> AsyncGenerator[Progress, None]:
        return factory.reset(place, folder, factory.new(by, lose_unsent))

    return KeepingPorts(
        back_up=back_up,
        look=look,
        restore=restore,
        reset=reset,
        begun=lambda: restoring.resume(place, folder / restoring.JOURNAL),
        due=lambda: (marker := factory.marked(folder)) is not None and marker.phase == "due",
    )
