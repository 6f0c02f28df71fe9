"""The scan: ``state, outputs, changed = step(state, inputs, wishes, now)``. Pure; ``now`` is the monotonic clock in seconds.

wishes ─▶ leases, locks          what the station wants
inputs ─▶ sense                  pilot, presence, interlocks
          share                  limits of each EVSE, the site fuse over all
          act                    state machine, outputs, what is told
"""

import logging
from collections.abc import Iterable, Sequence

from msgspec import structs

from chargepoint.control import evse as iec
from chargepoint.control import lock, permit, presence, site, watch
from chargepoint.control.memory import ControlState, Evse, EvseInputs, Inputs, Outputs
from chargepoint.control.pilot import follow, low_plateau_good, offerable_ma, oscillates
from chargepoint.control.safety import BOARD_SILENT_S, NOTHING_MEASURED, Facts
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.control.site import Claim
from chargepoint.control.told import as_told
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import Limit, lowest
from chargepoint.link.messages import EvseState, Permit, Revoke, Unlock
from hal.measured import BoardOutputs

log = logging.getLogger(__name__)

Wish = Permit | Revoke | Unlock

RATING, SITE_FUSE, HALTING = "evse rating", "site fuse", "control stopping"


def initial(settings: Iterable[EvseSettings], fuse: SiteSettings, boot: str, now: float) -> ControlState:
    """Before the first scan: nothing measured, everything open."""
    evses = {each.evse: Evse(settings=each, state_since_s=now, shown=EvseState(evse=each.evse)) for each in settings}
    return ControlState(boot, now, fuse, evses)


def step(state: ControlState, inputs: Inputs, wishes: Sequence[Wish], now: float) -> tuple[ControlState, Outputs, tuple[EvseState, ...]]:
    """One scan. The third value: every EVSE of which anything but the reading changed, as it is now."""
    evses = dict(state.evses)
    plug_ins = state.plug_ins
    for wish in wishes:
        _heed(evses, wish, now)
    for number, evse in evses.items():
        upcoming = PlugInId(state.boot, plug_ins + 1)
        evses[number] = sensed = _sense(evse, inputs.evses[number], inputs.late_s, upcoming, state.started_s, now)
        plug_ins += sensed.presence.plug_in is upcoming
    _share(evses, state.site.fuse_ma, inputs.halting, now)
    for number, evse in evses.items():
        evses[number] = _act(evse, now)
    changed = tuple(
        structs.replace(evse.shown, reading=evse.reading) for number, evse in evses.items() if evse.shown is not state.evses[number].shown
    )
    outputs = {number: evse.outputs for number, evse in evses.items()}
    return structs.replace(state, evses=evses, plug_ins=plug_ins), outputs, changed


def states(state: ControlState) -> tuple[EvseState, ...]:
    """Everything, as it is now: for a snapshot or for telemetry."""
    return tuple(structs.replace(evse.shown, reading=evse.reading) for evse in state.evses.values())


def _heed(evses: dict[int, Evse], wish: Wish, now: float) -> None:
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
            evses[wish.evse] = structs.replace(evse, lease=permit.end(evse.lease, wish))
        case Unlock():
            evses[wish.evse] = structs.replace(evse, lock=lock.ask(evse.lock, wish, evse.settings, evse.closed, now))


def _sense(evse: Evse, inputs: EvseInputs, late_s: float, upcoming: PlugInId, started_s: float, now: float) -> Evse:
    """Take in what was measured: pilot, presence, interlocks. A car that leaves takes its permit with it."""
    board = inputs.board if inputs.board is not None else NOTHING_MEASURED
    pilot = evse.pilot if inputs.board is None else follow(evse.pilot, board)
    here = presence.follow(evse.presence, pilot.letter, upcoming)
    facts = Facts(
        now,
        evse.settings,
        pilot,
        board,
        now - max(board.at_s, started_s),
        now - (started_s if inputs.reading is None else max(inputs.reading.at_s, started_s)),
        late_s,
        evse.outputs,
        tuple(each.name for each in evse.watches if each.fault is not None),
    )
    watches = watch.watch(evse.watches, facts)
    silent = facts.board_age_s > BOARD_SILENT_S
    gone = here.plug_in is None
    return structs.replace(
        evse,
        pilot=pilot,
        presence=here,
        lease=None if gone else evse.lease,
        lock=lock.answer(lock.release(evse.lock) if gone and evse.presence.plug_in else evse.lock, board, silent, now),
        watches=watches,
        faulted=watch.stops(watches),
        board=board,
        silent=silent,
        reading=inputs.reading,
    )


def _limits(evse: Evse, halting: bool, now: float) -> list[Limit]:
    """What bounds this EVSE by itself."""
    limits = [Limit(RATING, evse.settings.rating_ma)]
    if evse.lease is not None:
        limits.append(permit.limit(evse.lease, now))
    if halting:
        limits.append(Limit(HALTING, 0))
    return limits


def _want_ma(evse: Evse, limits: Iterable[Limit]) -> int:
    """What it would offer if it were alone on the site. A stop runs its course before anything is offered again."""
    if evse.lease is None or evse.faulted or evse.reading is None or evse.state == "stopping":
        return 0
    if evse.share.granted_ma == 0 and not lock.secured(evse.lock, evse.board, evse.settings):
        return 0
    return 0 if evse.lock.held_off else offerable_ma(lowest(limits).limit_ma)


def _share(evses: dict[int, Evse], fuse_ma: int, halting: bool, now: float) -> None:
    limits = {number: _limits(evse, halting, now) for number, evse in evses.items()}
    claims = [
        Claim(_want_ma(evse, limits[number]), evse.share, evse.closed, evse.presence.plug_in.number if evse.presence.plug_in else 0)
        for number, evse in evses.items()
    ]
    fair = site.fair_ma(claims, fuse_ma, now)
    shares = site.allot(claims, fair, fuse_ma, now)
    for (number, evse), claim, target, share in zip(list(evses.items()), claims, fair, shares, strict=True):
        bound = Limit(SITE_FUSE, target if target < claim.want_ma else fuse_ma)
        told = tuple(sorted([*limits[number], bound], key=lambda limit: limit.limit_ma))
        evses[number] = structs.replace(evse, share=share, limits=told)


def _scan(evse: Evse, now: float) -> iec.Scan:
    return iec.Scan(
        letter=evse.pilot.letter,
        granted=evse.share.granted_ma > 0,
        faulted=evse.faulted,
        ventilation=evse.settings.ventilation,
        diode_good=oscillates(evse.outputs.duty_ppm) and low_plateau_good(evse.board.cp_low_mv),
        rested_s=now - evse.opened_s,
        waited_s=now - evse.state_since_s,
    )


def _act(evse: Evse, now: float) -> Evse:
    """Let the state machine decide, and set the outputs accordingly."""
    state = iec.TABLE.after(evse.state, _scan(evse, now))
    contactor = state in iec.CLOSED
    opening = evse.outputs.contactor and not contactor
    closed = contactor or (evse.board.contactor_closed is True and not evse.silent)
    outputs = BoardOutputs(
        duty_ppm=iec.duty(state, evse.share.granted_ma),
        contactor=contactor,
        lock=evse.board.connector in evse.settings.sockets and (closed or (evse.lease is not None and not evse.lock.held_off)),
    )
    evse = structs.replace(
        evse,
        state=state,
        state_since_s=evse.state_since_s if state == evse.state else now,
        opened_s=now if opening else evse.opened_s,
        outputs=outputs,
    )
    shown = as_told(evse, now)
    return evse if shown == evse.shown else structs.replace(evse, shown=shown)
