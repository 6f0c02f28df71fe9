"""How the station is, as one document: for ``chargepoint status``, the bench and the pages."""

from typing import TYPE_CHECKING, Any

from chargepoint.station.desk import Sheet

if TYPE_CHECKING:
    from chargepoint.station.station import Station


def of(station: "Station") -> dict[str, Any]:
    """The whole station."""
    return {
        "ready": station.link.connected and all(sheet.known for sheet in station.transacting.sheets.values()),
        "link": station.link.connected,
        "id": station.settings.identity.id,
        "ocpp": {
            "configured": station.settings.has_csms,
            "version": station.csms.version,
            "connected": station.settings.has_csms and station.csms.connected,
            "registration": station.registration.value,
        },
        "messages": {"waiting": station.store.outbox.waiting(), "given_up": station.store.outbox.given_up()},
        "evses": [_evse(station, sheet) for sheet in station.transacting.sheets.values()],
    }


def _evse(station: "Station", sheet: Sheet) -> dict[str, Any]:
    session = station.transacting.sessions[sheet.settings.evse]
    transaction, state = session.transaction, sheet.state
    ours = None if transaction is None else transaction.id
    named = None if transaction is None else station.store.transactions.csms_id(transaction.id)
    lowest = state.limits[0] if state is not None and state.limits else None
    facts = station.availability.facts(session.place)
    return {
        "id": session.evse,
        "state": None if state is None else state.state,
        "cp": None if state is None else state.cp,
        "faults": [] if state is None else [fault.name for fault in state.faults],
        "limit_a": 0 if state is None else state.offered_ma / 1000,
        "limit_source": None if lowest is None else lowest.source,
        "limits": [] if state is None else [{"source": limit.source, "limit_a": limit.limit_ma / 1000} for limit in state.limits],
        "offered_a": 0 if state is None else state.offered_ma / 1000,
        "permit": None if state is None else state.permit,
        "energy_wh": None if sheet.reading is None else sheet.reading.energy_wh,
        "power_w": None if sheet.reading is None else sheet.reading.power_w,
        "transaction": ours,
        "csms_transaction": (named if station.csms.version == "1.6" else ours),
        "status": station.csms.status_word(facts),
    }
