"""How the station is, as one document: for ``chargepoint status``, the bench and the pages. Ages and times to come are in seconds."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec import structs

from chargepoint.domain.faults import Fault
from chargepoint.domain.limits import Limit
from chargepoint.domain.redaction import masked
from chargepoint.domain.reservation import Reservation
from chargepoint.domain.why import Condition, first
from chargepoint.link.messages import EvseState
from chargepoint.link.release import RELEASE
from chargepoint.station import conditions
from chargepoint.station.clock import StationClock
from chargepoint.station.desk import Sheet

if TYPE_CHECKING:
    from chargepoint.station.station import Station

UNHEARD: dict[str, Any] = {
    "state": None,
    "cp": None,
    "limit_a": 0,
    "limit_source": None,
    "limits": [],
    "offered_a": 0,
    "permit": None,
    "phases": None,
    "phases_drawn": None,
    "contactor_count": None,
}
"""Of an EVSE that control has not told of yet."""

CLEARS = {
    "gone": "by itself, when its cause is gone",
    "unplugged": "when its cause is gone and the car has left",
    "service": "by a technician when its cause is gone, with chargepoint clear-fault",
}
"""How a fault ends, by ``FaultRow.clears``."""


def of(station: "Station") -> dict[str, Any]:
    """The whole station."""
    return {
        "ready": station.link.connected and all(sheet.known for sheet in station.transacting.sheets.values()),
        "link": station.link.connected,
        "id": station.settings.identity.id,
        "release": RELEASE,
        "control_release": station.link.release if station.link.connected else "",
        "ocpp": {
            "configured": station.settings.has_csms,
            "version": station.csms.version,
            "connected": station.settings.has_csms and station.csms.connected,
            "registration": station.registration.value,
        },
        "messages": {"waiting": station.store.outbox.waiting(), "given_up": station.store.outbox.given_up()},
        "faults": [fault.name for fault in station.availability.station_faults()],
        "fault_details": [_fault(fault, station.clock) for fault in station.availability.station_faults()],
        "reservations": [_reservation(reservation, station.clock) for reservation in station.access.reserving.kept],
        "evses": [_evse(station, sheet) for sheet in station.transacting.sheets.values()],
    }


def _messages(station: "Station", evse: int) -> list[str]:
    """Of the CSMS, to be seen at an EVSE now; the first are in front."""
    seen = station.messages.bulletin(evse)
    return [*seen.front, *seen.cycle]


def _evse(station: "Station", sheet: Sheet) -> dict[str, Any]:
    session = station.transacting.sessions[sheet.settings.evse]
    transaction = session.transaction
    ours = None if transaction is None else transaction.id
    named = None if transaction is None else station.store.transactions.csms_id(transaction.id)
    facts = station.availability.facts(session.place)
    return {
        "id": session.evse,
        **(UNHEARD if sheet.state is None else _heard(sheet.state, station.clock)),
        "faults": [fault.name for fault in sheet.faults],
        "fault_details": [_fault(fault, station.clock) for fault in sheet.faults],
        "energy_wh": None if sheet.reading is None else sheet.reading.energy_wh,
        "power_w": None if sheet.reading is None else sheet.reading.power_w,
        "transaction": ours,
        "plug_kept": session.plug_kept_for is not None,
        "csms_transaction": (named if station.csms.version == "1.6" else ours),
        "status": station.csms.status_word(facts),
        "display": station.vendors.display(session.evse),
        "messages": _messages(station, session.evse),
        "out_of_service": station.service.office.outages.words(session.evse),
        **_why(conditions.of(station, session.evse)),
    }


def _why(found: tuple[Condition, ...]) -> dict[str, Any]:
    """The conditions for charging in their order, and in a sentence which of them it is that keeps it from charging."""
    answer = first(found)
    return {"why": answer.text, "why_code": answer.code, "conditions": [structs.asdict(each) for each in found]}


def _heard(state: EvseState, clock: StationClock) -> dict[str, Any]:
    offered_a = state.offered_ma / 1000
    return {
        "state": state.state,
        "cp": state.cp,
        "limit_a": offered_a,
        "limit_source": state.limits[0].source if state.limits else None,
        "limits": [_limit(limit, clock.monotonic()) for limit in state.limits],
        "offered_a": offered_a,
        "permit": state.permit,
        "phases": state.phases,
        "phases_drawn": state.phases_drawn,
        "contactor_count": {"closings": state.contactor.closings, "under_load": state.contactor.under_load},
    }


def _fault(fault: Fault, clock: StationClock) -> dict[str, Any]:
    row = fault.row
    return {
        "name": fault.name,
        "code": row.code,
        "title": row.title,
        "driver": row.driver,
        "info": fault.info,
        "since": _written(clock.at(fault.since_s)),
        "age_s": _age_s(fault.since_s, clock.monotonic()),
        "stops_charging": fault.stops_charging,
        "latched": fault.latched,
        "clears": _clears(fault),
        "technician": row.technician,
    }


def _reservation(reservation: Reservation, clock: StationClock) -> dict[str, Any]:
    return {
        "id": reservation.id,
        "evse": reservation.evse,
        "connector": reservation.connector,
        "token": masked(reservation.token),
        "group": None if reservation.group is None else masked(reservation.group),
        "expires": _written(reservation.expires),
        "expires_in_s": max(0.0, round((reservation.expires - clock.now()).total_seconds(), 1)),
    }


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clears(fault: Fault) -> str:
    row = fault.row
    if fault.by_board:
        return "when the board says so"
    if row.clears != "gone":
        return CLEARS[row.clears]
    if fault.latched:
        return CLEARS["unplugged"]
    if row.retry is not None:
        return f"by itself: tried again every {row.retry.pause_s:g} s, {row.retry.times} times for one car"
    return CLEARS["gone"]


def _limit(limit: Limit, now_s: float) -> dict[str, Any]:
    return {
        "source": limit.source,
        "limit_a": limit.limit_ma / 1000,
        "owner": limit.owner,
        "reason": limit.reason,
        "age_s": _age_s(limit.since_s, now_s),
        "expires_in_s": None if limit.expires_s is None else _age_s(now_s, limit.expires_s),
    }


def _age_s(since_s: float, now_s: float) -> float:
    return round(max(0.0, now_s - since_s), 1)
