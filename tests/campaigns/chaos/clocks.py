"""A board without a battery for its clock: after a power cut the host says any time, until the CSMS tells the right one.

What has been put into the outbox by a clock that was wrong is told with its right time. The verdict knows by how much the clock was wrong
when it was put in; the station does not.
"""

from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from tests.campaigns.chaos.central import TIME_OUT_S
from tests.station.rig import MIDNIGHT, HostClock

WRONG_S = (0.0, -300 * 86_400.0, -600.0, 900.0)
"""By so much the host is ahead after a power cut, one of these."""
FORGETFUL = 0.3
"""So many sites have such a board."""
TOLERANCE_S = TIME_OUT_S + 2.0
"""The CSMS may have looked at its clock long before its answer arrives, and it names whole seconds."""


class Host(HostClock):
    """The host's clock; ``forgetful``: of such a board."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.forgetful = random.random() < FORGETFUL
        self.ahead_s = 0.0
        self.cut()

    def now_s(self) -> float:
        """Seconds since 1970, as far as it knows."""
        return super().now_s() + self.ahead_s

    def cut(self) -> None:
        """The power was off."""
        if self.forgetful:
            self.ahead_s = self._random.choice(WRONG_S)


class Stamp(Struct, frozen=True):
    """The time of a message as it was put in, and by how much the station's clock was ahead at that moment.

    ``since_s``: that process began then, by the same clock; what is older was stamped by the one before. ``known``: the CSMS told that
    process the time later on. Where it did not, power cuts of unknown length lie in between.
    """

    at: datetime
    ahead_s: float
    since_s: float
    known: bool

    def faults(self, told: datetime) -> str:
        """What is wrong with the time that was told; nothing is."""
        if not self.known or self.at.timestamp() < self.since_s - 0.0005:
            return ""
        early_s = (self.at - timedelta(seconds=self.ahead_s) - told).total_seconds()
        if early_s > TOLERANCE_S:
            return f"{early_s:.0f} s too early"
        # What a CSMS has heard of a transaction is not followed by anything earlier: where the clock was ahead, the rest waits for it.
        if -early_s > TOLERANCE_S and self.ahead_s <= TOLERANCE_S:
            return f"{-early_s:.0f} s too late"
        return ""


def ahead_s(station_ahead_s: float) -> float:
    """By how much a station's clock is ahead of the right time."""
    return station_ahead_s - MIDNIGHT.timestamp()
