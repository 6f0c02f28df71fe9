"""The facts behind *why is it not charging?*, gathered from the rooms of the station (``chargepoint.domain.why`` draws the conclusions)."""

from typing import TYPE_CHECKING, Any

from chargepoint.domain.session import Session
from chargepoint.domain.signing import Signing
from chargepoint.domain.transaction import ChargingState
from chargepoint.domain.why import Condition, Facts, Stage, conditions
from chargepoint.link.messages import EvseState
from chargepoint.station.desk import WAKING, Sheet
from chargepoint.station.reading import NAME as READER_SILENT

if TYPE_CHECKING:
    from chargepoint.station.station import Station

WANTED = Signing("wanted")
GOING_ON: tuple[Stage, ...] = ("running", "withdrawn", "ending")
"""What is taken out of service stays in service for these, until they have ended."""


def of(station: "Station", evse: int) -> tuple[Condition, ...]:
    """How each condition of an EVSE stands."""
    return conditions(facts(station, evse))


def facts(station: "Station", evse: int) -> Facts:
    """One EVSE, now."""
    session, sheet = station.transacting.sessions[evse], station.transacting.sheets[evse]
    now_s, updating = station.clock.monotonic(), station.availability.held()
    runs = station.transacting.runs_at(session.place)
    return Facts(
        now_s=now_s,
        linked=station.link.connected,
        known=sheet.known,
        faults=sheet.faults,
        taken_out=None if _stage(session, sheet) in GOING_ON else station.service.office.outages.words(evse),
        operative=updating or runs or station.availability.ordered(session.place),
        updating=updating,
        restarting=station.resetting.scheduled,
        reserved=station.access.reserving.reserved(session.place),
        plugged=session.plug_in is not None,
        stage=_stage(session, sheet),
        waited_s=None if sheet.unpaid_since_s is None else now_s - sheet.unpaid_since_s,
        card=station.access.answers.of(evse),
        reader_silent=any(fault.name == READER_SILENT for fault in station.availability.station_faults()),
        plug_kept=session.plug_kept_for is not None and session.finishing,
        locking=sheet.locking is not None,
        metered=sheet.reading is not None,
        recording=_recording(session),
        offered_for_s=None if sheet.offered_s is None else now_s - sheet.offered_s,
        charged_wh=_charged_wh(session, sheet),
        **({} if sheet.state is None else _heard(session, sheet.state)),
    )


def _stage(session: Session, sheet: Sheet) -> Stage:
    transaction = session.transaction
    if transaction is not None:
        if transaction.stop is not None:
            return "ending"
        return "running" if transaction.wants_energy or _recording(session) else "withdrawn"
    if session.authorization is not None:
        return "waits_for_car" if session.plug_in is None else "starting"
    if session.plug_in is not None and sheet.state is not None and sheet.state.permit == "live":
        return "running"  # by a technician's hand, without a session
    if session.finishing:
        return "timed_out" if session.plug_in is not None and sheet.timed_out == session.plug_in else "over"
    return "nobody"


def _recording(session: Session) -> bool:
    """Has the meter been asked to begin a record? No permit is given before it has."""
    return session.transaction is not None and not session.transaction.withdrawn and session.transaction.signing == WANTED


def _charged_wh(session: Session, sheet: Sheet) -> int:
    if session.transaction is None or sheet.reading is None:
        return 0
    return max(0, sheet.reading.energy_wh - session.transaction.start_wh)


def _heard(session: Session, state: EvseState) -> dict[str, Any]:
    """What control has told."""
    transaction, reading = session.transaction, state.reading
    currents = () if reading is None else tuple(each for each in reading.current_ma if each is not None)
    return {
        "cable": state.cable,
        "limits": state.limits,
        "offered_ma": state.offered_ma,
        "waking": state.state in WAKING,
        "resuming": state.found_at_start and transaction is not None and transaction.charging_state is ChargingState.SUSPENDED_EVSE,
        "asks": state.cp in ("C", "D"),
        "closed": state.contactor_closed,
        "power_w": None if reading is None else reading.power_w,
        "current_ma": max(currents, default=None),
    }
