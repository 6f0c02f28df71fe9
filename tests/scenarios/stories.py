"""Small stories for the judge: whoever looks only at one of them knows what it is about. Under today's control none breaks a rule."""

from collections.abc import Callable

from chargepoint.cli.scenarios import sites
from chargepoint.cli.scenarios.agenda import Script, Until
from chargepoint.cli.scenarios.judge import Judge
from chargepoint.cli.scenarios.stage import Stage
from simulators import verbs

Story = Callable[[Stage], Script]

LASTS_S = 200.0


def play(story: Story, only: str | None = None) -> None:
    """Play it on a socket and a fixed cable. Raises Broken."""
    stage = Stage([sites.socket(1), sites.fixed(2, ventilation=False)], 40_000)
    Judge(stage, only)
    stage.agenda.start(story(stage))
    stage.run(LASTS_S)


def charging(stage: Stage, evse: int = 1, car: str = "ordinary") -> Script:
    """A car comes, is permitted, and charges."""
    stage.do(evse, verbs.plug, car=car)
    yield Until(lambda: stage.told(evse).plug_in, 2.0)
    yield 3.0
    stage.player.permit(evse)
    yield Until(lambda: stage.told(evse).contactor_closed, 15.0)
    yield 6.0


def the_ev_stops(stage: Stage) -> Script:
    """And asks again at once, and stops again."""
    yield 7.0
    yield from charging(stage, car="brisk")
    for request in (False, True, False):
        stage.do(1, verbs.patch_ev, request=request)
        yield 1.5


def the_station_stops(stage: Stage) -> Script:
    """And takes the permit back."""
    yield 7.0
    yield from charging(stage)
    stage.player.revoke(1)
    yield 12.0


def the_station_stops_a_deaf_ev(stage: Stage) -> Script:
    """Which has to be switched off."""
    yield 7.0
    yield from charging(stage, car="clings-to-c")
    stage.player.revoke(1)
    yield 12.0


def control_dies(stage: Stage) -> Script:
    """In the middle of it."""
    yield 7.0
    yield from charging(stage)
    stage.kill()


def control_starts_anew(stage: Stage) -> Script:
    """It was dead for a moment only, and finds the same EV."""
    yield from control_dies(stage)
    yield 2.0
    stage.start()
    yield 20.0


def an_ev_unplugs(stage: Stage) -> Script:
    """At the car: the cable stays in the socket."""
    yield 7.0
    yield from charging(stage)
    stage.do(1, verbs.unplug, side="ev")
    yield 10.0


def limits_change(stage: Stage) -> Script:
    """Twice within a second, and a cable of 13 A."""
    yield 7.0
    yield from charging(stage, car="cable-13")
    yield from charging(stage, 2)
    stage.player.change(1, limit_ma=10_000)
    yield 0.5
    stage.player.change(1, limit_ma=12_000)
    yield 12.0


def two_evs_charge(stage: Stage) -> Script:
    """Which want more than the site has."""
    yield 7.0
    yield from charging(stage)
    yield from charging(stage, 2)


def all_are_bounded(stage: Stage) -> Script:
    """Two EVs, and a bound for both together that comes, falls and runs out."""
    yield from two_evs_charge(stage)
    stage.player.bound(20_000, 60.0)
    yield 12.0
    stage.player.bound(14_000, 30.0)
    yield 45.0


def phases_change(stage: Stage) -> Script:
    """From three to one."""
    yield 7.0
    yield from charging(stage)
    stage.player.change(1, phases=1)
    yield 75.0


def something_breaks(car: str = "ordinary", **broken: object) -> Story:
    """While it charges; the car stays, and leaves in the end."""

    def story(stage: Stage) -> Script:
        yield 7.0
        yield from charging(stage, car=car)
        stage.do(1, verbs.patch_hardware, **broken)
        yield 5.0
        stage.do(1, verbs.patch_hardware, **dict.fromkeys(broken))
        yield 15.0
        stage.do(1, verbs.unplug)
        yield 10.0

    return story


def something_is_broken(car: str = "ordinary", **broken: object) -> Story:
    """From the beginning."""

    def story(stage: Stage) -> Script:
        yield 7.0
        stage.do(1, verbs.patch_hardware, **broken)
        yield from charging(stage, car=car)
        yield 60.0

    return story


def a_lock_out_and_a_power_cut(stage: Stage) -> Script:
    """The tilt sensor, which a technician has to clear; then the power fails, and another car comes."""
    yield 7.0
    yield from charging(stage)
    stage.do(1, verbs.patch_hardware, tilted=True)
    yield 3.0
    stage.do(1, verbs.unplug)
    stage.do(1, verbs.patch_hardware, tilted=None)
    yield 5.0
    stage.cut()
    yield 2.0
    stage.restore()
    yield 5.0
    yield from charging(stage)


STORIES: dict[str, Story] = {
    "the EV stops": the_ev_stops,
    "the station stops": the_station_stops,
    "the station stops a deaf EV": the_station_stops_a_deaf_ev,
    "control dies": control_dies,
    "control starts anew": control_starts_anew,
    "an EV unplugs": an_ev_unplugs,
    "limits change": limits_change,
    "two EVs charge": two_evs_charge,
    "all are bounded": all_are_bounded,
    "phases change": phases_change,
    "earth is lost": something_breaks(earth="lost"),
    "emergency stop": something_breaks(emergency_stop=True),
    "the lock breaks": something_breaks(lock="stuck_open"),
    "the lock is broken": something_is_broken(lock="stuck_open"),
    "the monitor is dead": something_is_broken(rcd="dead"),
    "the diode is broken": something_is_broken("shorted-diode"),
    "the EV asks for ventilation": something_is_broken("wants-ventilation"),
    "a lock-out and a power cut": a_lock_out_and_a_power_cut,
}
