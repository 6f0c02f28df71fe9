"""Rules for card readers. Each is played in an event loop of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any

from msgspec import Struct

from hal.api import TokenReader
from hal.conformance.benches import ReaderBench
from hal.conformance.rules import NotHere, Rule, hold, speaks
from hal.errors import DeviceError
from hal.measured import TokenSeen

TOLD_S = 3.0
"""A card is told within."""
LASTS_S = 3.5
"""One whose device does not answer has said so before (``hal.api.TokenReader``)."""
QUIET_S = 1.5
"""So long nothing is told is nothing told."""
BACK_S = 10.0
HOLD_S = 1.0
"""Who sees nothing happen holds the card there again after so long."""
AGAIN_S = 0.5
"""The station tries a broken reader again so often, or seldomer."""
LONGEST = 20
"""IdToken of OCPP 1.6 has room for no more characters."""


class ReaderCase(Struct):
    """One reader, and somebody with cards."""

    make: Callable[[], TokenReader]
    reader: TokenReader
    bench: ReaderBench | None

    @property
    def other_side(self) -> ReaderBench:
        """The bench, where there is one."""
        if self.bench is None:
            raise NotHere
        return self.bench


def check_reader(make: Callable[[], TokenReader], bench: ReaderBench | None = None, rules: Sequence[Rule[ReaderCase]] = ()) -> list[str]:
    """The rules that were played, of ``rules`` or of all. Raises AssertionError with those that are broken."""

    def end(_: ReaderCase) -> None:
        if bench is not None:
            bench.spoil(None)

    return hold(f"reader {make().__class__.__name__}", rules or RULES, lambda: ReaderCase(make, make(), bench), end)


def making_one_opens_nothing(case: ReaderCase) -> None:
    """A reader can be made while there is none."""
    if "unplugged" in case.other_side.faults:
        case.other_side.spoil("unplugged")
    case.make()


def it_can_be_listened_to(case: ReaderCase) -> None:
    """Who listens to a reader that is there is not told that it is not."""
    errors = asyncio.run(_errors(case))
    assert not errors, f"within {LASTS_S:g} s: {errors[0]}"


def a_card_is_told_once(case: ReaderCase) -> None:
    """A card that is presented is told, once, as upper-case letters and digits that fit an IdToken."""
    seen = asyncio.run(_heard(case, [case.other_side.cards[0]]))
    assert [each.value for each in seen] == [case.other_side.cards[0]], f"it told {seen}"
    assert all(each.value == each.value.upper() and 1 <= len(each.value) <= LONGEST for each in seen), f"it told {seen}"


def cards_are_told_apart(case: ReaderCase) -> None:
    """Two cards, one after the other, are two; the first one again is a third."""
    one, other = case.other_side.cards
    seen = asyncio.run(_heard(case, [one, other, one]))
    assert [each.value for each in seen] == [one, other, one], f"it told {seen}"


def it_can_be_read_again(case: ReaderCase) -> None:
    """Who ends the iteration may begin another one, with the same reader."""
    for card in case.other_side.cards:
        seen = asyncio.run(_heard(case, [card]))
        assert [each.value for each in seen] == [card], f"it told {seen}"


def a_broken_wire_tells_no_cards(case: ReaderCase) -> None:
    """Whatever the wire does, no card is told that was not presented; where the reader cannot go on it ends with a DeviceError in words."""
    for fault in case.other_side.faults:
        asyncio.run(_spoilt(case, fault))


async def _spoilt(case: ReaderCase, fault: str) -> None:
    bench = case.other_side
    known = set(bench.cards)
    async with _Listening(case.reader) as listening:
        await asyncio.to_thread(bench.spoil, fault)
        await asyncio.to_thread(bench.present, bench.cards[0])
        await asyncio.sleep(QUIET_S)
        assert {each.value for each in listening.seen} <= known, f"{fault}: it told {listening.seen}"
        await asyncio.to_thread(bench.spoil, None)
        listening.seen.clear()
        assert await listening.tells(lambda: bench.present(bench.cards[1]), bench.cards[1]), f"{fault}: no card for {BACK_S:g} s after"
        assert {each.value for each in listening.seen} <= known, f"{fault}: it told {listening.seen} afterwards"
        assert all(speaks(error) for error in listening.errors), f"{fault}: {listening.errors} say too little"


async def _errors(case: ReaderCase) -> list[DeviceError]:
    """What is wrong with it while nobody does anything."""
    async with _Listening(case.reader) as listening:
        await _until(lambda: bool(listening.errors), LASTS_S)
        return list(listening.errors)


async def _heard(case: ReaderCase, cards: list[str]) -> list[TokenSeen]:
    """What is told while these are presented."""
    async with _Listening(case.reader) as listening:
        for number, card in enumerate(cards, start=1):
            await asyncio.to_thread(case.other_side.present, card)
            await _until(lambda count=number: len(listening.seen) >= count, TOLD_S)  # type: ignore[misc]
        await asyncio.sleep(QUIET_S)
        return list(listening.seen)


class _Listening:
    """Iterates as the station does: after a DeviceError it begins anew."""

    def __init__(self, reader: TokenReader) -> None:
        self.seen: list[TokenSeen] = []
        self.errors: list[DeviceError] = []
        self._reader = reader
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Listening":
        self._task = asyncio.create_task(self._listen())
        await asyncio.sleep(AGAIN_S)
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._task is not None
        self._task.cancel()
        done, _ = await asyncio.wait({self._task}, timeout=BACK_S)
        assert done, "the iteration does not end when it is cancelled"
        if not self._task.cancelled() and (wrong := self._task.exception()) is not None:
            raise AssertionError(f"{type(wrong).__name__}: {wrong}; only DeviceError is expected") from wrong

    async def tells(self, present: Callable[[], None], card: str) -> bool:
        """Does it tell this card, when it is presented again and again?"""
        ends_s = asyncio.get_running_loop().time() + BACK_S
        while True:
            await asyncio.to_thread(present)
            last = asyncio.get_running_loop().time() >= ends_s
            if await _until(lambda: any(each.value == card for each in self.seen), TOLD_S if last else HOLD_S):
                return True
            if last:
                return False

    async def _listen(self) -> None:
        while True:
            tokens: AsyncIterator[TokenSeen] = self._reader.tokens()
            try:
                async for token in tokens:
                    self.seen.append(token)
                raise AssertionError("the iteration ended without an error")
            except DeviceError as error:
                self.errors.append(error)
            finally:
                closing: Callable[[], Coroutine[Any, Any, None]] | None = getattr(tokens, "aclose", None)
                if closing is not None:
                    await closing()
            await asyncio.sleep(AGAIN_S)


async def _until(happened: Callable[[], bool], within_s: float) -> bool:
    ends_s = asyncio.get_running_loop().time() + within_s
    while not happened():
        if asyncio.get_running_loop().time() >= ends_s:
            return False
        await asyncio.sleep(0.02)
    return True


RULES = (
    making_one_opens_nothing,
    it_can_be_listened_to,
    a_card_is_told_once,
    cards_are_told_apart,
    it_can_be_read_again,
    a_broken_wire_tells_no_cards,
)
