"""Messages of a CSMS at a station: kept, bounded, and shown beside whatever else a driver has to know."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain import reports
from chargepoint.domain.commands import ClearDisplayMessage, GetDisplayMessages, Outcome, SetDisplayMessage, Verdict
from chargepoint.domain.configuration import DisplayPart
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.display_messages import MOST_MESSAGES, DisplayMessage, MessagePriority, MessageState
from chargepoint.domain.faults import Fault
from chargepoint.domain.notifications import NotifyDisplayMessages
from chargepoint.station.displaying import Displaying, Place
from tests.station.rig import Game, PlayedControl, PlayedCsms, configuration, play

WELDED = Fault("contactor_welded", "power_switch_failure", latched=True)


class Screen:
    """Two lines of forty."""

    columns, rows = 40, 2

    def __init__(self) -> None:
        self.seen: list[tuple[str, ...]] = []

    async def show(self, lines: Sequence[str], *, lit: bool = True) -> None:
        """As a driver does."""
        self.seen.append(tuple(lines))

    def close(self) -> None:
        """As a driver does."""

    def below(self) -> set[str]:
        """What has stood on the second line since it was asked last."""
        seen, self.seen = self.seen, []
        return {lines[1].rstrip() for lines in seen}


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    made, init = Screen(), Displaying.__init__
    monkeypatch.setattr(Displaying, "__init__", lambda self, places, *rest: init(self, [Place(made)], *rest))
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")
    return made


async def put(game: Game, number: int, text: str, priority: MessagePriority = MessagePriority.NORMAL_CYCLE, **more: Any) -> Outcome:
    message = DisplayMessage(id=number, priority=priority, **{"format": "UTF8", "content": text, **more})
    reply, _ = await game.station.obey(SetDisplayMessage(message))
    assert isinstance(reply, Outcome)
    return reply


async def below(game: Game, screen: Screen) -> set[str]:
    """What is read below the headline in half a minute."""
    await asyncio.sleep(1)
    screen.below()
    await asyncio.sleep(30)
    return screen.below()


def test_messages_take_their_turn_or_stand_in_front(tmp_path: Path, screen: Screen) -> None:
    async def script(game: Game) -> None:
        await put(game, 1, "Welcome")
        assert await below(game, screen) == {"Welcome"}
        game.control.plug()
        await game.swipe()
        game.control.charge()
        game.control.measure(2000, 7360)
        seen = await below(game, screen)
        assert {"Welcome", "7.4kW 1.00kWh"} < seen
        await put(game, 2, "Barrier closes at ten", MessagePriority.IN_FRONT)
        await put(game, 3, "Second exit is closed", MessagePriority.IN_FRONT)
        assert await below(game, screen) == {"Barrier closes at ten", "Second exit is closed"}
        await put(game, 4, "Leave the car park", MessagePriority.ALWAYS_FRONT)
        assert await below(game, screen) == {"Leave the car park"}

    play(script, tmp_path / "store")


def test_no_message_hides_what_a_driver_has_to_do_about_a_fault(tmp_path: Path, screen: Screen) -> None:
    async def script(game: Game) -> None:
        await put(game, 1, "We are here to help", MessagePriority.ALWAYS_FRONT)
        await put(game, 2, "Call 0800 1234", state=MessageState.FAULTED)
        game.control.fail(WELDED)
        seen = await below(game, screen)
        assert {"The station cannot switch its power off:", "We are here to help"} <= seen
        await game.station.obey(ClearDisplayMessage(1))
        assert {"The station cannot switch its power off:", "Call 0800 1234"} <= await below(game, screen)

    play(script, tmp_path / "store")


def test_a_long_message_is_shown_to_its_end(tmp_path: Path, screen: Screen) -> None:
    async def script(game: Game) -> None:
        words = [f"word{number}" for number in range(30)]
        await put(game, 1, " ".join(words), MessagePriority.ALWAYS_FRONT)
        assert {word for line in await below(game, screen) for word in line.split()} == set(words)

    play(script, tmp_path / "store")


def test_messages_are_kept_through_a_power_cut_and_removed_when_they_are_over(tmp_path: Path, screen: Screen) -> None:
    async def before(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        transaction = game.csms.events[0].transaction_id
        assert (await put(game, 1, "kept")).verdict is Verdict.ACCEPTED
        assert (await put(game, 2, "his", transaction_id=transaction)).verdict is Verdict.ACCEPTED
        assert (await put(game, 3, "nobody's", transaction_id="x")).verdict is Verdict.UNKNOWN_TRANSACTION

    async def after(game: Game) -> None:
        game.control.plug()
        await game.until(lambda: game.station.messages.bulletin(1).cycle == ("kept",), 30)
        reply, then = await game.station.obey(GetDisplayMessages(request_id=7))
        assert isinstance(reply, Outcome)
        assert then is not None
        then()
        await game.until(lambda: game.csms.of(NotifyDisplayMessages), 5)
        (told,) = game.csms.of(NotifyDisplayMessages)
        assert isinstance(told, NotifyDisplayMessages)
        assert (told.request_id, told.to_be_continued, [each.id for each in told.messages]) == (7, False, [1])

    play(before, tmp_path / "store").store.close()
    play(after, tmp_path / "store")


def test_a_message_of_a_transaction_goes_on_with_it_after_a_power_cut(tmp_path: Path, screen: Screen) -> None:
    """O02.FR.10."""

    async def before(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        assert (await put(game, 1, "his", transaction_id=game.csms.events[0].transaction_id)).verdict is Verdict.ACCEPTED

    async def after(game: Game) -> None:
        await game.until(lambda: game.station.messages.bulletin(1).cycle == ("his",), 30)
        game.control.unplug(1000)
        await game.until(lambda: game.station.messages.bulletin(1).cycle == (), 30)

    first = play(before, tmp_path / "store")
    control = PlayedControl()
    control.state = first.control.state
    first.store.close()
    play(after, tmp_path / "store", control)


def test_a_report_of_the_whole_has_a_component_for_every_display() -> None:
    """O01.FR.21."""
    displays = (DisplayPart(driver="a"), DisplayPart(driver="b", evses=(2,)))
    for shown, places in ((displays, {None, 2}), (displays[1:], {2}), ((), set())):
        model = DeviceModel(replace(configuration(evses=2), displays=shown))
        found = {entry.key.evse for entry in reports.base(model, "FullInventory") if entry.key.component == "Display"}
        assert found == places


def test_there_is_room_for_so_many_and_each_part_holds_ten(tmp_path: Path, screen: Screen) -> None:
    """O01.FR.11, O02.FR.11."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        for number in range(MOST_MESSAGES):
            assert (await put(game, number, "x")).verdict is Verdict.ACCEPTED
        assert (await put(game, MOST_MESSAGES, "x")).verdict is Verdict.REJECTED
        his = await put(game, MOST_MESSAGES, "x", transaction_id=game.csms.events[0].transaction_id)
        assert his.verdict is Verdict.REJECTED
        assert (await put(game, 5, "y")).verdict is Verdict.ACCEPTED
        _, then = await game.station.obey(GetDisplayMessages(request_id=7))
        assert then is not None
        then()
        await game.until(lambda: len(game.csms.of(NotifyDisplayMessages)) == MOST_MESSAGES // 10, 30)
        parts = [part for part in game.csms.of(NotifyDisplayMessages) if isinstance(part, NotifyDisplayMessages)]
        assert [part.to_be_continued for part in parts] == [True] * 9 + [False]

    play(script, tmp_path / "store")


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"format": "HTML"}, Verdict.NOT_SUPPORTED_FORMAT),
        ({"component": "Display", "evse": 1}, Verdict.ACCEPTED),
        ({"component": "Display", "evse": 2}, Verdict.REJECTED),
        ({"component": "Billboard"}, Verdict.REJECTED),
        ({"component": "Display.left"}, Verdict.REJECTED),
    ],
)
def test_what_can_be_shown(tmp_path: Path, screen: Screen, more: dict[str, Any], verdict: Verdict) -> None:
    """O01.FR.03, O01.FR.22."""

    async def script(game: Game) -> None:
        assert (await put(game, 1, "x", **more)).verdict is verdict

    play(script, tmp_path / "store")
