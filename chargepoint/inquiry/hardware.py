"""Every signal of the hardware, and outputs that a technician moves."""

from typing import Literal

from msgspec import Struct

from chargepoint.link.messages import Signals


class ShowSignals(Struct, frozen=True, tag_field="ask", tag="show-signals"):
    """How is every signal of the hardware now? Whoever looks on asks again and again."""


class Shown(Struct, frozen=True):
    """One for each EVSE; of those that are missing control has told nothing."""

    evses: tuple[Signals, ...]
    connected: bool
    """Is control there to tell?"""


class ExerciseOutput(Struct, frozen=True, tag_field="ask", tag="exercise"):
    """Move one output for a moment. ``what``: a row of ``chargepoint.control.exercising``, ``indicator NAME``, ``buzzer NAME`` or
    ``display TEXT``."""

    evse: int
    what: str


class ChargeByHand(Struct, frozen=True, tag_field="ask", tag="charge-by-hand"):
    """Let the car, or the simulator of one, that is plugged in charge without a session. A lease, which whoever looks on renews."""

    evse: int
    current_a: float
    valid_for_s: float
    """0 ends it."""


class Exercised(Struct, frozen=True):
    """``good``, ``bad``: what was measured fits, or does not; ``ended``: nothing is measured of it, or it had to end before its time;
    ``going_on``: of a charge that was begun or renewed. The message is for people."""

    outcome: Literal["good", "bad", "ended", "going_on", "refused", "unknown"]
    message: str
