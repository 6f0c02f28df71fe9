"""What has to hold after that: there is current for this car, it asks for it, the contactor closes, current flows."""

from collections.abc import Mapping

from chargepoint.domain.limits import MINIMUM_OFFER_MA, Limit
from chargepoint.domain.why.condition import Condition, met, missing, span, untold
from chargepoint.domain.why.facts import Facts

ERROR_OF: Mapping[str, str] = {
    "failsafe": "limit_failsafe",
    "temperature": "limit_temperature",
    "thermometer": "limit_temperature",
    "cable": "limit_cable",
    "site fuse": "limit_site_fuse",
    "minimum current": "limit_minimum",
    "control stopping": "control_stopping",
    "phase switch": "phase_switch_awaited",
    "plug lock": "plug_lock_awaited",
    "self-test": "self_test_awaited",
    "contactor rest": "contactor_rests",
    "stop sequence": "contactor_rests",
    "no meter reading": "meter_awaited",
    "duty change": "limit_site_fuse",
    "no permit": "offer_awaited",
}
"""Control's own limits (``chargepoint.control.limits``) -> their names in the catalogue. Of several that leave nothing, the one that lasts
longer comes first; what the station bounds comes before all of them. ``fault`` has a condition of its own."""

AT_ONCE = ("self-test", "no meter reading", "no permit")
"""What is waited for after a restart, before a session goes on."""

TOGETHER = "one bound for all EVSEs together"
"""The reason that control gives for what bounds the whole station."""
REACTION_S = 10.0
"""So long a car may take to ask."""
FLOWS_W, FLOWS_MA = 50, 250
"""Less is what meters show when nothing flows."""


def allowance(facts: Facts) -> Condition:
    """At least the current that a car can be offered."""
    name = "allowance"
    if not (facts.in_session and facts.plugged and facts.linked):
        return untold(name, "Limits count once a car is plugged in and authorised.")
    if facts.locking:
        return missing(name, "plug_lock_awaited")
    if not facts.metered:
        return missing(name, "meter_awaited")
    low = [limit for limit in facts.limits if limit.limit_ma < MINIMUM_OFFER_MA and limit.source != "fault"]
    if low:
        return _too_low(facts, min(low, key=_rank))
    lowest = min(facts.limits, key=lambda limit: limit.limit_ma, default=None)
    return met(name, "Nothing bounds it." if lowest is None else f"Up to {_limit(lowest)}.")


def _too_low(facts: Facts, limit: Limit) -> Condition:
    if facts.resuming and limit.source in AT_ONCE:
        return missing("allowance", "power_loss_resume")
    if facts.recording and limit.source == "no permit":
        return missing("allowance", "record_awaited")
    return missing("allowance", _error(limit), f"{_limit(limit)}: a car needs at least {MINIMUM_OFFER_MA / 1000:g} A.")


def _rank(limit: Limit) -> tuple[int, int]:
    sources = list(ERROR_OF)
    return (sources.index(limit.source) + 1 if limit.source in ERROR_OF else 0, limit.limit_ma)


def _error(limit: Limit) -> str:
    if limit.source in ERROR_OF:
        return ERROR_OF[limit.source]
    if limit.owner != "station":
        return "limit_other"
    return "limit_station" if limit.reason == TOGETHER else "limit_profile"


def _limit(limit: Limit) -> str:
    return f"{limit.limit_ma / 1000:g} A by {limit.source}" + (f" ({limit.reason})" if limit.reason else "")


def demand(facts: Facts) -> Condition:
    """The car takes up the offer."""
    name = "demand"
    if allowance(facts).holds is not True:
        return untold(name, "Nothing is offered yet.")
    if facts.asks:
        return met(name, "The car asks for current.")
    if facts.waking:
        return missing(name, "car_woken", "The car does not answer the offer, and is being woken.")
    if facts.offered_ma == 0:
        return missing(name, "offer_awaited", "Nothing is in the way, and nothing is offered yet.")
    for_s = facts.offered_for_s or 0.0
    offer = f"{facts.offered_ma / 1000:g} A have been offered for {span(for_s)}"
    if for_s < REACTION_S:
        return missing(name, "car_awaited", f"{offer}; the car may take up to {REACTION_S:g} s to ask.")
    if facts.charged_wh > 0:
        return missing(name, "car_finished", f"{offer}; after {facts.charged_wh / 1000:g} kWh the car asks for no more.")
    return missing(name, "car_does_not_ask", f"{offer}; the car does not ask for it.")


def contactor(facts: Facts) -> Condition:
    """Closed for a car that asks."""
    if demand(facts).holds is not True:
        return untold("contactor", "It closes when the car asks for current.")
    if facts.closed:
        return met("contactor", "The contactor is closed.")
    if facts.offered_ma == 0:
        return missing("contactor", "offer_awaited", "The car asks for current, and nothing is offered yet.")
    return missing("contactor", "contactor_open", "The car asks for current, and the contactor is open.")


def flow(facts: Facts) -> Condition:
    """Current, by the meter."""
    if contactor(facts).holds is not True:
        return untold("flow", "Nothing can flow yet.")
    if facts.power_w is None and facts.current_ma is None:
        return untold("flow", "The contactor is closed; the meter tells neither power nor current.")
    if (facts.power_w or 0) >= FLOWS_W or (facts.current_ma or 0) >= FLOWS_MA:
        return met("flow", f"Charging: {_measured(facts)}.")
    return missing("flow", "car_draws_nothing", f"The contactor is closed, and the car draws {_measured(facts)}.")


def _measured(facts: Facts) -> str:
    power = None if facts.power_w is None else f"{facts.power_w / 1000:.2f} kW"
    current = None if facts.current_ma is None else f"{facts.current_ma / 1000:.1f} A"
    return ", ".join(each for each in (power, current) if each)
