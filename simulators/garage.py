"""The cars that stand ready: every behaviour that a charging station meets, by name.

``POST ev/plug {"car": "zoe"}`` takes one; other entries of the body still win. Each says what it does and where that is written:
``iec61851`` sections and sequences of Table A.6, ``quirk`` numbers of the list of field quirks.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from simulators.ev import Demand
from simulators.manners import DrawManners, Manners, PlugManners, S2Manners, SleepManners, Stage
from simulators.outlet import CABLE_OHM


class Car(Struct, frozen=True):
    """One of them."""

    does: str
    """A sentence."""
    source: str
    demand: Demand = Demand(phases=3)
    manners: Manners = Manners()
    cable_ohm: int = CABLE_OHM
    """Proximity resistor of the cable that it brings to a socket."""


ORDINARY = {
    "ordinary": Car("Asks a second after an offer, follows the duty, lets go a second after X1.", "iec61851 4"),
    "one-phase": Car("The same on one phase.", "iec61851 2", Demand(phases=1)),
    "two-phase": Car("The same on two phases, 16 A.", "iec61851 2", Demand(phases=2, current_ma=16_000)),
    "brisk": Car("Asks at once and lets go within 0.2 s.", "iec61851 4, seq 8.1", manners=Manners.reacting_in(0.0)),
    "does-not-want": Car(
        "Stays in B whatever is offered; its driver has set a timer.", "iec61851 4, seq 3", Demand(phases=3, request=False)
    ),
    "wants-ventilation": Car("Asks in state D.", "iec61851 10", Demand(phases=3, ventilation=True)),
}

SLOW = {
    "slow-starter": Car("Closes S2 twelve seconds after PWM appeared.", "iec61851 12", manners=Manners(reaction_s=12.0)),
    "slow-to-let-go": Car(
        "Answers X1 after 2.9 s: just within the allowed 3 s.", "iec61851 seq 10.1", manners=Manners(release_s=2.9, follow_s=2.7)
    ),
    "slow-to-follow": Car("Follows a changed duty after six seconds; five are allowed.", "iec61851 2", manners=Manners(follow_s=6.0)),
    "impatient": Car(
        "Sleeps after 60 s without an offer and wakes only when it is plugged in again.",
        "iec61851 5",
        manners=Manners(sleep=SleepManners(after_s=60.0)),
    ),
}

SLEEPERS = {
    "sleeper-f": Car(
        "Arrives asleep; 3 s of -12 V and half a second of X1 wake it.",
        "quirk 17, iec61851 4 wake-up",
        manners=Manners(sleep=SleepManners(after_s=0.0, wakes_on="F", wake_x1_s=0.5)),
    ),
    "sleeper-e": Car(
        "Arrives asleep; only a pilot that is interrupted for 3 s wakes it.",
        "quirk 17, iec61851 4 wake-up",
        manners=Manners(sleep=SleepManners(after_s=0.0, wakes_on="E", wake_x1_s=0.5)),
    ),
    "sleeper-fears-f": Car(
        "Arrives asleep; -12 V makes it latch a fault until it is unplugged, an interrupted pilot wakes it.",
        "iec61851 4 wake-up, old hybrids",
        manners=Manners(sleep=SleepManners(after_s=0.0, wakes_on="E", fears_f=True)),
    ),
    "sleeps-when-paused": Car(
        "Falls asleep after 30 s without an offer; -12 V wakes it.",
        "quirk 17",
        manners=Manners(sleep=SleepManners(after_s=30.0, wakes_on="F", wake_x1_s=0.5)),
    ),
    "sleeps-for-good": Car(
        "Arrives asleep and nothing wakes it but the next plugging in.", "quirk 17", manners=Manners(sleep=SleepManners(after_s=0.0))
    ),
}

DEAF = {
    "ignores-x1": Car(
        "Keeps C and its current when the offer ends; lets go when the mains are gone.",
        "iec61851 seq 10.2, Polestar",
        manners=Manners(s2=S2Manners(asks="until_mains_gone"), draw=DrawManners(deaf="x1")),
    ),
    "clings-to-c": Car(
        "Having asked once it keeps C until it is unplugged, though it draws nothing under X1.",
        "iec61851 5, C1",
        manners=Manners(s2=S2Manners(asks="for_ever")),
    ),
    "hasty": Car(
        "Asks in C from arrival, also before the station has booted; heeds the duty.",
        "iec61851 seq 1.2, 5; quirk 18",
        manners=Manners(s2=S2Manners(asks="from_arrival")),
    ),
    "simplified": Car(
        "Simplified pilot: 882 ohm at once, no S2, 10 A on one phase as soon as there is mains.",
        "iec61851 5, seq 1.2, A.2.3",
        Demand(phases=1, current_ma=10_000),
        Manners(s2=S2Manners(asks="from_arrival"), draw=DrawManners(deaf="duty")),
        680,
    ),
    "over-draws": Car(
        "Draws a fifth more than it is offered.",
        "iec61851 9",
        Demand(phases=3, current_ma=80_000),
        Manners(draw=DrawManners(percent=120)),
        100,
    ),
    "draws-63-a": Car(
        "Draws what it likes, 63 A, whatever the duty says.",
        "iec61851 9",
        Demand(phases=3, current_ma=63_000),
        Manners(draw=DrawManners(deaf="duty")),
        100,
    ),
}

DRAWING = {
    "zoe": Car(
        "Needs 8 A on one phase and 13 A on three to start; with less it stops again.",
        "quirk 19, iec61851 12",
        manners=Manners(draw=DrawManners(start_ma=8_000, start_3p_ma=13_000)),
    ),
    "needs-8-a": Car("Does not start below 8 A.", "quirk 19", manners=Manners(draw=DrawManners(start_ma=8_000, start_3p_ma=8_000))),
    "niro": Car(
        "Uses two of three phases below 6.9 A.",
        "quirk 20",
        Demand(phases=3, current_ma=16_000),
        Manners(draw=DrawManners(few_below_ma=6_900, few_phases=2)),
    ),
    "adds-phases-late": Car(
        "Starts on one phase and takes the others after 20 s.",
        "quirk 20, Tesla",
        Demand(phases=3, current_ma=16_000),
        Manners(draw=DrawManners(course=(Stage(0.0, phases=1), Stage(20.0, phases=3)))),
    ),
    "sleeps-in-c": Car(
        "Charges for 30 s, then keeps C and draws 1 A.",
        "quirk 25",
        manners=Manners(draw=DrawManners(course=(Stage(30.0, current_ma=1_000),))),
    ),
    "parts-under-current": Car(
        "Opens S2 while its current still flows, for 0.4 s more.",
        "iec61851 seq 7, quirk 22",
        manners=Manners(draw=DrawManners(lingers_s=0.4)),
    ),
    "smart-ed": Car(
        "Asks again within seconds of a stop, and latches a fault when it gets mains within 60 s.",
        "quirk 21",
        Demand(phases=3, current_ma=32_000),
        Manners(reaction_s=0.5, sleep=SleepManners(rest_s=60.0)),
    ),
    "leaks": Car("A residual current as soon as it has mains.", "iec61851 8", manners=Manners(draw=DrawManners(leaks=True))),
}

PILOTS = {
    "toggles": Car(
        "Pulses C three times within 3.5 s after plugging in and after each offer, before it asks (BCB).",
        "iec61851 1, seq 11; BMW iX3",
        manners=Manners(reaction_s=6.0, s2=S2Manners(pulses_s=(0.5, 0.7, 1.5, 1.8, 2.8, 3.2))),
    ),
    "bouncing-s2": Car(
        "Its S2 bounces for 40 ms whenever it switches.",
        "iec61851 10",
        manners=Manners(s2=S2Manners(bounces_s=(0.004, 0.009, 0.015, 0.022, 0.030, 0.040))),
    ),
    "through-d": Car("Passes through D for 60 ms whenever S2 switches.", "iec61851 10", manners=Manners(s2=S2Manners(through_d_s=0.060))),
    "shorted-diode": Car("Its diode is shorted.", "iec61851 1 diode check", Demand(phases=3, diode_failed=True)),
    "resistor": Car(
        "No car: 2.74 kOhm from the pilot to earth, without a diode.",
        "iec61851 1 diode check",
        Demand(current_ma=0, request=False, diode_failed=True),
    ),
    "resistor-882": Car(
        "No car: 882 ohm from the pilot to earth, without a diode.",
        "iec61851 1 diode check",
        Demand(current_ma=0, diode_failed=True),
        Manners(s2=S2Manners(asks="from_arrival")),
    ),
    "shorts-in-c": Car("Shorts the pilot to earth after 5 s of C.", "iec61851 seq 12", manners=Manners(s2=S2Manners(shorts_after_s=5.0))),
    "low-resistors": Car(
        "The lowest resistors that have to be recognised: 1870 and 909 ohm.",
        "iec61851 1 resistance view",
        manners=Manners(s2=S2Manners(plugged_ohm=1_870, request_ohm=909)),
    ),
    "high-resistors": Car(
        "The highest resistors that have to be recognised: 4610 and 1723 ohm.",
        "iec61851 1 resistance view",
        manners=Manners(s2=S2Manners(plugged_ohm=4_610, request_ohm=1_723)),
    ),
}

PLUGS = {
    "leaf": Car(
        "Its pilot contact bounces for 25 ms at unplugging.",
        "quirk 23",
        Demand(phases=1),
        Manners(plug=PlugManners(leaving_s=(0.006, 0.009, 0.015, 0.025))),
    ),
    "clumsy": Car(
        "The plug goes in with two bounces and is pulled under load: the power pins part 0.3 s after the pilot's.",
        "iec61851 seq 2.2",
        manners=Manners(plug=PlugManners(arriving_s=(0.010, 0.040, 0.060, 0.110), power_parts_s=0.3)),
    ),
}

CABLES = {
    "cable-13": Car("Brings a 13 A cable.", "iec61851 3", cable_ohm=1_500),
    "cable-20": Car("Brings a 20 A cable.", "iec61851 3", cable_ohm=680),
    "cable-32": Car("Brings a 32 A cable.", "iec61851 3", cable_ohm=220),
    "cable-63": Car("Brings a 63 A cable.", "iec61851 3", Demand(phases=3, current_ma=63_000), cable_ohm=100),
    "cable-20-or-32": Car("Brings a cable between two codings: 350 ohm, so 20 A.", "iec61851 3 gaps", cable_ohm=350),
    "cable-13-or-20": Car("Brings a cable between two codings: 1000 ohm, so 13 A.", "iec61851 3 gaps", cable_ohm=1_000),
    "cable-crushed": Car("Brings a cable with 40 ohm: no coding.", "iec61851 3", cable_ohm=40),
    "cable-worn": Car("Brings a cable with 6 kOhm: no coding.", "iec61851 3", cable_ohm=6_000),
}

GARAGE: Mapping[str, Car] = MappingProxyType({**ORDINARY, **SLOW, **SLEEPERS, **DEAF, **DRAWING, **PILOTS, **PLUGS, **CABLES})
"""All of them."""
