"""Rules of what is told: it is what is so."""

from chargepoint.cli.scenarios.case import Case
from chargepoint.cli.scenarios.rule import Rule

CONTACTS_S = 0.1
PLUGGED_S, EMPTY_S = 0.8, 0.3


def tells_the_contacts(case: Case, now: float) -> str | None:
    """By feedback; where that hangs or is missing, as commanded."""
    w = case.witness
    measured = w.measured_closed
    truth = w.command if measured is None else w.closed
    settled_s = min(w.closed.lasted_s(now), w.command.lasted_s(now), w.sees.lasted_s(now), w.feedback.lasted_s(now))
    if not w.sees.value or settled_s < CONTACTS_S or (measured is not None and measured != w.closed.value):
        return None
    return None if case.told.contactor_closed == truth.value else f"told closed={case.told.contactor_closed}, is {truth.value}"


def tells_the_car(case: Case, now: float) -> str | None:
    """There or not there."""
    w = case.witness
    if not w.sees.value:
        return None
    seen_s = min(w.letter.lasted_s(now), w.sees.lasted_s(now))
    if w.letter.value in "BCD" and seen_s > PLUGGED_S and case.told.plug_in is None:
        return f"an EV has been at {w.letter.value} for {seen_s:.2f} s and is not told"
    if w.letter.value == "A" and seen_s > EMPTY_S and case.told.plug_in is not None:
        return f"no EV for {seen_s:.2f} s, and told is {case.told.plug_in}"
    return None


def tells_the_offer(case: Case, now: float) -> str | None:
    """Rounded down to what a duty cycle can say."""
    if not case.scanning or case.witness.electrics.hardware.pilot is not None or not case.witness.sees.value:
        return None
    told_ma = case.told.offered_ma
    return None if told_ma - 2 <= case.offer_ma <= told_ma else f"told {told_ma} mA, offered {case.offer_ma} mA"


RULES = (
    Rule("told contacts are the contacts", tells_the_contacts),
    Rule("a told car is there", tells_the_car),
    Rule("a told offer is on the pilot", tells_the_offer),
)
