"""The list of everything that bounds the current of one EVSE: what, whose, how much, why, since when. The lowest wins.

What keeps an EVSE from offering anything is a limit like the others, of 0 A: so the list answers *why is it not charging?* as well.
"""

from collections.abc import Callable
from typing import NamedTuple

from msgspec import structs

from chargepoint.control import derating, lock, permit, phases
from chargepoint.control.ceiling import Ceiling
from chargepoint.control.evse import CLOSED, OFFERING
from chargepoint.control.memory import Evse
from chargepoint.control.pilot import offerable_ma
from chargepoint.domain.limits import Limit
from hal.measured import SwitchedPhases

PERMIT = "permit"

Bound = Callable[[Evse, float], int | None]
"""The bound that holds for an EVSE at a time, in mA; ``None``: none."""


class Source(NamedTuple):
    """One thing that can bound the current."""

    name: str
    owner: str
    bound: Bound
    reason: str
    """Formatted with ``e``, the EVSE, when the bound takes its value."""


def asked_phases(evse: Evse) -> SwitchedPhases:
    """Over how many phases the station wants this car to charge."""
    return phases.wanted(evse.settings, None if evse.lease is None else evse.lease.permit.phases)


def _nothing_if(condition: bool) -> int | None:
    return 0 if condition else None


def _cable(e: Evse, _: float) -> int | None:
    if not e.on_socket:
        return e.settings.cable_ma
    unread = e.settings.abilities.proximity and e.presence.plug_in is not None and e.cable.code_ma is None
    return 0 if unread else e.cable.code_ma


def _temperature(e: Evse, _: float) -> int | None:
    percent = e.derating.percent
    return None if percent == derating.FULL else derating.limit_ma(percent, e.settings.rating_ma)


def _thermometer(e: Evse, _: float) -> int | None:
    return derating.limit_ma(derating.UNSEEN, e.settings.rating_ma) if "thermometer_silent" in e.standing.names else None


def _simplified(e: Evse, _: float) -> int | None:
    return e.settings.simplified_ma if e.simplified else None


def _permit(e: Evse, now: float) -> int | None:
    return e.lease.permit.limit_ma if e.lease is not None and permit.standing(e.lease, now) == "live" else None


def _failsafe(e: Evse, now: float) -> int | None:
    return e.lease.permit.then_ma if e.lease is not None and permit.standing(e.lease, now) == "expired" else None


def _nobody(e: Evse, _: float) -> int | None:
    return _nothing_if(e.lease is None and e.presence.plug_in is not None)


def _fault(e: Evse, _: float) -> int | None:
    return _nothing_if(e.standing.open or e.standing.pause)


def _meter(e: Evse, _: float) -> int | None:
    return _nothing_if(e.reading is None)


def _stopping(e: Evse, _: float) -> int | None:
    """A stop runs its course before anything is offered again."""
    return _nothing_if(e.state == "stopping")


def _self_test(e: Evse, _: float) -> int | None:
    """Nothing is offered to a car before the monitor was tested for it. Once it has an offer, the daily test waits until that is over."""
    if e.presence.plug_in is None or not (e.settings.abilities.rcd_test or e.selftest.running):
        return None
    return _nothing_if(e.selftest.running or not e.selftest.passed or e.selftest.for_plug_in != e.presence.plug_in)


def _plug_lock(e: Evse, now: float) -> int | None:
    if e.lease is None:
        return None
    commanded_s = now - e.locked_s if e.outputs.lock else 0.0
    return _nothing_if(e.lock.held_off or (e.share.granted_ma == 0 and not lock.secured(e.lock, e.board, e.settings, commanded_s)))


def _phase_switch(e: Evse, now: float) -> int | None:
    if e.presence.plug_in is None:
        return None
    return _nothing_if(phases.pending(e.poles, asked_phases(e), e.settings) or not phases.settled(e.poles, now))


def _rest(e: Evse, now: float) -> int | None:
    return _nothing_if(e.state not in OFFERING and e.state not in CLOSED and now - e.opening.at_s < e.opening.pause_s)


