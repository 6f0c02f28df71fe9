"""What drivers are told that only the station knows: leases to control and sounds, on the virtual clock."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import ChangeAvailability, ReserveNow
from chargepoint.domain.ids import IdToken
from chargepoint.domain.indications import ON_LEASE
from chargepoint.link.messages import Beep, Indicate
from chargepoint.station.indicating import LEASE_S, OFFLINE_S, RENEW_S, TABLE
from tests import virtual_time
from tests.station.rig import CARD, MIDNIGHT, Game, PlayedControl, play
from tests.station.test_plugging import STAYS, charge_on_a_cable, unplug_at_the_car
from tests.station.test_transacting import charge


def said(game: Game) -> list[str]:
    """What control was told to show, without renewals; empty: its own view."""
    shows = [message.shows for message in game.control.heard if isinstance(message, Indicate)]
    return [each for place, each in enumerate(shows) if place == 0 or shows[place - 1] != each]


def sounds(game: Game) -> list[str]:
    return [message.sound for message in game.control.heard if isinstance(message, Beep)]


def test_a_whole_session_is_told_and_of_charging_itself_nothing() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await asyncio.sleep(30)
        assert said(game) == ["authorise", "authorising", "accepted", ""]
        assert sounds(game) == ["read", "accepted"]
        await game.swipe()
        game.control.open(2000)
        await asyncio.sleep(5)
        assert said(game)[4:] == ["accepted", "finished"]
        game.control.unplug(2000)
        await asyncio.sleep(2)
        assert said(game)[6:] == [""]

    play(script)


def test_a_refused_card_is_told_and_the_car_goes_on_waiting_for_another() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        game.csms.token = TokenInfo(AuthorizationStatus.BLOCKED)
        await game.swipe()
        await asyncio.sleep(5)
        assert said(game) == ["authorise", "authorising", "refused", "authorise"]
        assert sounds(game) == ["read", "rejected"]

    play(script)


def test_who_has_shown_his_card_is_asked_to_plug_in() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        await asyncio.sleep(5)
        assert said(game) == ["authorising", "accepted", "plug_in"]
        game.control.plug()
        game.control.charge()
        await asyncio.sleep(5)
        assert said(game)[3:] == [""]

    play(script)


def test_a_cable_that_was_pulled_at_the_car_is_to_be_plugged_in_again() -> None:
    async def script(game: Game) -> None:
        await charge_on_a_cable(game)
        await unplug_at_the_car(game)
        await game.until(lambda: said(game)[-1] == "plug_in")

    play(script, keys=STAYS)


def test_a_slow_csms_is_waited_for_in_the_light() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        answer, game.csms.answer = game.csms.answer, lambda notification: answer(notification)
        async with game.csms._one:
            await game.swipe()
            await asyncio.sleep(20)
            assert said(game)[-1] == "authorising"
        await asyncio.sleep(1)
        assert said(game)[-1] == "accepted"

    play(script)


def test_what_is_not_for_everybody_is_told() -> None:
    async def script(game: Game) -> None:
        owner = IdToken("04B2")
        await game.station.obey(ReserveNow(id=7, token=owner, expires=MIDNIGHT + timedelta(seconds=60), evse=1, connector=1))
        await asyncio.sleep(2)
        assert said(game) == ["reserved"]
        await game.swipe(CARD)
        await asyncio.sleep(5)
        assert said(game)[1:] == ["refused", "reserved"]
        await asyncio.sleep(60)
        await game.station.obey(ChangeAvailability(operative=False, evse=1, connector=1))
        await asyncio.sleep(2)
        assert said(game)[3:] == ["", "unavailable"]

    play(script)


def test_nobody_charges_while_it_is_updated() -> None:
    async def script(game: Game) -> None:
        game.station.availability.held = lambda: True
        await asyncio.sleep(2)
        assert said(game) == ["updating"]

    play(script)


def test_an_uplink_that_stays_away_is_told_and_one_that_comes_back_at_once_is_not() -> None:
    async def script(game: Game) -> None:
        game.csms.lose()
        await asyncio.sleep(OFFLINE_S / 2)
        game.csms.connect()
        await asyncio.sleep(2)
        assert said(game) == [""]
        game.csms.lose()
        await asyncio.sleep(OFFLINE_S + 2)
        assert said(game) == ["", "offline"]
        game.csms.connect()
        await asyncio.sleep(2)
        assert said(game)[2:] == [""]

    play(script)


def test_leases_are_renewed_well_before_they_run_out_also_of_having_nothing_to_add() -> None:
    """Without them control calls no EVSE free."""
    heard_s: list[float] = []

    class Listening(PlayedControl):
        def _hear(self, message: object) -> None:
            if isinstance(message, Indicate):
                assert message.valid_for_s == LEASE_S
                heard_s.append(virtual_time.now_s())
            super()._hear(message)  # type: ignore[arg-type]

    async def script(game: Game) -> None:
        await asyncio.sleep(60)
        game.control.plug()
        await asyncio.sleep(60)
        assert virtual_time.now_s() - heard_s[-1] < RENEW_S + 1.5

    play(script, control=Listening())
    assert max(later - before for before, later in pairwise(heard_s)) <= RENEW_S + 1.5 < LEASE_S


def test_a_control_that_comes_back_is_told_anew() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        game.control.heard.clear()
        game.control.end.hang_up()
        await game.until(lambda: said(game) == ["authorise"], seconds=RENEW_S)

    play(script)


def test_the_table_says_only_what_the_station_may_say() -> None:
    assert {shows for shows, _ in TABLE} <= ON_LEASE
