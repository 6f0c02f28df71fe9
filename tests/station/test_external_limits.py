"""What others than the CSMS let the station draw (OCPP 2.0.1 K11 to K13), from whoever sets it to the permit, on a virtual clock."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.charging_profile import ChargingSchedule, LimitSource, Purpose, RateUnit, SchedulePeriod
from chargepoint.domain.commands import ClearChargingProfile, GetChargingProfiles, SetChargingProfile, SetVariables, Verdict
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import IdToken
from chargepoint.domain.limits import Limit
from chargepoint.domain.notifications import BootAnswer, ClearedChargingLimit, NotifyChargingLimit, Registration, ReportChargingProfiles
from chargepoint.inquiry.external_limits import (
    ExternalLimits,
    LimitPeriod,
    ListExternalLimits,
    ReleaseExternalLimit,
    SetExternalLimit,
)
from chargepoint.link.messages import SitePermit
from tests.station.rig import MIDNIGHT, Game, PlayedControl, PlayedCsms, play
from tests.station.test_limiting import PlayedControlAgain, charge, composite, obey, permit, profile, set_profile, site_permits

EMS, SO = LimitSource.EMS, LimitSource.SO
UNBOUND = 32_000, "permit"
BY_EMS = "external limit (EMS)"


@pytest.fixture(autouse=True)
def csms_of_201(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


async def write(game: Game, **values: str) -> None:
    """Variables of SmartChargingCtrlr."""
    rows = tuple((VariableKey(component="SmartChargingCtrlr", variable=name), value) for name, value in values.items())
    await obey(game, SetVariables(rows))
    await asyncio.sleep(1.2)


async def limit(game: Game, *periods: tuple[int, float], **fields: Any) -> ExternalLimits:
    """Somebody says how much, by periods of (start, limit)."""
    wanted = SetExternalLimit(periods=tuple(LimitPeriod(start_s=at, limit=much) for at, much in periods), **fields)
    answer = await game.station.external_limits.set(wanted)
    await asyncio.sleep(0.3)
    return answer


async def release(game: Game, **fields: Any) -> ExternalLimits:
    answer = await game.station.external_limits.release(ReleaseExternalLimit(**fields))
    await asyncio.sleep(0.3)
    return answer


def news(game: Game) -> list[tuple[str, int, LimitSource]]:
    """What the CSMS heard of them: what, where, by whom."""
    heard = [each for _, each in game.csms.asked if isinstance(each, NotifyChargingLimit | ClearedChargingLimit)]
    return [(type(each).__name__, each.evse, each.source) for each in heard]


def limits_told(game: Game) -> list[NotifyChargingLimit]:
    """Every NotifyChargingLimit."""
    return [each for _, each in game.csms.asked if isinstance(each, NotifyChargingLimit)]


def rates(game: Game) -> int:
    """How often a transaction said that its rate has changed."""
    return game.csms.story.count("Updated ChargingRateChanged")


def test_a_limit_holds_for_the_running_transaction_and_the_csms_hears_of_it_until_it_is_released() -> None:
    """K11.FR.01, K11.FR.02, K11.FR.04, K11.FR.05, K13.FR.01, K13.FR.02, K13.FR.03."""

    async def script(game: Game) -> None:
        await charge(game)
        assert (await limit(game, (0, 10.0), evse=1)).outcome == "set"
        assert permit(game) == (10_000, BY_EMS)
        assert (await composite(game))[0] == (0, 10.0)
        assert (news(game), rates(game)) == ([("NotifyChargingLimit", 1, EMS)], 1)
        assert limits_told(game)[0].schedules == (), "the CSMS has not asked for them"
        assert (await release(game, evse=1)).outcome == "released"
        assert permit(game) == UNBOUND
        assert (news(game)[1:], rates(game)) == ([("ClearedChargingLimit", 1, EMS)], 2)
        assert (await release(game, evse=1)).outcome == "unchanged"
        assert len(news(game)) == 2

    play(script)


def test_a_limit_for_the_station_holds_before_anybody_charges() -> None:
    """K12.FR.01, K12.FR.02, K12.FR.04."""

    async def script(game: Game) -> None:
        await limit(game, (0, 6_900.0), unit="W", source="SO", grid_critical=True)
        assert site_permits(game) == [SitePermit(10_000, 10.0, "external limit (SO)")]
        assert news(game) == [("NotifyChargingLimit", 0, SO)]
        assert limits_told(game)[0].grid_critical
        await charge(game)
        assert (await composite(game))[0] == (0, 10.0)
        assert rates(game) == 0, "it was there before the transaction"

    play(script)


def test_a_limit_for_the_station_changes_the_rate_of_a_car_by_what_its_neighbours_leave_of_it() -> None:
    """K11.FR.04, K13.FR.03: two cars of 32 A, a fuse of 64 A, and 40 A for both of them."""

    async def script(game: Game) -> None:
        await charge(game)
        await limit(game, (0, 40.0), source="SO")
        await asyncio.sleep(2)
        assert rates(game) == 0, "no other car charges yet"
        game.control.change(limits=(Limit("external limit (SO)", 20_000, "station"), Limit("permit", 32_000, "station")))
        await asyncio.sleep(2)
        assert rates(game) == 1
        await release(game, source="SO")
        game.control.change(limits=(Limit("site fuse", 64_000, "installer"), Limit("permit", 32_000, "station")))
        await asyncio.sleep(2)
        assert rates(game) == 2

    play(script, fuse_a=64.0)


def test_only_a_significant_change_is_told_and_with_its_schedule_where_the_csms_wants_that() -> None:
    """K11.FR.02, K11.FR.03, K11.FR.04, K12.FR.02, K12.FR.03."""

    async def script(game: Game) -> None:
        await write(game, LimitChangeSignificance="10", NotifyChargingLimitWithSchedules="true")
        await charge(game)
        for much, told in ((20.0, 1), (19.0, 1), (18.0, 1), (17.9, 2), (16.2, 2), (16.0, 3)):
            await limit(game, (0, much), evse=1)
            assert permit(game) == (round(much * 1000), BY_EMS), "it holds, told or not"
            assert (len(news(game)), rates(game)) == (told, told), much
        (schedule,) = limits_told(game)[-1].schedules
        assert isinstance(schedule, ChargingSchedule)
        assert (schedule.unit, schedule.periods) == (RateUnit.AMPERE, (SchedulePeriod(0, 16.0),))

    play(script)


def test_small_changes_add_up_and_what_the_csms_has_changed_is_not_told_to_it() -> None:
    """K11.FR.04."""

    async def script(game: Game) -> None:
        await write(game, LimitChangeSignificance="10")
        await charge(game)
        for much, told in ((31.0, 0), (29.5, 0), (28.5, 1), (27.0, 1)):
            await limit(game, (0, much), evse=1)
            await asyncio.sleep(30)
            assert rates(game) == told, much
        await set_profile(game, profile((0, 10.0)))
        await asyncio.sleep(30)
        await limit(game, (0, 20.0), evse=1)
        assert (permit(game)[0], rates(game)) == (10_000, 1)
        await asyncio.sleep(30)
        await obey(game, ClearChargingProfile(id=1))
        await asyncio.sleep(30)
        assert (permit(game)[0], rates(game)) == (20_000, 1)

    play(script)


def test_the_lowest_of_all_that_is_said_holds_and_a_source_may_raise_its_own() -> None:
    """K08.FR.04, K11.FR.01: with what is generated on the premises an energy manager gives more, and never more than others allow."""

    async def script(game: Game) -> None:
        await charge(game)
        await set_profile(game, profile((0, 20.0)))
        await limit(game, (0, 8.0), evse=1)
        await limit(game, (0, 16.0), evse=1, source="SO")
        assert permit(game) == (8_000, BY_EMS)
        await limit(game, (0, 25.0), evse=1)
        assert permit(game) == (16_000, "external limit (SO)")
        await release(game, evse=1)
        assert permit(game) == (20_000, "csms profile 1")

    play(script)


def test_it_is_reported_as_an_external_constraint_that_no_csms_replaces_or_clears() -> None:
    """K01.FR.05, K10.FR.08, K10.FR.09, K11.FR.06, K12.FR.05."""

    async def script(game: Game) -> None:
        await limit(game, (0, 10.0), evse=1)
        await limit(game, (0, 40.0))
        outcome, send = await game.station.obey(GetChargingProfiles(request_id=3, purpose=Purpose.EXTERNAL))
        assert getattr(outcome, "verdict", None) is Verdict.ACCEPTED
        assert send is not None
        send()
        await asyncio.sleep(0.3)
        reports = [each for _, each in game.csms.asked if isinstance(each, ReportChargingProfiles)]
        assert [(each.evse, each.source) for each in reports] == [(0, EMS), (1, EMS)]
        told = [each for report in reports for each in report.profiles]
        assert {each.purpose for each in told} == {Purpose.EXTERNAL}
        assert all(each.id < 0 for each in told), "where no CSMS takes ids from"
        for wanted in (ClearChargingProfile(id=told[0].id), ClearChargingProfile(purpose=Purpose.EXTERNAL), ClearChargingProfile(evse=1)):
            assert (await obey(game, wanted)).verdict is Verdict.UNKNOWN
        own = replace(profile((0, 32.0), id=told[1].id), strict=True)
        assert (await obey(game, SetChargingProfile(1, own))).verdict is Verdict.REJECTED
        await charge(game)
        assert permit(game) == (10_000, BY_EMS)

    play(script)


@pytest.mark.parametrize(
    ("periods", "fields"),
    [
        (((0, -1.0),), {}),
        (((5, 6.0),), {}),
        (((0, 32.0), (60, 6.0), (60, 8.0)), {}),
        ((), {}),
        (((0, 32.0),), {"duration_s": 0}),
        (((0, 32.0),), {"evse": 9}),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused_and_what_held_still_holds(
    periods: tuple[tuple[int, float], ...], fields: dict[str, Any]
) -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await limit(game, (0, 10.0), evse=1)
        assert (await limit(game, *periods, **{"evse": 1} | fields)).outcome in ("refused", "unknown")
        assert permit(game) == (10_000, BY_EMS)
        assert len(news(game)) == 1

    play(script)


def test_a_schedule_is_followed_tells_each_change_and_is_over_with_its_time() -> None:
    """K11.FR.04, K13.FR.02, K13.FR.03."""

    async def script(game: Game) -> None:
        await charge(game)
        await limit(game, (0, 10.0), (60, 6.0), evse=1, duration_s=120)
        assert (permit(game)[0], rates(game)) == (10_000, 1)
        await asyncio.sleep(61.5)
        assert (permit(game)[0], rates(game)) == (6_000, 2)
        await asyncio.sleep(60)
        assert (permit(game), rates(game)) == (UNBOUND, 3)
        assert news(game) == [("NotifyChargingLimit", 1, EMS), ("ClearedChargingLimit", 1, EMS)]
        assert (await game.station.external_limits.list(ListExternalLimits())).limits == ()

    play(script)


def test_a_clock_that_is_set_neither_ends_nor_changes_what_was_set_before_it_was_right() -> None:
    """A schedule of somebody on the premises counts from when it was set, whatever the clock said then."""

    async def script(game: Game) -> None:
        await write(game, NotifyChargingLimitWithSchedules="true")
        await charge(game)
        await limit(game, (0, 10.0), (300, 8.0), evse=1, duration_s=600)
        later = MIDNIGHT + timedelta(days=400)
        game.csms.boot = BootAnswer(Registration.ACCEPTED, 300, later)
        game.csms.connect()
        await asyncio.sleep(5)
        assert permit(game) == (10_000, BY_EMS)
        (told,) = limits_told(game)
        assert abs((told.schedules[0].start or MIDNIGHT) - later) < timedelta(seconds=10)
        await asyncio.sleep(300)
        assert permit(game) == (8_000, BY_EMS)
        await asyncio.sleep(300)
        assert permit(game) == UNBOUND

    play(script, connected=False, cards=(IdToken("04A1"),))


def test_a_csms_that_switches_such_signals_off_ends_them_and_they_are_refused_from_then_on() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await limit(game, (0, 10.0), evse=1)
        await write(game, ExternalControlSignalsEnabled="false")
        assert permit(game) == UNBOUND
        assert news(game)[-1] == ("ClearedChargingLimit", 1, EMS)
        assert (await limit(game, (0, 10.0), evse=1)).outcome == "refused"
        await write(game, ExternalControlSignalsEnabled="true", Enabled="false")
        await limit(game, (0, 10.0), evse=1)
        assert permit(game) == (10_000, BY_EMS), "whether the CSMS may limit as well is another matter"

    play(script)


def test_it_survives_a_power_cut_and_is_told_when_the_csms_can_hear(tmp_path: Path) -> None:
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        await limit(game, (0, 10.0), evse=1)
        await limit(game, (0, 12.0), source="SO")

    async def after(game: Game) -> None:
        game.control.heard.clear()
        await asyncio.sleep(4)
        assert (permit(game), site_permits(game)) == ((10_000, BY_EMS), [SitePermit(12_000, 10.0, "external limit (SO)")])
        await release(game, source="SO")
        await limit(game, (0, 8.0), source="Other")
        await release(game, source="Other")
        assert news(game) == []
        game.csms.connect()
        await asyncio.sleep(3)
        assert news(game) == [("NotifyChargingLimit", 1, EMS), ("ClearedChargingLimit", 0, SO)], "what came and went unheard is not told"

    play(before, tmp_path / "store.sqlite", control)
    play(after, tmp_path / "store.sqlite", PlayedControlAgain(control), connected=False)


def test_a_csms_that_has_heard_of_a_limit_hears_of_its_end_whatever_comes_between(tmp_path: Path) -> None:
    """K13.FR.02: the connection is lost, the power goes, and the limit is set and released meanwhile."""
    store = tmp_path / "store.sqlite"

    async def before(game: Game) -> None:
        await limit(game, (0, 10.0), evse=1)
        await limit(game, (0, 12.0), source="SO", duration_s=60)
        assert len(news(game)) == 2
        game.csms.lose()
        await release(game, evse=1)
        await limit(game, (0, 8.0), evse=1)
        await release(game, evse=1)

    async def between(game: Game) -> None:
        await asyncio.sleep(70)

    async def after(game: Game) -> None:
        await asyncio.sleep(3)
        assert news(game) == [("ClearedChargingLimit", 0, SO), ("ClearedChargingLimit", 1, EMS)]

    async def later(game: Game) -> None:
        await asyncio.sleep(3)
        assert news(game) == [], "and just once"

    play(before, store)
    play(between, store, connected=False)
    play(after, store)
    play(later, store)


def test_a_limit_waits_for_a_csms_whose_version_has_a_word_for_it() -> None:
    """K12.FR.02: one of 1.6 has none."""

    async def script(game: Game) -> None:
        with pytest.MonkeyPatch.context() as older:
            older.setattr(game.csms, "says", lambda notification: not isinstance(notification, NotifyChargingLimit))
            await limit(game, (0, 10.0), evse=1)
            await asyncio.sleep(3)
            assert news(game) == []
            game.csms.lose()
        game.csms.connect()
        await asyncio.sleep(3)
        assert news(game) == [("NotifyChargingLimit", 1, EMS)]

    play(script)
