"""Act: let the state machine decide for one EVSE, and set its outputs, what is told and what is kept accordingly."""

from msgspec import structs

from chargepoint.control import evse as iec
from chargepoint.control import exercising, lock, phases, watch
from chargepoint.control.kept import KeptEvse
from chargepoint.control.limits import asked_phases
from chargepoint.control.memory import Evse, Opening
from chargepoint.control.phases import Poles
from chargepoint.control.pilot import ENERGISABLE, low_plateau_good, offerable_ma, oscillates
from chargepoint.control.site import Share
from chargepoint.control.told import as_told
from chargepoint.link.messages import ContactorCount, IecState
from hal.measured import PILOT_FAULT_PPM, PILOT_OFF_PPM, PILOT_STEADY_PPM, BoardOutputs

WAKING_PPM = {"F": PILOT_FAULT_PPM, "E": PILOT_OFF_PPM}
LOCK_FAULTS = frozenset({"lock_failed", "lock_stuck"})
OF_NO_LOAD = frozenset[IecState]({"B1", "B2"})
"""States in which the EV has let go by itself."""


def act(evse: Evse, now: float) -> Evse:
    """One EVSE after its share of the site is known."""
    state = iec.TABLE.after(evse.state, _scan(evse, now))
    poles = _poles(evse, now)
    outputs = BoardOutputs(
        duty_ppm=_duty(evse, state),
        contactor=state in iec.CLOSED,
        lock=_lock(evse, state, now),
        phases=poles.phases,
        rcd_test=evse.selftest.stage == "testing",
        shunt_trip=evse.settings.abilities.shunt_trip and watch.present(evse.watching, "contactor_welded", now),
        offer_ma=offerable_ma(evse.share.granted_ma) if state in iec.OFFERING else 0,
    )
    evse = _moved(evse, state, exercising.over(evse, outputs), poles, now)
    shown = as_told(evse, now)
    return evse if shown == evse.shown else structs.replace(evse, shown=shown)


def _scan(evse: Evse, now: float) -> iec.Scan:
    return iec.Scan(
        letter=evse.pilot.letter,
        asks_now=evse.pilot.measured in ENERGISABLE,
        granted=evse.share.granted_ma > 0,
        faulted=evse.standing.open,
        shows_f=evse.standing.shows_f,
        locked_out=evse.standing.locked_out,
        ventilation=evse.settings.ventilation,
        diode_good=_diode_good(evse),
        contacts_open=evse.settings.own_contactor or evse.board.contactor_closed is not True,
        plug_held=not evse.on_socket or evse.board.plug_locked is not False,
        wakeable=evse.wakeable,
        rested_s=now - evse.opening.at_s,
        waited_s=now - evse.state_since_s,
    )


def _duty(evse: Evse, state: IecState) -> int:
    """A board that cannot show F shows that nothing is offered."""
    ppm = iec.duty(state, evse.share.granted_ma, WAKING_PPM.get(evse.settings.wake_up, PILOT_FAULT_PPM))
    return PILOT_STEADY_PPM if ppm == PILOT_FAULT_PPM and not evse.settings.abilities.fault_state else ppm


def _diode_good(evse: Evse) -> bool:
    """By a measurement that was taken since PWM began."""
    return oscillates(evse.outputs.duty_ppm) and evse.board.at_s > evse.driven_s and low_plateau_good(evse.board.cp_low_mv)


def _poles(evse: Evse, now: float) -> Poles:
    """Change them when that is wanted, the contactor is open, and the pause is over.

    It counts from the last opening, whoever was there then: a pilot that was interrupted makes one car look like two.
    """
    want = asked_phases(evse)
    if evse.closed or evse.silent or evse.state in iec.OFFERING or not phases.pending(evse.poles, want, evse.settings):
        return evse.poles
    pause_s = phases.pause_s(evse.settings, under_load=evse.opening.under_load)
    if now - max(evse.opening.at_s, evse.energised_s or evse.opening.at_s) < pause_s:
        return evse.poles
    return phases.change(evse.poles, want, energised_before=evse.energised_s is not None, now=now)


