"""2.x block J: MeterValues without a transaction (J01), and the MeterValueType that TransactionEvent carries as well (J02)."""

from chargepoint.domain.metering import MeterValue, Sample
from chargepoint.domain.notifications import MeterValues, Received
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import decimal


def _sampled_value(sample: Sample, context: str) -> Payload:
    value: Payload = {"value": decimal(sample.value), "context": context, "measurand": sample.measurand}
    if sample.phase is not None:
        value["phase"] = sample.phase
    if sample.location is not None:
        value["location"] = sample.location
    if sample.unit:
        value["unitOfMeasure"] = {"unit": sample.unit}
    return value


def meter_values(values: tuple[MeterValue, ...]) -> list[Payload]:
    """MeterValue elements; a moment without samples is left out."""
    return [_meter_value(value) for value in values if value.samples]


def _meter_value(value: MeterValue) -> Payload:
    context = value.context.value
    return {"timestamp": times.write(value.at), "sampledValue": [_sampled_value(sample, context) for sample in value.samples]}


def _encode(notification: MeterValues) -> Request | None:
    values = meter_values(notification.values)
    return Request("MeterValues", {"evseId": notification.evse, "meterValue": values}) if values else None


SAID: dict[type, Said] = {MeterValues: Said(_encode, lambda _, __: Received())}
