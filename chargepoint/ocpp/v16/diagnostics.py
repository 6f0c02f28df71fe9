"""1.6: GetDiagnostics (§5.9), DiagnosticsStatusNotification (§4.4); GetLog, LogStatusNotification (1.6-SEC N01)."""

from chargepoint.domain.commands import GetLog, Outcome, Verdict
from chargepoint.domain.logs import LogKind, LogStatus
from chargepoint.domain.notifications import LogStatusNotification, Received
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.jobs import get_log, time_or_none, tries
from chargepoint.ocpp.payloads import present

DIAGNOSTICS = {LogStatus.IDLE: "Idle", LogStatus.UPLOADED: "Uploaded", LogStatus.UPLOADING: "Uploading"}
"""DiagnosticsStatus (§7.24); whatever else becomes of an upload is UploadFailed."""
LOG = frozenset(LogStatus) - {LogStatus.ACCEPTED_CANCELED}
"""UploadLogStatusEnumType (1.6-SEC §6.19). It has no word for an upload that another one has replaced: the answer to that one says it."""

_GOT = {Verdict.ACCEPTED, Verdict.ACCEPTED_CANCELED}


def _status(notification: LogStatusNotification) -> Request | None:
    if notification.diagnostics:
        return Request("DiagnosticsStatusNotification", {"status": DIAGNOSTICS.get(notification.status, "UploadFailed")})
    if notification.status not in LOG:
        return None
    return Request("LogStatusNotification", {"status": notification.status.value} | present(requestId=notification.request_id))


def _heard(_: LogStatusNotification, payload: Payload) -> Received:
    return Received()


def _diagnostics(payload: Payload) -> GetLog:
    return GetLog(
        kind=LogKind.DIAGNOSTICS,
        location=payload["location"],
        oldest=time_or_none(payload, "startTime"),
        newest=time_or_none(payload, "stopTime"),
        **tries(payload),
    )


def _got_diagnostics(_: GetLog, reply: Outcome) -> Payload:
    """Without a name there is nothing to upload (§5.9)."""
    return present(fileName=reply.data if reply.verdict in _GOT else None)


def _got_log(_: GetLog, reply: Outcome) -> Payload:
    if reply.verdict not in _GOT:
        return {"status": "Rejected"}
    return {"status": reply.verdict.value} | present(filename=reply.data)


SAID: dict[type, Said] = {LogStatusNotification: Said(_status, _heard)}
OBEYED: dict[str, Obeyed] = {"GetDiagnostics": Obeyed(_diagnostics, _got_diagnostics), "GetLog": Obeyed(get_log, _got_log)}
