"""Profiles as a CSMS of 2.0.1 sets them, from the command to the permit: what is taken, where it holds, and what is left of it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.charging_profile import ChargingProfile, Kind, Purpose, RateUnit, Recurrency
from chargepoint.domain.commands import (
    ClearChargingProfile,
    GetCompositeSchedule,
    Outcome,
    RequestStart,
    SetChargingProfile,
    SetVariables,
    Verdict,
)
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import IdToken, PlugInId
from chargepoint.link.messages import Permit, SitePermit
from chargepoint.station.phase_watch import STEADY_S
from tests import virtual_time
from tests.domain.charging import examples
from tests.station.rig import Game, PlayedCsms, play
from tests.station.test_limiting import RELATIVE, STATION_MAX, TX, charge, composite, obey, permit, site_permits
from tests.station.test_limiting import profile as absolute
from tests.station.test_profile_book import limits, second
from tests.station.test_reserving_several import second as happens
from tests.station.test_reserving_several import two

UNBOUND = 32_000, "permit"


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


def profile(*periods: tuple[float, ...], since_s: float | None = None, **fields: Any) -> ChargingProfile:
    """By the letter of 2.x; from a minute ago, unless told otherwise."""
    return absolute(*periods, since_s=virtual_time.now_s() - 60 if since_s is None else since_s, strict=True, **fields)


async def put(game: Game, new: ChargingProfile, evse: int = 1) -> Outcome:
    reply = await obey(game, SetChargingProfile(evse, new))
    assert isinstance(reply, Outcome)
    await asyncio.sleep(0.2)
    return reply


async def accepted(game: Game, new: ChargingProfile, evse: int = 1) -> None:
    assert (await put(game, new, evse)).verdict is Verdict.ACCEPTED


async def rejected(game: Game, code: str, new: ChargingProfile, evse: int = 1) -> None:
    """And nothing that holds becomes another."""
    before, installed = permit(game), game.station.limiting.book.installed
    answer = await put(game, new, evse)
    assert (answer.verdict, answer.reason_code) == (Verdict.REJECTED, code)
    assert (permit(game), game.station.limiting.book.installed) == (before, installed)


def own(game: Game, *periods: tuple[float, ...], **fields: Any) -> ChargingProfile:
    """For the running transaction."""
    return profile(*periods, purpose=TX, transaction_id=game.station.transacting.sessions[1].transaction_id, **fields)


def test_a_default_takes_the_running_transaction_and_its_own_profile_takes_it_over_for_as_long_as_it_lasts() -> None:
    """K01.FR.04, K01.FR.07, K01.FR.15, K01.FR.32, K02.FR.02, K02.FR.04, K02.FR.08, K03.FR.03, K16.FR.01."""

    async def script(game: Game) -> None:
        await charge(game)
        assert permit(game) == UNBOUND
        await accepted(game, profile((0, 10.0), id=1))
        assert permit(game) == (10_000, "csms profile 1")
        await accepted(game, own(game, (0, 16.0), id=2, duration_s=120))
        assert permit(game) == (16_000, "csms profile 2"), "its own goes before the default, also with more"
        assert game.transaction.stop is None
        await asyncio.sleep(65)
        assert permit(game) == (10_000, "csms profile 1"), "it is over before its transaction is"
        assert (await obey(game, ClearChargingProfile(id=1))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert permit(game) == UNBOUND, "and what is local holds"

    play(script)


def test_a_default_for_all_evses_holds_at_each_and_one_for_an_evse_just_there() -> None:
    """K01.FR.05, K01.FR.14, K01.FR.15, K01.FR.17, K01.FR.52, K01.FR.53, K04.FR.01."""

    async def script(game: Game) -> None:
        await charge(game)
        await second(game)
        await accepted(game, profile((0, 16.0), id=1), 0)
        assert limits(game) == {1: 16_000, 2: 16_000}
        assert len(game.station.limiting.book.installed) == 1, "applied, not copied"
        assert (await put(game, profile((0, 10.0), id=2), 1)).reason_code == "DuplicateProfile"
        await accepted(game, profile((0, 10.0), id=2, stack_level=1), 2)
        assert limits(game) == {1: 16_000, 2: 10_000}
        assert (await put(game, profile((0, 12.0), id=3, stack_level=1), 0)).reason_code == "DuplicateProfile"
        await accepted(game, profile((0, 8.0), id=3, stack_level=2), 0)
        assert limits(game) == {1: 8_000, 2: 8_000}, "the level alone decides, wherever it was set"
        await accepted(game, profile((0, 9.0), id=2, stack_level=3), 1)
        assert limits(game) == {1: 9_000, 2: 8_000}, "the same id: it has moved"

    two(script)


def test_a_transaction_profile_wants_its_transaction_and_its_level_for_itself() -> None:
    """K01.FR.09, K01.FR.33, K01.FR.39."""

    async def script(game: Game) -> None:
        running = profile((0, 8.0), purpose=TX, transaction_id="ours")
        assert (await put(game, running)).reason_code == "TxNotFound"
        await charge(game)
        await rejected(game, "TxNotFound", running)
        await rejected(game, "MissingParam", replace(running, transaction_id=None))
        mine = own(game, (0, 8.0))
        await accepted(game, replace(mine, transaction_id=str(mine.transaction_id).upper()))
        await rejected(game, "DuplicateProfile", own(game, (0, 32.0), id=2))
        assert permit(game) == (8_000, "csms profile 1")

    play(script)


def test_a_schedule_and_a_validity_hold_from_their_beginnings_to_their_ends() -> None:
    """K01.FR.10, K01.FR.11, K01.FR.12, K01.FR.30, K01.FR.36, K01.FR.37."""

    async def script(game: Game) -> None:
        await charge(game)
        now_s, now = virtual_time.now_s(), game.station.clock.now()
        await accepted(game, profile((0, 10.0), (20, 8.0), (60, 6.0), since_s=now_s + 30, duration_s=50))
        valid: dict[str, Any] = {"valid_from": now + timedelta(seconds=100), "valid_to": now + timedelta(seconds=130)}
        await accepted(game, profile((0, 7.0), id=2, stack_level=1, **valid))
        heard: list[tuple[int, int]] = []
        for at in range(150):
            if not heard or heard[-1][1] != permit(game)[0]:
                heard.append((at, permit(game)[0]))
            await asyncio.sleep(1)
        assert [limit for _, limit in heard] == [32_000, 10_000, 8_000, 32_000, 7_000, 32_000], "the period at 60 s is past the duration"
        assert [at for at, _ in heard[1:]] == pytest.approx([30, 50, 80, 100, 130], abs=1.1)

    play(script)


def test_a_recurring_schedule_that_is_shorter_than_its_day_leaves_the_rest_to_what_else_there_is() -> None:
    """K01.FR.13."""

    async def script(game: Game) -> None:
        await charge(game)
        yesterday_s = virtual_time.now_s() + 60 - 86_400
        await accepted(game, profile((0, 8.0), since_s=yesterday_s, duration_s=120, kind=Kind.RECURRING, recurrency=Recurrency.DAILY))
        assert permit(game) == UNBOUND
        await asyncio.sleep(70)
        assert permit(game)[0] == 8_000
        await asyncio.sleep(120)
        assert permit(game) == UNBOUND

    play(script)


def test_watts_are_divided_by_the_phases_that_the_schedule_names_whatever_the_car_draws_on() -> None:
    """K01.FR.43, K01.FR.47, K01.FR.49, K01.FR.50, K01.FR.51."""

    async def script(game: Game) -> None:
        await charge(game)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(STEADY_S)
        game.control.change(phases_drawn=1)
        await accepted(game, profile((0, 6900.0), unit=RateUnit.WATT))
        assert permit(game)[0] == 10_000
        await rejected(game, "UnsupportedParam", profile((0, 6900.0, 1), unit=RateUnit.WATT))
        game.control.change(phase_switching=True)
        await asyncio.sleep(0.3)
        await accepted(game, profile((0, 6900.0, 1), unit=RateUnit.WATT))
        assert permit(game)[0] == 30_000
        game.control.change(phases_stay=True)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 10_000, "the contactor closes three whatever is asked for: the power is never more"

    play(script)


def test_a_bound_for_the_station_in_watts_is_never_more_where_one_of_its_contactors_has_no_choice_any_longer() -> None:
    """K01.FR.50, K04.FR.05."""

    async def script(game: Game) -> None:
        game.control.change(phase_switching=True)
        happens(game, phase_switching=True)
        await asyncio.sleep(0.3)
        await accepted(game, profile((0, 6900.0, 1), purpose=STATION_MAX, unit=RateUnit.WATT), 0)
        assert site_permits(game)[-1].limit_ma == 30_000
        happens(game, phase_switching=True, phases_stay=True)
        await asyncio.sleep(4)
        assert site_permits(game)[-1].limit_ma == 10_000

    two(script)


def test_a_bound_for_the_station_holds_for_all_that_charge_and_only_there() -> None:
    """K04.FR.02, K04.FR.03, K04.FR.05, K08.FR.03."""

    async def script(game: Game) -> None:
        assert await composite(game, evse=0) == [(0, 40.0)], "the fuse of the site"
        assert (await put(game, profile((0, 20.0), purpose=STATION_MAX), 1)).reason_code == "InvalidProfile"
        await accepted(game, profile((0, 20.0), purpose=STATION_MAX), 0)
        assert [said.limit_ma for said in site_permits(game)] == [20_000]
        await charge(game)
        await second(game)
        assert await composite(game, evse=0) == [(0, 20.0)]
        heard = game.control.heard
        first = next(place for place, message in enumerate(heard) if isinstance(message, SitePermit))
        assert first < next(place for place, message in enumerate(heard) if isinstance(message, Permit)), "before anybody may charge"

    two(script, fuse_a=40.0)


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("InvalidSchedule", {"periods": ((5, 32.0),)}),
    ("InvalidSchedule", {"periods": ((0, 32.0), (60, 6.0), (30, 32.0))}),
    ("InvalidSchedule", {"periods": ((0, -1.0),)}),
    ("InvalidSchedule", {"kind": RELATIVE, "others": (examples.profile().schedule,)}),
    ("InvalidSchedule", {"duration_s": -60}),
    ("InvalidStackLevel", {"stack_level": 100}),
    ("InvalidProfile", {"purpose": Purpose.EXTERNAL}),
    ("InvalidProfile", {"purpose": STATION_MAX}),
    ("UnsupportedRateUnit", {"unit": RateUnit.WATT}),
]


@pytest.mark.parametrize(("code", "wrong"), MALFORMED)
def test_a_profile_that_is_refused_raises_nothing_and_leaves_what_it_would_have_replaced(code: str, wrong: dict[str, Any]) -> None:
    """K01.FR.26, K01.FR.31, K01.FR.34, K01.FR.35; F01.FR.26, K05.FR.05."""

    async def script(game: Game) -> None:
        fields = {"periods": ((0, 32.0),)} | wrong
        await charge(game)
        await accepted(game, profile((0, 8.0)))
        await rejected(game, code, profile(*fields.pop("periods"), **fields))
        if fields.get("purpose") is None:
            given = replace(profile((0, 32.0), **fields), purpose=TX)
            reply = await obey(game, RequestStart(IdToken("04A1"), evse=1, profile=given))
            assert (reply.verdict, permit(game)[0]) == (Verdict.REJECTED, 8_000)

    play(script, keys={"ChargingScheduleAllowedChargingRateUnit": "Current"})


def test_a_remote_start_with_a_profile_that_is_wrong_starts_nothing() -> None:
    """K05.FR.05."""

    async def script(game: Game) -> None:
        wrong = examples.profile((5, 32.0), purpose=TX, kind=RELATIVE, strict=True)
        reply = await obey(game, RequestStart(IdToken("APP"), evse=1, profile=wrong))
        assert (reply.verdict, reply.reason_code) == (Verdict.REJECTED, "InvalidSchedule")
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is None

    play(script)


def test_a_remote_start_wherever_there_is_room_wants_every_evse_to_keep_to_its_phases() -> None:
    """K01.FR.43, K05.FR.05."""

    async def script(game: Game) -> None:
        game.control.change(phase_switching=True)
        await asyncio.sleep(0.3)
        given = examples.profile((0, 16.0, 1), purpose=TX, kind=RELATIVE, strict=True)
        reply = await obey(game, RequestStart(IdToken("APP"), profile=given))
        assert (reply.verdict, reply.reason_code) == (Verdict.REJECTED, "UnsupportedParam")
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))).verdict is Verdict.ACCEPTED

    two(script)


def test_of_remote_starts_whose_profiles_have_one_id_the_one_that_is_named_is_replaced() -> None:
    """K01.FR.05: the limit of nobody else ends with it."""

    async def script(game: Game) -> None:
        for evse, card in ((1, "APP1"), (2, "APP2")):
            given = examples.profile((0, 6.0 + evse), purpose=TX, kind=RELATIVE, id=1, strict=True)
            assert (await obey(game, RequestStart(IdToken(card), evse=evse, profile=given))).verdict is Verdict.ACCEPTED
        game.control.plug()
        happens(game, plug_in=PlugInId("boot-1", 2), cp="B", state="B1")
        await asyncio.sleep(4)
        assert limits(game) == {1: 7_000, 2: 8_000}
        await accepted(game, own(game, (0, 12.0), id=1))
        assert limits(game) == {1: 12_000, 2: 8_000}
        assert len(game.station.limiting.book.installed) == 2

    two(script)


def test_what_is_over_makes_room_and_nothing_else_does() -> None:
    """A CSMS that plans every day anew, under new ids, need not clear anything."""

    async def script(game: Game) -> None:
        now = game.station.clock.now()
        await accepted(game, profile((0, 10.0), id=1, duration_s=90))
        await accepted(game, profile((0, 9.0), id=2, stack_level=1, valid_to=now + timedelta(seconds=60)))
        await rejected_full(game, profile((0, 8.0), id=3, stack_level=2))
        await asyncio.sleep(31)
        await accepted(game, profile((0, 8.0), id=3, stack_level=2))
        assert [each.profile.id for each in game.station.limiting.book.installed] == [2, 3]
        await rejected_full(game, profile((0, 8.0), id=4, stack_level=3))
        await asyncio.sleep(30)
        given = examples.profile((0, 7.0), purpose=TX, kind=RELATIVE, id=5, strict=True)
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))).verdict is Verdict.ACCEPTED
        game.control.plug()
        await asyncio.sleep(1)
        assert [each.profile.id for each in game.station.limiting.book.installed] == [3, 5]
        assert len(game.store.profiles.load()) == 2

    async def rejected_full(game: Game, new: ChargingProfile) -> None:
        assert (await put(game, new)).reason_code == "OutOfStorage"

    play(script, keys={"MaxChargingProfilesInstalled": "2"})


def test_what_is_relative_counts_from_when_the_car_is_there_and_somebody_pays() -> None:
    """K01.FR.42: whenever it was that the CSMS was told of a transaction."""

    async def script(game: Game) -> None:
        await obey(game, SetVariables(((VariableKey(component="TxCtrlr", variable="TxStartPoint"), "EVConnected"),)))
        await accepted(game, examples.profile((0, 10.0), (60, 6.0), kind=RELATIVE, strict=True))
        game.control.plug()
        await asyncio.sleep(100)
        assert game.csms.story[0].startswith("Started"), "the CSMS knows it already"
        await game.swipe()
        assert permit(game)[0] == 10_000
        await asyncio.sleep(61)
        assert permit(game)[0] == 6_000

    play(script)


def test_a_composite_schedule_of_an_idle_evse_is_that_of_a_transaction_with_the_default() -> None:
    """K08.FR.02, K08.FR.04, K08.FR.05, K08.FR.06, K08.FR.07."""

    async def script(game: Game) -> None:
        await accepted(game, examples.profile((0, 16.0), (300, 8.0), kind=RELATIVE, strict=True))
        await accepted(game, profile((0, 10.0), purpose=STATION_MAX, id=2), 0)
        (_, now), (later_s, later) = await composite(game)
        assert (now, later) == (10.0, 8.0)
        assert 300 <= later_s <= 301
        for wrong, code in (
            (GetCompositeSchedule(9, 60), "UnknownEvse"),
            (GetCompositeSchedule(1, 60, RateUnit.WATT), "UnsupportedRateUnit"),
        ):
            reply = await obey(game, wrong)
            assert (reply.verdict, reply.reason_code) == (Verdict.REJECTED, code)

    play(script, keys={"ChargingScheduleAllowedChargingRateUnit": "Current"})


def test_offline_all_that_is_installed_goes_on_and_nothing_else_bounds_anybody() -> None:
    """K06.FR.01, K06.FR.02, K07.FR.01."""

    async def script(game: Game) -> None:
        await charge(game)
        await accepted(game, own(game, (0, 12.0), (120, 10.0)))
        await accepted(game, profile((0, 7.0), id=2))
        game.csms.lose()
        await asyncio.sleep(30)
        assert permit(game)[0] == 12_000
        await asyncio.sleep(60)
        assert permit(game)[0] == 10_000
        await game.swipe()
        game.control.open(2000)
        await asyncio.sleep(1)
        game.control.unplug(2000)
        await asyncio.sleep(1)
        game.control.plug(2)
        await game.swipe()
        assert permit(game) == (7_000, "csms profile 2"), "what is there for a transaction that begins offline"
        game.csms.connect()
        await game.until(lambda: game.csms.connected)
        await obey(game, ClearChargingProfile(id=2))
        game.csms.lose()
        await asyncio.sleep(4)
        assert permit(game) == UNBOUND

    play(script, cards=(IdToken("04A1"),))


def test_nothing_that_is_cleared_bounds_a_running_transaction_any_longer_and_what_is_unknown_changes_nothing() -> None:
    """K10.FR.01, K10.FR.05."""

    async def script(game: Game) -> None:
        await charge(game)
        await accepted(game, profile((0, 9.0)))
        assert (await obey(game, ClearChargingProfile(evse=1, stack_level=5))).verdict is Verdict.UNKNOWN
        assert permit(game)[0] == 9_000
        assert (await obey(game, ClearChargingProfile(evse=1, stack_level=0))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert permit(game) == UNBOUND

    play(script)


def test_smart_charging_that_is_switched_off_takes_and_looks_at_no_profile() -> None:
    """K01.FR.29, K05.FR.04."""

    async def script(game: Game) -> None:
        await accepted(game, profile((0, 9.0)))
        await obey(game, SetVariables(((VariableKey(component="SmartChargingCtrlr", variable="Enabled"), "false"),)))
        assert (await put(game, profile())).verdict is Verdict.NOT_SUPPORTED
        wrong = examples.profile((5, 6.0), purpose=TX, kind=RELATIVE, strict=True)
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=wrong))).verdict is Verdict.ACCEPTED
        game.control.plug()
        await asyncio.sleep(1)
        assert permit(game) == UNBOUND

    play(script)


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_slider_holds_whatever_becomes_of_the_clock(hours: int) -> None:
    """It counts from now on by the station's own clock, which may have been wrong."""

    async def script(game: Game) -> None:
        await charge(game)
        await accepted(game, examples.profile((0, 10.0), purpose=STATION_MAX, kind=RELATIVE, strict=True), 0)
        game.station.clock.correct(game.station.clock.now() + timedelta(hours=hours))
        await asyncio.sleep(4)
        assert site_permits(game)[-1].limit_ma == 10_000
        (installed,) = game.store.profiles.load().values()
        assert installed.as_sent.kind is RELATIVE, "as it came, for whoever asks"

    play(script)


