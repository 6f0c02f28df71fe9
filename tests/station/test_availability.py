"""Who is in operation, and what 1.6 and 2.x mean by it (1.6 §5.2; OCPP 2.0.1 G03, G04)."""

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.commands import ChangeAvailability, Outcome, Verdict
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId
from hal.measured import TokenSeen
from tests.station.rig import CARD, Game, PlayedControl, PlayedCsms, play, settings
from tests.station.test_transacting import charge
from tests.station.words_201 import configure, says, second, speak_201, statuses, story

ONE, TWO = ConnectorId(1), ConnectorId(2)
BOTH = (settings().evses[0], replace(settings().evses[0], evse=2, connectors=(TWO,)))


def operative(game: Game) -> list[bool]:
    """Connector 0, 1 and 2."""
    availability = game.station.availability
    return [availability.station_operative, availability.operative(ONE), availability.operative(TWO)]


async def change(game: Game, operative: bool, evse: int | None = None, cascades: bool = True) -> Verdict:
    """ChangeAvailability; ``cascades``: of 1.6."""
    command = ChangeAvailability(operative, evse, None if evse is None else 1, cascades)
    reply, _ = await game.station.obey(command)
    assert isinstance(reply, Outcome)
    return reply.verdict


def test_in_1_6_connector_0_sets_all_and_one_connector_is_then_set_by_itself() -> None:
    async def script(game: Game) -> None:
        assert await change(game, False) is Verdict.ACCEPTED
        assert operative(game) == [False, False, False]
        assert await change(game, True, 1) is Verdict.ACCEPTED
        assert operative(game) == [True, True, False], "Accepted means that it is so"
        assert await change(game, True) is Verdict.ACCEPTED
        assert operative(game) == [True, True, True]

    play(script, evses=BOTH)


def test_in_2_x_a_connector_waits_for_the_station_above_it() -> None:
    async def script(game: Game) -> None:
        await change(game, False, cascades=False)
        await change(game, True, 1, cascades=False)
        assert operative(game) == [False, False, False]
        await change(game, False, 2, cascades=False)
        await change(game, True, cascades=False)
        assert operative(game) == [True, True, False]

    play(script, evses=BOTH)