SOURCES = (
    Source("evse rating", "installer", lambda e, _: e.settings.rating_ma, "what this EVSE is built for"),
    Source("cable", "driver", _cable, "proximity contact: {e.board.pp_ohm} ohm"),
    Source("temperature", "control", _temperature, "{e.board.temperature_c} C: {e.derating.percent} % of the rating"),
    Source("thermometer", "control", _thermometer, f"it says nothing: {derating.UNSEEN} % of the rating"),
    Source("simplified pilot", "installer", _simplified, "the EV asked before anything was offered"),
    Source(PERMIT, "station", _permit, "granted to this car"),
    Source(permit.FAILSAFE, "installer", _failsafe, "the station has not renewed its permit"),
    Source("no permit", "station", _nobody, "nobody has authorised this car"),
    Source("fault", "control", _fault, "see the faults"),
    Source("no meter reading", "control", _meter, "nothing is delivered that is not measured"),
    Source("stop sequence", "control", _stopping, "the EV has 6 s to let go"),
    Source("self-test", "control", _self_test, "the residual current monitor is tested before each session"),
    Source("plug lock", "control", _plug_lock, "the plug has to be locked first"),
    Source("phase switch", "control", _phase_switch, "the contactor rests before another number of phases"),
    Source("contactor rest", "control", _rest, "the contactor was opened just now"),
)
HALTING = Source("control stopping", "control", lambda e, now: 0, "the control process ends")
MINIMUM = Source("minimum current", "installer", lambda e, now: 0, "EVs do not start with less than was set for this EVSE")
SITE = Source("site fuse", "installer", lambda e, now: None, "one fuse for all EVSEs together")
WAITING = Source("duty change", "control", lambda e, now: None, "an offer grows at most every 5 s, and only by what others have given back")
OWN = frozenset(source.name for source in (*SOURCES, HALTING, MINIMUM, SITE, WAITING)) - {PERMIT}

Bounds = list[tuple[Source, int]]


def pool(above: Ceiling | None, fuse_ma: int, now: float) -> tuple[Source, int]:
    """What all EVSEs together may offer, and who says so: the fuse, or the station where it wants less."""
    if above is None or now >= above.until_s or above.limit_ma >= fuse_ma:
        return SITE, fuse_ma
    return Source(above.source, "station", lambda e, now: None, "one bound for all EVSEs together"), above.limit_ma


def bounds(evse: Evse, halting: bool, now: float) -> Bounds:
    """Everything that bounds this EVSE by itself, now."""
    found = [(source, limit_ma) for source in SOURCES if (limit_ma := source.bound(evse, now)) is not None]
    if halting:
        found.append((HALTING, 0))
    if 0 < offerable_ma(min(limit_ma for _, limit_ma in found)) < evse.settings.minimum_ma(evse.poles.phases):
        found.append((MINIMUM, 0))
    return found


def listed(evse: Evse, found: Bounds, now: float) -> tuple[Limit, ...]:
    """The whole list, the lowest first. What has not changed since the last scan is the same object; so is the list."""
    known = {limit.source: limit for limit in evse.limits}
    limits = [_limit(known, evse, source, limit_ma, now) for source, limit_ma in found]
    limits.sort(key=lambda limit: limit.limit_ma)
    same = len(limits) == len(evse.limits) and all(new is old for new, old in zip(limits, evse.limits, strict=True))
    return evse.limits if same else tuple(limits)


def _limit(known: dict[str, Limit], evse: Evse, source: Source, limit_ma: int, now: float) -> Limit:
    name = source.name if source.name != PERMIT else _permit_name(evse)
    limit = known.get(name)
    if limit is not None and limit.limit_ma == limit_ma:
        return limit
    return Limit(name, limit_ma, source.owner, source.reason.format(e=evse), now)


def _permit_name(evse: Evse) -> str:
    """The station may say who is behind its permit, but not in control's own words."""
    name = PERMIT if evse.lease is None else evse.lease.permit.source[: permit.SOURCE]
    return PERMIT if name in OWN else name


def with_expiry(evse: Evse) -> tuple[Limit, ...]:
    """The list as it is told, with the end of the permit."""
    if evse.lease is None:
        return evse.limits
    name, until_s = _permit_name(evse), evse.lease.until_s
    return tuple(structs.replace(limit, expires_s=until_s) if limit.source == name else limit for limit in evse.limits)
