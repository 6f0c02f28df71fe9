"""The scan: ``state, outputs, changed = step(state, inputs, wishes, now)``. Pure; ``now`` is the monotonic clock in seconds.

wishes ─▶ leases, locks          what the station wants
inputs ─▶ sense                  pilot, presence, cable, meter, temperature, self-test, faults
          share                  limits of each EVSE, the site fuse over all
          act                    state machine, outputs, what is told and what is kept
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

from msgspec import structs

from chargepoint.control import ceiling, exercising, limits, lock, permit, sense, site, watch
from chargepoint.control.act import act
from chargepoint.control.evse import PAUSE_S
from chargepoint.control.kept import Kept, KeptEvse
from chargepoint.control.limits import Source
from chargepoint.control.memory import ControlState, Evse, Inputs, Opening, Outputs
from chargepoint.control.phases import Poles
from chargepoint.control.pilot import offerable_ma
from chargepoint.control.selftest import SelfTest
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.control.site import Claim
from chargepoint.control.told import as_sent
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import (
    ClearFault,
    ClearOutcome,
    ContactorCount,
    EvseState,
    Exercise,
    HoldPlug,
    Permit,
    Revoke,
    SitePermit,
    Unlock,
)

log = logging.getLogger(__name__)

EvseWish = Permit | Revoke | HoldPlug | Unlock | ClearFault | Exercise
Wish = EvseWish | SitePermit

NOTHING_KEPT: Kept = {}
WORN = "contactor_worn"


def initial(settings: Iterable[EvseSettings], fuse: SiteSettings, boot: str, now: float, kept: Kept = NOTHING_KEPT) -> ControlState:
    """Before the first scan: nothing measured, everything open; the rest as it was ``kept``."""
    evses = {each.evse: _restored(each, kept.get(each.evse, KeptEvse()), now) for each in settings}
    return ControlState(boot, now, fuse, evses, {number: evse.kept for number, evse in evses.items()})


def _restored(settings: EvseSettings, kept: KeptEvse, now: float) -> Evse:
    watching = watch.restored(kept.latched, now)
    return Evse(
        settings=settings,
        state_since_s=now,
        selftest=SelfTest(since_s=now),
        watching=watching,
        standing=sense.standing(watching),
        contactor=kept.contactor,
        poles=Poles(kept.phases),
        opening=Opening(now, PAUSE_S, True) if kept.closed else Opening(),
        lock=lock.kept(kept.locked, now),
        hold_until_s=now + lock.START_S if kept.held else float("-inf"),
        kept=kept,
        shown=EvseState(evse=settings.evse, plug_known=False),
    )


def step(state: ControlState, inputs: Inputs, wishes: Sequence[Wish], now: float) -> tuple[ControlState, Outputs, tuple[EvseState, ...]]:
    """One scan. The third value: every EVSE of which anything but the reading changed, as it is now."""
    evses = dict(state.evses)
    plug_ins = state.plug_ins
    above = state.ceiling
    for wish in wishes:
        if isinstance(wish, SitePermit):
            above = ceiling.accept(wish, now)
        else:
            _heed(evses, wish, now)
    for number, evse in evses.items():
        upcoming = PlugInId(state.boot, plug_ins + 1)
        evses[number] = sensed = sense.sense(evse, inputs, upcoming, state.started_s, now)
        plug_ins += sensed.presence.plug_in is upcoming
    _share(evses, limits.pool(above, state.site.fuse_ma, now), inputs.halting, now)
    for number, evse in evses.items():
        evses[number] = act(exercising.follow(evse, inputs.halting, now), now)
    changed = tuple(as_sent(evse) for number, evse in evses.items() if evse.shown is not state.evses[number].shown)
    outputs = {number: evse.outputs for number, evse in evses.items()}
    return ControlState(state.boot, state.started_s, state.site, evses, _kept(state.kept, evses), above, plug_ins), outputs, changed


def states(state: ControlState) -> tuple[EvseState, ...]:
    """Everything, as it is now: for a snapshot or for telemetry."""
    return tuple(as_sent(evse) for evse in state.evses.values())


def kept(state: ControlState) -> Kept:
    """What has to survive a power cut; the same object for as long as nothing of it changes."""
    return state.kept


def _kept(before: Kept, evses: Mapping[int, Evse]) -> Kept:
    if all(evse.kept is before[number] for number, evse in evses.items()):
        return before
    return {number: evse.kept for number, evse in evses.items()}


def _heed(evses: dict[int, Evse], wish: EvseWish, now: float) -> None:
    evse = evses.get(wish.evse)
    if evse is None:
        log.warning("event=wish_ignored kind=%s evse=%d expected=%s", type(wish).__name__, wish.evse, list(evses))
        return
    match wish:
        case Permit():
            lease = permit.accept(evse.lease, evse.presence.plug_in, wish, now)
            held = evse.lock if lease is evse.lease else lock.release(evse.lock)
            evses[wish.evse] = structs.replace(evse, lease=lease, lock=held)
        case Revoke():
            ended = lock.revoke(evse.lock) if wish.plug_in == evse.presence.plug_in else evse.lock
            evses[wish.evse] = structs.replace(evse, lease=permit.end(evse.lease, wish), lock=ended)
        case HoldPlug():
            begins = wish.valid_for_s > 0 and now >= evse.hold_until_s  # one that stood when the plug was unlocked stays overridden
            held = lock.release(evse.lock) if begins else evse.lock
            evses[wish.evse] = structs.replace(evse, hold_until_s=now + wish.valid_for_s, lock=held)
        case Unlock():
            evses[wish.evse] = structs.replace(evse, lock=lock.ask(evse.lock, wish, evse.settings, evse.closed, now))
        case Exercise():
            log.info("event=exercise evse=%d what=%s", wish.evse, wish.what[: watch.TEXT])
            evses[wish.evse] = exercising.ask(evse, wish, now)
        case _:
            evses[wish.evse] = _clear(evse, wish, now)


def _clear(evse: Evse, wish: ClearFault, now: float) -> Evse:
    """A worn contactor that is cleared has been replaced: it is counted from the beginning."""
    replaced = wish.name == WORN and WORN in evse.standing.names
    watching, outcome = (evse.watching, ClearOutcome(wish.wish[: watch.TEXT], True)) if replaced else watch.clear(evse.watching, wish, now)
    log.info("event=clear_fault evse=%d fault=%s cleared=%s reason=%r", wish.evse, wish.name, outcome.cleared, outcome.reason)
    return structs.replace(
        evse,
        watching=watching,
        standing=sense.standing(watching),
        contactor=ContactorCount() if replaced else evse.contactor,
        cleared=outcome,
    )


def _share(evses: dict[int, Evse], pool: tuple[Source, int], halting: bool, now: float) -> None:
    """Every EVSE's own limits, and what the site leaves of their lowest."""
    whole, pool_ma = pool
    bounds = {number: limits.bounds(evse, halting, now) for number, evse in evses.items()}
    claims = [_claim(evse, min(limit_ma for _, limit_ma in bounds[number])) for number, evse in evses.items()]
    fair = site.fair_ma(claims, pool_ma, now)
    shares = site.allot(claims, fair, pool_ma, now)
    for (number, evse), claim, target, share in zip(list(evses.items()), claims, fair, shares, strict=True):
        found = bounds[number]
        found.append((whole, target if target < claim.want_ma else pool_ma))
        if share.granted_ma < target:
            found.append((limits.WAITING, share.granted_ma))
        told = limits.listed(evse, found, now)
        if share is not evse.share or told is not evse.limits:
            evses[number] = structs.replace(evse, share=share, limits=told)


def _claim(evse: Evse, lowest_ma: int) -> Claim:
    """What it would offer if it were alone on the site."""
    offer_ma = 0 if evse.lease is None else offerable_ma(lowest_ma)
    rank = evse.presence.plug_in.number if evse.presence.plug_in else 0
    priority = 0 if evse.lease is None else evse.lease.permit.priority
    return Claim(offer_ma, evse.share, evse.closed, rank, evse.settings.minimum_ma(evse.poles.phases), priority)
