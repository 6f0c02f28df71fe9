"""What the page of an EVSE is told for its driver, and what he may do there."""

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from chargepoint.domain import catalogue
from chargepoint.domain.authorization import Authorization, AuthorizationStatus, Origin, TokenInfo
from chargepoint.domain.commands import ChangeAvailability, ReserveNow, Verdict
from chargepoint.domain.faults import Fault
from chargepoint.domain.history import Happening
from chargepoint.domain.ids import IdToken
from chargepoint.domain.limits import Limit
from chargepoint.domain.transaction import StopReason
from chargepoint.inquiry.driver import Done, EvseSight, ReceiptSeen, ReportProblem, SeeEvse, SeeReceipt, StartHere, StopHere
from chargepoint.store.history import Wanted
from hal.measured import TokenSeen
from tests.station.rig import CARD, MIDNIGHT, Game, play, settings
from tests.station.test_limiting import charge, profile, set_profile
from tests.station.vendors.test_costs import FINAL_COST, running_cost, say

MINE, OTHERS = (hashlib.sha256(secret).hexdigest() for secret in (b"mine", b"others"))
PAGE: dict[str, Any] = {"page_token": IdToken("free", "Local"), "page_stops": True}
REFUSED_BESIDE = catalogue.of("card_without_place").code
TRIPPED = Fault("rcd_tripped", "ground_failure", "residual current: tripped", latched=True)


async def ask(game: Game, question: Any) -> Any:
    """As the pages ask it: there and back as JSON."""
    answer = await game.station.takers[type(question)](question)
    return msgspec.json.decode(msgspec.json.encode(answer), type=type(answer))


async def see(game: Game, evse: int = 1) -> EvseSight:
    seen: EvseSight = await ask(game, SeeEvse(evse))
    return seen


async def told(game: Game) -> tuple[str, str]:
    """Headline, and the name of what is behind it."""
    await asyncio.sleep(0.5)
    sight = await see(game)
    entry = catalogue.by_code(sight.code) if sight.code else None
    return sight.headline, "" if entry is None else entry.name


def test_a_driver_reads_where_he_is_from_plugging_in_to_leaving() -> None:
    async def script(game: Game) -> None:
        assert await told(game) == ("available", "nothing_plugged")
        assert not (await see(game)).plugged
        game.control.plug()
        assert await told(game) == ("authorise", "authorisation_awaited")
        assert (await see(game)).plugged
        await game.swipe()
        game.control.change(state="B2", offered_ma=16_000, permit="live")
        await asyncio.sleep(3)
        assert (await told(game))[0] == "plugged"
        game.control.charge()
        game.control.measure(3_500, 7_360)
        headline, _ = await told(game)
        sight = await see(game)
        assert (headline, sight.power_w, sight.energy_wh) == ("charging", 7_360, 2_500)
        game.control.change(cp="B", state="B2", contactor_closed=False)
        await asyncio.sleep(11)
        assert await told(game) == ("ev_paused", "car_finished")
        await game.swipe()
        game.control.open(4_000)
        await asyncio.sleep(5)
        assert (await told(game))[0] == "finished"
        assert (await see(game)).energy_wh == 3_000
        game.control.unplug(4_000)
        assert (await told(game))[0] == "available"

    play(script)


def test_nobody_reads_who_charges() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(1)
        said = msgspec.json.encode(await see(game)).decode()
        assert CARD.value not in said
        assert game.transaction.id not in said

    play(script)


def test_a_refused_card_is_told_with_its_reason_for_as_long_as_somebody_reads() -> None:
    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.BLOCKED)
        game.control.plug()
        await game.swipe()
        assert await told(game) == ("refused", "card_refused")
        await asyncio.sleep(30)
        assert await told(game) == ("refused", "card_refused")
        await asyncio.sleep(40)
        assert await told(game) == ("authorise", "authorisation_timed_out")

    play(script)


