"""2.x block G: StatusNotification (G01), Heartbeat (G02), ChangeAvailability (G03, G04)."""

from chargepoint.domain.commands import ChangeAvailability, Outcome, Verdict
from chargepoint.domain.notifications import Heartbeat, HeartbeatAnswer, Received
from chargepoint.domain.status import StatusNotification, availability_state
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.v2.values import answered, read_evse

_CHANGED = {Verdict.ACCEPTED: "Accepted", Verdict.SCHEDULED: "Scheduled"}


def _status(notification: StatusNotification) -> Request | None:
    """Connectors only: the station as such has no status here."""
    if notification.station:
        return None
    facts = notification.facts
    return Request(
        "StatusNotification",
        {
            "timestamp": times.write(notification.at),
            "connectorStatus": availability_state(facts),
            "evseId": facts.connector.evse,
            "connectorId": facts.connector.connector,
        },
    )


def _change(payload: Payload) -> ChangeAvailability:
    evse, connector = read_evse(payload.get("evse"))
    return ChangeAvailability(payload["operationalStatus"] == "Operative", evse, connector)


def _changed(_: ChangeAvailability, reply: Outcome) -> Payload:
    return answered(_CHANGED.get(reply.verdict, "Rejected"), reply)


SAID: dict[type, Said] = {
    StatusNotification: Said(_status, lambda _, __: Received()),
    Heartbeat: Said(
        lambda _: Request("Heartbeat", {}),
        lambda _, payload: HeartbeatAnswer(times.read(payload["currentTime"])),
    ),
}
OBEYED: dict[str, Obeyed] = {"ChangeAvailability": Obeyed(_change, _changed)}
