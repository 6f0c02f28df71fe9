"""2.x block N, logs: GetLog and LogStatusNotification (N01)."""

from chargepoint.domain.commands import GetLog, Outcome, Verdict
from chargepoint.domain.logs import LogStatus
from chargepoint.domain.notifications import LogStatusNotification, Received
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.jobs import get_log
from chargepoint.ocpp.payloads import present
from chargepoint.ocpp.v2.values import answered

_GOT = {Verdict.ACCEPTED, Verdict.ACCEPTED_CANCELED}


def _status(notification: LogStatusNotification) -> Request | None:
    """Always with the number of its request (N01.FR.07, N01.FR.13): an upload that 1.6 has asked for has none."""
    if notification.request_id is None and notification.status is not LogStatus.IDLE:
        return None
    return Request("LogStatusNotification", {"status": notification.status.value} | present(requestId=notification.request_id))


def _got_log(_: GetLog, reply: Outcome) -> Payload:
    """With the name of the file (N01.FR.01), or Rejected (N01.FR.05)."""
    if reply.verdict not in _GOT:
        return answered("Rejected", reply)
    return answered(reply.verdict.value, reply) | present(filename=reply.data)


SAID: dict[type, Said] = {LogStatusNotification: Said(_status, lambda _, __: Received())}
OBEYED: dict[str, Obeyed] = {"GetLog": Obeyed(get_log, _got_log)}