def _lock(evse: Evse, state: IecState, now: float) -> bool:
    """A contactor that was closed when its board was last heard counts as closed."""
    if not evse.on_socket:
        return False
    latched_s = evse.standing.latched_s
    return lock.wanted(
        evse.lock,
        permitted=evse.lease is not None or evse.held(now) or lock.stays(evse.lock, now),
        closed=state in iec.CLOSED or evse.board.contactor_closed is True,
        failed=bool(evse.standing.names & LOCK_FAULTS),
        given_up_s=None if latched_s is None else now - max(latched_s, evse.opening.at_s),
    )


def _moved(evse: Evse, state: IecState, outputs: BoardOutputs, poles: Poles, now: float) -> Evse:
    """What follows from the step just taken."""
    if state == evse.state and outputs == evse.outputs:
        return _kept(evse, now)
    asks = evse.pilot.letter in ENERGISABLE
    moved = outputs.contactor != evse.outputs.contactor
    return _kept(
        structs.replace(
            evse,
            state=state,
            state_since_s=evse.state_since_s if state == evse.state else now,
            share=_share(evse, state, now),
            wakeable=_wakeable(evse, state, asks),
            simplified=evse.simplified or (asks and state in ("C1", "D1") and not evse.offered and not evse.presence.found_at_start),
            offered=evse.offered or state in iec.OFFERING,
            energised_s=now if moved and outputs.contactor else evse.energised_s,
            poles=poles,
            opening=_opening(evse, state, now) if moved and not outputs.contactor else evse.opening,
            contactor=_counted(evse, state, outputs.contactor) if moved else evse.contactor,
            moved_s=now if moved else evse.moved_s,
            locked_s=now if outputs.lock and not evse.outputs.lock else evse.locked_s,
            driven_s=now if _kind(outputs.duty_ppm) != _kind(evse.outputs.duty_ppm) else evse.driven_s,
            outputs=outputs,
        ),
        now,
    )


def _wakeable(evse: Evse, state: IecState, asks: bool) -> bool:
    """From the first offer after a rest until the EV asks, or has been woken."""
    if asks or state in iec.CLOSED or state == "waking" or not evse.settings.wakes:
        return False
    return True if state == "B2" and evse.state in ("B1", "C1", "D1") else evse.wakeable


def _share(evse: Evse, state: IecState, now: float) -> Share:
    """An offer that comes back after waking stands for its 5 s like any other."""
    if state != "B2" or evse.state != "woken":
        return evse.share
    return Share(evse.share.granted_ma, now, evse.share.granted_ma)


def _opening(evse: Evse, state: IecState, now: float) -> Opening:
    """The contactor opens on the way to ``state``."""
    wanted = state in OF_NO_LOAD or state in ("A", "C1")
    return Opening(now, iec.PAUSE_S if wanted else iec.FAULT_PAUSE_S, _under_load(evse, state))


def _under_load(evse: Evse, state: IecState) -> bool:
    """Had the EV not let go by itself?"""
    return state not in OF_NO_LOAD or evse.pilot.measured != "B"


def _counted(evse: Evse, state: IecState, closing: bool) -> ContactorCount:
    count = evse.contactor
    return ContactorCount(count.closings + closing, count.under_load + (not closing and _under_load(evse, state)))


def _kind(ppm: int) -> int:
    """X1, PWM, F and off, told apart."""
    return -2 if oscillates(ppm) else ppm


def _kept(evse: Evse, now: float) -> Evse:
    latched = tuple(watch.latched(evse.standing.faults))
    outputs = evse.outputs
    kept = KeptEvse(latched, evse.contactor, evse.poles.phases, outputs.contactor, outputs.lock, now < evse.hold_until_s)
    return evse if kept == evse.kept else structs.replace(evse, kept=kept)
