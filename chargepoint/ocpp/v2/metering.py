"""2.x block J: MeterValues without a transaction (J01), and the MeterValueType that TransactionEvent carries as well (J02).

What a meter has signed belongs to the sample of its energy register (J02.FR.21).
"""

import logging

from chargepoint.domain.measurands import DEFAULT_MEASURAND, ONLY_16
from chargepoint.domain.metering import MeterValue, Sample, SignedValue
from chargepoint.domain.notifications import MeterValues, Received
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Request, Said
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import decimal, signed_value

log = logging.getLogger(__name__)

LONGEST_SIGNED = 2_500
"""Characters of signedMeterData (2.0.1 section 2.46; 2.1 has room for more)."""


def _sampled_value(sample: Sample, context: str) -> Payload:
    """What was measured (J01.FR.07, J02.FR.03), why (J01.FR.08, J02.FR.04), where, if not at the outlet (J01.FR.09, J02.FR.05), and of
    which phase (J01.FR.10, J02.FR.06)."""
    value: Payload = {"value": decimal(sample.value), "context": context, "measurand": sample.measurand}
    if sample.phase is not None:
        value["phase"] = sample.phase
    if sample.location is not None:
        value["location"] = sample.location
    if sample.unit:
        value["unitOfMeasure"] = {"unit": sample.unit}
    return value


def meter_values(values: tuple[MeterValue, ...]) -> list[Payload]:
    """MeterValue elements; what only 1.6 has a name for is left out, and so is a moment without samples."""
    return [_meter_value(value, samples) for value in values if (samples := _known(value.samples))]


def _known(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    return tuple(sample for sample in samples if sample.measurand not in ONLY_16)


def _meter_value(value: MeterValue, known: tuple[Sample, ...]) -> Payload:
    """Samples of one moment, and that moment (J01.FR.05, J01.FR.06, J01.FR.17, J02.FR.02, J02.FR.18)."""
    context = value.context.value
    samples = [_sampled_value(sample, context) for sample in known]
    if value.signed is not None:
        _sign(samples, value.signed)
    return {"timestamp": times.write(value.at), "sampledValue": samples}


def _sign(samples: list[Payload], signed: SignedValue) -> None:
    """Put it to the register. What a CSMS would have to refuse takes no end of a transaction with it: the store has it still."""
    told = signed_value(signed)
    if len(told["signedMeterData"]) > LONGEST_SIGNED:
        log.error("event=signed_value_too_long characters=%d longest=%d", len(told["signedMeterData"]), LONGEST_SIGNED)
        return
    register = next(each for each in samples if each["measurand"] == DEFAULT_MEASURAND and "phase" not in each)
    register["signedMeterValue"] = told


def _encode(notification: MeterValues) -> Request | None:
    values = meter_values(notification.values)
    return Request("MeterValues", {"evseId": notification.evse, "meterValue": values}) if values else None


SAID: dict[type, Said] = {MeterValues: Said(_encode, lambda _, __: Received())}
