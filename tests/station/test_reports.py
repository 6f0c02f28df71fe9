"""Reports of the device model on their way, and what is too much in one message (OCPP 2.0.1 B05 to B08)."""

import asyncio
from collections.abc import Callable

import pytest

from chargepoint.domain.commands import (
    Command,
    CustomerInformation,
    GetBaseReport,
    GetMonitoringReport,
    GetReport,
    GetVariables,
    Outcome,
    SetVariables,
    TooMuch,
    Verdict,
)
from chargepoint.domain.device_model import SetResult, VariableKey, VariableStatus
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import (
    Answer,
    BootAnswer,
    BootNotification,
    Notification,
    NotifyCustomerInformation,
    NotifyMonitoringReport,
    NotifyReport,
    Registration,
)
from chargepoint.domain.reports import Wanted
from chargepoint.domain.variables.authorization import LOCAL_PRE_AUTHORIZE
from chargepoint.domain.variables.communication import OFFLINE_THRESHOLD
from chargepoint.domain.variables.device_data import ITEMS_GET_REPORT
from chargepoint.station.csms import CsmsOffline, CsmsRefused
from chargepoint.station.orders import Answered
from chargepoint.station.reports import MOST
from tests.station.rig import MIDNIGHT, Game, play

THRESHOLD = VariableKey(component="OCPPCommCtrlr", variable="OfflineThreshold")
PASSWORD = VariableKey(component="SecurityCtrlr", variable="BasicAuthPassword")
FULL = GetBaseReport(5, "FullInventory")


async def obeyed(game: Game, command: Command) -> Answered:
    reply, after = await game.station.obey(command)
    if after is not None:
        after()
    return reply, after


async def verdict(game: Game, command: Command) -> tuple[Verdict, str]:
    reply, _ = await obeyed(game, command)
    assert isinstance(reply, Outcome)
    return reply.verdict, reply.reason_code


def told(game: Game) -> list[NotifyReport]:
    return [part for part in game.csms.of(NotifyReport) if isinstance(part, NotifyReport)]


def value(part: NotifyReport, variable: str) -> list[str | None]:
    return [row.value for row in part.rows if row.key.variable == variable]


def test_a_report_is_numbered_from_nought_and_ends_once() -> None:
    """B07.FR.04, B07.FR.10"""

    async def script(game: Game) -> None:
        game.station._model.put(ITEMS_GET_REPORT, 20)
        assert await verdict(game, FULL) == (Verdict.ACCEPTED, "")
        await game.until(lambda: told(game) and not told(game)[-1].to_be_continued)
        parts = told(game)
        assert [part.seq_no for part in parts] == list(range(len(parts)))
        assert {part.request_id for part in parts} == {5}
        assert [part.to_be_continued for part in parts[:-1]] == [True] * (len(parts) - 1)
        keys = [row.key for part in parts for row in part.rows]
        assert len(keys) == len(set(keys)) > 150

    play(script)


def test_a_part_is_made_when_the_one_before_has_been_answered() -> None:
    async def script(game: Game) -> None:
        game.station._model.put(ITEMS_GET_REPORT, 1)

        def change(notification: Notification) -> Answer:
            if isinstance(notification, NotifyReport):
                game.station._model.put(LOCAL_PRE_AUTHORIZE, True)
            return game.csms.kindly(notification)

        game.csms.answer = change
        assert not game.station._model.read(LOCAL_PRE_AUTHORIZE)
        await verdict(game, GetReport(1, wanted=(Wanted(component="AuthCtrlr"),)))
        await game.until(lambda: told(game) and not told(game)[-1].to_be_continued)
        assert [said for part in told(game)[1:] for said in value(part, "LocalPreAuthorize")] == ["true"]

    play(script)


def test_a_pending_station_reports_when_it_is_asked_to_and_says_nothing_else() -> None:
    """B02.FR.02"""

    async def script(game: Game) -> None:
        game.csms.boot = BootAnswer(Registration.PENDING, 60, MIDNIGHT)
        game.csms.connect()
        await game.until(lambda: game.station.registration is Registration.PENDING)
        assert await verdict(game, GetBaseReport(1, "SummaryInventory")) == (Verdict.ACCEPTED, "")
        await asyncio.sleep(30)
        assert {type(notification) for _, notification in game.csms.asked} == {BootNotification, NotifyReport}
        assert value(told(game)[0], "AvailabilityState")

    play(script, connected=False)


def test_what_else_is_reported_waits_until_the_boot_is_accepted_and_holds_up_no_report_of_the_device_model() -> None:
    """B02.FR.02: a CSMS answers to the others SecurityError, and never hears them."""

    async def script(game: Game) -> None:
        game.csms.boot = BootAnswer(Registration.PENDING, 60, MIDNIGHT)
        game.csms.connect()
        await game.until(lambda: game.station.registration is Registration.PENDING)
        monitors = GetMonitoringReport(request_id=1)
        customer = CustomerInformation(request_id=2, report=True, clear=False, token=IdToken("04A1"))
        assert [await verdict(game, each) for each in (monitors, customer)] == [(Verdict.ACCEPTED, "")] * 2
        assert await verdict(game, GetBaseReport(3, "SummaryInventory")) == (Verdict.ACCEPTED, "")
        await asyncio.sleep(10)
        assert [type(said) for _, said in game.csms.asked] == [BootNotification, NotifyReport]
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 60, MIDNIGHT)
        await game.until(lambda: game.csms.of(NotifyMonitoringReport) and game.csms.of(NotifyCustomerInformation), 60)

    play(script, connected=False)


