"""Pages that a new configuration puts elsewhere: open at both places until a technician has come to the new one, else taken back.

begin ──▶ the file changes ──▶ ``Server`` opens the new place, keeps the old one, ``settled`` ──▶ ``proof``: somebody comes ──▶ end
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from typing import TYPE_CHECKING, Any

from chargepoint.web.keeping import Told
from chargepoint.web.wizard.ports import Progress

if TYPE_CHECKING:
    from starlette.requests import Request

SETTLED_S = 20.0
"""For the new place to be open: the file is looked at every 2 s."""
FOUND_S = 180.0
"""For somebody to go there, past the browser's warning and the login."""
EVERYWHERE = ("::", "0.0.0.0")
GONE = "These pages will be gone: there is no [web] any more. Only who is at a terminal of this computer brings them back."
MOVES = (
    "These pages move to {}. Both places are open then: open the new one within {:.0f} minutes and log in there, else the configuration "
    "before comes back."
)
DRIVERS = "The drivers' pages move to {}: see that the QR codes at the plugs lead there."
ELSEWHERE = "where the program's own options say"


class Moving:
    """``under_way``: what is open stays open."""

    def __init__(self) -> None:
        self.under_way = False
        self._host = ""
        self._url = ""
        self._problem = ""
        self._listens: tuple[str, int] | None = None
        self._settled = asyncio.Event()
        self._came = asyncio.Event()
        self.ended = asyncio.Event()
        """Set whenever one has ended: the old place is to be closed."""

    def settled(self, url: str | None, listens: tuple[str, int] | None, problem: str = "") -> None:
        """The server has done what the configuration says; or it could not."""
        self._url, self._listens, self._problem = url or "", listens, problem
        self._settled.set()

    def came(self, request: "Request") -> None:
        """A technician has."""
        host, port = request.scope.get("server") or ("", 0)
        if self._listens is not None and port == self._listens[1] and self._listens[0] in (host, *EVERYWHERE):
            self._came.set()

    async def followed(self, source: Told, host: str = "") -> AsyncGenerator[Progress, None]:
        """A change, from before it begins to its end. ``host``: what its technician calls this station."""
        self.under_way, self._host = True, host
        self._settled.clear()
        try:
            async for progress in source:
                yield progress
        finally:
            self.under_way = False
            self.ended.set()

    async def proof(self, moves: Collection[str]) -> AsyncGenerator[Progress, None]:
        """``failed``: the new place cannot be had, or nobody came. ``moves``: entries of ``[web]`` that are other ones."""
        try:
            async with asyncio.timeout(SETTLED_S):
                await self._settled.wait()
        except TimeoutError:
            self._problem = "the file is not read"
        if self._problem:
            yield Progress("failed", f"The pages cannot be opened: {self._problem}.")
        elif "listen" in moves and self._url:
            async for progress in self._found(self._seen_from_there()):
                yield progress

    async def _found(self, url: str) -> AsyncGenerator[Progress, None]:
        self._came.clear()
        minutes = f"{FOUND_S / 60:.0f} minutes"
        told = f"The pages are at {url} now, and here only for the moment: go there within {minutes} and log in, else the configuration "
        yield Progress("waiting", f"{told}before comes back.", link=f"{url}work")
        try:
            async with asyncio.timeout(FOUND_S):
                await self._came.wait()
        except TimeoutError:
            yield Progress("failed", f"Nobody has come to the pages at {url} within {minutes}.")

    def _seen_from_there(self) -> str:
        """What leads there from where the technician is."""
        if not self._host or self._listens is None or self._listens[0] not in EVERYWHERE:
            return self._url
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"https://{host}:{self._listens[1]}/"


def moves(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Entries of ``[web]`` that are other ones."""
    was, will_be = _web(before), _web(after)
    return tuple(name for name in ("listen", "driver_listen") if was.get(name) != will_be.get(name))


def _web(tree: Mapping[str, Any]) -> Mapping[str, Any]:
    found = tree.get("web")
    return found if isinstance(found, Mapping) else {}


def announced(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What people have to know of it before."""
    if "web" in before and "web" not in after:
        return [GONE]
    texts = {"listen": MOVES, "driver_listen": DRIVERS}
    return [texts[name].format(_web(after).get(name, ELSEWHERE), FOUND_S / 60) for name in moves(before, after)]
