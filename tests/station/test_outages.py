"""What a technician takes out of service stays out, whatever the CSMS says, until a technician returns it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chargepoint.domain.authorization import Origin
from chargepoint.domain.commands import Outcome, RequestStart, Verdict
from chargepoint.domain.ids import IdToken
from chargepoint.domain.transaction import StopReason
from chargepoint.inquiry.history import ListEvents
from chargepoint.inquiry.outage import ListOutages, Outages, ReturnToService, TakeOutOfService
from chargepoint.station import conditions
from chargepoint.station.displaying import headline
from tests.station.rig import Game, play
from tests.station.test_availability import BOTH, ONE, change, operative
from tests.station.test_transacting import charge


async def ask(game: Game, question: Any) -> Outages:
    return await game.station.takers[type(question)](question)  # type: ignore[return-value]


async def take(game: Game, evse: int | None = 1, **more: Any) -> Outages:
    return await ask(game, TakeOutOfService(evse=evse, reason="cable torn", by="anna", **more))


def service(game: Game) -> Any:
    """The condition, and the first that does not hold."""
    found = conditions.of(game.station, 1)
    return next(each for each in found if each.name == "service")


@pytest.mark.parametrize("cascades", [True, False])
def test_no_command_of_the_csms_brings_it_back(cascades: bool) -> None:
    async def script(game: Game) -> None:
        assert (await take(game)).outcome == "taken"
        assert operative(game) == [True, False, True]
        assert await change(game, True, 1, cascades) is Verdict.REJECTED, "the answer says whether it is able to"
        assert await change(game, True, None, cascades) is Verdict.ACCEPTED, "EVSE 2 is as wanted"
        assert await change(game, False, 2, cascades) is Verdict.ACCEPTED
        assert await change(game, True, 2, cascades) is Verdict.ACCEPTED
        assert operative(game) == [True, False, True]
        game.control.plug()
        await game.swipe()
        assert game.transaction is None
        assert (await ask(game, ReturnToService(evse=1))).outcome == "returned"
        assert operative(game) == [True, True, True]

    play(script, evses=BOTH)


def test_the_word_of_the_csms_stands_beside_it_and_is_not_changed() -> None:
    async def script(game: Game) -> None:
        await take(game, None)
        assert operative(game) == [False, False, False]
        assert await change(game, False, 2) is Verdict.ACCEPTED
        assert await change(game, True) is Verdict.REJECTED
        await ask(game, ReturnToService())
        assert operative(game) == [True, True, False]

    play(script, evses=BOTH)


def test_it_survives_a_power_cut_with_who_why_and_since(tmp_path: Path) -> None:
    async def before(game: Game) -> None:
        await take(game)

    async def after(game: Game) -> None:
        (outage,) = (await ask(game, ListOutages())).outages
        assert (outage.evse, outage.reason, outage.by, outage.since[:16]) == (1, "cable torn", "anna", "2026-03-01T00:00")
        assert operative(game) == [True, False, True]
        assert game.station.document()["evses"][0]["out_of_service"] == "cable torn (by anna on 2026-03-01)"

    play(before, tmp_path / "store", evses=BOTH)
    play(after, tmp_path / "store", evses=BOTH)


def test_a_running_session_ends_first() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        answer = await take(game)
        assert answer.outages[0].runs == (1,)
        assert "as soon as the session at EVSE 1 has ended" in answer.message
        assert game.transaction.stop is None
        assert service(game).holds, "it goes on"
        assert game.station.availability.facts(ONE).operative
        game.control.unplug(1600)
        await asyncio.sleep(2)
        facts = game.station.availability.facts(ONE)
        assert (facts.operative, facts.note) == (False, "out of service by a technician")
        assert game.csms.statuses[-1].facts == facts

    play(script)


def test_or_at_once_where_that_is_wanted() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await take(game, at_once=True)
        assert game.transaction.stop.reason is StopReason.OTHER
        game.control.open(1500)
        await asyncio.sleep(1)
        assert game.transaction is None
        assert not game.station.availability.facts(ONE).operative

    play(script)


def test_a_card_that_waits_for_its_car_waits_no_longer_where_it_is_at_once() -> None:
    async def script(game: Game) -> None:
        await game.swipe()
        assert game.station.transacting.sessions[1].waits_for_car
        await take(game, None, at_once=True)
        assert game.station.transacting.sessions[1].authorization is None

    play(script)


def test_driver_and_technician_are_told() -> None:
    async def script(game: Game) -> None:
        await take(game)
        shows = game.station.appearance.indicating.shows(1)
        session, sheet = game.station.transacting.sessions[1], game.station.transacting.sheets[1]
        assert (shows, headline(session, sheet, shows)) == ("unavailable", "unavailable")
        condition = service(game)
        assert (condition.holds, condition.code) == (False, "CP-901")
        assert "cable torn (by anna on 2026-03-01)" in condition.text
        assert next(each for each in conditions.of(game.station, 1) if each.name == "operation").holds
        await ask(game, ReturnToService(evse=1, by="bert"))
        events: Any = await game.station.takers[ListEvents](ListEvents(area="technician"))
        assert [line.what.text for line in events.lines] == [
            "a technician takes EVSE 1 out of service (cable torn), by name anna: taken",
            "a technician returns EVSE 1 to service, by name bert: returned",
        ]

    play(script)


def test_what_is_asked_for_twice_changes_the_reason_and_not_since_when() -> None:
    async def script(game: Game) -> None:
        first = (await take(game)).outages[0]
        await asyncio.sleep(100)
        again = await ask(game, TakeOutOfService(evse=1, reason="two\nlines\x00" + 300 * "x"))
        assert again.outcome == "unchanged"
        assert again.outages[0].since == first.since
        assert again.outages[0].reason == ("two lines " + 300 * "x")[:200]
        assert (await ask(game, ReturnToService())).outcome == "unchanged"
        assert (await ask(game, TakeOutOfService(evse=7))).outcome == "unknown"
        assert (await ask(game, TakeOutOfService(evse=0))).outcome == "unknown"
        assert "still out of service: EVSE 1" in (await ask(game, ReturnToService())).message

    play(script)


def test_nobody_starts_from_afar_either() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await take(game)
        reply, _ = await game.station.obey(RequestStart(IdToken("04A1"), evse=1))
        assert isinstance(reply, Outcome)
        assert reply.verdict is Verdict.REJECTED

    play(script)


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("plugged_first", [False, True])
def test_where_everybody_charges_a_car_that_is_plugged_in_begins_when_it_is_back(at_once: bool, plugged_first: bool) -> None:
    async def script(game: Game) -> None:
        if plugged_first:
            await change(game, False, 1)
            game.control.plug()
            await asyncio.sleep(1)
        await take(game, at_once=at_once)
        game.control.plug()
        await asyncio.sleep(600)
        assert game.transaction is None
        await ask(game, ReturnToService(evse=1))
        await change(game, True, 1)
        game.control.measure(1000)
        await asyncio.sleep(2)
        assert game.transaction is not None
        assert game.transaction.authorization.origin is Origin.FREE

    play(script, free_token=IdToken("free", "Local"))


def test_where_everybody_charges_a_session_that_a_technician_ended_does_not_begin_again() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is not None
        await take(game, at_once=True)
        game.control.open(1500)
        await asyncio.sleep(2)
        await ask(game, ReturnToService(evse=1))
        game.control.measure(1500)
        await asyncio.sleep(60)
        assert game.transaction is None

    play(script, free_token=IdToken("free", "Local"))