def test_what_is_asked_for_twice_is_accepted_twice_and_both_survive_a_restart(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        assert [await change(game, False, 1), await change(game, False, 1)] == [Verdict.ACCEPTED] * 2
        assert [await change(game, True, 2), await change(game, True, 2)] == [Verdict.ACCEPTED] * 2
        assert operative(game) == [True, False, True]

    async def after(game: Game) -> None:
        assert operative(game) == [True, False, True]

    play(before, tmp_path / "store", evses=BOTH)
    play(after, tmp_path / "store", evses=BOTH)


def test_connector_0_waits_for_the_one_transaction_and_takes_the_others_at_once() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert await change(game, False) is Verdict.SCHEDULED
        facts = [game.station.availability.facts(connector).operative for connector in (ONE, TWO)]
        assert (game.station.availability.station_operative, facts) == (True, [True, False])
        game.control.unplug(1600)
        await asyncio.sleep(2)
        facts = [game.station.availability.facts(connector).operative for connector in (ONE, TWO)]
        assert (game.station.availability.station_operative, facts) == (False, [False, False])

    play(script, evses=BOTH)


@pytest.mark.parametrize("cascades", [True, False])
def test_a_schedule_that_is_taken_back_has_never_been(cascades: bool) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert await change(game, False, 1, cascades) is Verdict.SCHEDULED
        assert await change(game, True, 1, cascades) is Verdict.ACCEPTED
        game.control.unplug(1600)
        await asyncio.sleep(2)
        assert game.station.availability.facts(ONE).operative

    play(script)


def test_a_connector_that_is_not_there_cannot_be_changed() -> None:
    async def script(game: Game) -> None:
        assert await change(game, False, 7) is Verdict.REJECTED

    play(script)


def test_while_everything_is_held_nobody_starts_and_afterwards_it_is_as_before() -> None:
    async def script(game: Game) -> None:
        game.station.availability.held = lambda: True
        game.control.plug()
        await game.swipe()
        assert (game.transaction, operative(game)[1]) == (None, False)
        game.station.availability.held = lambda: False
        await game.swipe()
        assert game.transaction is not None

    play(script)


# 2.0.1: what is scheduled for the end of a transaction, whatever a CSMS knows by that name


INOPERATIVE = {"operationalStatus": "Inoperative"}
PLACES = pytest.mark.parametrize(
    "place", [{}, {"evse": {"id": 1}}, {"evse": {"id": 1, "connectorId": 1}}], ids=["station", "EVSE", "connector"]
)


@pytest.fixture
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


@PLACES
@pytest.mark.usefixtures("csms_of_201")
def test_a_transaction_whose_car_has_yet_to_come_is_charged_before_the_connector_goes(place: dict[str, dict[str, int]]) -> None:
    """G01.FR.05, G03.FR.05, G04.FR.06."""

    async def script(game: Game) -> None:
        speak_201(game)
        await configure(game, TxStartPoint="Authorized")
        await game.swipe()
        assert await says(game, "ChangeAvailability", **INOPERATIVE, **place) == "Scheduled"
        game.control.plug()
        await asyncio.sleep(2)
        assert game.transaction is not None
        game.control.charge()
        await asyncio.sleep(1)
        await game.swipe()
        game.control.open(1500)
        await asyncio.sleep(2)
        game.control.unplug(1500)
        await asyncio.sleep(2)
        await game.swipe()

    game = play(script)
    assert statuses(game)[-3:] == ["Available", "Occupied", "Unavailable"]
    assert [kind for kind, _ in story(game) if kind != "Updated"] == ["Started", "Ended"], "nobody after that"


@PLACES
@pytest.mark.usefixtures("csms_of_201")
def test_a_transaction_that_nobody_pays_for_yet_may_still_be_paid_for(place: dict[str, dict[str, int]]) -> None:
    """G03.FR.05, G04.FR.06. Once it is over, a car finds an EVSE that is Unavailable and stays so (G01.FR.01)."""

    async def script(game: Game) -> None:
        speak_201(game)
        await configure(game, TxStartPoint="EVConnected", TxStopPoint="EVConnected")
        game.control.plug()
        await asyncio.sleep(1)
        assert await says(game, "ChangeAvailability", **INOPERATIVE, **place) == "Scheduled"
        await game.swipe()
        assert game.transaction is not None
        game.control.unplug(1500)
        await asyncio.sleep(2)
        game.control.plug(2)
        await game.swipe()
        assert game.transaction is None

    game = play(script)
    assert statuses(game)[-2:] == ["Occupied", "Unavailable"]
    assert [kind for kind, _ in story(game) if kind != "Updated"] == ["Started", "Ended"]


@PLACES
@pytest.mark.usefixtures("csms_of_201")
def test_a_schedule_survives_a_restart_in_the_middle_of_its_transaction(place: dict[str, dict[str, int]], tmp_path: Path) -> None:
    """G01.FR.02, G03.FR.08, G04.FR.09. What is asked for again is answered again (G03.FR.03, G04.FR.04)."""
    control = PlayedControl()

    async def before(game: Game) -> None:
        speak_201(game)
        await charge(game)
        assert [await says(game, "ChangeAvailability", **INOPERATIVE, **place) for _ in range(2)] == ["Scheduled"] * 2

    async def after(game: Game) -> None:
        speak_201(game)
        await game.until(lambda: statuses(game)[-1:] == ["Occupied"], 5)
        control.unplug(1600)
        await game.until(lambda: statuses(game)[-1] == "Unavailable", 5)
        assert await says(game, "ChangeAvailability", **INOPERATIVE, **place) == "Accepted"
        assert statuses(game)[-2:] == ["Unavailable", "Unavailable"]
        assert await says(game, "ChangeAvailability", operationalStatus="Operative", **place) == "Accepted"
        assert statuses(game)[-1] == "Available"

    play(before, tmp_path / "store", control)
    play(after, tmp_path / "store", control)


@PLACES
@pytest.mark.usefixtures("csms_of_201")
def test_what_is_asked_for_again_is_told_again_once_and_of_nobody_else(place: dict[str, dict[str, int]]) -> None:
    """G01.FR.07, G03.FR.03, G03.FR.04, G04.FR.04, G04.FR.05; TC_G_12 and TC_G_13 wait for a status even where nothing has changed."""

    async def script(game: Game) -> None:
        speak_201(game)
        second(game)
        await game.until(lambda: statuses(game, 2) == ["Available"], 5)
        known = len(statuses(game))
        for operational in ("Operative", "Inoperative", "Inoperative", "Operative", "Operative"):
            assert await says(game, "ChangeAvailability", operationalStatus=operational, **place) == "Accepted"
        told = ["Available", "Unavailable", "Unavailable", "Available", "Available"]
        assert statuses(game)[known:] == told
        assert statuses(game, 2)[1:] == ([] if place else told)

    play(script, evses=BOTH)


@pytest.mark.parametrize("evse", [None, 1])
def test_in_1_6_what_is_asked_for_again_is_not_told_again(evse: int | None) -> None:
    async def script(game: Game) -> None:
        await change(game, False, evse)
        await asyncio.sleep(3)
        told = len(game.csms.statuses)
        assert told
        assert await change(game, False, evse) is Verdict.ACCEPTED
        await asyncio.sleep(1)
        assert len(game.csms.statuses) == told

    play(script, evses=BOTH)


@pytest.mark.usefixtures("csms_of_201")
def test_a_plug_at_what_is_reserved_is_told_when_its_owner_shows_his_card() -> None:
    """G01.FR.03, G01.FR.04, G01.FR.06, G01.FR.09."""

    async def script(game: Game) -> None:
        speak_201(game)
        card = {"idToken": CARD.value, "type": "ISO14443"}
        assert await says(game, "ReserveNow", id=7, expiryDateTime="2026-03-02T00:00:00Z", idToken=card, evseId=1) == "Accepted"
        game.control.plug()
        await asyncio.sleep(1)
        await game.swipe(TokenSeen("04B2"))
        assert statuses(game)[-1] == "Reserved"
        await game.swipe()
        assert statuses(game)[-2:] == ["Reserved", "Occupied"]
        game.control.unplug(1500)
        await game.until(lambda: statuses(game)[-1] == "Available", 5)

    play(script)


@pytest.mark.usefixtures("csms_of_201")
def test_each_level_goes_back_to_what_it_was_told_itself() -> None:
    """G03.FR.06, G03.FR.07, G04.FR.01, G04.FR.07, G04.FR.08. A fault outweighs it all."""
    broken = Fault("tilted", "other", "tilted")

    async def script(game: Game) -> None:
        speak_201(game)
        for operational, place, shown in (
            ("Inoperative", {"evse": {"id": 1, "connectorId": 1}}, "Unavailable"),
            ("Inoperative", {"evse": {"id": 1}}, "Unavailable"),
            ("Inoperative", {}, "Unavailable"),
            ("Operative", {"evse": {"id": 1, "connectorId": 1}}, "Unavailable"),
            ("Operative", {}, "Unavailable"),
            ("Operative", {"evse": {"id": 1}}, "Available"),
        ):
            assert await says(game, "ChangeAvailability", operationalStatus=operational, **place) == "Accepted"
            assert statuses(game)[-1] == shown, (operational, place)
            game.control.fail(broken)
            await asyncio.sleep(0.5)
            assert statuses(game)[-1] == "Faulted"
            game.control.fail()
            await asyncio.sleep(0.5)
            assert statuses(game)[-1] == shown

    play(script)
