"""Who waits for whom and for how long, and cables that are unplugged at the car (1.6 §4.9, §4.10; OCPP 2.0.1 E03, E09, E10)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, UnlockConnector, Verdict
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId, IdToken, PlugInId
from chargepoint.domain.notifications import Answer, Authorize, Notification, TransactionAnswer
from chargepoint.domain.transaction import ChargingState, EventKind, StopReason, TransactionEvent
from chargepoint.link.messages import EvseState, HoldPlug, Permit, Revoke
from chargepoint.ocpp.v16.status import status_word
from chargepoint.station import document
from hal.measured import MeterReading, TokenSeen
from tests.station.rig import Game, PlayedControl, play, settings
from tests.station.test_transacting import charge

STAYS = {"StopTransactionOnEVSideDisconnect": "false"}
LOCKED = {"StopTransactionOnEVSideDisconnect": "true", "UnlockConnectorOnEVSideDisconnect": "false"}
IN_TIME = {"ConnectionTimeOut": "30"}


def word(game: Game) -> str:
    """The status of the connector in 1.6."""
    return status_word(game.station.availability.facts(ConnectorId(1)))


def held(game: Game) -> bool:
    """Has control been told to keep the plug locked?"""
    said = [message for message in game.control.heard if isinstance(message, HoldPlug)]
    return bool(said) and said[-1].valid_for_s > 0


async def charge_on_a_cable(game: Game) -> None:
    """A charging car on a cable of its own, which is in the socket."""
    game.control.change(cable=True)
    await charge(game)


async def unplug_at_the_car(game: Game, energy_wh: int = 1600) -> None:
    """The cable stays in the socket."""
    game.control.change(plug_in=None, cp="A", state="A", contactor_closed=False, offered_ma=0, permit="none")
    game.control.measure(energy_wh)
    await asyncio.sleep(1)


# Time-outs


def test_a_car_that_nobody_authorises_in_time_is_finishing_and_a_card_shown_later_starts_it() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        assert word(game) == "Preparing"
        await asyncio.sleep(30)
        assert word(game) == "Finishing"
        await game.swipe()
        assert game.transaction is not None

    assert play(script, keys=IN_TIME).csms.story == ["Started Authorized"]


def test_a_car_that_left_after_its_time_leaves_an_available_connector() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(31)
        game.control.unplug(1000)
        await asyncio.sleep(1)
        assert word(game) == "Available"
        game.control.plug(2)
        await asyncio.sleep(1)
        assert word(game) == "Preparing"

    play(script, keys=IN_TIME)


def test_the_time_of_a_car_does_not_run_out_while_it_could_not_be_started() -> None:
    async def script(game: Game) -> None:
        game.station.availability.held = lambda: True
        game.control.plug()
        await asyncio.sleep(40)
        assert word(game) == "Unavailable"
        game.station.availability.held = lambda: False
        await asyncio.sleep(29)
        assert word(game) == "Preparing", "1.6 transition H2: the time counts from here"
        await asyncio.sleep(3)
        assert word(game) == "Finishing"

    play(script, keys=IN_TIME)


@pytest.mark.parametrize("remote", [False, True])
def test_a_token_whose_car_does_not_come_in_time_leaves_an_available_connector_and_no_transaction(remote: bool) -> None:
    async def script(game: Game) -> None:
        if remote:
            assert (await game.station.obey(RequestStart(IdToken("04A1"), evse=1)))[0] == Outcome(Verdict.ACCEPTED)
        else:
            await game.swipe()
        await asyncio.sleep(1)
        assert word(game) == "Preparing"
        await asyncio.sleep(30)
        assert word(game) == "Available"
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is None

    assert play(script, keys=IN_TIME).csms.story == []


# Unplugged at the car


def test_unplugged_at_the_car_it_ends_and_the_plug_is_let_go() -> None:
    """OCPP 2.0.1 E09.FR.01, E09.FR.02"""

    async def script(game: Game) -> None:
        await charge_on_a_cable(game)
        assert not held(game)
        await unplug_at_the_car(game)
        facts = game.station.availability.facts(ConnectorId(1))
        assert (status_word(facts), facts.note) == ("Finishing", "EV side disconnected")
        game.control.change(cable=False)
        await asyncio.sleep(1)
        assert word(game) == "Available"

    game = play(script)
    ended = game.csms.events[-1]
    assert (ended.stop_reason, ended.meter_wh, ended.charging_state) == (StopReason.EV_DISCONNECTED, 1600, ChargingState.IDLE)
    assert not any(isinstance(message, HoldPlug) and message.valid_for_s for message in game.control.heard)


def test_a_car_that_comes_back_on_the_cable_needs_a_new_authorisation() -> None:
    async def script(game: Game) -> None:
        await charge_on_a_cable(game)
        await unplug_at_the_car(game)
        game.control.plug(2)
        await asyncio.sleep(1)
        assert (word(game), game.transaction) == ("Preparing", None)

    play(script)


@pytest.mark.parametrize("way", ["card", "group", "unlock"])
def test_unplugged_at_the_car_it_ends_and_the_plug_stays_until_its_driver_shows_the_token(way: str) -> None:
    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED, IdToken("FAMILY"))
        await charge_on_a_cable(game)
        assert held(game), "before the car is unplugged: the lock must not move for a moment"
        await unplug_at_the_car(game)
        assert (game.transaction, word(game), held(game)) == (None, "Finishing", True)
        await asyncio.sleep(60)
        assert held(game)
        if way == "card":
            await game.swipe()
        elif way == "group":
            await game.swipe(TokenSeen("04B2"))
        else:
            assert (await game.station.obey(UnlockConnector(ConnectorId(1), True)))[0] == Outcome(Verdict.UNLOCKED)
        assert not held(game)
        assert (game.transaction, game.station.transacting.sessions[1].waits_for_car) == (None, False)

    game = play(script, keys=LOCKED)
    assert game.csms.story[-1] == "Ended EVCommunicationLost"


def test_a_stranger_does_not_free_the_cable() -> None:
    async def script(game: Game) -> None:
        await charge_on_a_cable(game)
        await unplug_at_the_car(game)
        game.csms.token = TokenInfo(AuthorizationStatus.INVALID)
        await game.swipe(TokenSeen("FFFF"))
        assert held(game)
        assert document.of(game.station)["evses"][0]["plug_kept"], "an update has to wait for control, which holds it"

    play(script, keys=LOCKED)


def test_the_end_by_card_lets_the_plug_go_whatever_the_keys_say() -> None:
    """OCPP 2.0.1 E06.FR.10, E07.FR.07, E08.FR.03"""

    async def script(game: Game) -> None:
        await charge_on_a_cable(game)
        await game.swipe()
        assert not held(game)

    play(script, keys=LOCKED)


def test_unplugged_at_the_car_it_waits_with_the_plug_locked_and_goes_on_with_the_next_car_on_that_cable() -> None:
    async def script(game: Game) -> None:
        await charge_on_a_cable(game)
        await unplug_at_the_car(game)
        facts = game.station.availability.facts(ConnectorId(1))
        assert (status_word(facts), facts.note, held(game)) == ("SuspendedEV", "EV side disconnected", True)
        await asyncio.sleep(600)
        assert held(game)
        assert game.transaction.stop is None
        game.control.plug(2)
        await asyncio.sleep(1)
        assert game.control.permits[-1] == Permit(1, PlugInId("boot-1", 2), 32_000, 10.0, 6_000)
        game.control.charge()
        await asyncio.sleep(1)
        assert word(game) == "Charging"

    game = play(script, keys=STAYS | {"MeterValueSampleInterval": "0"})
    assert [event.charging_state for event in game.csms.events[2:]] == [
        ChargingState.IDLE,
        ChargingState.SUSPENDED_EVSE,
        ChargingState.CHARGING,
    ]
    assert game.csms.story[2:4] == ["Updated EVCommunicationLost", "Updated CablePluggedIn"]
    assert len({event.transaction_id for event in game.csms.events}) == 1


@pytest.mark.parametrize(
    ("way", "reason"), [("card", StopReason.LOCAL), ("remote", StopReason.REMOTE), ("cable", StopReason.EV_DISCONNECTED)]
)
def test_a_transaction_that_waits_for_its_car_ends_by_card_from_afar_and_when_the_cable_is_torn_out(way: str, reason: StopReason) -> None:
    async def script(game: Game) -> None:
        await charge_on_a_cable(game)
        await unplug_at_the_car(game)
        if way == "card":
            await game.swipe()
        elif way == "remote":
            assert (await game.station.obey(RequestStop("17")))[0] == Outcome(Verdict.ACCEPTED)
        else:
            game.control.change(cable=False)
        await game.until(lambda: game.transaction is None and not held(game), 5)
        await asyncio.sleep(0.5)
        assert word(game) == ("Available" if way == "cable" else "Finishing")

    ended = play(script, keys=STAYS).csms.events[-1]
    assert (ended.stop_reason, ended.meter_wh) == (reason, 1600)


def test_a_fixed_cable_waits_for_its_car_without_a_lock() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await unplug_at_the_car(game)
        assert word(game) == "SuspendedEV"
        game.control.plug(2)
        game.control.charge()
        await asyncio.sleep(1)
        assert word(game) == "Charging"

    fixed = replace(settings().evses[0], sockets=frozenset())
    game = play(script, keys=STAYS, evses=(fixed,))
    assert not any(isinstance(message, HoldPlug) and message.valid_for_s for message in game.control.heard)


@pytest.mark.parametrize(("resume", "goes_on"), [(True, True), (False, False)])
def test_a_transaction_that_waits_for_its_car_outlasts_a_power_cut_or_ends_with_it(tmp_path: Path, resume: bool, goes_on: bool) -> None:
    control = PlayedControl("boot-2")
    control.state = EvseState(evse=1, cable=True, reading=MeterReading(at_s=0.0, energy_wh=1600))

    async def before(game: Game) -> None:
        await charge_on_a_cable(game)
        await unplug_at_the_car(game)

    async def after(game: Game) -> None:
        await asyncio.sleep(8)
        assert (game.transaction is not None) == goes_on
        assert held(game) == goes_on

    play(before, tmp_path / "store", keys=STAYS)
    csms = play(after, tmp_path / "store", control, keys=STAYS, resume_after_power_loss=resume).csms
    assert [event.stop_reason for event in csms.events] == ([] if goes_on else [StopReason.POWER_LOSS])


# Tokens that are withdrawn


def invalid_start(game: Game) -> None:
    """The CSMS answers the start: this token is not valid."""
    kindly = game.csms.answer

    def answer(notification: Notification) -> Answer:
        refused = TransactionAnswer(TokenInfo(AuthorizationStatus.INVALID), "17")
        return refused if isinstance(notification, TransactionEvent) else kindly(notification)

    game.csms.answer = answer


def test_a_deauthorised_driver_gets_his_cable_back_when_he_shows_his_card() -> None:
    """OCPP 2.0.1 E05.FR.11"""

    async def script(game: Game) -> None:
        invalid_start(game)
        game.control.change(cable=True)
        game.control.plug()
        await game.swipe()
        await asyncio.sleep(5)
        assert (game.transaction, held(game), word(game)) == (None, True, "Finishing")
        said = [message for message in game.control.heard if isinstance(message, HoldPlug | Revoke)]
        assert said.index(HoldPlug(1, 10.0)) < said.index(Revoke(1, PlugInId("boot-1", 1))), "the lock must not open in between"
        asked = len(game.csms.of(Authorize))
        await game.swipe()
        assert (held(game), len(game.csms.of(Authorize))) == (False, asked)

    assert play(script).csms.events[-1].stop_reason is StopReason.DE_AUTHORIZED


@pytest.mark.parametrize("fixed", [True, False])
def test_no_plug_is_kept_on_a_fixed_cable_nor_in_a_socket_that_does_not_see_it(fixed: bool) -> None:
    async def script(game: Game) -> None:
        def withdraws(notification: Notification) -> Answer:
            started = isinstance(notification, TransactionEvent) and notification.kind is EventKind.STARTED
            return TransactionAnswer(TokenInfo(AuthorizationStatus.INVALID), "17") if started else game.csms.kindly(notification)

        game.csms.answer = withdraws
        await charge(game)
        game.control.open(1600)
        await asyncio.sleep(5)
        assert (game.transaction, held(game)) == (None, not fixed)
        game.csms.answer = game.csms.kindly
        game.control.unplug(1600)
        await asyncio.sleep(5)
        assert not held(game)
        game.control.plug(2)
        await asyncio.sleep(1)
        await game.swipe()
        assert game.transaction is not None, "his card is not taken for a wish to have his cable"

    play(script, evses=(replace(settings().evses[0], sockets=frozenset() if fixed else frozenset({1})),))


def test_a_deauthorised_driver_gets_the_energy_to_drive_away_and_the_transaction_stays_open() -> None:
    """OCPP 2.0.1 E05.FR.03"""

    async def script(game: Game) -> None:
        invalid_start(game)
        await charge(game)
        assert game.transaction.withdrawn
        assert isinstance(game.control.permits[-1], Permit), "500 Wh of 2000"
        game.control.measure(2999)
        await asyncio.sleep(4)
        assert isinstance(game.control.permits[-1], Permit)
        game.control.measure(3000)
        await asyncio.sleep(1)
        assert isinstance(game.control.permits[-1], Revoke)
        game.control.open(3001)
        await asyncio.sleep(1)
        assert word(game) == "SuspendedEVSE"
        await asyncio.sleep(30)
        assert isinstance(game.control.permits[-1], Revoke)

    keys: dict[str, Any] = {"StopTransactionOnInvalidId": "false", "MaxEnergyOnInvalidId": "2000", "MeterValueSampleInterval": "0"}
    story = play(script, keys=keys).csms.story
    assert story[-2:] == ["Updated EnergyLimitReached", "Updated ChargingStateChanged"]
    assert "Updated Deauthorized" in story


# The lock


def test_a_transaction_begins_when_its_plug_is_locked_and_keeps_its_cause() -> None:
    async def script(game: Game) -> None:
        game.control.change(locked=False)
        await game.swipe()
        game.control.plug()
        await asyncio.sleep(5)
        assert (game.transaction, held(game)) == (None, True)
        game.control.change(locked=True)
        await asyncio.sleep(1)
        said = [message for message in game.control.heard if isinstance(message, HoldPlug | Permit)]
        assert said[-2:] == [Permit(1, PlugInId("boot-1", 1), 32_000, 10.0, 6_000), HoldPlug(1, 0.0)], "the permit holds it from here"

    assert play(script).csms.story == ["Started CablePluggedIn"]


def test_a_plug_that_does_not_lock_starts_nothing_and_is_not_held() -> None:
    """G05.FR.01."""

    async def script(game: Game) -> None:
        game.control.change(locked=False)
        game.control.plug()
        await game.swipe()
        assert held(game)
        game.control.fail(Fault("lock_failed", "connector_lock_failure"))
        await asyncio.sleep(1)
        assert (game.transaction, held(game), word(game)) == (None, False, "Faulted")
        game.control.fail()
        await asyncio.sleep(1)
        assert held(game), "control tries again"
        game.control.unplug(1000)
        await asyncio.sleep(1)
        assert not held(game)

    assert play(script).csms.story == []


def test_unlocking_from_afar_calls_off_the_start_that_waits_for_the_lock() -> None:
    async def script(game: Game) -> None:
        game.control.change(locked=False)
        game.control.plug()
        await game.swipe()
        assert held(game)
        answer, _ = await game.station.obey(UnlockConnector(ConnectorId(1), ends_transaction=True))
        assert (answer, held(game), word(game)) == (Outcome(Verdict.UNLOCKED), False, "Preparing")
        game.control.change(locked=True)
        await asyncio.sleep(5)

    assert play(script).csms.story == []