def test_a_report_that_is_asked_for_before_the_boot_is_answered_leaves_after_that() -> None:
    """B01.FR.08, B07.FR.01, B07.FR.03"""

    async def script(game: Game) -> None:
        ask, answered = game.csms.ask, asyncio.Event()

        async def slowly(notification: Notification, message_id: str | None = None) -> Answer:
            if isinstance(notification, BootNotification):
                await answered.wait()
            return await ask(notification, message_id)

        game.csms.ask = slowly  # type: ignore[method-assign]
        game.csms.boot = BootAnswer(Registration.PENDING, 60, MIDNIGHT)
        game.csms.connect()
        assert await verdict(game, GetBaseReport(1, "SummaryInventory")) == (Verdict.ACCEPTED, "")
        await asyncio.sleep(5)
        assert not told(game)
        answered.set()
        await game.until(lambda: told(game), 5)

    play(script, connected=False)


@pytest.mark.parametrize("fails", ["connection", "answer"])
def test_a_report_that_breaks_off_is_not_gone_on_with(fails: str) -> None:
    async def script(game: Game) -> None:
        game.station._model.put(ITEMS_GET_REPORT, 20)

        def fail(notification: Notification) -> Answer:
            if not isinstance(notification, NotifyReport) or notification.request_id != 5:
                return game.csms.kindly(notification)
            if fails == "answer":
                raise CsmsRefused("InternalError")
            game.csms.lose()
            raise CsmsOffline

        game.csms.answer = fail
        await verdict(game, FULL)
        await game.until(lambda: told(game))
        if fails == "connection":
            game.csms.connect()
        await asyncio.sleep(5)
        assert len(told(game)) == 1
        assert await verdict(game, GetBaseReport(6, "SummaryInventory")) == (Verdict.ACCEPTED, "")
        await game.until(lambda: len(told(game)) == 2)

    play(script)


def test_what_cannot_be_reported_now_is_refused() -> None:
    """B07.FR.02, B07.FR.05, B07.FR.13, B08.FR.15, B08.FR.16"""

    async def script(game: Game) -> None:
        held = asyncio.Event()
        ask = game.csms.ask

        async def wait(notification: Notification, message_id: str | None = None) -> Answer:
            if isinstance(notification, NotifyReport):
                await held.wait()
            return await ask(notification, message_id)

        game.csms.ask = wait  # type: ignore[method-assign]
        for number in range(MOST):
            assert await verdict(game, GetBaseReport(number, "SummaryInventory")) == (Verdict.ACCEPTED, "")
        assert await verdict(game, GetReport(3)) == (Verdict.REJECTED, "DuplicateRequestId")
        assert await verdict(game, GetReport(99)) == (Verdict.REJECTED, "OutOfMemory")
        assert await verdict(game, GetReport(99, wanted=(Wanted(component="Toaster"),))) == (Verdict.EMPTY, "NotFound")
        assert await verdict(game, GetBaseReport(99, "Everything")) == (Verdict.NOT_SUPPORTED, "UnsupportedParam")
        held.set()
        await asyncio.sleep(10)
        assert len(told(game)) == MOST
        assert await verdict(game, GetReport(3, wanted=(Wanted(component="EVSE"),))) == (Verdict.ACCEPTED, "")

    play(script)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda items, size: GetVariables((THRESHOLD,) * items, size), "items"),
        (lambda items, size: GetReport(1, wanted=(Wanted(component="EVSE"),) * items, size=size), "items"),
        (lambda items, size: GetVariables((THRESHOLD,), size), "bytes"),
        (lambda items, size: GetReport(1, size=size), "bytes"),
    ],
)
def test_more_than_is_taken_in_one_message_is_not_looked_at(make: Callable[[int, int], Command], what: str) -> None:
    """B06.FR.16, B06.FR.17, B08.FR.06, B08.FR.17, B08.FR.18: exactly as much is."""

    async def script(game: Game) -> None:
        reply, _ = await obeyed(game, make(100, 65_536))
        assert not isinstance(reply, TooMuch)
        found = 101 if what == "items" else 65_537
        reply, _ = await obeyed(game, make(101 if what == "items" else 100, 65_536 if what == "items" else 65_537))
        assert reply == TooMuch("items" if what == "items" else "bytes", found, found - 1)

    play(script)


@pytest.mark.parametrize(("items", "size", "reason"), [(101, 1, "TooManyElements"), (3, 65_537, "TooLargeElement")])
def test_more_than_is_set_by_one_message_is_refused_one_by_one(items: int, size: int, reason: str) -> None:
    """B05.FR.01, also where one of them is another room's."""

    async def script(game: Game) -> None:
        values = ((THRESHOLD, "7"),) * (items - 1) + ((PASSWORD, "x" * 20),)
        reply, _ = await obeyed(game, SetVariables(values, size))
        assert isinstance(reply, tuple)
        info = f"{items if items > 100 else size} {'items' if items > 100 else 'bytes'} are too much"
        for result, (key, _) in zip(reply, values, strict=True):
            assert isinstance(result, SetResult)
            assert (result.key, result.status, result.reason_code) == (key, VariableStatus.REJECTED, reason)
            assert result.info.startswith(info)
        assert game.station._model.read(OFFLINE_THRESHOLD) == 60
        reply, _ = await obeyed(game, SetVariables(((THRESHOLD, "7"), (THRESHOLD, "x"), (THRESHOLD, "8")), 65_536))
        assert isinstance(reply, tuple)
        assert [result.status for result in reply if isinstance(result, SetResult)] == [
            VariableStatus.ACCEPTED,
            VariableStatus.REJECTED,
            VariableStatus.ACCEPTED,
        ]
        assert game.station._model.read(OFFLINE_THRESHOLD) == 8

    play(script)
