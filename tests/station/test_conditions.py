"""Why is it not charging? As the station's document says it, from plug-in to current."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from chargepoint.domain import catalogue
from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import ChangeAvailability, ReserveNow, Reset, ResetKind
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import IdToken, PlugInId
from chargepoint.domain.limits import Limit
from chargepoint.domain.transaction import Transaction
from chargepoint.domain.why.current import TOGETHER
from chargepoint.link.messages import EvseState
from tests.station.rig import MIDNIGHT, Game, PlayedControl, play
from tests.station.test_transacting import charge

TRIPPED = Fault("rcd_tripped", "ground_failure", "residual current: tripped", latched=True)
RATING = Limit("evse rating", 32_000, "installer")


def answer(game: Game) -> tuple[str, str | None]:
    """Its name in the catalogue, and the sentence."""
    evse = game.station.document()["evses"][0]
    entry = None if evse["why_code"] is None else catalogue.by_code(evse["why_code"])
    return evse["why"], None if entry is None else entry.name


def holding(game: Game) -> dict[str, bool | None]:
    return {each["name"]: each["holds"] for each in game.station.document()["evses"][0]["conditions"]}


def test_a_session_is_explained_step_by_step() -> None:
    told: list[str | None] = []

    async def script(game: Game) -> None:
        async def note(happening: Coroutine[Any, Any, None] | None = None) -> None:
            if happening is not None:
                await happening
            await asyncio.sleep(0.5)
            told.append(answer(game)[1])

        await note()
        game.control.change(cable=True)
        await note()
        game.control.plug(limits=(Limit("no permit", 0, "station"), RATING))
        await note()
        await game.swipe()
        game.control.change(permit="live", limits=(Limit("self-test", 0, "control"), RATING))
        await note()
        game.control.change(limits=(RATING,))
        await note()
        game.control.change(state="B2", offered_ma=32_000)
        await note()
        await note(asyncio.sleep(10))
        game.control.change(cp="C", state="C2")
        await note()
        game.control.change(contactor_closed=True)
        game.control.measure(1000, 0)
        await note()
        game.control.measure(1500, 7_360)
        await note()
        assert answer(game)[0] == "Charging: 7.36 kW."
        assert set(holding(game).values()) == {True}
        game.control.change(cp="B", state="B2", contactor_closed=False)
        await note(asyncio.sleep(10))
        await note(game.swipe())
        game.control.open(1500)
        await note()

    play(script)
    assert told == [
        *("nothing_plugged", "no_car_on_the_cable", "authorisation_awaited", "self_test_awaited", "offer_awaited", "car_awaited"),
        *("car_does_not_ask", "contactor_open", "car_draws_nothing", None, "car_finished", "session_ending", "session_over"),
    ]


async def control_gone(game: Game) -> None:
    game.control.absent = True
    game.control.end.hang_up()


async def fault(game: Game) -> None:
    game.control.fail(TRIPPED)


async def inoperative(game: Game) -> None:
    await game.station.obey(ChangeAvailability(operative=False, evse=1))


async def reserved(game: Game) -> None:
    expires = MIDNIGHT + timedelta(hours=2)
    await game.station.obey(ReserveNow(id=7, token=IdToken("OTHER"), expires=expires, evse=1, connector=1))
    game.control.plug()


async def updating(game: Game) -> None:
    game.station.availability.held = lambda: True


async def restarting(game: Game) -> None:
    game.station.resetting.scheduled = True


async def refused(game: Game) -> None:
    game.csms.token = TokenInfo(AuthorizationStatus.BLOCKED)
    game.control.plug()
    await game.swipe()


async def refused_before_the_cable(game: Game) -> None:
    game.csms.token = TokenInfo(AuthorizationStatus.BLOCKED)
    await game.swipe()


async def judged(game: Game) -> None:
    game.control.plug()
    await game.csms._one.acquire()  # the answer takes its time
    await game.swipe()


async def unknown_offline(game: Game) -> None:
    game.csms.lose()
    game.control.plug()
    await game.swipe()


async def timed_out(game: Game) -> None:
    game.control.plug()
    await asyncio.sleep(65)


async def withdrawn(game: Game) -> None:
    await charge(game)
    game.station.transacting.withdraw(1)


async def reader_silent(game: Game) -> None:
    game.reader.fail("the reader is gone")
    await asyncio.sleep(12)
    game.control.plug()


@pytest.mark.parametrize(
    ("happening", "error", "words"),
    [
        (control_gone, "control_silent", "not heard"),
        (fault, "rcd_tripped", "residual current: tripped"),
        (inoperative, "out_of_service_csms", "ChangeAvailability"),
        (reserved, "reserved", "somebody else"),
        (updating, "firmware_installing", "firmware"),
        (restarting, "restart_pending", "restart"),
        (refused, "card_refused", "(Blocked)"),
        (refused_before_the_cable, "card_refused", "(Blocked)"),
        (judged, "card_judged", "looked at"),
        (unknown_offline, "card_unknown_offline", "could not be asked"),
        (timed_out, "authorisation_timed_out", "time-out"),
        (withdrawn, "authorisation_withdrawn", "withdrawn"),
        (reader_silent, "reader_silent", "reader"),
    ],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_what_keeps_somebody_from_charging_is_named(happening: Any, error: str, words: str) -> None:
    async def script(game: Game) -> None:
        await happening(game)
        await asyncio.sleep(0.5)
        sentence, name = answer(game)
        assert name == error
        assert words in sentence

    play(script, keys={"LocalAuthorizeOffline": "true"})


@pytest.mark.parametrize(
    ("limit", "error"),
    [
        (Limit("csms profile 1", 0, "station", "granted to this car"), "limit_profile"),
        (Limit("csms profile 1", 3_000, "station", TOGETHER), "limit_station"),
        (Limit("site fuse", 0, "installer", "one fuse for all EVSEs together"), "limit_site_fuse"),
        (Limit("temperature", 0, "control", "75 C: 0 % of the rating"), "limit_temperature"),
        (Limit("failsafe", 0, "installer", "the station has not renewed its permit"), "limit_failsafe"),
        (Limit("minimum current", 0, "installer"), "limit_minimum"),
        (Limit("plug lock", 0, "control"), "plug_lock_awaited"),
    ],
    ids=lambda each: getattr(each, "source", ""),
)
def test_the_limit_that_leaves_nothing_is_named_with_its_value_and_reason(limit: Limit, error: str) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(cp="B", state="B1", contactor_closed=False, offered_ma=0, limits=(limit, RATING))
        await asyncio.sleep(0.5)
        sentence, name = answer(game)
        assert name == error
        assert f"{limit.limit_ma / 1000:g} A by {limit.source}" in sentence
        assert limit.reason in sentence
        assert holding(game)["demand"] is None

    play(script)


def test_a_session_that_outlasts_a_power_cut_says_that_it_goes_on(tmp_path: Any) -> None:
    async def before(game: Game) -> None:
        await charge(game)

    async def after(game: Game) -> None:
        await asyncio.sleep(2)
        assert answer(game)[1] == "power_loss_resume"

    play(before, tmp_path / "store")
    back = PlayedControl("boot-2")
    limits = (Limit("self-test", 0, "control"), RATING)
    back.state = EvseState(evse=1, plug_in=PlugInId("boot-2", 1), found_at_start=True, cp="B", state="B1", limits=limits)
    play(after, tmp_path / "store", back)


def test_a_card_that_is_accepted_makes_forget_the_refusal_before_it() -> None:
    async def script(game: Game) -> None:
        await refused(game)
        game.csms.token = TokenInfo(AuthorizationStatus.ACCEPTED)
        await game.swipe()
        assert isinstance(game.transaction, Transaction)
        await game.swipe()
        game.control.open(1000)
        await asyncio.sleep(1)
        assert answer(game)[1] == "session_over"

    play(script)


def test_a_car_that_a_technician_lets_charge_by_hand_needs_no_card() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        game.control.charge()
        game.control.measure(1600, 7_360)
        await asyncio.sleep(0.5)
        assert answer(game) == ("Charging: 7.36 kW.", None)

    play(script)


def test_a_scheduled_restart_lets_a_running_session_be() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(limits=(RATING,))
        game.control.measure(1600, 7_360)
        await game.station.obey(Reset(ResetKind.ON_IDLE))
        await asyncio.sleep(0.5)
        assert answer(game) == ("Charging: 7.36 kW.", None)

    play(script)
