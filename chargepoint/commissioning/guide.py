"""Guided steps: somebody turns a test adapter, or plugs in a car, and each step concludes by itself from what is measured.

A test adapter (EN 61851-1) plays a car: states B, C, D, E (pilot shorted to earth), a protective conductor that is cut, a shorted diode. A
car goes from B to C by itself, when it is offered current. What each step concludes from is in ``concluding``: nothing here waits or asks.
"""

from collections.abc import Callable
from typing import Literal, NamedTuple

from chargepoint.commissioning import concluding
from chargepoint.commissioning.at_rest import Verdict
from chargepoint.commissioning.moment import Marks, Moment

With = Literal["adapter", "car"]
SHORTED = ("pilot_short", "pilot_implausible", concluding.VENTILATION)
"""Where the pilot is shorted to earth; a fault of state D before it takes its time to go."""


class Stage(NamedTuple):
    """One step."""

    name: str
    title: str
    asks: dict[With, str]
    """What to do; a stage that is not for a car, or not for an adapter, has no words for it."""
    follow: Callable[[Marks, Moment], Verdict | None]
    """What it has come to; ``None``: nothing yet."""
    offers: bool = False
    """Is current offered meanwhile?"""
    shared: tuple[str, ...] = ()
    """Faults that are wanted here, or cannot be avoided."""
    after: str = ""
    """The stage without which this one shows nothing: what never closed does not open either."""


def follow(stage: Stage, marks: Marks, moment: Moment) -> Verdict | None:
    """One look. A fault that nobody wanted ends it."""
    found = next((each for each in moment.sight.troubles if each.name not in stage.shared), None)
    lasted_s = marks.since("trouble", found is not None, moment.at_s)
    if found is not None and lasted_s is not None and lasted_s >= concluding.HOLD_S:
        return Verdict("failed", found.words, found.remedy, {}, found.code)
    return stage.follow(marks, moment)


STAGES = (
    Stage(
        "guided_b",
        "State B",
        {"adapter": "Plug in the test adapter, and set it to B.", "car": "Plug in the car."},
        concluding.plugged,
        shared=("diode_failed",),
    ),
    Stage(
        "closing",
        "Contactor closes",
        {"adapter": "Set the adapter to C.", "car": "Wait: the car asks for current by itself. Unlock or wake it if it does not."},
        concluding.charges,
        offers=True,
    ),
    Stage(
        "counting",
        "Meter counts",
        {"adapter": "Switch on a load of 1 kW or more, if the adapter has an outlet; without one, wait 20 s.", "car": "Wait."},
        concluding.counts,
        offers=True,
        after="closing",
    ),
    Stage(
        "opening",
        "Contactor opens",
        {"adapter": "Set the adapter back to B.", "car": "Stop charging at the car."},
        concluding.let_go,
        offers=True,
        after="closing",
    ),
    Stage(
        "guided_d",
        "State D",
        {"adapter": "Set the adapter to D (ventilation wanted). If it has no D: leave this out."},
        concluding.ventilated,
        offers=True,
        shared=(concluding.VENTILATION,),
    ),
    Stage(
        "guided_e",
        "State E",
        {"adapter": "Set the adapter to error E (pilot shorted to earth)."},
        concluding.shorted,
        offers=True,
        shared=SHORTED,
    ),
    Stage("guided_back", "After state E", {"adapter": "Set the adapter back to B."}, concluding.recovered, shared=SHORTED),
    Stage(
        "guided_pe",
        "Protective conductor cut",
        {"adapter": "Set the adapter to C, and once it charges press its PE fault. If it has none: leave this out."},
        concluding.earth_cut,
        offers=True,
        shared=("earth_lost",),
    ),
    Stage(
        "guided_diode",
        "Shorted diode",
        {"adapter": "Release the PE fault, and press the diode fault of the adapter, in B or C."},
        concluding.no_diode,
        offers=True,
        shared=("diode_failed", "pilot_implausible", "earth_lost"),
    ),
    Stage(
        "emergency_stop",
        "Emergency stop",
        {
            "adapter": "Press the emergency stop. Without one: skip this.",
            "car": "Press the emergency stop. Without one: skip this.",
        },
        concluding.stopped,
        shared=("emergency_stop", "diode_failed"),
    ),
    Stage(
        "guided_a",
        "Unplugged",
        {
            "adapter": "Release the emergency stop and unplug the adapter, with its cable.",
            "car": "Release the emergency stop and unplug the car.",
        },
        concluding.unplugged,
        shared=("emergency_stop", "diode_failed", *SHORTED, "pilot_without_plug", "proximity_changed"),
    ),
)
"""In their order."""
FIRST, LAST = STAGES[0].name, STAGES[-1].name


def stages(kind: With) -> tuple[Stage, ...]:
    """Those for an adapter, or for a car."""
    return tuple(stage for stage in STAGES if kind in stage.asks)
