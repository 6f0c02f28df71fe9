"""Plausible histories: two cars that charge, and from there what happens to charging stations, a few moves each."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from msgspec import structs

from chargepoint.control.exercising import TABLE
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import ClearFault, Exercise, Indicate, Permit, Revoke, Unlock
from hal.measured import BoardFault, SwitchedPhases
from tests.control.cases import ABLE_SOCKET
from tests.control.judge import Judge
from tests.control.rig import FIXED, Rig

Action = Callable[[Rig, int], None]
Move = tuple[Action, int, float]
"""What, at which EVSE, and how long to wait afterwards."""

FIRST = structs.replace(ABLE_SOCKET, phase_pause_s=10.0, phase_switches=2)


def change(**values: Any) -> Action:
    """Something about car or hardware changes."""

    def act(rig: Rig, number: int) -> None:
        for name, value in values.items():
            assert hasattr(rig.plants[number], name)
            setattr(rig.plants[number], name, value)

    act.__name__ = str(values)
    return act


def load(**values: Any) -> Action:
    """Something about the computer changes."""

    def act(rig: Rig, number: int) -> None:
        for name, value in values.items():
            assert hasattr(rig, name)
            setattr(rig, name, value)

    act.__name__ = str(values)
    return act


def plug(rig: Rig, number: int) -> None:
    if rig.plants[number].letter == "A":
        rig.plants[number].plug()


def plug_in(ohm: int) -> Action:
    """A car comes with another cable."""

    def act(rig: Rig, number: int) -> None:
        rig.plants[number].plug()
        rig.plants[number].pp_ohm = ohm

    return act


def unplug(rig: Rig, number: int) -> None:
    """Only where control can see it: nobody can tell cars apart that are changed behind a dead pilot."""
    change(forced=None, board_lost=False)(rig, number)
    rig.plants[number].unplug()
    rig.run_until(lambda: rig.told(number).plug_in is None or rig.told(number).state == "out", 6)


def allow(limit_ma: int, valid_for_s: float = 1e6, then_ma: int = 6_000, ago: int = 0, phases: SwitchedPhases | None = None) -> Action:
    """A permit, for the present plug-in or for an earlier one."""

    def act(rig: Rig, number: int) -> None:
        seen = [event.plug_in for event in rig.events if event.evse == number and event.plug_in is not None]
        past = list(dict.fromkeys(seen))[-1 - ago :][:1]
        rig.scan(Permit(number, past[0] if past else PlugInId("earlier boot", 1), limit_ma, valid_for_s, then_ma, phases=phases))

    act.__name__ = f"allow({limit_ma}, {valid_for_s}, {then_ma}, ago={ago}, phases={phases})"
    return act


def revoke(rig: Rig, number: int) -> None:
    plug_in = rig.told(number).plug_in
    if plug_in is not None:
        rig.scan(Revoke(number, plug_in))


def unlock(rig: Rig, number: int) -> None:
    rig.scan(Unlock(number, 1, f"w{rig.now}"))


def say(shows: str, valid_for_s: float = 10.0) -> Action:
    """The station wants something shown; nothing: only that it is there."""

    def act(rig: Rig, number: int) -> None:
        rig.scan(Indicate(number, shows, valid_for_s))

    act.__name__ = f"say({shows!r}, {valid_for_s})"
    return act


def exercise(what: str) -> Action:
    """A technician tries an output."""

    def act(rig: Rig, number: int) -> None:
        rig.scan(Exercise(number, what, f"e{rig.now}"))

    act.__name__ = f"exercise({what})"
    return act


def repair(rig: Rig, number: int) -> None:
    """A technician clears everything there is."""
    for fault in rig.told(number).faults:
        rig.scan(ClearFault(number, fault.name, f"c{rig.now}"))


def patience(rig: Rig, number: int) -> None:
    rig.run(7)


def long_patience(rig: Rig, number: int) -> None:
    rig.run(35)


def late(rig: Rig, number: int) -> None:
    rig.late_s = 0.2
    rig.scan()
    rig.late_s = 0.0


def restart(rig: Rig, number: int) -> None:
    """Control is killed and comes back; the station permits whoever is there again."""
    rig.restart()
    rig.run(4)
    for each in rig.plants:
        if rig.told(each).plug_in is not None:
            allow(32_000)(rig, each)


GOOD = change(
    rcd=False,
    emergency_stop=False,
    earth_good=True,
    enclosure_open=False,
    tilted=False,
    temperature_c=20.0,
    faults=(),
    forced=None,
    board_lost=False,
    meter_lost=False,
    meter_doubt="",
    voltage_mv=(230_000,) * 3,
    draws_ma=None,
    stuck=None,
    jammed=None,
    diode=True,
    pp_ohm=220,
    register_stands=False,
    deaf=False,
)

EPISODES: dict[str, list[Action]] = {
    "pause": [allow(0)],
    "go on": [allow(32_000)],
    "lower": [allow(10_000)],
    "generous": [patience, allow(63_000), patience],
    "raise and lower": [allow(10_000), allow(20_000), allow(8_000)],
    "end": [revoke],
    "pause and go on": [allow(0), allow(16_000)],
    "ignores the pause": [change(stubborn=True), allow(0), patience, allow(16_000)],
    "ignores the end": [change(stubborn=True), revoke, patience],
    "fault while stopping": [change(stubborn=True), allow(0), change(rcd=True), patience, GOOD],
    "silent station": [allow(20_000, valid_for_s=1.0)],
    "silent station, no failsafe": [change(stubborn=True), allow(20_000, valid_for_s=1.0, then_ma=0), patience],
    "simplified": [unplug, change(stubborn=True), plug, patience],
    "lets go and asks": [change(asks=None), change(asks="C")],
    "lets go and asks for air": [change(asks=None), change(asks="D")],
    "asks for air": [change(asks="D"), change(asks="C")],
    "quick car": [change(reaction_s=0.0)],
    "slow car": [change(reaction_s=2.5)],
    "replug": [unplug, plug],
    "replug and allow": [unplug, plug, allow(16_000)],
    "replug and allow late": [unplug, plug, patience, allow(16_000)],
    "a stranger's permit": [unplug, plug, patience, allow(32_000, ago=1), patience],
    "unlock": [unlock],
    "unlock while paused": [allow(0), unlock, allow(16_000)],
    "late": [late],
    "overloaded": [load(overloaded=True), load(overloaded=False)],
    **{f"pilot {letter}": [change(forced=letter), GOOD] for letter in "ABCDEF?"},
    "trip": [change(rcd=True), GOOD, patience, patience],
    "emergency stop": [change(emergency_stop=True), GOOD, patience, patience],
    "earth": [change(earth_good=False), GOOD],
    "opened": [change(enclosure_open=True), GOOD, patience, patience],
    "tilted": [change(tilted=True), GOOD, unplug, plug, allow(32_000), patience],
    "tilted and repaired": [change(tilted=True), GOOD, unplug, repair, patience, plug, allow(32_000), patience],
    "no board": [change(board_lost=True), GOOD],
    "a meter that talks nonsense": [change(meter_doubt="register at -1 Wh"), patience, patience, GOOD],
    "no meter": [change(meter_lost=True), patience, patience, GOOD],
    "smoke": [change(faults=(BoardFault("smoke", "other"),)), GOOD],
    "static": [change(faults=(BoardFault("static", "weak_signal"),)), GOOD],
    "warm": [change(temperature_c=66.0), patience, GOOD],
    "hot": [change(temperature_c=72.0), patience, GOOD],
    "no thermometer": [change(temperature_c=None), long_patience, long_patience, allow(32_000), GOOD, patience],
    "high voltage": [change(voltage_mv=(270_000, 230_000, 230_000)), patience, GOOD],
    "low voltage": [change(voltage_mv=(190_000,) * 3), patience, GOOD],
    "draws too much": [change(draws_ma=60_000), patience, patience, GOOD],
    "welded": [change(stuck=True), revoke, patience, GOOD, unplug, plug, allow(32_000), patience],
    "welds while open": [change(asks=None), change(stuck=True), change(asks="C"), GOOD],
    "never closes": [change(stuck=False), patience, GOOD],
    "never closes, again and again": [change(stuck=False), *[long_patience] * 5, GOOD],
    "unlocks by itself": [change(jammed=False), patience, GOOD],
    "stays locked": [change(jammed=True), revoke, patience, GOOD],
    "diode": [change(diode=False), GOOD, patience, patience],
    "diode and a quick car": [change(asks=None, reaction_s=0.0), patience, change(asks="C", diode=False), GOOD, patience],
    "another cable": [unplug, plug_in(1_500), allow(32_000)],
    "no cable": [unplug, plug_in(10), allow(32_000), patience, GOOD],
    "one phase": [allow(32_000, phases=1), patience, patience],
    "three phases again": [allow(32_000, phases=3), patience, patience],
    "one and three and one": [action for phases in (1, 3, 1, 3) for action in (allow(32_000, phases=phases), patience, patience)],
    "one phase, ignored": [change(stubborn=True), allow(32_000, phases=1), patience, patience, patience],
    "without feedback": [change(feedback=False)],
    "deaf monitor": [change(deaf=True), unplug, plug, allow(32_000), patience, GOOD],
    "standing register": [change(register_stands=True), long_patience, long_patience, GOOD],
    "asleep": [unplug, change(asleep=True), plug, allow(32_000), long_patience],
    "killed": [restart],
    "killed on one phase": [allow(32_000, phases=1), patience, patience, restart, allow(32_000), patience],
    "tilted and killed": [change(tilted=True), GOOD, restart, patience],
    "trip and more": [change(rcd=True), change(emergency_stop=True), change(earth_good=False), GOOD],
    "technician": [repair],
    "the station is there": [say("")],
    "the station is there, and then it is gone": [say(""), unplug, long_patience, plug],
    "free, and a fault": [say(""), unplug, patience, change(emergency_stop=True), GOOD, plug, allow(16_000)],
    "free, and killed": [say(""), unplug, patience, restart, say("")],
    "a card in a fault": [change(rcd=True), say("authorising"), say("accepted"), GOOD, patience],
    "finished and free": [revoke, say("finished"), unplug, say(""), patience],
    "reserved": [unplug, say("reserved", 600.0), patience, plug, say("", 0.0)],
    "nonsense is said": [say("charging"), say("fault"), say("dancing", -1.0), say("", 1e12)],
    "everything is tried while it charges": [exercise(what) for what in TABLE],
    "everything is tried": [unplug, *[each for what in TABLE for each in (patience, exercise(what))], patience, plug, allow(16_000)],
    **{f"{what} is tried, and a car comes": [unplug, patience, exercise(what), plug, allow(16_000), patience] for what in TABLE},
    **{f"{what} is tried, and it is killed": [unplug, patience, exercise(what), restart, plug, allow(16_000)] for what in TABLE},
    "tried, and a fault": [say(""), unplug, patience, exercise("pilot_16a"), change(rcd=True, emergency_stop=True), GOOD],
    "tried, and it welds": [unplug, patience, exercise("lock_close"), change(stuck=True), patience, GOOD, plug, allow(16_000)],
    "tried, and the board is gone": [unplug, patience, exercise("pilot_6a"), change(board_lost=True), plug, GOOD, allow(16_000), patience],
    "tried, and an old permit": [unplug, patience, exercise("pilot_16a"), allow(32_000, ago=1), plug, patience],
    "tried, and a cable alone": [unplug, patience, exercise("lock_close"), change(pp_ohm=220), patience, plug, allow(16_000), patience],
    "tried with a deaf monitor": [unplug, change(deaf=True), patience, exercise("rcm_test"), patience, GOOD, plug, allow(16_000), patience],
}

WAITS_S = st.sampled_from([0.01, 0.1, 0.5, 0.7, 2.0, 6.5])
SESSION: list[Move] = [(plug, 1, 0.5), (allow(32_000), 1, 0.0), (plug, 2, 0.5), (allow(32_000), 2, 4.0)]
BEGINNINGS = [SESSION, [(change(asks="D"), 2, 0.0), *SESSION]]


@st.composite
def histories(draw: st.DrawFn, around: Sequence[str] = ()) -> list[Move]:
    """A few episodes, some of them cut short; those that are named come first and more often."""
    moves = list(draw(st.sampled_from(BEGINNINGS)))
    near = draw(st.lists(st.sampled_from(list(around)), min_size=1, max_size=2)) if around else []
    for episode in [*near, *draw(st.lists(st.sampled_from(list(EPISODES)), max_size=1 if around else 3))]:
        number = draw(st.sampled_from([1, 1, 2]))
        moves += [(act, number, draw(WAITS_S)) for act in EPISODES[episode]]
    return moves


def play(history: list[Move], rule: str = "") -> None:
    """Live through a history, judged after every scan."""
    rig = Rig(FIRST, FIXED, fuse_ma=40_000)
    rig.run(2)
    Judge(rig, rule)
    for act, number, wait_s in history:
        act(rig, number)
        rig.run(wait_s)
