"""Start, stop, unlock and trigger from afar, in the words of 2.0.1 (block F)."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.notifications import Answer, Notification, TransactionAnswer
from chargepoint.domain.transaction import TransactionEvent
from chargepoint.domain.variables.smart_charging import ENABLED as SMART_CHARGING
from chargepoint.link.messages import Permit, Unlock
from tests.station.rig import Game, PlayedControl, PlayedCsms, play
from tests.station.test_unlocking import OneLock
from tests.station.words_201 import BOTH, Json, call, configure, events, messages, says, second, speak_201, statuses, story, token

Script = Callable[[Game], Coroutine[Any, Any, None]]

APP, CARD = token("APP", "Central"), token("04A1")
TILTED = Fault("tilted", "other", "tilted")


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


def one(script: Script, control: PlayedControl | None = None, keys: dict[str, str] | None = None, **variables: str) -> Game:
    """One EVSE; these variables of TxCtrlr."""

    async def played(game: Game) -> None:
        speak_201(game)
        if variables:
            await configure(game, **variables)
        await script(game)

    return play(played, control=control, keys=keys)


def two(script: Script) -> Game:
    """Two EVSEs, nothing at either."""

    async def played(game: Game) -> None:
        speak_201(game)
        second(game)
        await asyncio.sleep(0.5)
        await script(game)

    return play(played, evses=BOTH)


async def start(game: Game, number: int = 4711, **more: Any) -> str:
    """RequestStartTransaction."""
    return await says(game, "RequestStartTransaction", **{"idToken": APP, "remoteStartId": number, **more})


def profile(**more: Any) -> Json:
    """For the transaction that it starts: 10 A."""
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]}
    made = {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [schedule],
    }
    return made | more


# Which EVSE


def test_without_an_evse_the_car_that_waits_is_meant_then_a_free_evse_and_then_nobody() -> None:
    """F01.FR.07, F01.FR.20, F02.FR.14, F02.FR.15, F02.FR.22."""

    async def script(game: Game) -> None:
        second(game, plug_in=PlugInId("boot-1", 9), cp="B", state="B1")
        await asyncio.sleep(0.5)
        assert [await start(game, number) for number in (1, 2)] == ["Accepted", "Accepted"]
        game.control.plug()
        await asyncio.sleep(1)
        assert await start(game, 3) == "Rejected"

    started = [event for event in events(two(script)) if event["eventType"] == "Started"]
    assert [(event["evse"]["id"], event["transactionInfo"]["remoteStartId"]) for event in started] == [(2, 1), (1, 2)]


@pytest.mark.parametrize("plugged", [False, True], ids=["no car", "a car"])
@pytest.mark.parametrize("how", ["Faulted", "Unavailable"])
def test_an_evse_that_is_faulted_or_unavailable_starts_nothing(how: str, plugged: bool) -> None:
    """F01.FR.23, F02.FR.25."""

    async def script(game: Game) -> None:
        if plugged:
            game.control.plug()
        if how == "Faulted":
            game.control.fail(TILTED)
        else:
            await says(game, "ChangeAvailability", operationalStatus="Inoperative", evse={"id": 1})
        await asyncio.sleep(1)
        assert statuses(game)[-1] == how
        assert [await start(game), await start(game, evseId=1)] == ["Rejected", "Rejected"]
        assert (game.transaction, game.station.transacting.sessions[1].authorization) == (None, None)

    assert story(one(script, TxStartPoint="Authorized")) == []


@pytest.mark.parametrize("authorizes", ["true", "false"])
@pytest.mark.parametrize("place", [{"evseId": 1}, {}], ids=["of the EVSE", "of any"])
def test_a_transaction_that_somebody_has_paid_for_takes_no_second_token(authorizes: str, place: dict[str, int]) -> None:
    """F01.FR.24, F02.FR.26: his car stands there, he charges no longer; he himself may go on (C01.FR.23)."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(2)
        await game.swipe()
        game.control.open(1500)
        await game.until(lambda: game.transaction is None, 10)
        answer = await call(game, "RequestStartTransaction", idToken=APP, remoteStartId=1, **place)
        assert (answer["status"], answer["statusInfo"]["reasonCode"]) == ("Rejected", "TxInProgress")
        assert await says(game, "RequestStartTransaction", idToken=CARD, remoteStartId=2, **place) == "Accepted"
        await game.until(lambda: game.transaction is not None, 10)

    told = events(one(script, keys={"AuthorizeRemoteTxRequests": authorizes}, TxStartPoint="EVConnected", TxStopPoint="EVConnected"))
    assert {event["transactionInfo"]["transactionId"] for event in told} == {told[0]["transactionInfo"]["transactionId"]}
    assert all(event["idToken"] == CARD for event in told if "idToken" in event)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"chargingProfilePurpose": "TxDefaultProfile"}, "InvalidProfile"),
        ({"transactionId": "1"}, "InvalidProfile"),
        (
            {"chargingSchedule": [profile()["chargingSchedule"][0] | {"chargingSchedulePeriod": [{"startPeriod": 5, "limit": 10.0}]}]},
            "InvalidSchedule",
        ),
    ],
)
def test_with_a_profile_that_cannot_be_used_nothing_is_started(wrong: Json, reason: str) -> None:
    """F01.FR.26, F02.FR.27."""

    async def script(game: Game) -> None:
        answer = await call(game, "RequestStartTransaction", idToken=APP, remoteStartId=1, evseId=1, chargingProfile=profile(**wrong))
        assert (answer["status"], answer["statusInfo"]["reasonCode"]) == ("Rejected", reason)
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is None

    one(script)


