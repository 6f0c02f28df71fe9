"""Smart charging from the command of a CSMS to the permit that control hears, on a virtual clock."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.charging_profile import ChargingProfile, Kind, Purpose, RateUnit, SchedulePeriod
from chargepoint.domain.commands import (
    ClearChargingProfile,
    CompositeSchedule,
    GetCompositeSchedule,
    GetVariables,
    Outcome,
    SetChargingProfile,
    TooMuch,
    Verdict,
)
from chargepoint.domain.device_model import VariableKey
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import Limit
from chargepoint.domain.transaction import ChargingState
from chargepoint.link.messages import Permit, SitePermit
from chargepoint.station.phase_watch import STEADY_S
from tests import virtual_time
from tests.domain.charging import examples
from tests.station.rig import MIDNIGHT, Game, PlayedControl, play

TX = Purpose.TX
STATION_MAX = Purpose.STATION_MAX
RELATIVE = Kind.RELATIVE


def profile(*periods: tuple[float, ...], since_s: float = -60.0, **fields: Any) -> ChargingProfile:
    """Absolute from a minute before midnight, unless told otherwise."""
    return examples.profile(*periods, start=MIDNIGHT + timedelta(seconds=since_s), **fields)


async def obey(game: Game, command: Any) -> Any:
    reply, _ = await game.station.obey(command)
    return reply


async def set_profile(game: Game, new: ChargingProfile, evse: int = 1) -> Verdict:
    reply = await obey(game, SetChargingProfile(evse, new))
    assert isinstance(reply, Outcome)
    await asyncio.sleep(0.2)
    return reply.verdict


async def charge(game: Game) -> None:
    """A car charges."""
    game.control.plug()
    await game.swipe()
    game.control.charge()
    await asyncio.sleep(1)


def permit(game: Game) -> tuple[int, str]:
    """The newest: how much, and by whom."""
    newest = [message for message in game.control.heard if isinstance(message, Permit)][-1]
    return newest.limit_ma, newest.source


def site_permits(game: Game) -> list[SitePermit]:
    """Without repetitions."""
    said = [message for message in game.control.heard if isinstance(message, SitePermit)]
    return [message for place, message in enumerate(said) if place == 0 or said[place - 1] != message]


def state(game: Game) -> ChargingState:
    """Of the running transaction."""
    now: ChargingState = game.transaction.charging_state
    return now


async def composite(game: Game, evse: int = 1, duration_s: int = 600, unit: RateUnit | None = None) -> list[tuple[int, float]]:
    reply = await obey(game, GetCompositeSchedule(evse, duration_s, unit))
    assert isinstance(reply, CompositeSchedule), reply
    return [(period.start_s, period.limit) for period in reply.periods]


def key(game: Game, name: str) -> str:
    """The value of a configuration key, as the CSMS is told."""
    results = game.station.configuring.get(GetVariables((VariableKey(component="", variable=name),)))
    assert not isinstance(results, TooMuch)
    return results[0].value or ""


def test_evcc_sets_replaces_pauses_and_resumes_the_running_transaction_by_its_default_profile() -> None:
    """evcc knows one profile for each station: id and stack level are this station's maxima."""

    async def limit(game: Game, amperes: float) -> None:
        keys = {name: key(game, name) for name in ("MaxChargingProfilesInstalled", "ChargeProfileMaxStackLevel")}
        now = game.station.clock.now()
        wanted = examples.profile(
            (0, amperes),
            start=now - timedelta(seconds=60),
            id=int(keys["MaxChargingProfilesInstalled"]),
            stack_level=int(keys["ChargeProfileMaxStackLevel"]),
        )
        reply = await obey(game, SetChargingProfile(1, wanted, 1, ids_per_connector=True))
        assert reply == Outcome(Verdict.ACCEPTED)
        await asyncio.sleep(0.2)

    async def script(game: Game) -> None:
        await limit(game, 0.0)  # evcc disables a charger that nobody uses
        game.control.plug()
        await game.swipe()
        assert permit(game) == (0, "csms profile 100")
        await asyncio.sleep(15)
        assert state(game) is ChargingState.SUSPENDED_EVSE
        await limit(game, 16.1)
        assert permit(game) == (16_100, "csms profile 100")
        game.control.charge()
        await asyncio.sleep(1)
        await limit(game, 6.0)
        assert permit(game) == (6_000, "csms profile 100")
        await limit(game, 0.0)
        assert permit(game) == (0, "csms profile 100")
        assert await composite(game, duration_s=60) == [(0, 0.0)]
        game.control.change(cp="B", state="B1", contactor_closed=False, offered_ma=0)
        await asyncio.sleep(1)
        assert state(game) is ChargingState.SUSPENDED_EVSE
        assert game.transaction.stop is None
        await limit(game, 10.0)
        assert permit(game) == (10_000, "csms profile 100")
        game.control.charge()
        await asyncio.sleep(1)
        assert state(game) is ChargingState.CHARGING
        assert len(game.station.limiting.book.installed) == 1

    assert "Ended" not in " ".join(play(script).csms.story)


