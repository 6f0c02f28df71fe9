"""2.x block B: BootNotification (B01 to B03), NotifyReport, GetBaseReport (B07) and GetReport (B08), Reset (B11, B12)."""

from chargepoint.domain.commands import GetBaseReport, GetReport, Outcome, Reset, ResetKind, TooMuch, Verdict
from chargepoint.domain.notifications import BootAnswer, BootNotification, NotifyReport, Received
from chargepoint.domain.reports import VariableReport, Wanted
from chargepoint.domain.variables.device_data import LONGEST_TOLD
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import interval_s, present, registration, whole, whole_or_none
from chargepoint.ocpp.v2.values import answered, component_variable, read_evse, size, too_much

_REPORTED = {Verdict.ACCEPTED: "Accepted", Verdict.NOT_SUPPORTED: "NotSupported", Verdict.EMPTY: "EmptyResultSet"}
_RESET = {Verdict.ACCEPTED: "Accepted", Verdict.SCHEDULED: "Scheduled"}


def _boot(notification: BootNotification) -> Request:
    station = notification.station
    return Request(
        "BootNotification",
        {
            "reason": notification.reason.value,
            "chargingStation": {"vendorName": station.vendor[:50], "model": station.model[:20]}
            | present(serialNumber=station.serial[:25], firmwareVersion=station.firmware[:50]),
        },
    )


def _booted(_: BootNotification, payload: Payload) -> BootAnswer:
    """Only its status has to be there (``payloads.registration``): without an interval the station keeps its own."""
    return BootAnswer(registration(payload), interval_s(payload.get("interval", 0)), times.read(payload.get("currentTime", "")))


def _report(notification: NotifyReport) -> Request:
    return Request(
        "NotifyReport",
        {
            "requestId": notification.request_id,
            "generatedAt": times.write(notification.at),
            "seqNo": notification.seq_no,
            "tbc": notification.to_be_continued,
        }
        | present(reportData=[_row(row) for row in notification.rows]),
    )


def _row(row: VariableReport) -> Payload:
    """ReportDataType. The value of a write-only variable is never told."""
    attribute: Payload = {"type": row.key.attribute, "mutability": row.access} | present(persistent=row.persistent or None)
    if row.value is not None and row.access != "WriteOnly":
        attribute["value"] = row.value[:LONGEST_TOLD]
    characteristics = {"dataType": row.data_type, "supportsMonitoring": row.monitored} | present(
        unit=row.unit, minLimit=row.minimum, maxLimit=row.maximum, valuesList=",".join(row.values)
    )
    return component_variable(row.key) | {"variableAttribute": [attribute], "variableCharacteristics": characteristics}


def _base_report(payload: Payload) -> GetBaseReport:
    return GetBaseReport(whole(payload["requestId"], "requestId"), payload["reportBase"])


def _report_request(payload: Payload) -> GetReport:
    return GetReport(
        whole(payload["requestId"], "requestId"),
        tuple(payload.get("componentCriteria", ())),
        tuple(map(read_wanted, payload.get("componentVariable", ()))),
        size(payload),
    )


def read_wanted(payload: Payload) -> Wanted:
    """ComponentVariableType."""
    component, variable = payload["component"], payload.get("variable", {})
    evse, connector = read_evse(component.get("evse"))
    return Wanted(
        component=component["name"],
        component_instance=component.get("instance"),
        evse=evse,
        connector=connector,
        variable=variable.get("name"),
        instance=variable.get("instance"),
    )


def _reported(_: GetBaseReport | GetReport, reply: Outcome | TooMuch) -> Payload:
    if isinstance(reply, TooMuch):
        raise too_much(reply)
    return answered(_REPORTED.get(reply.verdict, "Rejected"), reply)


def _reset(payload: Payload) -> Reset:
    return Reset(ResetKind(payload["type"]), whole_or_none(payload, "evseId"))


def _was_reset(_: Reset, reply: Outcome) -> Payload:
    return answered(_RESET.get(reply.verdict, "Rejected"), reply)


SAID: dict[type, Said] = {
    BootNotification: Said(_boot, _booted, bare=True),
    NotifyReport: Said(_report, lambda _, __: Received()),
}
OBEYED: dict[str, Obeyed] = {
    "GetBaseReport": Obeyed(_base_report, _reported),
    "GetReport": Obeyed(_report_request, _reported),
    "Reset": Obeyed(_reset, _was_reset),
}
