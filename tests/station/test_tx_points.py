"""Every combination of TxStartPoint and TxStopPoint: one story for 2.x, and the one of 1.6 in the same events."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from itertools import combinations, pairwise, product

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import SetVariables
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.transaction import ChargingState, EventKind, PathStep, StopReason, TransactionEvent
from chargepoint.domain.tx_points import POINTS, TxPoint
from chargepoint.link.messages import Permit
from hal.measured import TokenSeen
from tests.ocpp.rig import dialect
from tests.station.rig import CARD, Game, PlayedCsms, play

Script = Callable[[Game], Coroutine[None, None, None]]

V16 = dialect("1.6", {})
OTHER = TokenSeen("04B2")
INVALID = TokenInfo(AuthorizationStatus.INVALID)
SETS = [",".join(chosen) for count in range(1, len(POINTS) + 1) for chosen in combinations(POINTS, count)]


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


async def write(game: Game, **values: str) -> None:
    """Variables of TxCtrlr."""
    rows = tuple((VariableKey(component="TxCtrlr", variable=name), value) for name, value in values.items())
    await game.station.obey(SetVariables(rows))


def under(start: str, stop: str, script: Script) -> Script:
    """The same with these points."""

    async def played(game: Game) -> None:
        await write(game, TxStartPoint=start, TxStopPoint=stop)
        await script(game)

    return played


async def draw(game: Game, energy_wh: int = 1500) -> None:
    """The car draws current."""
    await game.until(lambda: any(isinstance(message, Permit) for message in game.control.permits))
    game.control.charge()
    await asyncio.sleep(1)
    game.control.measure(energy_wh)
    await asyncio.sleep(1)


async def stop_and_leave(game: Game, energy_wh: int = 2000) -> None:
    """The same card, and the plug is pulled."""
    await game.swipe()
    game.control.open(energy_wh)
    await asyncio.sleep(2)
    game.control.unplug(energy_wh)
    await asyncio.sleep(2)


async def cable_first(game: Game) -> None:
    game.control.plug()
    await game.swipe()
    await draw(game)
    await stop_and_leave(game)


async def card_first(game: Game) -> None:
    await game.swipe()
    game.control.plug()
    await draw(game)
    await stop_and_leave(game)


async def pulled_out(game: Game) -> None:
    game.control.plug()
    await game.swipe()
    await draw(game)
    game.control.unplug(2000)
    await asyncio.sleep(2)


async def paused(game: Game) -> None:
    """The car pauses before it is stopped."""
    game.control.plug()
    await game.swipe()
    await draw(game)
    game.control.change(cp="B", state="B2", contactor_closed=False)
    game.control.measure(2000)
    await asyncio.sleep(15)
    await stop_and_leave(game)


def paid_twice(card: TokenSeen) -> Script:
    """A second card after the first, without pulling the plug in between."""

    async def played(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        await draw(game)
        await game.swipe()
        game.control.open(1700)
        await asyncio.sleep(2)
        await game.swipe(card)
        if game.transaction is not None:
            await draw(game, 1800)
            await game.swipe(card)
            game.control.open(2000)
            await asyncio.sleep(2)
        game.control.unplug(2000)
        await asyncio.sleep(2)

    return played


async def never_paid(game: Game) -> None:
    game.control.plug()
    await asyncio.sleep(70)
    game.control.unplug(1000)
    await asyncio.sleep(2)


async def never_came(game: Game) -> None:
    await game.swipe()
    await asyncio.sleep(70)


def in_16(events: Iterable[TransactionEvent]) -> list[str]:
    """The messages of 1.6, in their order."""
    return [request.action for event in events if (request := V16.encode(event)) is not None]


def check(events: list[TransactionEvent], *, may_stay_open: bool = False) -> None:
    """Whatever the points: begun once, told without gaps, ended once."""
    stories: dict[str, list[TransactionEvent]] = {}
    for event in events:
        stories.setdefault(event.transaction_id, []).append(event)
    for story in stories.values():
        kinds = [event.kind for event in story]
        assert [event.seq_no for event in story] == list(range(len(story)))
        assert kinds[0] is EventKind.STARTED
        assert kinds.count(EventKind.STARTED) == 1
        if not may_stay_open:
            assert kinds[-1] is EventKind.ENDED
        assert kinds.count(EventKind.ENDED) <= 1
        assert all(before.at <= after.at for before, after in pairwise(story))
    seen_open = False
    for event in events:
        if event.kind is EventKind.STARTED:
            assert not seen_open, "one transaction at a time"
        seen_open = event.kind is not EventKind.ENDED


def check_16(events: list[TransactionEvent], drivers: list[str]) -> None:
    """StartTransaction and StopTransaction by turns, of each who was authorised, with the registers of then."""
    ends = [event.path for event in events if event.path.step in (PathStep.CLOSES, PathStep.OPENS)]
    assert [path.step for path in ends] == [PathStep.CLOSES, PathStep.OPENS] * len(drivers)
    for (start, stop), driver in zip(zip(ends[::2], ends[1::2], strict=True), drivers, strict=True):
        assert start.transaction_id == stop.transaction_id
        assert start.token is not None
        assert start.token.value == driver
        assert start.meter_wh is not None
        assert stop.meter_wh is not None
        assert 1000 <= start.meter_wh <= stop.meter_wh <= 2000
    words = [action for action in in_16(events) if action != "MeterValues"]
    assert words == ["StartTransaction", "StopTransaction"] * len(drivers)


EVERY = [(cable_first, start, stop) for start, stop in product(SETS, SETS)]
SINGLE = [(session, start, stop) for session in (card_first, pulled_out, paused) for start, stop in product(POINTS, POINTS)]


@pytest.mark.parametrize(("session", "start", "stop"), EVERY + SINGLE)
def test_every_combination_tells_one_transaction_and_one_of_16(session: Script, start: str, stop: str) -> None:
    events = play(under(start, stop, session)).csms.events
    check(events)
    charged = {event.transaction_id for event in events if event.charging_state is ChargingState.CHARGING}
    assert len(charged) == 1
    events = [event for event in events if event.transaction_id in charged]
    check_16(events, [CARD.value])
    assert [event.id_token.value for event in events if event.id_token and event.trigger != "StopAuthorized"] == [CARD.value]


@pytest.mark.parametrize(("start", "stop"), list(product(POINTS, [TxPoint.AUTHORIZED, TxPoint.POWER_PATH_CLOSED])))
def test_another_card_without_pulling_the_plug_begins_another(start: str, stop: str) -> None:
    events = play(under(start, stop, paid_twice(OTHER))).csms.events
    check(events)
    check_16(events, [CARD.value, OTHER.value])
    charged = [event for event in events if event.charging_state is ChargingState.CHARGING]
    assert len({event.transaction_id for event in charged}) == 2


@pytest.mark.parametrize("start", POINTS)
def test_what_goes_on_until_the_plug_is_pulled_goes_on_charging_with_its_own_card_only(start: str) -> None:
    """C01.FR.23, E02.FR.20"""
    events = play(under(start, TxPoint.EV_CONNECTED, paid_twice(CARD))).csms.events
    check(events)
    check_16(events, [CARD.value, CARD.value])
    assert len({event.transaction_id for event in events}) == 1
    events = play(under(start, TxPoint.EV_CONNECTED, paid_twice(OTHER))).csms.events
    check(events)
    check_16(events, [CARD.value])
    assert {event.id_token.value for event in events if event.id_token} == {CARD.value}


@pytest.mark.parametrize(("start", "stop"), list(product(POINTS, POINTS)))
def test_nobody_pays(start: str, stop: str) -> None:
    events = play(under(start, stop, never_paid)).csms.events
    assert bool(events) == (start == TxPoint.EV_CONNECTED)
    check(events)
    assert in_16(events) == [], "what was never authorised is not told in 1.6"
    assert [event.charging_state for event in events if event.kind is EventKind.ENDED] == [ChargingState.IDLE] * bool(events)


@pytest.mark.parametrize(("start", "stop"), list(product(POINTS, POINTS)))
def test_no_car_comes_in_time(start: str, stop: str) -> None:
    """E03.FR.05, F02.FR.07: what the authorisation alone began ends with it, whatever the stop points are."""
    events = play(under(start, stop, never_came)).csms.events
    assert bool(events) == (start == TxPoint.AUTHORIZED)
    check(events, may_stay_open=True)
    assert in_16(events) == []
    if events:
        told = next(event for event in events if event.trigger == "EVConnectTimeout")
        assert told.kind is EventKind.ENDED
        assert told.stop_reason is StopReason.TIMEOUT


@pytest.mark.parametrize("by_csms", [False, True], ids=["by the card", "by the CSMS"])
def test_a_token_that_is_withdrawn_before_its_car_came_does_not_keep_the_evse(by_csms: bool) -> None:
    """E03.FR.05, E05.FR.09: with these points only a car could end it."""

    async def script(game: Game) -> None:
        if by_csms:
            game.csms.answer = lambda said: TransactionAnswer(INVALID) if isinstance(said, TransactionEvent) else game.csms.kindly(said)
        await game.swipe()
        await asyncio.sleep(2)
        if not by_csms:
            await game.swipe()
        game.csms.answer = game.csms.kindly
        await asyncio.sleep(65)
        await game.swipe(OTHER)
        game.control.plug()
        await draw(game)
        assert game.transaction is not None

    events = play(under(TxPoint.AUTHORIZED, TxPoint.EV_CONNECTED, script)).csms.events
    check(events, may_stay_open=True)
    first = [event for event in events if event.transaction_id == events[0].transaction_id]
    assert first[1].trigger == ("Deauthorized" if by_csms else "StopAuthorized")
    assert (first[-1].kind, first[-1].trigger, first[-1].stop_reason) == (EventKind.ENDED, "EVConnectTimeout", StopReason.TIMEOUT)
    assert {event.id_token.value for event in events[len(first) :] if event.id_token} == {OTHER.value}