def test_the_slider_of_home_assistant_bounds_the_station_from_now_on() -> None:
    """Relative, connector 0, ChargePointMaxProfile: a relative one of that purpose has only one sensible beginning."""

    async def script(game: Game) -> None:
        await charge(game)
        slider = examples.profile((0, 10.0), (100, 12.0), purpose=STATION_MAX, kind=RELATIVE, id=8, stack_level=99)
        assert await set_profile(game, slider, evse=0) is Verdict.ACCEPTED
        assert site_permits(game) == [SitePermit(10_000, 10.0, "csms profile 8")]
        assert permit(game) == (32_000, "permit"), "control bounds the sum"
        assert (await composite(game))[0] == (0, 10.0)
        assert (await composite(game, evse=0))[0] == (0, 10.0)
        await asyncio.sleep(100.2)
        assert site_permits(game)[-1] == SitePermit(12_000, 10.0, "csms profile 8")
        assert (await obey(game, ClearChargingProfile(purpose=STATION_MAX))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert site_permits(game)[-1] == SitePermit(0, 0.0)
        count = sum(isinstance(message, SitePermit) for message in game.control.heard)
        await asyncio.sleep(10)
        assert sum(isinstance(message, SitePermit) for message in game.control.heard) == count, "it ends once"

    play(script)


def test_a_bound_for_the_station_is_renewed_and_told_before_any_permit_when_control_is_back() -> None:
    async def script(game: Game) -> None:
        await set_profile(game, profile((0, 10.0), purpose=STATION_MAX), evse=0)
        await charge(game)
        await asyncio.sleep(6.5)
        assert sum(isinstance(message, SitePermit) for message in game.control.heard) >= 3
        before = len(game.control.heard)
        game.control.end.hang_up()
        await game.until(lambda: any(isinstance(message, Permit) for message in game.control.heard[before:]))
        assert isinstance(game.control.heard[before], SitePermit)

    play(script)


def test_a_change_of_the_schedule_is_granted_when_it_is_due_and_not_at_the_next_renewal() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        heard: list[tuple[float, int]] = []
        began_s = virtual_time.now_s()
        await set_profile(game, profile((0, 20.0), (67.25, 10.0), (68, 9.0), since_s=began_s - 60, duration_s=70))
        for _ in range(400):
            if (now := permit(game)[0]) != (heard[-1][1] if heard else None):
                heard.append((round(virtual_time.now_s() - began_s, 1), now))
            await asyncio.sleep(0.05)
        times = [at_s for at_s, _ in heard]
        assert [limit_ma for _, limit_ma in heard] == [20_000, 10_000, 9_000, 32_000]
        assert times[1:] == pytest.approx([7.0, 8.0, 10.0], abs=0.2)

    play(script)


def test_profiles_survive_a_power_cut_and_so_does_the_time_of_the_newest(tmp_path: Path) -> None:
    """A host without a battery wakes up in the past; until a CSMS says otherwise it is no earlier than when a profile was set."""
    control = PlayedControl()

    async def before(game: Game) -> None:
        await asyncio.sleep(3600)
        await charge(game)
        assert await set_profile(game, profile((0, 8.0), (60, 9.0), since_s=virtual_time.now_s() - 10)) is Verdict.ACCEPTED
        await set_profile(game, examples.profile((0, 7.0), purpose=TX, kind=RELATIVE, duration_s=100, id=2))
        assert permit(game) == (7_000, "csms profile 2")

    async def after(game: Game) -> None:
        game.control.heard.clear()
        await asyncio.sleep(4)
        assert permit(game) == (7_000, "csms profile 2")
        assert [each.profile.id for each in game.station.limiting.book.installed] == [1, 2]
        assert (await obey(game, ClearChargingProfile(id=2))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert permit(game) == (8_000, "csms profile 1")
        await asyncio.sleep(60)
        assert permit(game) == (9_000, "csms profile 1"), "and from there it goes on"

    play(before, tmp_path / "store.sqlite", control)
    play(after, tmp_path / "store.sqlite", PlayedControlAgain(control), connected=False)


def test_a_host_that_wakes_up_in_the_past_goes_on_where_the_running_transaction_was_seen_last(tmp_path: Path) -> None:
    """Not where the newest profile was set: what was lower an hour later stays lower."""
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        await set_profile(game, profile((0, 32.0), (3600, 10.0), since_s=0))
        await set_profile(game, examples.profile((0, 30.0), (3600, 9.0), purpose=TX, kind=RELATIVE, id=2))
        await asyncio.sleep(3700)
        assert permit(game) == (9_000, "csms profile 2")

    async def after(game: Game) -> None:
        game.control.heard.clear()
        await asyncio.sleep(4)
        assert permit(game) == (9_000, "csms profile 2")
        await obey(game, ClearChargingProfile(id=2))
        await asyncio.sleep(0.2)
        assert permit(game) == (10_000, "csms profile 1")

    play(before, tmp_path / "store.sqlite", control)
    play(after, tmp_path / "store.sqlite", PlayedControlAgain(control), connected=False)


class PlayedControlAgain(PlayedControl):
    """Control that has not been restarted."""

    def __init__(self, before: PlayedControl) -> None:
        super().__init__(before.boot)
        self.state, self.number = before.state, before.number


def test_a_clock_set_by_the_csms_moves_absolute_schedules_and_leaves_relative_ones() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await set_profile(game, profile((0, 6.0), (3600, 12.0), duration_s=7200))
        relative = examples.profile((0, 20.0), (600, 25.0), kind=RELATIVE, purpose=STATION_MAX, id=2)
        await set_profile(game, relative, evse=0)
        assert (permit(game)[0], site_permits(game)[-1].limit_ma) == (6_000, 20_000)
        later = game.station.clock.now() + timedelta(hours=1)
        game.station.clock.correct(later)
        await asyncio.sleep(1.5)
        assert (permit(game)[0], site_permits(game)[-1].limit_ma) == (12_000, 20_000)
        game.station.clock.correct(later + timedelta(hours=1))
        await asyncio.sleep(1.5)
        assert permit(game) == (32_000, "permit"), "the schedule is over"
        await asyncio.sleep(600)
        assert site_permits(game)[-1].limit_ma == 25_000

    play(script)


def test_a_schedule_that_begins_in_a_moment_has_begun() -> None:
    """The clocks of CSMS and station differ by up to a second: in between a car would be offered everything."""

    async def script(game: Game) -> None:
        await charge(game)
        await set_profile(game, profile((0, 8.0), since_s=virtual_time.now_s() + 0.9))
        assert permit(game) == (8_000, "csms profile 1")
        soon = MIDNIGHT + timedelta(seconds=virtual_time.now_s() + 0.9)
        await set_profile(game, profile((0, 7.0), valid_from=soon))
        assert permit(game) == (7_000, "csms profile 1")
        await set_profile(game, profile((0, 6.0), since_s=virtual_time.now_s() + 30))
        assert permit(game) == (32_000, "permit"), "replaced, and valid later (1.6 §3.13.2)"

    play(script)


def test_watts_become_amperes_by_the_phases_that_the_car_draws_on() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await set_profile(game, profile((0, 5520.0), unit=RateUnit.WATT))
        assert permit(game)[0] == 8_000
        game.control.change(phases_drawn=1)
        await asyncio.sleep(STEADY_S / 2)
        assert permit(game)[0] == 8_000, "it may only have begun on one"
        game.control.change(phases_drawn=1)
        await asyncio.sleep(STEADY_S)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 24_000
        game.control.change(phases_drawn=3)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 8_000, "more phases count at once"

    play(script)


def test_neither_a_restart_of_the_station_nor_one_of_control_forgets_that_a_car_draws_on_one_phase(tmp_path: Path) -> None:
    """Reckoned with three phases it would get less than 6 A: it would pause, draw on none, and wait for ever."""
    control = PlayedControl()

    async def before(game: Game) -> None:
        await charge(game)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(STEADY_S)
        game.control.change(phases_drawn=1)
        await set_profile(game, profile((0, 2300.0), unit=RateUnit.WATT))
        assert permit(game)[0] == 10_000
        game.control.heard.clear()

    async def after(game: Game) -> None:
        assert {message.limit_ma for message in game.control.heard if isinstance(message, Permit)} == {10_000}
        game.control.boot, game.control.number, game.control.ring = "boot-2", 0, []
        again = {"plug_in": PlugInId("boot-2", 1), "found_at_start": True, "cp": "B", "state": "B1"}
        game.control.state = replace(game.control.state, **again, phases_drawn=None, contactor_closed=False, offered_ma=0)
        game.control.end.hang_up()
        await asyncio.sleep(4)
        assert game.transaction.plug_in == PlugInId("boot-2", 1)
        assert permit(game)[0] == 10_000
        game.control.change(phases_drawn=3)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 3_333

    play(before, tmp_path / "store.sqlite", control)
    play(after, tmp_path / "store.sqlite", PlayedControlAgain(control), connected=False)


def test_a_schedule_for_one_phase_asks_for_one_and_is_reckoned_by_what_control_says() -> None:
    async def script(game: Game) -> None:
        assert key(game, "ConnectorSwitch3to1PhaseSupported") == "false"
        game.control.change(phase_switching=True)
        await charge(game)
        assert key(game, "ConnectorSwitch3to1PhaseSupported") == "true"
        await set_profile(game, profile((0, 3680.0, 1), unit=RateUnit.WATT))
        newest = [message for message in game.control.heard if isinstance(message, Permit)][-1]
        assert (newest.phases, newest.limit_ma) == (1, 16_000), "control offers nothing before its poles have moved"
        game.control.change(phases=1, phases_drawn=None)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 16_000
        await set_profile(game, profile((0, 4140.0, 3), unit=RateUnit.WATT))
        assert permit(game)[0] == 6_000, "reckoned with what will be closed"
        await set_profile(game, profile((0, 3680.0, 1), unit=RateUnit.WATT))
        game.control.change(phases=3, phases_stay=True)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 5_333, "switched as often as may be: three phases stay, and less than 6 A is a pause"
        game.control.change(phases_stay=False)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 16_000
        await set_profile(game, profile((0, 16.0, 1)))
        newest = [message for message in game.control.heard if isinstance(message, Permit)][-1]
        assert (newest.phases, newest.limit_ma) == (1, 16_000)
        await set_profile(game, profile((0, 16.0)))
        assert [message for message in game.control.heard if isinstance(message, Permit)][-1].phases is None

    play(script)


def test_where_the_contactor_has_no_choice_watts_for_one_phase_are_never_more_watts_and_amperes_stay_amperes() -> None:
    """Errata 3.34, 3.69; OCPP 2.0.1 K01.FR.50, FR.51."""

    async def script(game: Game) -> None:
        await charge(game)
        await set_profile(game, profile((0, 6900.0, 1), unit=RateUnit.WATT))
        assert permit(game)[0] == 10_000, "30 A would be 20.7 kW for a car with three phases"
        game.control.change(phases_drawn=1)
        await asyncio.sleep(STEADY_S)
        game.control.change(phases_drawn=1)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 30_000
        await set_profile(game, profile((0, 10.0, 1)))
        assert permit(game)[0] == 10_000
        reply = await obey(game, GetCompositeSchedule(1, 60, RateUnit.WATT))
        assert reply.periods == (SchedulePeriod(0, 2300.0, 1),)
        game.control.change(phases_drawn=3)
        await asyncio.sleep(0.3)
        assert permit(game)[0] == 10_000, "per phase, not the sum of all"
        reply = await obey(game, GetCompositeSchedule(1, 60, RateUnit.WATT))
        assert reply.periods == (SchedulePeriod(0, 6900.0, 3),), "and how many they are is said"

    play(script)


def test_a_composite_schedule_knows_the_cable_and_no_passing_limit() -> None:
    async def script(game: Game) -> None:
        assert await composite(game) == [(0, 32.0)]
        assert game.station.limiting.expected_ma(1) == 32_000
        game.control.change(limits=(Limit("self-test", 0), Limit("cable", 20_000)))
        await asyncio.sleep(0.3)
        assert await composite(game) == [(0, 20.0)]
        game.control.change(limits=(Limit("simplified pilot", 9_500), Limit("cable", 20_000)))
        await asyncio.sleep(0.3)
        assert await composite(game) == [(0, 9.5)], "for as long as this car is there"
        game.control.change(limits=(Limit("cable", 20_000),))
        await asyncio.sleep(0.3)
        await set_profile(game, profile((0, 10.0), duration_s=300))
        reply = await obey(game, GetCompositeSchedule(1, 600))
        assert isinstance(reply, CompositeSchedule)
        assert reply.periods == (SchedulePeriod(0, 10.0, 3), SchedulePeriod(reply.periods[1].start_s, 20.0, 3))
        assert (reply.start + timedelta(seconds=reply.periods[1].start_s) - MIDNIGHT).total_seconds() == 240
        assert await composite(game, evse=0, unit=RateUnit.WATT) == [(0, 6_900.0), (reply.periods[1].start_s, 13_800.0)]
        assert game.station.limiting.expected_ma(1) == 10_000

    play(script)
