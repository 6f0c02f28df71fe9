"""What an EVSE tells drivers: its own fault before anything else, then what the station wants told, then what it sees by itself. Pure.

    a fault that keeps it from charging             always
    the answer to a card                            the station's, on a lease
    a fault that this car has had                   until it is unplugged, or charges after all
    anything else that the station wants told       on a lease; when that runs out, or the station is gone:
    charging, paused, plugged                       its own view
    available                                       its own view too, but only while the station says that it is there; else unavailable

So a station that dies leaves the truth behind: a lease says what only the station knows, and never that a car is charging. Nor is an EVSE
called free where nobody is left who could let a car charge.
"""

from bisect import bisect
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.domain.ids import PlugInId
from chargepoint.domain.indications import CODES, ON_LEASE, OTHER_CODE, PACES_W, Indication, Shows
from chargepoint.link.messages import EvseState, Indicate
from hal.measured import MeterReading

LONGEST_S = 600.0
"""No lease is given for longer: the station renews it within seconds."""
ANSWERS: frozenset[Shows] = frozenset({"authorising", "accepted", "refused"})
"""Whoever shows a card sees what comes of it, whatever happened before."""
CHARGING = ("C2", "D2")
WAKING = ("waking", "woken")
NO_CHARGE = ("fault_f", "fault", "out")
SLACK = 0.1
"""A power has to be so much beyond a bound before the pulse changes its pace."""


GONE_S = float("-inf")


class Lease(Struct, frozen=True):
    """What the station wants told, until a moment of the monotonic clock."""

    shows: Shows
    until_s: float


class Past(Struct, frozen=True):
    """The fault that a car has had. An emergency stop that was released is a fault like any other."""

    plug_in: PlugInId
    code: int


class Sign(Struct, frozen=True):
    """What is remembered of one EVSE to indicate by."""

    lease: Lease | None = None
    past: Past | None = None
    pace: int = 0
    station_until_s: float | None = None
    """Until then the station is taken to be there; ``None``: it has not been heard since control began, ``GONE_S``: not any more."""

    @property
    def until_s(self) -> float:
        """Until then it says the same, if nothing happens."""
        ends = (None if self.lease is None else self.lease.until_s, self.station_until_s)
        return min((end_s for end_s in ends if end_s not in (None, GONE_S)), default=float("inf"))


def heed(sign: Sign, wish: Indicate, now: float) -> Sign:
    """The station wants something told, or says that it is there. A word of another release, or one that only control may say, ends what it
    wanted before."""
    if not wish.valid_for_s > 0:
        return replace(sign, lease=None)
    until_s = now + min(wish.valid_for_s, LONGEST_S)
    shows = next((each for each in ON_LEASE if each == wish.shows), None)
    return replace(sign, lease=None if shows is None else Lease(shows, until_s), station_until_s=until_s)


def after(sign: Sign, state: EvseState, reading: MeterReading | None, now: float) -> Sign:
    """What is remembered once the EVSE is in this state."""
    lease = None if sign.lease is None or now >= sign.lease.until_s else sign.lease
    gone = sign.station_until_s is not None and now >= sign.station_until_s
    return Sign(
        lease,
        _past(sign.past, state),
        pace(reading, sign.pace) if state.state in CHARGING else 0,
        GONE_S if gone else sign.station_until_s,
    )


def shown(state: EvseState, sign: Sign, now: float) -> Indication:
    """What it tells now."""
    lease = sign.lease if sign.lease is not None and now < sign.lease.until_s else None
    if (fault := fault_of(state)) is not None:
        return fault
    if lease is not None and (lease.shows in ANSWERS or sign.past is None):
        return Indication(lease.shows)
    if sign.past is not None:
        return Indication("fault", sign.past.code)
    own = next(shows for shows, so in OWN if so(state))
    if own == "available":
        return Indication(_free(sign, now))
    return Indication(own, pace=sign.pace) if own == "charging" else Indication(own)


def _free(sign: Sign, now: float) -> Shows:
    """Of an EVSE without a car: nobody can charge there before the station has come, nor when it is gone."""
    if sign.station_until_s is None:
        return "starting"
    return "available" if now < sign.station_until_s else "unavailable"


def fault_of(state: EvseState) -> Indication | None:
    """What keeps it from charging: the oldest such fault gives the code."""
    if any(fault.name == "emergency_stop" for fault in state.faults):
        return Indication("emergency")
    kind = next((fault.kind for fault in state.faults if fault.stops_charging), None)
    if kind is None and state.state not in NO_CHARGE:
        return None
    return Indication("fault", OTHER_CODE if kind is None else CODES.get(kind, OTHER_CODE))


OWN: tuple[tuple[Shows, Callable[[EvseState], bool]], ...] = (
    ("starting", lambda state: not state.plug_known),
    ("charging", lambda state: state.state in CHARGING),
    ("available", lambda state: state.plug_in is None),
    ("paused", lambda state: state.permit != "none" and not state.offered_ma and state.locked is not False and state.state not in WAKING),
    ("plugged", lambda state: True),
)
"""Its own view: the first that is so."""


def pace(reading: MeterReading | None, before: int) -> int:
    """How quick the pulse of charging is."""
    if reading is None or reading.power_w is None:
        return 1
    found = bisect(PACES_W, reading.power_w)
    if abs(found - before) != 1:
        return found
    bound_w = PACES_W[min(found, before)]
    return before if abs(reading.power_w - bound_w) < bound_w * SLACK else found


def _past(past: Past | None, state: EvseState) -> Past | None:
    if state.plug_in is None:
        return past if not state.plug_known else None
    if (fault := fault_of(state)) is not None:
        return Past(state.plug_in, fault.code or OTHER_CODE)
    if past is None or past.plug_in != state.plug_in or state.state in CHARGING:
        return None
    return past
