"""Sense: take in what was measured for one EVSE, and what it means: pilot, presence, cable, meter, temperature, self-test, faults."""

from msgspec import structs

from chargepoint.control import derating, lock, presence, proximity, selftest, supply, watch
from chargepoint.control.evse import CLOSED, OFFERING
from chargepoint.control.lock import Lock
from chargepoint.control.memory import SOUND, Evse, EvseInputs, Inputs, Standing
from chargepoint.control.phases import ALL
from chargepoint.control.pilot import follow, offerable_ma
from chargepoint.control.presence import Presence
from chargepoint.control.safety import NOTHING_MEASURED, Facts
from chargepoint.control.watch import Watching
from chargepoint.domain.ids import PlugInId
from hal.measured import BoardInputs

MISSED_S = 0.1
"""A board that measures with every scan has missed some by then, however late a scan may be that is no fault."""


def sense(evse: Evse, inputs: Inputs, upcoming: PlugInId, started_s: float, now: float) -> Evse:
    """One EVSE after its inputs were read. A car that leaves takes its permit with it."""
    read = inputs.evses[evse.settings.evse]
    board = read.board if read.board is not None else NOTHING_MEASURED
    unheard_s = max(now - board.at_s, _gap_s(evse, board, started_s))
    silent = unheard_s > evse.settings.abilities.silent_s
    pilot = evse.pilot if read.board is None else follow(evse.pilot, board)
    here = presence.follow(evse.presence, pilot.letter, upcoming)
    plugged = here.plug_in is not None
    if here is not evse.presence:
        evse = _found(evse, now) if here.found_at_start else evse if plugged else _left(evse)
    evse = structs.replace(
        evse,
        pilot=pilot,
        presence=here,
        cable=proximity.follow(evse.cable, board, evse.settings.phases, plugged=plugged and evse.on_socket),
        lock=lock.answer(_lock(evse, board, started_s), board, silent, now),
        selftest=selftest.follow(evse.selftest, board, here.plug_in, fresh=not silent, able=_testable(evse, board), now=now),
        flow=supply.follow(evse.flow, read.reading, closed=evse.outputs.contactor),
        derating=derating.follow(evse.derating, board.temperature_c, now, fitted=evse.settings.abilities.thermometer),
        board=board,
        driven_s=now if _speaks_again(evse, silent) else evse.driven_s,
        silent=silent,
        missed=now - board.at_s > MISSED_S,
        reading=read.reading,
        record=read.record,
    )
    return _judged(evse, facts(evse, read, inputs, unheard_s, started_s, now))


def _gap_s(evse: Evse, board: BoardInputs, started_s: float) -> float:
    """So long it had not been heard before this measurement: too long between two scans, and its dead-man has opened the contactor."""
    known = evse.missed and evse.board is not NOTHING_MEASURED
    return board.at_s - max(evse.board.at_s, started_s) if known else 0.0


def _found(evse: Evse, now: float) -> Evse:
    """A car that is there at the start may have been charging until then."""
    return structs.replace(evse, energised_s=now)


def _left(evse: Evse) -> Evse:
    """What belonged to the car goes with it."""
    return structs.replace(
        evse,
        lease=None,
        lock=lock.release(evse.lock),
        simplified=False,
        offered=False,
        energised_s=None,
        poles=structs.replace(ALL, phases=evse.poles.phases),
    )


def _lock(evse: Evse, board: BoardInputs, started_s: float) -> Lock:
    first = evse.board is NOTHING_MEASURED and board is not NOTHING_MEASURED
    return lock.found(evse.lock, board, started_s) if first else evse.lock


def _speaks_again(evse: Evse, silent: bool) -> bool:
    """Has a board that moves its contactor by itself just begun to speak? Nobody told it what it did meanwhile."""
    return evse.silent and not silent and evse.settings.own_contactor


def _testable(evse: Evse, board: BoardInputs) -> bool:
    """Is the contactor open, and will it stay so during a self-test?"""
    return (
        evse.settings.abilities.rcd_test and board.contactor_closed is not True and evse.state not in CLOSED and evse.state not in OFFERING
    )


def facts(evse: Evse, read: EvseInputs, inputs: Inputs, unheard_s: float, started_s: float, now: float) -> Facts:
    """What the causes of faults look at."""
    return Facts(
        now=now,
        settings=evse.settings,
        pilot=evse.pilot,
        board=evse.board,
        board_age_s=min(unheard_s, now - started_s),
        reading=read.reading,
        doubt=read.doubt,
        meter_age_s=now - (started_s if read.reading is None else max(read.reading.at_s, started_s)),
        outputs=evse.outputs,
        driven_s=evse.driven_s,
        moved_s=evse.moved_s,
        offer_ma=offerable_ma(evse.share.granted_ma) if evse.state in OFFERING else 0,
        late_s=inputs.late_s,
        overloaded=inputs.overloaded,
        empty=_empty(evse.presence),
        cable=evse.cable,
        flow=evse.flow,
        derating=evse.derating,
        selftest=evse.selftest,
        poles=evse.poles,
        contactor=evse.contactor,
        active=evse.standing.names,
    )


def _empty(here: Presence) -> bool:
    return here.known and here.plug_in is None


def _judged(evse: Evse, seen: Facts) -> Evse:
    watching = watch.watch(evse.watching, seen)
    if watching is evse.watching:
        return evse
    return structs.replace(evse, watching=watching, standing=standing(watching))


def standing(watching: Watching) -> Standing:
    """What the active faults come to."""
    faults = watching.faults
    if not faults:
        return SOUND
    return Standing(
        faults=faults,
        names=frozenset(fault.name for fault in faults),
        open=any(fault.row.action == "open" for fault in faults),
        pause=any(fault.row.action == "pause" for fault in faults),
        shows_f=any(fault.row.action == "open" and fault.row.pilot_f for fault in faults),
        locked_out=any(fault.latched and fault.row.clears == "service" for fault in faults),
        latched_s=min((fault.since_s for fault in faults if fault.latched), default=None),
    )
