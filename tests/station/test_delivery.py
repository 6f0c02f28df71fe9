"""The outbox on its way: lanes, attempts, transaction ids that come late, and what was put aside."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from chargepoint.domain.commands import SetVariables
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import ConnectorId, IdToken
from chargepoint.domain.notifications import Answer, Notification, SecurityEvent, TransactionAnswer
from chargepoint.domain.transaction import EventKind, TransactionEvent
from chargepoint.inquiry.undelivered import ListMessages, ResendMessages, Resent
from chargepoint.ocpp.dialect import Site, load
from chargepoint.station.csms import CsmsRefused, CsmsSilent
from chargepoint.store.database import StoreError
from tests.station.rig import MIDNIGHT, Game, PlayedControl, play
from tests.station.test_recovery import control_after_boot
from tests.station.test_transacting import charge

ALARM = SecurityEvent("TamperDetectionActivated", MIDNIGHT)
PATIENT = {"TransactionMessageAttempts": "3", "TransactionMessageRetryInterval": "10"}


def refusing(game: Game, refused: Callable[[TransactionEvent], bool]) -> None:
    """From now on the CSMS cannot process some of the messages."""

    def answer(notification: Notification) -> Answer:
        if isinstance(notification, TransactionEvent) and refused(notification):
            raise CsmsRefused("InternalError", "no disk")
        return game.csms.kindly(notification)

    game.csms.answer = answer


def wire(game: Game) -> list[tuple[str, int | None]]:
    """Note every transaction message as 1.6 would put it on the wire, at the moment when it is sent."""
    said: list[tuple[str, int | None]] = []
    dialect = load("1.6", Site((ConnectorId(1),), game.station.csms_transaction_id))
    answered = game.csms.answer

    def answer(notification: Notification) -> Answer:
        request = dialect.encode(notification) if isinstance(notification, TransactionEvent) else None
        if request is not None:
            said.append((request.action, request.payload.get("transactionId")))
        return answered(notification)

    game.csms.answer = answer
    return said


def test_a_transaction_that_is_refused_again_and_again_does_not_hold_up_a_security_event() -> None:
    async def script(game: Game) -> None:
        refusing(game, lambda event: True)
        await charge(game)
        with game.store.commit():
            game.store.outbox.put("alarm", ALARM)
        game.station.uplink.delivery.nudge()
        await game.until(lambda: game.csms.of(SecurityEvent), 1)
        assert game.store.outbox.given_up() == 0

    play(script, keys=PATIENT)


@pytest.mark.parametrize("aside", [True, False], ids=["refused", "ignored"])
def test_security_events_survive_a_restart_and_are_put_aside_when_refused_but_not_when_ignored(aside: bool, tmp_path: Path) -> None:
    """1.6-SEC A04.FR.02: their delivery is guaranteed; a CSMS that does not answer is as good as away."""

    async def before(game: Game) -> None:
        with game.store.commit():
            game.store.outbox.put("first", ALARM)
            game.store.outbox.put("second", ALARM)
        await asyncio.sleep(5)

    async def after(game: Game) -> None:
        def answer(notification: Notification) -> Answer:
            if isinstance(notification, SecurityEvent) and game.csms.asked[-1][0] == "first":
                raise CsmsRefused("FormationViolation") if aside else CsmsSilent
            return game.csms.kindly(notification)

        game.csms.answer = answer
        game.csms.connect()
        await asyncio.sleep(300)
        assert game.store.outbox.waiting() == (0 if aside else 1)
        game.csms.answer = game.csms.kindly
        await asyncio.sleep(60)

    play(before, tmp_path / "store", connected=False)
    game = play(after, tmp_path / "store", connected=False, keys=PATIENT)
    said = [message_id for message_id, notification in game.csms.asked if notification == ALARM]
    assert said[:4] == ["first", "first", "first", "second"]
    assert said.count("second") == 1
    assert (game.store.outbox.given_up(), game.store.outbox.waiting()) == (int(aside), 0)
    assert (said[-1] == "first") is not aside


@pytest.mark.parametrize("code", ["NotImplemented", "NotSupported"])
def test_a_csms_that_knows_no_security_events_is_told_once_and_nothing_is_put_aside(code: str) -> None:
    async def script(game: Game) -> None:
        def answer(notification: Notification) -> Answer:
            if isinstance(notification, SecurityEvent):
                raise CsmsRefused(code)
            return game.csms.kindly(notification)

        game.csms.answer = answer
        with game.store.commit():
            game.store.outbox.put("alarm", ALARM)
        game.station.uplink.delivery.nudge()
        await asyncio.sleep(60)

    game = play(script, keys=PATIENT)
    assert len([notification for _, notification in game.csms.asked if notification == ALARM]) == 1
    assert (game.store.outbox.given_up(), game.store.outbox.waiting()) == (0, 0)


def test_retries_come_at_the_interval_times_the_number_of_attempts() -> None:
    times: list[float] = []

    async def script(game: Game) -> None:
        def answer(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent):
                times.append(asyncio.get_running_loop().time())
                raise CsmsSilent
            return game.csms.kindly(notification)

        game.csms.answer = answer
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(40)

    play(script, keys=PATIENT)
    assert [round(after - before) for before, after in pairwise(times[:3])] == [10, 20]


def test_a_shorter_interval_between_retries_counts_as_soon_as_it_is_set() -> None:
    async def script(game: Game) -> None:
        def refuses(notification: Notification) -> Answer:
            if isinstance(notification, TransactionEvent):
                raise CsmsRefused("InternalError")
            return game.csms.kindly(notification)

        game.csms.answer = refuses
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(5)
        game.csms.answer = game.csms.kindly
        await game.station.obey(SetVariables(((VariableKey(component="", variable="TransactionMessageRetryInterval"), "10"),)))
        await game.until(lambda: game.store.outbox.waiting() == 0, 15)

    play(script, keys={"TransactionMessageRetryInterval": "100000"})


def test_a_transaction_id_that_comes_after_a_restart_is_in_everything_that_waited(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        game.csms.lose()
        await charge(game)
        await asyncio.sleep(25)
        game.control.unplug(2000)
        await game.until(lambda: game.transaction is None)
        assert game.csms.events == []

    said: list[tuple[str, int | None]] = []

    async def after(game: Game) -> None:
        found = wire(game)
        game.csms.connect()
        await game.until(lambda: game.store.outbox.waiting() == 0)
        said.extend(found)

    keys = {"MeterValueSampleInterval": "10"}
    play(before, tmp_path / "store", cards=(IdToken("04A1"),), keys=keys)
    play(after, tmp_path / "store", control_after_boot(car=False, energy_wh=2000), connected=False, keys=keys)
    assert said == [("StartTransaction", None), ("MeterValues", 17), ("MeterValues", 17), ("StopTransaction", 17)]


def test_without_an_answer_to_its_start_a_transaction_is_told_as_minus_1_and_sent_again_under_its_id() -> None:
    said: list[tuple[str, int | None]] = []

    async def script(game: Game) -> None:
        refusing(game, lambda event: event.kind is not EventKind.UPDATED)
        found = wire(game)
        await charge(game)
        game.control.unplug(2000)
        await game.until(lambda: game.store.outbox.waiting() == 0, 300)
        assert [action for action, _ in found] == ["StartTransaction"] * 3 + ["StopTransaction"] * 3
        assert {number for _, number in found[1:]} == {None, -1}
        found.clear()
        refusing(game, lambda event: False)
        found = wire(game)
        with game.store.commit():
            assert game.store.outbox.resend() == 2
        game.station.uplink.delivery.nudge()
        await game.until(lambda: game.store.outbox.waiting() == 0)
        said.extend(found)

    game = play(script, keys=PATIENT)
    assert said == [("StartTransaction", None), ("StopTransaction", 17)]
    ids = {kind: {message_id for message_id, what in game.csms.asked if _is(what, kind)} for kind in ("Started", "Ended")}
    assert all(len(same) == 1 for same in ids.values()), "a resend can be recognised"


def _is(notification: Notification, kind: str) -> bool:
    return isinstance(notification, TransactionEvent) and notification.kind is EventKind(kind)


def test_a_technician_sees_what_was_given_up_and_sends_it_again(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        refusing(game, lambda event: event.kind is EventKind.STARTED)
        await charge(game)
        await asyncio.sleep(40)

    async def after(game: Game) -> None:
        found = await game.station.uplink.undelivered.list(ListMessages())
        assert (found.total, found.waiting) == (1, 0)
        (message,) = found.messages
        assert (message.kind, message.evse, message.attempts, message.cause) == ("Started", 1, 3, "InternalError: no disk")
        assert message.transaction == game.transaction.id
        assert await game.station.uplink.undelivered.resend(ResendMessages((message.number, 99))) == Resent(0, (99,))
        assert all(event.kind is not EventKind.STARTED for event in game.csms.events)
        assert await game.station.uplink.undelivered.resend(ResendMessages()) == Resent(1)
        await game.until(lambda: game.station.csms_transaction_id(game.transaction.id) == "17", 1)
        assert (await game.station.uplink.undelivered.list(ListMessages())).total == 0

    play(before, tmp_path / "store", keys=PATIENT)
    play(after, tmp_path / "store", control_after_boot(car=True), keys=PATIENT)


def stumble(path: Path, error: Exception, control: PlayedControl | None, keys: dict[str, str]) -> None:
    """A car charges, the CSMS answers its start, and what follows from that fails here: the process ends."""

    async def script(game: Game) -> None:
        def priced(event: TransactionEvent, _: TransactionAnswer) -> None:
            if event.kind is EventKind.STARTED:
                raise error

        game.station.uplink.delivery.priced = priced
        game.csms.connect()
        await asyncio.sleep(0.5)
        if control is None:
            await charge(game)
        await asyncio.sleep(60)

    with pytest.raises(ExceptionGroup) as failed:
        play(script, path, control, connected=False, keys=keys)
    assert failed.group_contains(type(error))


def test_an_answer_that_the_station_stumbles_over_is_put_aside_after_as_many_restarts_as_attempts(tmp_path: Path) -> None:
    async def healthy(game: Game) -> None:
        (message,) = (await game.station.uplink.undelivered.list(ListMessages())).messages
        assert (message.kind, message.attempts) == ("Started", 2)
        assert message.cause == "what follows from its answer failed: KeyError: 'price'"
        game.control.unplug(2000)
        await game.until(lambda: [event.kind for event in game.csms.events] == [EventKind.ENDED])

    keys = {"TransactionMessageAttempts": "2"}
    for control in (None, control_after_boot(car=True)):
        stumble(tmp_path / "store", KeyError("price"), control, keys)
    play(healthy, tmp_path / "store", control_after_boot(car=True), keys=keys)


def test_a_full_disk_uses_up_no_attempts(tmp_path: Path) -> None:
    async def roomy(game: Game) -> None:
        await game.until(lambda: [event.kind for event in game.csms.events] == [EventKind.STARTED])
        assert game.store.outbox.given_up() == 0

    keys = {"TransactionMessageAttempts": "1"}
    stumble(tmp_path / "store", StoreError("the disk is full"), None, keys)
    play(roomy, tmp_path / "store", control_after_boot(car=True), keys=keys)