# What is told


@pytest.mark.parametrize("first", ["cable", "remote start"])
def test_the_profile_of_a_remote_start_bounds_its_transaction_whichever_comes_first(first: str) -> None:
    """F01.FR.10, F02.FR.18."""

    async def script(game: Game) -> None:
        if first == "cable":
            game.control.plug()
        assert await start(game, evseId=1, chargingProfile=profile()) == "Accepted"
        if first != "cable":
            game.control.plug()
        await asyncio.sleep(2)
        permit = game.control.permits[-1]
        assert isinstance(permit, Permit)
        assert permit.limit_ma == 10_000

    one(script)


@pytest.mark.parametrize("purpose", ["TxProfile", "TxDefaultProfile"])
def test_without_smart_charging_a_profile_is_passed_over_whatever_it_is(purpose: str) -> None:
    """F01.FR.12, F02.FR.20."""

    async def script(game: Game) -> None:
        game.station._model.put(SMART_CHARGING, False)
        game.control.plug()
        assert await start(game, evseId=1, chargingProfile=profile(chargingProfilePurpose=purpose)) == "Accepted"
        await asyncio.sleep(1)
        permit = game.control.permits[-1]
        assert isinstance(permit, Permit)
        assert permit.limit_ma == 32_000

    one(script)


def test_the_first_event_of_a_remote_start_has_everything_that_belongs_to_it() -> None:
    """F02.FR.01, F02.FR.02, F02.FR.05, F02.FR.06, F02.FR.12, F02.FR.13, F02.FR.21. Kept for a group, it is no other group's (F02.FR.24)."""

    async def script(game: Game) -> None:
        family = token("FAMILY", "Central")
        kept = {"id": 7, "expiryDateTime": "2026-03-02T00:00:00Z", "idToken": CARD, "groupIdToken": family, "evseId": 1}
        assert await says(game, "ReserveNow", **kept) == "Accepted"
        assert await start(game, evseId=1, groupIdToken=token("OTHERS", "Central")) == "Rejected"
        assert await start(game, evseId=1, groupIdToken=family) == "Accepted"

    (event,) = events(one(script, TxStartPoint="Authorized"))
    assert (event["eventType"], event["triggerReason"], event["idToken"]) == ("Started", "RemoteStart", APP)
    assert (event["transactionInfo"]["remoteStartId"], event["reservationId"], event["evse"]) == (4711, 7, {"id": 1})
    assert {value["context"] for each in event["meterValue"] for value in each["sampledValue"]} == {"Transaction.Begin"}


