"""What can be asked at the station's inquiry socket: one JSON line each way, one question for each connection.

nothing, and the writing side closed     the document (``chargepoint.station.document``)
ClearFault                               Answer
ListMessages                             Messages
ResendMessages                           Resent
ShowSignals                              Shown
ExerciseOutput                           Exercised
ChargeByHand                             Exercised
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from chargepoint.link.messages import Signals


class ClearFault(Struct, frozen=True, tag_field="ask", tag="clear-fault"):
    """A technician who stands before the station says that a latched fault has been dealt with."""

    evse: int
    name: str


class Answer(Struct, frozen=True):
    """``unknown``: there is no such EVSE, or no such fault is active. The message is for people."""

    outcome: Literal["cleared", "refused", "unknown"]
    message: str


class ListMessages(Struct, frozen=True, tag_field="ask", tag="list-messages"):
    """Which messages to the CSMS were given up and are kept?"""


class Message(Struct, frozen=True, kw_only=True):
    """One of them."""

    number: int
    """Its place in the order of telling, and its name for ``ResendMessages``."""
    kind: str
    """Started, Updated or Ended for a transaction; else the name of the security event."""
    at: datetime
    """When it happened."""
    transaction: str | None
    """Ours."""
    evse: int | None
    attempts: int
    cause: str
    """What the CSMS said last."""
    given_up: datetime


class Messages(Struct, frozen=True):
    """The oldest first. ``total`` is greater than their number when there are too many for one answer."""

    total: int
    waiting: int
    """How many are on their way."""
    messages: tuple[Message, ...]


class ResendMessages(Struct, frozen=True, tag_field="ask", tag="resend-messages"):
    """Put them back into the queue; without numbers all of them."""

    numbers: tuple[int, ...] | None = None


class Resent(Struct, frozen=True):
    """How many go out again. ``unknown``: numbers that are not kept; then nothing is resent."""

    count: int
    unknown: tuple[int, ...] = ()


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


Question = ClearFault | ListMessages | ResendMessages | ShowSignals | ExerciseOutput | ChargeByHand
