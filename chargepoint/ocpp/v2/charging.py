"""2.x block K: charging profiles (K01, K05, K08 to K10), and what bounds charging from outside (K11 to K13).

A station that does no smart charging answers CALLERROR NotSupported (K01.FR.29).
"""

from collections.abc import Callable

from chargepoint.domain.charging_profile import (
    ChargingProfile,
    ChargingSchedule,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    Recurrency,
    SchedulePeriod,
)
from chargepoint.domain.commands import (
    ClearChargingProfile,
    CompositeSchedule,
    GetChargingProfiles,
    GetCompositeSchedule,
    Outcome,
    SetChargingProfile,
    Verdict,
)
from chargepoint.domain.notifications import ClearedChargingLimit, NotifyChargingLimit, Received, ReportChargingProfiles
from chargepoint.ocpp import times
from chargepoint.ocpp.dialect import Obeyed, Request, Said
from chargepoint.ocpp.errors import Refusal, RpcError
from chargepoint.ocpp.frames import Payload
from chargepoint.ocpp.payloads import decimal, present, whole, whole_or_none
from chargepoint.ocpp.schedule_values import number, number_or_none, time_or_none
from chargepoint.ocpp.v2.values import answered

STATION = 0


def charging_profile(payload: Payload) -> ChargingProfile:
    """A valid ChargingProfileType, also that of RequestStartTransaction.

    Raises Refusal for a time that cannot be read and for a number beyond reason.
    """
    recurrency, schedules = payload.get("recurrencyKind"), tuple(map(_schedule, payload["chargingSchedule"]))
    return ChargingProfile(
        id=whole(payload["id"], "id"),
        stack_level=whole(payload["stackLevel"], "stackLevel"),
        purpose=Purpose(payload["chargingProfilePurpose"]),
        kind=Kind(payload["chargingProfileKind"]),
        schedule=schedules[0],
        others=schedules[1:],
        recurrency=None if recurrency is None else Recurrency(recurrency),
        valid_from=time_or_none(payload, "validFrom"),
        valid_to=time_or_none(payload, "validTo"),
        transaction_id=payload.get("transactionId"),
        strict=True,
    )


def _schedule(payload: Payload) -> ChargingSchedule:
    return ChargingSchedule(
        id=whole(payload["id"], "id"),
        unit=RateUnit(payload["chargingRateUnit"]),
        periods=tuple(map(_period, payload["chargingSchedulePeriod"])),
        start=time_or_none(payload, "startSchedule"),
        duration_s=whole_or_none(payload, "duration"),
        minimum_rate=number_or_none(payload, "minChargingRate"),
        sales_tariff=payload.get("salesTariff"),
    )


def _period(payload: Payload) -> SchedulePeriod:
    start_s, limit = whole(payload["startPeriod"], "startPeriod"), number(payload["limit"], "limit")
    return SchedulePeriod(start_s, limit, whole_or_none(payload, "numberPhases"), whole_or_none(payload, "phaseToUse"))


def profile_payload(profile: ChargingProfile) -> Payload:
    """ChargingProfileType, as it came."""
    return {
        "id": profile.id,
        "stackLevel": profile.stack_level,
        "chargingProfilePurpose": profile.purpose.value,
        "chargingProfileKind": profile.kind.value,
        "chargingSchedule": list(map(_schedule_payload, profile.schedules)),
    } | present(
        recurrencyKind=None if profile.recurrency is None else profile.recurrency.value,
        validFrom=None if profile.valid_from is None else times.write_exactly(profile.valid_from),
        validTo=None if profile.valid_to is None else times.write_exactly(profile.valid_to),
        transactionId=profile.transaction_id,
    )


def _schedule_payload(schedule: ChargingSchedule) -> Payload:
    return {
        "id": schedule.id,
        "chargingRateUnit": schedule.unit.value,
        "chargingSchedulePeriod": list(map(_period_payload, schedule.periods)),
    } | present(
        startSchedule=None if schedule.start is None else times.write_exactly(schedule.start),
        duration=schedule.duration_s,
        minChargingRate=None if schedule.minimum_rate is None else decimal(round(schedule.minimum_rate, 1)),
        salesTariff=schedule.sales_tariff,
    )


def _period_payload(period: SchedulePeriod) -> Payload:
    limit = {"startPeriod": period.start_s, "limit": decimal(round(period.limit, 1))}
    return limit | present(numberPhases=period.phases, phaseToUse=period.phase_to_use)


# What the CSMS wants


