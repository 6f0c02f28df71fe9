"""Which software runs, and what became of updates, for the history.

    a start: another release than at the one before ─▶ a line, and ─┐
             or an update is awaited ───────────────────────────────┼─▶ the updater's last update, until it has ended ─┐
    the updater keeps us quiet no more ─────────────────────────────┘                                                  │
    pages, command line ─▶ NoteUpdate: look again ─────────────────────────────────────────────────────────────────────┴─▶ a line for each
                                                                               end, once; FirmwareUpdated unless the CSMS wanted it

An update restarts the station before it has ended: for half a minute after that it is watched whether the new release works. Without a
cause the updater is not asked: it is started by whoever asks.
"""

import asyncio
from collections.abc import Awaitable, Callable

from chargepoint.domain.history import Happening, Level
from chargepoint.domain.plain import plain
from chargepoint.inquiry.updates import LONGEST_TEXT, NoteUpdate, UpdateEnd, UpdateNoted
from chargepoint.link.release import RELEASE
from chargepoint.station.clock import pause
from chargepoint.station.inquiry import Takers
from chargepoint.station.installers import UNDER_WAY, Last
from chargepoint.store.store import Store

LOOK_S = 5.0
LOOKS = 720
"""An hour: by then the updater has gone on or back."""
LONGEST = 100

WORDS: dict[UpdateEnd, tuple[str, Level]] = {
    "installed": ("installed", "info"),
    "refused": ("refused", "warning"),
    "failed": ("not installed", "error"),
    "taken-back": ("taken back", "error"),
    "cancelled": ("cancelled", "info"),
}
"""In the history; how bad."""


async def nothing() -> Last | None:
    """Where there is no updater."""
    return None


class Releases:
    """``note``: for the history."""

    def __init__(self, store: Store, note: Callable[[Happening], None]) -> None:
        self._store = store
        self._note = note
        self._wanted = asyncio.Event()
        self.release = RELEASE
        self.look: Callable[[], Awaitable[Last | None]] = nothing
        """The update that is under way, or was last; ``None``: there is none, or nobody who could tell."""
        self.security: Callable[[str, str], None] = lambda kind, info: None
        """For the security log."""

    def takers(self) -> Takers:
        """What it answers."""
        return {NoteUpdate: self.noted}

    async def run(self) -> None:
        """For ever; what has happened until this start, and what becomes of it, is told within an hour."""
        if self._compare() or self._store.facts.update_awaited():
            self._wanted.set()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            await self._watch()

    def kept_quiet(self, quiet: bool) -> None:
        """Somebody is about to begin an update; after that: tell its end. A start meanwhile has to tell it as well."""
        if quiet:
            self._await(True)
        else:
            self._wanted.set()

    def _await(self, awaited: bool) -> None:
        if self._store.facts.update_awaited() != awaited:
            with self._store.commit():
                self._store.facts.await_update(awaited)

    async def _watch(self) -> None:
        for _ in range(LOOKS):
            await pause(LOOK_S)
            last = await self.look()
            if last != UNDER_WAY:
                break
        if isinstance(last, NoteUpdate):
            self.tell(last)
        if last != UNDER_WAY:
            self._await(False)

    def _compare(self) -> bool:
        """Is it another than at the start before?"""
        before = self._store.facts.release()
        if before == self.release or not self.release:
            return False
        with self._store.commit():
            self._store.facts.keep_release(self.release)
        if before:
            text = f"the software is {self.release} now; at the start before it was {before}"
            self._note(Happening(area="station", kind="software_changed", text=text))
        return bool(before)

    async def noted(self, question: NoteUpdate) -> UpdateNoted:
        """Somebody has seen an end. Of one that the updater knows its own word counts."""
        last = await self.look() if question.key else None
        if last is None:
            self.tell(question, sure=False)
        elif last != UNDER_WAY:
            self.tell(last)
        return UpdateNoted()

    def tell(self, end: NoteUpdate, *, sure: bool = True) -> None:
        """An end, for the history, where it is once. ``sure``: by the updater's own word."""
        key = end.key[:LONGEST]
        if key and key == self._store.facts.update_told():
            return
        if key:
            with self._store.commit():
                self._store.facts.keep_update_told(key)
        words, level = WORDS[end.end]
        version, before, by = (plain(each, LONGEST) for each in (end.version, end.before, end.by))
        said = f"update{version and f' to {version}'}{before and f' from {before}'} {words}{by and f', by {by}'}"
        text = plain(end.text, LONGEST_TEXT)
        kind = f"update_{end.end.replace('-', '_')}"
        self._note(Happening(area="station", kind=kind, level=level, code=plain(end.code, 10), text=f"{said}{text and f': {text}'}"))
        if end.end == "installed" and sure and not end.from_csms:
            self.security("FirmwareUpdated", said)
