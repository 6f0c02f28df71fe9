"""A trial with live values. Where the terminal can, they change in place; a dumb one, and a pipe, get lines when something has changed."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

from msgspec.structs import replace

from chargepoint.cli.setting_up import typing
from chargepoint.cli.setting_up.screen import Leave, Screen
from chargepoint.inquiry.trial import Row, Sight

Begin = Callable[[], AsyncGenerator[Sight, None]]

MARKS = {True: "ok", False: "BAD", None: ""}
WORDS = {"good": "Good", "bad": "NOT GOOD", "failed": "FAILED", "waiting": "...", "over": "Over"}
STYLES = {"good": "bold green", "bad": "bold red", "failed": "bold red"}
GO_ON = "Enter ends the look."
TELL_S = 5.0
"""How long it has taken by now is told this often."""
AGAIN_S = 5.0
"""Values alone are not written again sooner where they cannot change in place."""


def look(screen: Screen, begin: Begin, *, ends_by_itself: bool = False, once: bool = False) -> Sight | None:
    """What was seen last; ``None``: nothing. Ends with Enter, or by itself. ``once``: good once is good, for a card is not held for ever.
    Raises Leave, KeyboardInterrupt."""
    return asyncio.run(_look(screen, begin, ends_by_itself=ends_by_itself, once=once))


async def _look(screen: Screen, begin: Begin, *, ends_by_itself: bool, once: bool) -> Sight | None:
    found: Sight | None = None
    began_s = time.monotonic()
    with _enter() as pressed, _drawing(screen, "" if ends_by_itself else GO_ON) as draw:
        async with aclosing(begin()) as source:

            def wait() -> None:
                if found is not None and found.state == "waiting":
                    draw(replace(found, text=f"{found.text} ({time.monotonic() - began_s:.0f} s)"))

            while (sight := await _next(source, pressed, wait)) is not None:
                if sight.state == "over":
                    continue
                draw(sight)
                if not (once and found is not None and found.state == "good") or sight.state == "good":
                    found = sight
    if pressed.done() and not pressed.result():
        raise Leave
    return found


@contextmanager
def _enter() -> Iterator["asyncio.Future[bool]"]:
    """Done with the next line: true; false: nobody types any more."""
    loop, descriptor = asyncio.get_running_loop(), sys.stdin.fileno()
    pressed: asyncio.Future[bool] = loop.create_future()

    def read() -> None:
        line = os.read(descriptor, typing.MOST_BYTES)
        loop.remove_reader(descriptor)
        if not pressed.done():
            pressed.set_result(bool(line))

    loop.add_reader(descriptor, read)
    try:
        with typing.silent():  # an echo would shift what changes in place
            yield pressed
    finally:
        loop.remove_reader(descriptor)


async def _next(source: AsyncGenerator[Sight, None], stopped: "asyncio.Future[bool]", wait: Callable[[], None]) -> Sight | None:
    """The next, or nothing when it is over or to be stopped; ``wait`` is called now and then until it comes."""
    coming: asyncio.Future[Any] = asyncio.ensure_future(anext(source, None))
    try:
        while not (await asyncio.wait({coming, stopped}, timeout=TELL_S, return_when=asyncio.FIRST_COMPLETED))[0]:
            wait()
        told: Sight | None = coming.result() if coming.done() else None
        return told
    finally:
        if not coming.done():
            coming.cancel()
            await asyncio.wait({coming})


@contextmanager
def _drawing(screen: Screen, hint: str) -> Iterator[Callable[[Sight], None]]:
    """What draws one sight after the other."""
    if screen.console.is_terminal and not screen.console.is_dumb_terminal:
        from rich.live import Live

        shown: list[Sight] = []
        with Live(console=screen.console, auto_refresh=False, vertical_overflow="visible") as live:

            def draw(sight: Sight) -> None:
                shown[:] = [sight]
                live.update(drawn(sight, hint), refresh=True)

            yield draw
            if shown:
                live.update(drawn(shown[0]))
    else:
        if hint:
            screen.say(hint, "dim", 2)
        yield _Lines(screen).draw


class _Lines:
    """For whoever cannot have them in place."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._judged: object = None
        self._last: Sight | None = None
        self._told_s = float("-inf")

    def draw(self, sight: Sight) -> None:
        """Whatever is judged otherwise than before, at once; other values now and then."""
        judged = (sight.state, sight.text, [(row.title, row.good) for row in sight.rows])
        now = time.monotonic()
        if judged == self._judged and (sight == self._last or now - self._told_s < AGAIN_S):
            return
        self._judged, self._last, self._told_s = judged, sight, now
        self._screen.table(drawn(sight))


def drawn(sight: Sight, hint: str = "") -> Any:
    """Rows, each judged in a word as well as by colour, and a sentence."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(min_width=3, no_wrap=True)
    table.add_column(max_width=18)
    table.add_column(overflow="fold")
    for row in sight.rows:
        table.add_row(*_cells(row))
    said = Text(f"{WORDS[sight.state]} {sight.text}" if sight.state == "waiting" else f"{WORDS[sight.state]}: {sight.text}")
    said.stylize(STYLES.get(sight.state, ""))
    parts: list[Any] = [table] if sight.rows else []
    return Padding(Group(*parts, said, *([Text(hint, "dim")] if hint else ())), (0, 0, 0, 2))


def _cells(row: Row) -> tuple[Any, ...]:
    from rich.text import Text

    style = {True: "green", False: "bold red"}.get(row.good, "") if row.good is not None else ""
    return Text(MARKS[row.good], style), Text(row.title), Text(row.value)
