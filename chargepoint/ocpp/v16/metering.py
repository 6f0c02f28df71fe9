"""1.6: MeterValues (§4.7) and the MeterValue (§7.33) that StopTransaction carries as well. What a meter has signed is a sample of its own
(OCA's application note on signed meter values, 3.2.1): its value is SignedMeterValueType of 2.0.1, as text."""

import msgspec

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.measurands import DEFAULT_MEASURAND
from chargepoint.domain.metering import MeterValue, Sample, SignedValue
from chargepoint.domain.notifications import MeterValues, Received
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import decimal_text, signed_value
from chargepoint.ocpp.v16.numbering import STATION, Numbering

UNITS = frozenset({"Wh", "kWh", "varh", "kvarh", "W", "kW", "VA", "kVA", "var", "kvar", "A", "V", "K", "Celcius", "Fahrenheit", "Percent"})
"""UnitOfMeasure (§7.45), in the spelling that every CSMS takes (1.6-J errata 2.1). A frequency goes without: always Hertz (errata 3.86)."""

SPELLING = {"Celsius": "Celcius"}


def _sampled_value(sample: Sample, context: str) -> Payload:
    value: Payload = {"value": decimal_text(sample.value), "context": context, "measurand": sample.measurand}
    if sample.phase is not None:
        value["phase"] = sample.phase
    unit = SPELLING.get(sample.unit, sample.unit)
    if unit in UNITS:
        value["unit"] = unit
    if sample.location is not None:
        value["location"] = sample.location
    return value


def _signed_sample(signed: SignedValue, context: str) -> Payload:
    return {
        "value": msgspec.json.encode(signed_value(signed)).decode(),
        "context": context,
        "format": "SignedData",
        "measurand": DEFAULT_MEASURAND,
        "location": "Outlet",
        "unit": "Wh",
    }


def meter_values(values: tuple[MeterValue, ...]) -> list[Payload]:
    """MeterValue elements; a moment without samples is left out."""
    return [_meter_value(value) for value in values if value.samples]


def _meter_value(value: MeterValue) -> Payload:
    context = value.context.value
    samples = [_sampled_value(sample, context) for sample in value.samples]
    signed = [] if value.signed is None else [_signed_sample(value.signed, context)]
    return {"timestamp": times.write(value.at), "sampledValue": samples + signed}


def transaction_meter_values(numbering: Numbering, connector: ConnectorId, transaction_id: str, values: list[Payload]) -> Request:
    """MeterValues of a running transaction."""
    return Request(
        "MeterValues",
        {
            "connectorId": numbering.number(connector),
            "transactionId": numbering.transaction_id(transaction_id),
            "meterValue": values,
        },
    )


def said(numbering: Numbering) -> dict[type, Said]:
    """Meter values outside a transaction; EVSE 0 is the main meter."""

    def encode(notification: MeterValues) -> Request | None:
        values = meter_values(notification.values)
        number = numbering.number(notification.connector) if notification.evse else STATION
        return Request("MeterValues", {"connectorId": number, "meterValue": values}) if values else None

    return {MeterValues: Said(encode, lambda _, __: Received())}
