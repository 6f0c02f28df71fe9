"""Rules of the pilot: when it oscillates, what it says, and when it may be at -12 V or off (IEC 61851-1 Tables A.5 to A.7, A.5.3)."""

from chargepoint.cli.scenarios.case import FOLLOW_S, HELD_S, Case
from chargepoint.cli.scenarios.rule import NEARLY_S, SCAN_S, Rule

SLEEP_S = 30.0
WAKING_S = 4.0
SHOWN_F_S = 0.3
SLACK_S = 0.1


def offers_with_permit(case: Case, now: float) -> str | None:
    """No PWM without a permit for this very car."""
    w = case.witness
    if w.drive.value != "pwm" or w.electrics.hardware.pilot is not None:
        return None
    since_s = now - case.permits.worth_s
    return f"PWM {since_s:.2f} s after the permit of this car ended" if since_s > SLACK_S else None


def offers_to_an_ev(case: Case, now: float) -> str | None:
    """A2 is only passed through."""
    w = case.witness
    if w.drive.value == "pwm" and case.empty.value and min(w.drive.lasted_s(now), case.empty.lasted_s(now)) > SLACK_S:
        return f"PWM {case.empty.lasted_s(now):.2f} s after the EV has left"
    return None


def offers_within_bounds(case: Case, now: float) -> str | None:
    """Rating, cable, temperature and permit; a bound that falls holds for the EV 5 s later."""
    if case.witness.electrics.hardware.pilot is None and case.offer_ma > case.bound_ma:
        return f"{case.offer_ma} mA are offered, {case.bound_ma} mA is the highest bound of the last seconds"
    return None


def keeps_its_offer(case: Case, now: float) -> str | None:
    """The EV has its 5 s to follow before the next change."""
    w = case.witness
    changed = case.scanning and w.duty_ppm.since_s == now and w.drive.since_s < now
    kept_s = now - w.duty_ppm.was_since_s
    if changed and w.drive.value == "pwm" and kept_s < FOLLOW_S - NEARLY_S and w.electrics.hardware.pilot is None:
        return f"duty changed from {w.duty_ppm.was} to {w.duty_ppm.value} ppm after {kept_s:.2f} s"
    return None


def shows_f_for_a_reason(case: Case, now: float) -> str | None:
    """F and E: to wake an EV, to show a fault, or out of service."""
    w = case.witness
    if w.drive.value not in ("F", "off") or not w.sees.value or w.electrics.hardware.pilot is not None:
        return None
    lasted_s = w.drive.lasted_s(now)
    match case.told.state:
        case _ if lasted_s < SCAN_S:
            return None
        case "out":
            return None if case.lock_outs.active else "out of service without a fault for the technician"
        case "fault_f":
            shown = any(fault.row.pilot_f for fault in case.told.faults)
            return None if shown and lasted_s <= SHOWN_F_S + SLACK_S else f"F for {lasted_s:.2f} s after a fault"
        case "waking":
            return _waking(case, lasted_s)
        case state:
            return f"pilot at {w.drive.value} in state {state}"


def _waking(case: Case, lasted_s: float) -> str | None:
    w = case.witness
    offered_s = w.drive.since_s - w.drive.was_since_s
    if lasted_s > WAKING_S + SLACK_S:
        return f"woken for {lasted_s:.2f} s"
    if w.drive.was != "pwm" or offered_s < SLEEP_S - NEARLY_S:
        return f"woken after {offered_s:.2f} s of {w.drive.was}"
    if case.woken_s != w.drive.since_s and case.woken_s > case.offered_s:
        return "woken a second time"
    case.woken_s = w.drive.since_s
    return None


def held_back_for_a_while_only(case: Case, now: float) -> str | None:
    """What passes by itself does pass."""
    source, lasted_s = case.held.value, case.held.lasted_s(now)
    return f"nothing offered for {lasted_s:.1f} s because of: {source}" if source and lasted_s > HELD_S[source] else None


RULES = (
    Rule("PWM only with a permit", offers_with_permit),
    Rule("PWM only to an EV", offers_to_an_ev),
    Rule("no offer above permit, rating, cable and temperature", offers_within_bounds),
    Rule("an offer stands for 5 s", keeps_its_offer),
    Rule("F and E only to wake, for a fault, or out of service", shows_f_for_a_reason),
    Rule("what holds an offer back for a while only does pass", held_back_for_a_while_only),
)
