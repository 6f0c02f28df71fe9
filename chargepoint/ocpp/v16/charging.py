"""1.6: SetChargingProfile (§5.16), ClearChargingProfile (§5.5), GetCompositeSchedule (§5.7), and the ChargingProfile (§7.8) of others.

What the station cannot do is Rejected; what no station could understand is a CALLERROR: an unknown connector in SetChargingProfile is a
PropertyConstraintViolation (errata 3.39), as are values outside an enumeration (errata 3.24, 3.38), which the schemas see to. A station
without smart charging says NotSupported (errata 3.39).
"""

from collections.abc import Callable

from chargepoint.domain.charging_profile import (
    ChargingProfile,
    ChargingSchedule,
    Kind,
    Purpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)
from chargepoint.domain.commands import (
    ClearChargingProfile,
    CompositeSchedule,
    GetCompositeSchedule,
    Outcome,
    SetChargingProfile,
    Verdict,
)
from chargepoint.domain.ids import ConnectorId
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Settled
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import decimal, present, whole, whole_or_none
from chargepoint.ocpp.schedule_values import number, number_or_none, time_or_none
from chargepoint.ocpp.v16.numbering import STATION, Numbering

PURPOSES = {"ChargePointMaxProfile": Purpose.STATION_MAX, "TxDefaultProfile": Purpose.TX_DEFAULT, "TxProfile": Purpose.TX}
"""ChargingProfilePurposeType (§7.10)."""


def charging_profile(payload: Payload) -> ChargingProfile:
    """A valid ChargingProfile, also that of RemoteStartTransaction.

    Raises Refusal for a time that cannot be read and for a number beyond reason.
    """
    recurrency, purpose = payload.get("recurrencyKind"), PURPOSES[payload["chargingProfilePurpose"]]
    transaction_id = whole_or_none(payload, "transactionId")
    return ChargingProfile(
        id=whole(payload["chargingProfileId"], "chargingProfileId"),
        stack_level=whole(payload["stackLevel"], "stackLevel"),
        purpose=purpose,
        kind=Kind(payload["chargingProfileKind"]),
        schedule=_schedule(payload["chargingSchedule"]),
        recurrency=None if recurrency is None else Recurrency(recurrency),
        valid_from=time_or_none(payload, "validFrom"),
        valid_to=time_or_none(payload, "validTo"),
        transaction_id=None if transaction_id is None else str(transaction_id),
    )


def _schedule(payload: Payload) -> ChargingSchedule:
    return ChargingSchedule(
        unit=RateUnit(payload["chargingRateUnit"]),
        periods=tuple(_period(period) for period in payload["chargingSchedulePeriod"]),
        start=time_or_none(payload, "startSchedule"),
        duration_s=whole_or_none(payload, "duration"),
        minimum_rate=number_or_none(payload, "minChargingRate"),
    )


def _period(payload: Payload) -> SchedulePeriod:
    return SchedulePeriod(
        whole(payload["startPeriod"], "startPeriod"), number(payload["limit"], "limit"), whole_or_none(payload, "numberPhases")
    )


def _set(numbering: Numbering, payload: Payload) -> SetChargingProfile:
    profile = charging_profile(payload["csChargingProfiles"])
    number = whole(payload["connectorId"], "connectorId")
    if number == STATION:
        return SetChargingProfile(STATION, profile, ids_per_connector=True)
    place = numbering.connector(number)
    if place is None:
        raise Refusal(RpcError.PROPERTY, f"connectorId: no connector {number}")
    return SetChargingProfile(place.evse, profile, place.connector, ids_per_connector=True)


def _clear(numbering: Numbering, payload: Payload) -> ClearChargingProfile | Settled:
    """An id alone decides, whatever else is given (errata 3.26)."""
    profile_id, number = whole_or_none(payload, "id"), whole_or_none(payload, "connectorId")
    place = None if number in (None, STATION) else numbering.connector(number or STATION)
    if profile_id is None and number not in (None, STATION) and place is None:
        return Settled({"status": "Unknown"})
    purpose = payload.get("chargingProfilePurpose")
    return ClearChargingProfile(
        id=profile_id,
        evse=number if place is None else place.evse,
        connector=None if place is None else place.connector,
        purpose=None if purpose is None else PURPOSES[purpose],
        stack_level=whole_or_none(payload, "stackLevel"),
    )


def _compose(numbering: Numbering, payload: Payload) -> GetCompositeSchedule | Settled:
    number, duration_s, unit = whole(payload["connectorId"], "connectorId"), whole(payload["duration"], "duration"), None
    if "chargingRateUnit" in payload:
        unit = RateUnit(payload["chargingRateUnit"])
    if number == STATION:
        return GetCompositeSchedule(STATION, duration_s, unit)
    place = numbering.connector(number)
    if place is None:
        return Settled({"status": "Rejected"})
    return GetCompositeSchedule(place.evse, duration_s, unit, place.connector)


def _status(words: dict[Verdict, str], otherwise: str) -> Callable[[object, Outcome], Payload]:
    def encode(_: object, reply: Outcome) -> Payload:
        if reply.verdict is Verdict.NOT_SUPPORTED:
            raise Refusal(RpcError.NOT_SUPPORTED, "this station does no smart charging")
        return {"status": words.get(reply.verdict, otherwise)}

    return encode


_was_set = _status({Verdict.ACCEPTED: "Accepted"}, "Rejected")
_was_cleared = _status({Verdict.ACCEPTED: "Accepted"}, "Unknown")
_not_composed = _status({}, "Rejected")


def _composed(numbering: Numbering, command: GetCompositeSchedule, reply: CompositeSchedule | Outcome) -> Payload:
    """Periods count from scheduleStart; a startSchedule has no place here (errata 3.57)."""
    if isinstance(reply, Outcome):
        return _not_composed(command, reply)
    place = None if command.connector is None else ConnectorId(command.evse, command.connector)
    return {
        "status": "Accepted",
        "connectorId": STATION if place is None else numbering.number(place),
        "scheduleStart": times.write(reply.start),
        "chargingSchedule": {
            "duration": reply.duration_s,
            "chargingRateUnit": reply.unit.value,
            "chargingSchedulePeriod": [_period_payload(period) for period in reply.periods],
        },
    }


def _period_payload(period: SchedulePeriod) -> Payload:
    return {"startPeriod": period.start_s, "limit": decimal(round(period.limit, 1))} | present(numberPhases=period.phases)


def obeyed(numbering: Numbering) -> dict[str, Obeyed]:
    """The feature profile SmartCharging."""
    return {
        "SetChargingProfile": Obeyed(lambda payload: _set(numbering, payload), _was_set),
        "ClearChargingProfile": Obeyed(lambda payload: _clear(numbering, payload), _was_cleared),
        "GetCompositeSchedule": Obeyed(
            lambda payload: _compose(numbering, payload), lambda command, reply: _composed(numbering, command, reply)
        ),
    }
