"""2.x block N: monitors (N02 to N06) and their events (N07, N08).

An event has the time at which it happened, its message the time at which it was made (N07.FR.07, N08.FR.04: every message is the first and
the last of its own report, seqNo 0).
"""

from itertools import groupby

from chargepoint.domain.commands import (
    ClearMonitorResult,
    ClearVariableMonitoring,
    GetMonitoringReport,
    Outcome,
    SetMonitoringBase,
    SetMonitoringLevel,
    SetMonitorResult,
    SetVariableMonitoring,
    TooMuch,
    Verdict,
    WantedMonitor,
)
from chargepoint.domain.entries import VariableKey
from chargepoint.domain.monitors import Monitor, MonitorKind
from chargepoint.domain.notifications import MonitorEvent, NotifyEvent, NotifyMonitoringReport, Received
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import decimal, present, whole
from chargepoint.ocpp.v2.authorizing import accepted_or_rejected
from chargepoint.ocpp.v2.provisioning import read_wanted
from chargepoint.ocpp.v2.values import answered, component_variable, read_key, size, status_info, too_much

LONGEST_VALUE, LONGEST_CODE, LONGEST_INFO = 2500, 50, 500

_STATUSES = {Verdict.ACCEPTED: "Accepted", Verdict.NOT_SUPPORTED: "NotSupported", Verdict.EMPTY: "EmptyResultSet"}


# Events


def _event(notification: NotifyEvent) -> Request:
    data = [_event_data(event) for event in notification.events]
    return Request("NotifyEvent", {"generatedAt": times.write(notification.at), "tbc": False, "seqNo": 0, "eventData": data})


def _event_data(event: MonitorEvent) -> Payload:
    """Component, variable and monitor are always named (N07.FR.06)."""
    return (
        {
            "eventId": event.id,
            "timestamp": times.write(event.at),
            "trigger": event.trigger.value,
            "actualValue": event.value[:LONGEST_VALUE],
            "eventNotificationType": event.origin,
        }
        | component_variable(event.key)
        | present(
            variableMonitoringId=event.monitor_id,
            cleared=event.cleared or None,
            transactionId=event.transaction_id,
            cause=event.cause,
            techCode=event.tech_code[:LONGEST_CODE],
            techInfo=event.tech_info[:LONGEST_INFO],
        )
    )


# Reports


def _report_request(payload: Payload) -> GetMonitoringReport:
    return GetMonitoringReport(
        whole(payload["requestId"], "requestId"),
        tuple(payload.get("monitoringCriteria", ())),
        tuple(map(read_wanted, payload.get("componentVariable", ()))),
        size(payload),
    )


def _reported(_: object, reply: Outcome | TooMuch) -> Payload:
    if isinstance(reply, TooMuch):
        raise too_much(reply)
    return answered(_STATUSES.get(reply.verdict, "Rejected"), reply)


def _report(notification: NotifyMonitoringReport) -> Request:
    return Request(
        "NotifyMonitoringReport",
        {
            "requestId": notification.request_id,
            "generatedAt": times.write(notification.at),
            "seqNo": notification.seq_no,
            "tbc": notification.to_be_continued,
            "monitor": [_of_variable(key, list(each)) for key, each in groupby(notification.monitors, lambda each: each.key)],
        },
    )


def _of_variable(key: VariableKey, monitors: list[Monitor]) -> Payload:
    """MonitoringDataType: all monitors of one variable."""
    return component_variable(key) | {"variableMonitoring": [_monitor(each) for each in monitors]}


def _monitor(monitor: Monitor) -> Payload:
    return {
        "id": monitor.id,
        "transaction": monitor.transaction,
        "value": decimal(monitor.value),
        "type": monitor.kind.value,
        "severity": monitor.severity,
    }


# Setting and clearing


def _set(payload: Payload) -> SetVariableMonitoring:
    return SetVariableMonitoring(tuple(map(_wanted_monitor, payload["setMonitoringData"])), size(payload))


def _wanted_monitor(payload: Payload) -> WantedMonitor:
    number = payload.get("id")
    return WantedMonitor(
        key=read_key(payload),
        kind=MonitorKind(payload["type"]),
        value=float(payload["value"]),
        severity=whole(payload["severity"], "severity"),
        transaction=payload.get("transaction", False),
        id=None if number is None else whole(number, "id"),
    )


def _were_set(_: SetVariableMonitoring, reply: tuple[SetMonitorResult, ...] | TooMuch) -> Payload:
    if isinstance(reply, TooMuch):
        raise too_much(reply)
    return {"setMonitoringResult": list(map(_result, reply))}


def _result(result: SetMonitorResult) -> Payload:
    """Component and variable are those that were asked for (N04.FR.02)."""
    wanted = result.wanted
    said = {"status": result.status, "type": wanted.kind.value, "severity": wanted.severity}
    return said | component_variable(wanted.key) | present(id=result.id, statusInfo=status_info(result.reason_code, result.info))


def _clear(payload: Payload) -> ClearVariableMonitoring:
    return ClearVariableMonitoring(tuple(whole(each, "id") for each in payload["id"]), size(payload))


def _were_cleared(_: ClearVariableMonitoring, reply: tuple[ClearMonitorResult, ...] | TooMuch) -> Payload:
    if isinstance(reply, TooMuch):
        raise too_much(reply)
    results = [{"id": each.id, "status": each.status} | present(statusInfo=status_info(each.reason_code, each.info)) for each in reply]
    return {"clearMonitoringResult": results}


SAID: dict[type, Said] = {
    NotifyEvent: Said(_event, lambda _, __: Received()),
    NotifyMonitoringReport: Said(_report, lambda _, __: Received()),
}
OBEYED: dict[str, Obeyed] = {
    "GetMonitoringReport": Obeyed(_report_request, _reported),
    "SetMonitoringBase": Obeyed(lambda payload: SetMonitoringBase(payload["monitoringBase"]), _reported),
    "SetMonitoringLevel": Obeyed(lambda payload: SetMonitoringLevel(whole(payload["severity"], "severity")), accepted_or_rejected),
    "SetVariableMonitoring": Obeyed(_set, _were_set),
    "ClearVariableMonitoring": Obeyed(_clear, _were_cleared),
}
