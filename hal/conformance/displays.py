"""Rules for text displays. Each is played in an event loop of its own."""

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct

from hal.api import Display
from hal.conformance.benches import DisplayBench
from hal.conformance.rules import NotHere, Rule, hold, speaks
from hal.errors import DeviceError

SHOWN_S = 3.0
BACK_S = 10.0
AGAIN_S = 0.3
TEXTS = (("Welcome", "12.5 kWh"), ("Please unplug", ""))


class DisplayCase(Struct):
    """One display, and somebody who reads it."""

    make: Callable[[], Display]
    display: Display
    bench: DisplayBench | None

    @property
    def other_side(self) -> DisplayBench:
        """The bench, where there is one."""
        if self.bench is None:
            raise NotHere
        return self.bench

    async def shows(self, lines: Sequence[str]) -> bool:
        """Do these lines stand on it, within some seconds?"""
        wanted = [line[: self.display.columns] for line in [*lines, *[""] * self.display.rows][: self.display.rows]]
        ends_s = asyncio.get_running_loop().time() + SHOWN_S
        while (await asyncio.to_thread(self.other_side.screen)) != wanted:
            if asyncio.get_running_loop().time() >= ends_s:
                return False
            await asyncio.sleep(0.02)
        return True


def check_display(make: Callable[[], Display], bench: DisplayBench | None = None, rules: Sequence[Rule[DisplayCase]] = ()) -> list[str]:
    """The rules that were played, of ``rules`` or of all. Raises AssertionError with those that are broken."""

    def end(case: DisplayCase) -> None:
        if bench is not None:
            bench.spoil(None)
        case.display.close()

    return hold(f"display {make().__class__.__name__}", rules or RULES, lambda: DisplayCase(make, make(), bench), end)


def it_says_how_large_it_is(case: DisplayCase) -> None:
    """How many lines of how many characters it has is known before it is opened; making and closing one opens nothing."""
    if case.bench is not None and "unplugged" in case.bench.faults:
        case.bench.spoil("unplugged")
    made = case.make()
    assert made.columns >= 1, f"columns is {made.columns}"
    assert made.rows >= 1, f"rows is {made.rows}"
    made.close()
    made.close()


def it_shows_what_it_is_told(case: DisplayCase) -> None:
    """The lines that it is told stand on it, and nothing of what was there before; what does not fit is cut."""
    asyncio.run(_play(case))


async def _play(case: DisplayCase) -> None:
    for lines in (*TEXTS, ("x" * 200,) * 20, ()):
        await case.display.show(lines)
        assert await case.shows(lines), f"told {lines}, it shows {case.other_side.screen()}"


def letters_of_all_kinds_do_no_harm(case: DisplayCase) -> None:
    """Whatever the text, nothing is raised, and every line stays in its place."""
    asyncio.run(_odd(case))


async def _odd(case: DisplayCase) -> None:
    for text in ("Ladevorgang läuft", "充電中", "\x00\x1b[2J\xfe", "\ud7ff☂" * 9):
        await case.display.show((text, "second"))
    await case.display.show(("first", "second"))
    assert await case.shows(("first", "second")), f"it shows {case.other_side.screen()}"


def one_that_is_gone_is_an_error_in_words(case: DisplayCase) -> None:
    """A display that is unplugged raises a DeviceError that says where and what to check; it shows again once it is back."""
    if "unplugged" not in case.other_side.faults:
        raise NotHere
    asyncio.run(_unplugged(case))


async def _unplugged(case: DisplayCase) -> None:
    bench = case.other_side
    await case.display.show(TEXTS[0])
    await asyncio.to_thread(bench.spoil, "unplugged")
    for lines in (TEXTS[1], TEXTS[0]):
        try:
            await case.display.show(lines)
        except DeviceError as error:
            assert speaks(error), f"the message {str(error)!r} says too little"
    await asyncio.to_thread(bench.spoil, None)
    ends_s = asyncio.get_running_loop().time() + BACK_S
    while not await _shown(case, TEXTS[1]):
        assert asyncio.get_running_loop().time() < ends_s, f"dark for {BACK_S:g} s after it was plugged in"
        await asyncio.sleep(AGAIN_S)


async def _shown(case: DisplayCase, lines: Sequence[str]) -> bool:
    try:
        await case.display.show(lines)
    except DeviceError:
        return False
    return await case.shows(lines)


RULES = (it_says_how_large_it_is, it_shows_what_it_is_told, letters_of_all_kinds_do_no_harm, one_that_is_gone_is_an_error_in_words)