def test_a_token_that_the_csms_does_not_accept_after_all_is_stopped() -> None:
    """F01.FR.03, F02.FR.11."""

    async def script(game: Game) -> None:
        def invalid(notification: Notification) -> Answer:
            told = isinstance(notification, TransactionEvent) and notification.id_token is not None
            return TransactionAnswer(TokenInfo(AuthorizationStatus.INVALID)) if told else game.csms.kindly(notification)

        game.csms.answer = invalid
        game.control.plug()
        assert await start(game, evseId=1) == "Accepted"
        await game.until(lambda: story(game)[-1] == ("Ended", "Deauthorized"), 10)

    assert story(one(script, keys={"AuthorizeRemoteTxRequests": "false"}))[0] == ("Started", "RemoteStart")


# Stop


def test_a_transaction_is_stopped_by_its_id_in_capitals_or_not_until_its_end_is_told() -> None:
    """F03.FR.07, F03.FR.08, F03.FR.09."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(2)
        identity = events(game)[0]["transactionInfo"]["transactionId"]
        assert await says(game, "RequestStopTransaction", transactionId=identity[:-1]) == "Rejected"
        assert await says(game, "RequestStopTransaction", transactionId=identity.upper()) == "Accepted"
        assert await says(game, "RequestStopTransaction", transactionId=identity) == "Accepted", "its end is decided, and not yet told"
        game.control.open(1200)
        await game.until(lambda: story(game)[-1] == ("Ended", "RemoteStop"), 10)
        assert await says(game, "RequestStopTransaction", transactionId=identity) == "Rejected"

    assert [trigger for _, trigger in story(one(script))].count("RemoteStop") == 1


def test_one_that_goes_on_after_its_driver_has_stopped_it_is_stopped_all_the_same() -> None:
    """F03.FR.02, F03.FR.07: the contactor has yet to open."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(2)
        await game.swipe()
        identity = events(game)[0]["transactionInfo"]["transactionId"]
        assert await says(game, "RequestStopTransaction", transactionId=identity) == "Accepted"
        game.control.open(1200)
        await asyncio.sleep(5)
        assert await says(game, "RequestStopTransaction", transactionId=identity) == "Accepted"

    told = story(one(script, TxStartPoint="EVConnected", TxStopPoint="EVConnected"))
    assert [each for each in told if each[1] in ("StopAuthorized", "RemoteStop")] == [
        ("Updated", "StopAuthorized"),
        ("Updated", "RemoteStop"),
        ("Updated", "RemoteStop"),
    ]


# Unlock


def wishes(game: Game) -> list[Unlock]:
    return [message for message in game.control.heard if isinstance(message, Unlock)]


async def unlock(game: Game) -> str:
    return await says(game, "UnlockConnector", evseId=1, connectorId=1)


def test_an_authorised_transaction_forbids_to_unlock_also_while_nothing_may_flow() -> None:
    """F05.FR.02: it has begun, its car has come, and a fault keeps it from charging."""

    async def script(game: Game) -> None:
        await game.swipe()
        game.control.fail(TILTED)
        game.control.plug()
        await asyncio.sleep(1)
        assert (game.station.transacting.going_on(), game.transaction) == ([1], None)
        assert await unlock(game) == "OngoingAuthorizedTransaction"
        assert wishes(game) == []

    one(script, TxStartPoint="Authorized")


def test_a_transaction_that_nobody_pays_for_does_not_forbid_it_and_goes_on() -> None:
    """F05.FR.02, F05.FR.04."""

    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        assert await unlock(game) == "Unlocked"
        assert game.station.transacting.going_on() == [1]

    told = story(one(script, TxStartPoint="EVConnected", TxStopPoint="EVConnected"))
    assert told == [("Started", "CablePluggedIn"), ("Updated", "UnlockCommand")]