async def points(game: Game, start: str, stop: str) -> None:
    """Where a transaction begins and ends."""
    rows = (("TxStartPoint", start), ("TxStopPoint", stop))
    await obey(game, SetVariables(tuple((VariableKey(component="TxCtrlr", variable=name), value) for name, value in rows)))


@pytest.mark.parametrize("start", ["EVConnected", "Authorized"])
def test_a_profile_for_a_transaction_is_taken_as_soon_as_the_csms_knows_it(start: str) -> None:
    """K01.FR.04: also before anybody may charge in it."""

    async def script(game: Game) -> None:
        await points(game, start, start)
        if start == "EVConnected":
            game.control.plug()
        else:
            await game.swipe()
        await asyncio.sleep(1)
        assert game.csms.story[0].startswith("Started")
        assert game.transaction is None
        await accepted(game, own(game, (0, 8.0)))
        assert (await composite(game))[0] == (0, 8.0)
        if start == "EVConnected":
            await game.swipe()
        else:
            game.control.plug()
        await asyncio.sleep(1)
        assert permit(game) == (8_000, "csms profile 1")

    play(script)


def test_the_profile_of_a_remote_start_is_there_as_soon_as_the_csms_knows_its_transaction() -> None:
    """K01.FR.05, K01.FR.39, K05.FR.03, K09.FR.06, K10.FR.03: before its car comes, too."""
    given = examples.profile((0, 7.0), purpose=TX, kind=RELATIVE, id=5, strict=True)

    async def start(game: Game) -> None:
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(1)

    async def script(game: Game) -> None:
        await points(game, "Authorized", "Authorized,EVConnected")
        await start(game)
        assert game.csms.story == ["Started RemoteStart"]
        assert [each.profile for each in game.station.limiting.book.installed] == [given]
        assert (await put(game, own(game, (0, 9.0), id=6))).reason_code == "DuplicateProfile"
        await accepted(game, own(game, (0, 8.0), id=5))
        game.control.plug()
        await asyncio.sleep(1)
        assert permit(game) == (8_000, "csms profile 5"), "the newest of them"
        assert len(game.station.limiting.book.installed) == 1
        assert (await obey(game, ClearChargingProfile(id=5))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert permit(game) == UNBOUND

    play(script)


@pytest.mark.parametrize("number", [5, 6])
def test_the_profile_of_a_remote_start_replaces_what_its_transaction_had_in_its_place(number: int) -> None:
    """K05.FR.03."""

    async def script(game: Game) -> None:
        await points(game, "EVConnected", "EVConnected")
        game.control.plug()
        await asyncio.sleep(1)
        await accepted(game, own(game, (0, 9.0), id=number))
        given = examples.profile((0, 7.0), purpose=TX, kind=RELATIVE, id=5, strict=True)
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(1)
        assert permit(game) == (7_000, "csms profile 5")
        assert len(game.store.profiles.load()) == 1

    play(script)


def test_it_holds_for_as_long_as_the_transaction_goes_on_whoever_pays_and_ends_with_it() -> None:
    """K01.FR.04, K02.FR.04, K02.FR.05."""

    async def script(game: Game) -> None:
        await points(game, "EVConnected", "EVConnected")
        await charge(game)
        await accepted(game, own(game, (0, 8.0)))
        transaction = game.station.transacting.sessions[1].transaction_id
        await game.swipe()
        game.control.open(2000)
        await asyncio.sleep(1)
        assert game.transaction is None
        assert len(game.station.limiting.book.installed) == 1
        await game.swipe()
        assert game.transaction is not None
        assert game.station.transacting.sessions[1].transaction_id == transaction
        assert permit(game) == (8_000, "csms profile 1")
        await game.swipe()
        game.control.open(3000)
        await asyncio.sleep(1)
        game.control.unplug(3000)
        await asyncio.sleep(1)
        assert game.csms.story[-1].startswith("Ended")
        assert game.station.limiting.book.installed == ()
        assert game.store.profiles.load() == {}

    play(script)