def _set(payload: Payload) -> SetChargingProfile:
    return SetChargingProfile(whole(payload["evseId"], "evseId"), charging_profile(payload["chargingProfile"]))


def _get(payload: Payload) -> GetChargingProfiles:
    criterion = payload["chargingProfile"]
    return GetChargingProfiles(
        request_id=whole(payload["requestId"], "requestId"),
        evse=whole_or_none(payload, "evseId"),
        ids=tuple(whole(each, "chargingProfileId") for each in criterion.get("chargingProfileId", ())),
        purpose=_purpose(criterion),
        stack_level=whole_or_none(criterion, "stackLevel"),
        sources=tuple(LimitSource(each) for each in criterion.get("chargingLimitSource", ())),
    )


def _clear(payload: Payload) -> ClearChargingProfile:
    criteria = payload.get("chargingProfileCriteria", {})
    return ClearChargingProfile(
        id=whole_or_none(payload, "chargingProfileId"),
        evse=whole_or_none(criteria, "evseId"),
        purpose=_purpose(criteria),
        stack_level=whole_or_none(criteria, "stackLevel"),
    )


def _purpose(payload: Payload) -> Purpose | None:
    purpose = payload.get("chargingProfilePurpose")
    return None if purpose is None else Purpose(purpose)


def _compose(payload: Payload) -> GetCompositeSchedule:
    unit = payload.get("chargingRateUnit")
    return GetCompositeSchedule(
        whole(payload["evseId"], "evseId"), whole(payload["duration"], "duration"), None if unit is None else RateUnit(unit)
    )


def _status(words: dict[Verdict, str], otherwise: str) -> Callable[[object, Outcome], Payload]:
    def encode(_: object, reply: Outcome) -> Payload:
        if reply.verdict is Verdict.NOT_SUPPORTED:
            raise Refusal(RpcError.NOT_SUPPORTED, "this station does no smart charging")
        return answered(words.get(reply.verdict, otherwise), reply)

    return encode


_was_set = _status({Verdict.ACCEPTED: "Accepted"}, "Rejected")
_were_got = _status({Verdict.ACCEPTED: "Accepted"}, "NoProfiles")
_was_cleared = _status({Verdict.ACCEPTED: "Accepted"}, "Unknown")
_not_composed = _status({}, "Rejected")


def _composed(command: GetCompositeSchedule, reply: CompositeSchedule | Outcome) -> Payload:
    if isinstance(reply, Outcome):
        return _not_composed(command, reply)
    schedule = {
        "evseId": reply.evse,
        "duration": reply.duration_s,
        "scheduleStart": times.write(reply.start),
        "chargingRateUnit": reply.unit.value,
        "chargingSchedulePeriod": list(map(_period_payload, reply.periods)),
    }
    return {"status": "Accepted", "schedule": schedule}


# What it is told


def _reported(notification: ReportChargingProfiles) -> Request:
    return Request(
        "ReportChargingProfiles",
        {
            "requestId": notification.request_id,
            "evseId": notification.evse,
            "chargingLimitSource": notification.source.value,
            "chargingProfile": list(map(profile_payload, notification.profiles)),
            "tbc": notification.to_be_continued,
        },
    )


def _limited(notification: NotifyChargingLimit) -> Request:
    limit: Payload = {"chargingLimitSource": notification.source.value} | present(isGridCritical=notification.grid_critical or None)
    schedules = list(map(_schedule_payload, notification.schedules))
    return Request("NotifyChargingLimit", {"chargingLimit": limit} | present(evseId=_at(notification.evse), chargingSchedule=schedules))


def _released(notification: ClearedChargingLimit) -> Request:
    source = {"chargingLimitSource": notification.source.value}
    return Request("ClearedChargingLimit", source | present(evseId=_at(notification.evse)))


def _at(evse: int) -> int | None:
    """The whole station is not named."""
    return None if evse == STATION else evse


def _received(*_: object) -> Received:
    return Received()


SAID: dict[type, Said] = {
    ReportChargingProfiles: Said(_reported, _received),
    NotifyChargingLimit: Said(_limited, _received),
    ClearedChargingLimit: Said(_released, _received),
}
OBEYED: dict[str, Obeyed] = {
    "SetChargingProfile": Obeyed(_set, _was_set),
    "GetChargingProfiles": Obeyed(_get, _were_got),
    "ClearChargingProfile": Obeyed(_clear, _was_cleared),
    "GetCompositeSchedule": Obeyed(_compose, _composed),
}