@pytest.mark.parametrize("plugged", [False, True], ids=["no cable", "a cable"])
@pytest.mark.parametrize(("frees", "status"), [(True, "Unlocked"), (False, "UnlockFailed")])
def test_the_outcome_of_the_attempt_is_told_with_and_without_a_cable(frees: bool, status: str, plugged: bool) -> None:
    """F05.FR.04, F05.FR.05, F05.FR.06."""

    async def script(game: Game) -> None:
        if plugged:
            game.control.plug()
            await asyncio.sleep(1)
        assert await unlock(game) == status

    one(script, OneLock(frees))


# Trigger

EVERYWHERE: tuple[Json | None, ...] = (
    None,
    {"id": 1},
    {"id": 2},
    {"id": 1, "connectorId": 1},
    {"id": 0},
    {"id": -1},
    {"id": 7},
    {"id": 1, "connectorId": 9},
)
"""No EVSE; one with a transaction, one without, a connector; and those that are not there."""
HERE = [[1, 2], [1], [2], [1], [], [], [], []]
"""Where a message comes from that speaks of connectors."""
TRIGGERED: list[tuple[str, str, list[list[int]] | str]] = [
    ("StatusNotification", "StatusNotification", HERE),
    ("MeterValues", "MeterValues", HERE),
    ("TransactionEvent", "TransactionEvent", [[1], [1], [], [1], [], [], [], []]),
    ("Heartbeat", "Heartbeat", "Accepted"),
    ("LogStatusNotification", "LogStatusNotification", "Accepted"),
    ("FirmwareStatusNotification", "FirmwareStatusNotification", "Accepted"),
    ("BootNotification", "", "Rejected"),
    ("SignCombinedCertificate", "", "NotImplemented"),
]
"""What is asked for; the message that comes; of which EVSE, for each of these, or the answer whatever EVSE is named."""


def of_evse(payload: Json) -> int:
    """The EVSE that a message is of; 0: none in particular."""
    return int(payload.get("evseId") or payload.get("evse", {}).get("id", 0))


@pytest.mark.parametrize(("asked", "action", "wanted"), TRIGGERED, ids=[asked for asked, _, _ in TRIGGERED])
def test_a_message_comes_from_the_evses_that_are_named_and_the_others_pass_them_over(
    asked: str, action: str, wanted: list[list[int]] | str
) -> None:
    """F06.FR.03, F06.FR.05, F06.FR.08, F06.FR.10, F06.FR.11, F06.FR.15, F06.FR.16, F06.FR.17."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(2)
        for place, evse in enumerate(EVERYWHERE):
            game.csms.asked.clear()
            status = await says(game, "TriggerMessage", requestedMessage=asked, **({} if evse is None else {"evse": evse}))
            came = messages(game)
            evses = wanted[place] if isinstance(wanted, list) else [0] if wanted == "Accepted" else []
            assert sorted((name, of_evse(payload)) for name, payload in came) == [(action, number) for number in evses], (evse, came)
            assert status == (wanted if isinstance(wanted, str) else "Accepted" if evses else "Rejected"), evse

    two(script)


def test_what_is_triggered_is_how_it_is_now() -> None:
    """F06.FR.06, F06.FR.07, F06.FR.09."""

    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        for energy_wh in (4321, 5432):
            game.control.measure(energy_wh)
            await asyncio.sleep(0.5)
            for message in ("MeterValues", "TransactionEvent"):
                await says(game, "TriggerMessage", requestedMessage=message)
                (value,) = messages(game)[-1][1]["meterValue"]
                assert (value["sampledValue"][0]["value"], value["sampledValue"][0]["context"]) == (energy_wh, "Trigger")
        game.control.charge()
        await asyncio.sleep(2)
        await says(game, "TriggerMessage", requestedMessage="TransactionEvent")
        event = events(game)[-1]
        assert (event["triggerReason"], event["transactionInfo"]["chargingState"]) == ("Trigger", "Charging")

    one(script)
