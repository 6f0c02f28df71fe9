"""Updates of the software, as the pages bring them in: what the composition gives, and what goes on beside the pages."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from chargepoint.domain.wording import sentence
from chargepoint.inquiry.updates import NoteUpdate
from chargepoint.update.messages import Offer, Offered, Question, State, Update

log = logging.getLogger(__name__)

FETCHED = "fetched.cpb"


class NoUpdater(Exception):
    """No updater answers. The message is for people."""


class UpdatePorts(Struct, frozen=True, kw_only=True):
    """Functions of the composition."""

    see: Callable[[], Awaitable[State]]
    """How things stand. Raises NoUpdater."""
    say: Callable[[Question, int | None], Awaitable[Offered]]
    """Everything else; with an open descriptor for an Offer. Raises NoUpdater."""
    fetch: Callable[[str, Path], Awaitable[str]]
    """From an address into a file; what is wrong, empty: it is here."""
    ended: Callable[[Update | None], NoteUpdate | None]
    """An update that has ended, for the history of the station."""
    sbom: Path
    """The list of everything inside this software, where its package has put it."""


class Fetching(Struct, frozen=True, kw_only=True):
    """A bundle that is being fetched, or what came of it."""

    host: str
    state: Literal["fetching", "looking", "over"]
    text: str = ""
    """Why it was not taken; empty: it was, or it is not over."""


class Updates:
    """``ports``: ``None``: there is no updater here. ``folder``: where a file may be kept. ``refused``: told of what was not taken."""

    def __init__(self, ports: UpdatePorts | None, folder: Path, refused: Callable[[str, Offered], Awaitable[None]]) -> None:
        self.ports = ports
        self._path = folder / FETCHED
        self._refused = refused
        self._task: asyncio.Task[None] | None = None
        self.fetching: Fetching | None = None

    @property
    def busy(self) -> bool:
        """Is one being fetched?"""
        return self._task is not None and not self._task.done()

    def fetch(self, url: str, host: str, by: str, older: bool) -> None:
        """Begin; it goes on whether anybody looks or not."""
        assert self.ports is not None
        self.fetching = Fetching(host=host, state="fetching")
        self._task = asyncio.get_running_loop().create_task(self._fetch(self.ports, url, by, older))

    async def _fetch(self, ports: UpdatePorts, url: str, by: str, older: bool) -> None:
        assert self.fetching is not None
        host = self.fetching.host
        try:
            await asyncio.to_thread(self._path.unlink, missing_ok=True)
            wrong = await ports.fetch(url, self._path)
            if not wrong:
                self.fetching = Fetching(host=host, state="looking")
                wrong = await self._offer(ports, by, older)
        except (NoUpdater, OSError) as error:
            wrong = str(error)
        finally:
            await asyncio.to_thread(self._path.unlink, missing_ok=True)
        log.info("event=update_fetched host=%r wrong=%r", host, wrong)
        self.fetching = Fetching(host=host, state="over", text=wrong) if wrong else None

    async def _offer(self, ports: UpdatePorts, by: str, older: bool) -> str:
        with await asyncio.to_thread(self._path.open, "rb") as file:
            answer = await ports.say(Offer(source="page", by=by, older=older), file.fileno())
        if not answer.accepted:
            await self._refused(by, answer)
        return "" if answer.accepted else words(answer)


def words(answer: Offered) -> str:
    """Why not."""
    number = f" ({answer.code})" if answer.code else ""
    return sentence(f"{answer.text or 'it was refused'}{number}")
