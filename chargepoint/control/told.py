"""What is told of an EVSE: a projection of what control remembers, made anew in every scan and compared with the last."""

from msgspec import structs

from chargepoint.control import permit
from chargepoint.control.evse import OFFERING
from chargepoint.control.limits import with_expiry
from chargepoint.control.memory import Evse
from chargepoint.control.pilot import offerable_ma
from chargepoint.control.supply import drawn_phases
from chargepoint.link.messages import CpState, EvseState


def as_told(evse: Evse, now: float) -> EvseState:
    """The state of an EVSE for the station, all but the meter's reading and what only passes."""
    return EvseState(
        evse=evse.settings.evse,
        plug_in=evse.presence.plug_in,
        plug_known=evse.presence.known,
        connector=evse.board.connector,
        found_at_start=evse.presence.found_at_start,
        cp=_letter(evse),
        state=evse.state,
        contactor_closed=_contactor_closed(evse),
        locked=_locked(evse),
        cable=evse.cable_in,
        faults=evse.standing.faults,
        permit=permit.standing(evse.lease, now),
        offered_ma=offerable_ma(evse.share.granted_ma) if evse.state in OFFERING else 0,
        limits=evse.limits,
        unlock=evse.lock.outcome,
        cleared=evse.cleared,
        phases=evse.poles.phases if evse.settings.phases == 3 else 1,
        phase_switching=evse.settings.abilities.phase_switching and evse.settings.phases == 3,
        phases_stay=evse.poles.switches >= evse.settings.phase_switches,
        contactor=evse.contactor,
        exercised=evse.exercised,
        record=evse.record,
    )


def as_sent(evse: Evse) -> EvseState:
    """The same with what changes too often to be news: the reading, the temperature, and when the permit ends."""
    return structs.replace(
        evse.shown,
        reading=evse.reading,
        phases_drawn=drawn_phases(evse.reading),
        limits=with_expiry(evse),
        temperature_c=evse.board.temperature_c,
    )


def _letter(evse: Evse) -> CpState:
    """A voltage that means nothing is told as E, with the fault that explains it; before the first measurement A."""
    if evse.pilot.shown is not None:
        return evse.pilot.shown
    return "E" if evse.presence.known else "A"


def _contactor_closed(evse: Evse) -> bool:
    feedback = evse.board.contactor_closed
    return evse.outputs.contactor if feedback is None or evse.silent else feedback


def _locked(evse: Evse) -> bool | None:
    if not evse.on_socket:
        return None
    return evse.outputs.lock if evse.board.plug_locked is None else evse.board.plug_locked