def test_while_somebody_charges_another_card_is_a_line_beside_it_for_a_minute() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        await game.until(lambda: game.transaction is not None)
        game.control.charge()
        assert (await told(game))[0] == "charging", "current flows: nobody is told that it will begin"
        await game.swipe(TokenSeen("04FFFFFF"))
        await asyncio.sleep(1)
        for waited_s, card in ((0, REFUSED_BESIDE), (30, REFUSED_BESIDE), (40, "")):
            await asyncio.sleep(waited_s)
            sight = await see(game)
            assert (sight.headline, sight.card) == ("charging", card)

    play(script)


def test_a_receipt_says_the_price_that_was_known_and_whether_anybody_has_issued_a_card(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        for by_page in (True, False):
            game.control.plug(2 - by_page)
            await asyncio.sleep(0.5)
            await (ask(game, StartHere(1, MINE)) if by_page else game.swipe())
            await game.until(lambda: game.transaction is not None)
            game.control.charge()
            await asyncio.sleep(5)
            await (ask(game, StopHere(1, MINE)) if by_page else game.swipe())
            game.control.open(2_500)
            await game.until(lambda: game.transaction is None)
            await asyncio.sleep(1.5)
            receipt = (await ask(game, SeeReceipt((await see(game)).receipt))).receipt
            assert (receipt.issued, receipt.price_texts) == (not by_page, {"en": "0.45 EUR/kWh"})
            game.control.unplug(2_500)
            await asyncio.sleep(1)

    play(script, tmp_path / "store", keys={"DefaultPrice": '{"priceText": "0.45 EUR/kWh"}'}, **PAGE)


@pytest.mark.parametrize("plugged", [False, True])
def test_what_keeps_everybody_out_comes_before_cards(plugged: bool) -> None:
    async def script(game: Game) -> None:
        if plugged:
            game.control.plug()
        await game.station.obey(ChangeAvailability(False, 1))
        assert await told(game) == ("unavailable", "out_of_service_csms")
        game.control.fail(TRIPPED)
        assert await told(game) == ("fault", "rcd_tripped")

    play(script)


def test_a_reservation_is_told_without_saying_for_whom() -> None:
    async def script(game: Game) -> None:
        await game.station.obey(ReserveNow(id=1, token=IdToken("SOMEBODY"), expires=MIDNIGHT.replace(hour=9), evse=1))
        assert await told(game) == ("reserved", "reserved")
        assert "SOMEBODY" not in msgspec.json.encode(await see(game)).decode()

    play(script)


def test_an_evse_that_is_not_there_is_not_known() -> None:
    async def script(game: Game) -> None:
        assert not (await see(game, 9)).known
        for question in (StartHere(9, MINE), StopHere(9, MINE), ReportProblem(9, "other")):
            assert await ask(game, question) == Done("unknown")

    play(script, **PAGE)


# Start and stop on the page


def test_whoever_starts_on_the_page_may_stop_there_and_nobody_else(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        assert not (await see(game)).may_start
        assert await ask(game, StartHere(1, MINE)) == Done("refused", catalogue.of("nothing_plugged").code)
        game.control.plug()
        await asyncio.sleep(0.5)
        assert (await see(game)).may_start
        assert await ask(game, StartHere(1, MINE)) == Done("done")
        await game.until(lambda: game.transaction is not None)
        game.control.charge()
        await asyncio.sleep(1)
        assert game.csms.events[0].id_token == IdToken("free", "Local")
        sight = await see(game)
        assert (sight.may_start, sight.may_stop, sight.browser) == (False, True, MINE)
        for browser in (OTHERS, "", "nonsense"):
            assert await ask(game, StopHere(1, browser)) == Done("refused")
        assert await ask(game, StartHere(1, OTHERS)) != Done("done")
        assert await ask(game, StopHere(1, MINE)) == Done("done")
        assert game.transaction.stop.reason is StopReason.LOCAL
        game.control.open(2_000)
        await game.until(lambda: game.transaction is None)

    play(script, tmp_path / "store", **PAGE)


def test_the_browser_is_known_after_a_restart_of_the_station(tmp_path: Path) -> None:
    async def begin(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(0.5)
        await ask(game, StartHere(1, MINE))
        await game.until(lambda: game.transaction is not None)
        game.control.charge()
        await asyncio.sleep(1)

    async def end(game: Game) -> None:
        assert await ask(game, StopHere(1, OTHERS)) == Done("refused")
        assert await ask(game, StopHere(1, MINE)) == Done("done")

    control = play(begin, tmp_path / "store", **PAGE).control
    control.end = type(control.end)()
    play(end, tmp_path / "store", control, **PAGE)


def test_what_somebody_started_with_a_card_no_browser_may_stop() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        await game.until(lambda: game.transaction is not None)
        assert not (await see(game)).may_stop
        for browser in ("", MINE):
            assert await ask(game, StopHere(1, browser)) == Done("refused")
        assert game.transaction.stop is None

    play(script, **PAGE)


def test_where_it_is_not_allowed_nobody_starts_or_stops_on_the_page() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(0.5)
        assert not (await see(game)).may_start
        assert await ask(game, StartHere(1, MINE)) == Done("refused")
        assert game.transaction is None

    play(script)


def test_what_is_reserved_or_out_of_service_is_not_started_on_the_page() -> None:
    async def script(game: Game) -> None:
        await game.station.obey(ReserveNow(id=1, token=IdToken("SOMEBODY"), expires=MIDNIGHT.replace(hour=9), evse=1))
        game.control.plug()
        await asyncio.sleep(0.5)
        assert not (await see(game)).may_start
        assert (await ask(game, StartHere(1, MINE))).outcome == "refused"
        assert game.transaction is None

    play(script, **PAGE)


@pytest.mark.parametrize("browser", ["", "short", "x" * 64, "A" * 64, "a" * 65])
def test_a_browser_is_a_hash_and_nothing_else(browser: str) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(0.5)
        assert await ask(game, StartHere(1, browser)) == Done("refused")

    play(script, **PAGE)


# Receipts


async def charged(game: Game) -> str:
    """A session with 1.5 kWh; the key of its receipt."""
    game.control.plug()
    await game.swipe()
    game.control.charge()
    await asyncio.sleep(600)
    await game.swipe()
    game.control.open(2_500)
    await game.until(lambda: game.transaction is None)
    await asyncio.sleep(1.5)
    return (await see(game)).receipt


def test_a_session_that_ends_leaves_a_receipt_that_survives_a_power_cut(tmp_path: Path) -> None:
    keys: list[str] = []

    async def first(game: Game) -> None:
        keys.append(await charged(game))
        game.control.unplug(2_500)
        await asyncio.sleep(1)
        assert (await see(game)).receipt == keys[0]
        await asyncio.sleep(301)
        assert (await see(game)).receipt == ""

    async def second(game: Game) -> None:
        seen: ReceiptSeen = await ask(game, SeeReceipt(keys[0]))
        assert seen.receipt is not None
        assert (seen.receipt.start_wh, seen.receipt.end_wh, seen.receipt.energy_wh, seen.receipt.evse) == (1_000, 2_500, 1_500, 1)
        assert 595 <= (seen.receipt.ended - seen.receipt.started).total_seconds() <= 610
        assert await ask(game, SeeReceipt("k" * 22)) == ReceiptSeen(None)

    play(first, tmp_path / "store")
    play(second, tmp_path / "store")
    assert len(keys[0]) == 22


def test_a_receipt_has_what_the_station_reckoned_and_then_what_the_csms_says(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(5)
        await say(game, "RunningCost", running_cost(cost=1.0))
        await game.swipe()
        game.control.open(3_000)
        await game.until(lambda: game.transaction is None)
        await asyncio.sleep(1.5)
        sight = await see(game)
        reckoned = (await ask(game, SeeReceipt(sight.receipt))).receipt
        assert (reckoned.cost, reckoned.final, sight.cost) == ("1.25", False, "1.25")
        await say(game, "FinalCost", FINAL_COST)
        await asyncio.sleep(1.5)
        final = (await ask(game, SeeReceipt(sight.receipt))).receipt
        assert (final.cost, final.final) == ("3.31", True)
        assert (await see(game)).cost_final

    play(script, tmp_path / "store", keys={"MeterValueSampleInterval": "0"})


def test_the_next_driver_does_not_see_the_receipt_of_the_one_before() -> None:
    async def script(game: Game) -> None:
        await charged(game)
        game.control.unplug(2_500)
        await asyncio.sleep(1)
        game.control.plug(2)
        await asyncio.sleep(1)
        sight = await see(game)
        assert (sight.headline, sight.receipt, sight.energy_wh, sight.cost) == ("authorise", "", None, None)

    play(script)


# Reports


def test_a_report_stands_in_the_history_in_one_line_and_without_signs_that_turn_it_round() -> None:
    async def script(game: Game) -> None:
        text = "Kabel\nangeschmort\u202e\x00 " + "x" * 600
        assert await ask(game, ReportProblem(1, "damaged", text)) == Done("done")
        await asyncio.sleep(6)
        line = game.store.history.lines(Wanted(area="driver"), 10)[-1].what
        assert line == Happening(
            area="driver", kind="reported_damaged", evse=1, level="warning",
            text="a driver reports: damaged: " + ("Kabel angeschmort  " + "x" * 480),
        )  # fmt: skip

    play(script)


def test_nobody_fills_the_history_with_reports() -> None:
    async def script(game: Game) -> None:
        said = [(await ask(game, ReportProblem(1, "other"))).outcome for _ in range(30)]
        assert said == ["done"] * 20 + ["too_many"] * 10
        await asyncio.sleep(3_601)
        assert await ask(game, ReportProblem(1, "other")) == Done("done")

    play(script)


def test_a_pause_by_anything_but_a_schedule_promises_no_end() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert await set_profile(game, profile((0, 16))) is Verdict.ACCEPTED
        await asyncio.sleep(5)
        game.control.change(cp="C", state="C1", contactor_closed=False, offered_ma=0, limits=(Limit("grid", 0, "station"),))
        assert await told(game) == ("paused", "limit_profile")
        assert (await see(game)).goes_on_s is None

    play(script)


def test_a_pause_by_a_schedule_says_when_it_goes_on() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        assert await set_profile(game, profile((0, 16), (90, 0), (690, 16))) is Verdict.ACCEPTED
        await asyncio.sleep(60)
        game.control.change(cp="C", state="C1", contactor_closed=False, offered_ma=0, limits=(Limit("TxDefaultProfile 1", 0, "station"),))
        assert await told(game) == ("paused", "limit_profile")
        goes_on_s = (await see(game)).goes_on_s
        assert goes_on_s is not None
        assert 540 <= goes_on_s <= 630
        await set_profile(game, profile((0, 0)))
        await asyncio.sleep(31)
        assert (await see(game)).goes_on_s is None

    play(script)


# What comes right before or after something else


def test_whoever_ends_his_session_reads_that_it_ends() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        game.control.charge()
        await asyncio.sleep(5)
        assert (await see(game)).ends == "card"
        await game.swipe()
        assert (await told(game))[1] == "session_ending"
        await asyncio.sleep(3)
        assert (await told(game))[1] == "session_ending"
        game.control.open(2_000)
        assert (await told(game))[1] == "session_over"

    play(script)


@pytest.mark.parametrize(
    ("authorization", "ends"),
    [
        (Authorization(IdToken("04A1"), Origin.LOCAL), "card"),
        (Authorization(IdToken("app"), Origin.REMOTE), "app"),
        (Authorization(IdToken("free", "Local"), Origin.FREE), "plug"),
        (Authorization(IdToken("free", "Local"), Origin.LOCAL, browser=MINE), "plug"),
    ],
)
def test_how_a_session_ends_goes_by_how_it_began(authorization: Authorization, ends: str) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await asyncio.sleep(0.5)
        game.station.transacting.authorize(1, authorization)
        game.control.charge()
        await asyncio.sleep(1)
        assert (await see(game)).ends == ends

    play(script)


def test_what_is_most_dangerous_is_told_under_its_own_number_whatever_came_before_it() -> None:
    """Who is told to pull the plug of a contactor that does not open may hold a live one."""

    async def script(game: Game) -> None:
        game.control.plug()
        stop, welded = Fault("emergency_stop", "other", latched=True, since_s=9.0), Fault("contactor_welded", "power_switch_failure")
        game.control.fail(TRIPPED, stop)
        assert await told(game) == ("emergency", "emergency_stop")
        game.control.fail(TRIPPED, stop, replace(welded, since_s=10.0))
        assert await told(game) == ("fault", "contactor_welded")

    play(script)


def test_a_control_that_never_comes_is_no_start_that_lasts() -> None:
    async def script(game: Game) -> None:
        game.control.absent = True
        game.control.end.hang_up()
        game.station.transacting.sheets[1].state = None
        assert (await told(game))[0] == "starting"
        await asyncio.sleep(15)
        assert await told(game) == ("fault", "control_silent")

    play(script)


@pytest.mark.parametrize("plugged", [False, True])
def test_a_card_that_nobody_looked_at_is_to_be_shown_again(plugged: bool) -> None:
    async def script(game: Game) -> None:
        if plugged:
            game.control.plug()
        game.station.access.answers.note("busy", (1,))
        assert await told(game) == ("authorise", "authorisation_awaited")

    play(script)


def test_a_car_that_waits_for_a_card_is_told_that_nobody_can_be_asked() -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        game.csms.lose()
        await asyncio.sleep(35)
        assert await told(game) == ("authorise", "csms_silent")

    play(script, keys={"ConnectionTimeOut": "600"})


@pytest.mark.parametrize(
    ("changes", "keys"),
    [({"free_token": IdToken("free", "Local")}, {}), ({}, {"AllowOfflineTxForUnknownId": "true"})],
    ids=["free", "unknown cards"],
)
def test_where_everybody_may_charge_all_the_same_nobody_is_told_of_the_operator(changes: dict[str, Any], keys: dict[str, str]) -> None:
    async def script(game: Game) -> None:
        game.csms.lose()
        await asyncio.sleep(35)
        assert await told(game) == ("available", "nothing_plugged")

    play(script, keys=keys, **changes)


@pytest.mark.parametrize(("sockets", "behind"), [(frozenset({1}), "plug_kept"), (frozenset(), "authorisation_withdrawn")])
def test_a_card_that_turns_out_not_to_be_valid_is_told_after_the_session_too(sockets: frozenset[int], behind: str) -> None:
    async def script(game: Game) -> None:
        known = IdToken("04A1")
        game.csms.token = TokenInfo(AuthorizationStatus.BLOCKED)
        game.control.plug(locked=True if sockets else None)
        await asyncio.sleep(0.5)
        game.station.transacting.authorize(1, Authorization(known, Origin.LOCAL))
        await game.until(lambda: game.transaction is None)
        assert await told(game) == ("finished", behind)

    play(script, evses=(replace(settings().evses[0], sockets=sockets),))


def test_no_plug_is_kept_for_a_browser_which_has_no_card_to_release_it() -> None:
    async def script(game: Game) -> None:
        game.csms.token = TokenInfo(AuthorizationStatus.INVALID)
        game.control.plug(locked=True)
        await asyncio.sleep(0.5)
        assert await ask(game, StartHere(1, MINE)) == Done("done")
        await game.until(lambda: game.transaction is None)
        assert game.station.transacting.sessions[1].plug_kept_for is None
        assert await told(game) == ("finished", "session_over")

    play(script, **PAGE)
