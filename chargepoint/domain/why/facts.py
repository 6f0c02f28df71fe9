"""What the conditions are made of."""

from typing import Literal

from msgspec import Struct

from chargepoint.domain.faults import Fault
from chargepoint.domain.limits import Limit

Stage = Literal["nobody", "timed_out", "over", "waits_for_car", "starting", "running", "withdrawn", "ending"]
"""Where the session stands. ``nobody``: none has been authorised. ``timed_out``: nor was one in time. ``over``: the car had its session.
``starting``: authorised and plugged in, the transaction has yet to begin. ``withdrawn``: it runs, and gets no energy any more."""

Answer = Literal["judging", "refused", "offline", "unlisted", "no_place", "busy"]
"""``offline``: not known, and nobody could be asked. ``unlisted``: there is nobody to ask. ``busy``: too many were judged at a time."""


class CardAnswer(Struct, frozen=True):
    """What came of the card that was shown last."""

    answer: Answer
    at_s: float
    """Monotonic."""
    status: str = ""
    """Of a refusal: the word of whoever refused."""


class Facts(Struct, frozen=True, kw_only=True):
    """One EVSE, at its connector in use. Times are monotonic seconds, currents mA."""

    now_s: float
    linked: bool
    """Is the control process there?"""
    known: bool = True
    """Has its board been measured?"""
    faults: tuple[Fault, ...] = ()
    taken_out: str | None = None
    """A technician has taken it out of service: why, in his words; ``None``: he has not."""
    operative: bool = True
    """False: the CSMS has taken it out of operation."""
    updating: bool = False
    """New firmware is being installed, or about to be."""
    restarting: bool = False
    """A restart is due as soon as nobody charges."""
    reserved: bool = False
    """For somebody who has not come."""
    plugged: bool = False
    cable: bool | None = None
    """Is a cable in the socket? ``None``: it has none, or that is not seen."""
    stage: Stage = "nobody"
    waited_s: float | None = None
    """So long the car has waited for somebody who pays."""
    card: CardAnswer | None = None
    reader_silent: bool = False
    plug_kept: bool = False
    """The session is over, and its plug stays locked until its card is shown."""
    locking: bool = False
    """The plug has to be locked before the session can begin."""
    metered: bool = True
    """Has the meter been read?"""
    recording: bool = False
    """The meter has been asked to begin a signed record, and has not yet."""
    limits: tuple[Limit, ...] = ()
    offered_ma: int = 0
    offered_for_s: float | None = None
    waking: bool = False
    resuming: bool = False
    """The session is of before a restart or power cut, and has yet to go on."""
    asks: bool = False
    """State C or D."""
    charged_wh: int = 0
    closed: bool = False
    power_w: int | None = None
    current_ma: int | None = None
    """Of the phase that has most."""

    @property
    def in_session(self) -> bool:
        """Does a transaction run, or is it about to?"""
        return self.stage in ("starting", "running")
