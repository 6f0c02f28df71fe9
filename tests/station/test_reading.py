"""Card readers that fail and come back: a warning about the station, which stops nobody."""

import asyncio
from pathlib import Path

from chargepoint.domain.commands import RequestStart
from chargepoint.domain.ids import IdToken
from chargepoint.domain.status import StatusNotification
from chargepoint.domain.transaction import ChargingState
from chargepoint.ocpp.v16.status import error_code, station_word, told_fault
from tests.station.rig import CARD, Game, play

GONE = "reader.pn532-uart on /dev/ttyAMA0: does not acknowledge; check its supply"


def told(game: Game) -> list[list[str]]:
    """The faults of the station itself, as the CSMS has heard of them."""
    facts = [each.facts for each in game.csms.of(StatusNotification) if isinstance(each, StatusNotification)]
    return [[fault.name for fault in each.faults] for each in facts if each.connector.evse == 0]


def test_a_reader_that_is_gone_is_told_to_everybody_while_the_car_charges_on_and_the_telling_ends_by_itself(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await game.until(lambda: game.transaction is not None and game.transaction.charging_state is ChargingState.CHARGING)
        game.reader.fail(GONE)
        await game.until(lambda: told(game)[-1:] == [["reader_silent"]], 8)
        facts = [each.facts for each in game.csms.statuses if each.station][-1]
        assert (station_word(facts), error_code(told_fault(facts), "Available", station=True)) == ("Available", "ReaderFailure")
        (fault,) = game.station.document()["fault_details"]
        assert (fault["info"], fault["stops_charging"]) == (GONE, False)
        assert game.transaction is not None
        assert game.transaction.charging_state is ChargingState.CHARGING
        game.reader.fail(None)
        await game.until(lambda: told(game)[-1:] == [[]], 9)
        assert game.station.document()["faults"] == []

    play(script, tmp_path / "store")


def test_a_driver_that_is_broken_is_a_silent_reader_and_the_station_goes_on(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.reader.fail(GONE, KeyError)
        await game.until(lambda: told(game)[-1:] == [["reader_silent"]], 10)
        (fault,) = game.station.document()["fault_details"]
        assert fault["info"] == f"its driver is broken (KeyError: {GONE!r}); see the log"
        game.reader.fail(None)
        await game.until(lambda: told(game)[-1:] == [[]], 10)
        game.control.plug()
        await game.swipe()
        await game.until(lambda: game.transaction is not None)

    play(script, tmp_path / "store")


def test_an_adapter_that_is_back_within_five_seconds_is_no_fault(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await game.until(lambda: told(game) == [[]])
        game.reader.fail(GONE)
        await asyncio.sleep(3)
        game.reader.fail(None)
        await asyncio.sleep(60)
        assert told(game) == [[]]

    play(script, tmp_path / "store")


def test_a_reader_that_fails_again_and_again_stays_told_until_it_lasts(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.reader.fail(GONE)
        await game.until(lambda: told(game)[-1:] == [["reader_silent"]], 10)
        for _ in range(10):
            game.reader.fail(None)
            await asyncio.sleep(4)
            game.reader.fail(GONE)
            await asyncio.sleep(4)
        assert told(game) == [[], ["reader_silent"]]

    play(script, tmp_path / "store")


def test_a_card_shows_that_a_reader_works_again(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.reader.fail(GONE)
        await game.until(lambda: told(game)[-1:] == [["reader_silent"]], 10)
        game.reader.fail(None)
        game.reader.present(CARD)
        await game.until(lambda: told(game)[-1:] == [[]], 4)

    play(script, tmp_path / "store")


def test_without_a_reader_a_session_starts_from_afar(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.reader.fail(GONE)
        await game.until(lambda: told(game)[-1:] == [["reader_silent"]], 10)
        game.control.plug()
        await game.station.obey(RequestStart(IdToken("AF"), 1))
        await game.until(lambda: game.transaction is not None)

    play(script, tmp_path / "store")
