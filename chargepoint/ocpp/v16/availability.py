"""1.6: StatusNotification (§4.9), ChangeAvailability (§5.2), Heartbeat (§4.6)."""

from chargepoint.domain.commands import ChangeAvailability, Outcome, Verdict
from chargepoint.domain.notifications import Heartbeat, HeartbeatAnswer, Received
from chargepoint.domain.status import StatusNotification
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said, Settled
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import whole
from chargepoint.ocpp.v16.numbering import STATION, Numbering
from chargepoint.ocpp.v16.status import details, error_code, station_word, status_word, told_fault

_ANSWERS = {Verdict.ACCEPTED: "Accepted", Verdict.SCHEDULED: "Scheduled"}


def _status(numbering: Numbering, notification: StatusNotification) -> Request:
    facts = notification.facts
    number = STATION if notification.station else numbering.number(facts.connector)
    status = station_word(facts) if notification.station else status_word(facts)
    fault = told_fault(facts)
    code = error_code(fault, status, station=notification.station)
    payload = {"connectorId": number, "errorCode": code, "status": status, "timestamp": times.write(notification.at)}
    return Request("StatusNotification", payload | details(fault, facts.note))


def _change(numbering: Numbering, payload: Payload) -> ChangeAvailability | Settled:
    """Connector 0 is the charge point and all its connectors."""
    operative, number = payload["type"] == "Operative", whole(payload["connectorId"], "connectorId")
    if number == STATION:
        return ChangeAvailability(operative, cascades=True)
    connector = numbering.connector(number)
    if connector is None:
        return Settled({"status": "Rejected"})
    return ChangeAvailability(operative, connector.evse, connector.connector, cascades=True)


def _changed(_: ChangeAvailability, reply: Outcome) -> Payload:
    return {"status": _ANSWERS.get(reply.verdict, "Rejected")}


def said(numbering: Numbering) -> dict[type, Said]:
    """What the station tells of its availability."""
    return {
        StatusNotification: Said(lambda notification: _status(numbering, notification), lambda _, __: Received()),
        Heartbeat: Said(
            lambda _: Request("Heartbeat", {}),
            lambda _, payload: HeartbeatAnswer(times.read(payload["currentTime"])),
        ),
    }


def obeyed(numbering: Numbering) -> dict[str, Obeyed]:
    """What changes it."""
    return {"ChangeAvailability": Obeyed(lambda payload: _change(numbering, payload), _changed)}
