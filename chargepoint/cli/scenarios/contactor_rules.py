"""Rules of the contactor: when it may close, when it has to be open (IEC 61851-1 Table A.6, sequences 4, 8, 9, 10, 12)."""

from chargepoint.cli.scenarios.case import Case
from chargepoint.cli.scenarios.rule import NEARLY_S, SCAN_S, Rule

OPEN_S = 0.1
"""Sequences 2.2 and 8.1."""
DEAD_MAN_S = 0.2
"""A board that hears nothing opens by itself within this."""
STOP_S = 6.0
STOP_SLACK_S = 0.1
CLOSE_S = 3.0
"""Sequence 4."""
REST_S = 2.0
FAULT_REST_S = 10.0
PROTECT_S = 0.1


def opens_in_time(case: Case, now: float) -> str | None:
    """After C and D are left, for whatever reason, a dead control and a lost board among them."""
    w = case.witness
    if not w.closed.value or w.asking.value or w.jammed.value:
        return None
    blind = not w.sees.value or w.sees.lasted_s(now) < DEAD_MAN_S
    allowed_s = DEAD_MAN_S + (0.15 if w.electrics.hardware.board == "late" else 0.0) if blind else OPEN_S
    left_s = min(w.asking.lasted_s(now), w.jammed.lasted_s(now))
    return (
        f"contacts still closed {left_s * 1000:.0f} ms after C was left, {allowed_s * 1000:.0f} are allowed" if left_s > allowed_s else None
    )


def commands_open_in_time(case: Case, now: float) -> str | None:
    """The command, whatever the contacts do."""
    w = case.witness
    seen_s = min(w.asking.lasted_s(now), w.sees.lasted_s(now))
    if w.command.value and not w.asking.value and w.sees.value and seen_s > OPEN_S:
        return f"commanded closed {seen_s * 1000:.0f} ms after C was left"
    return None


def opens_without_control(case: Case, now: float) -> str | None:
    """The dead-man."""
    w = case.witness
    deaf = not w.alive or not w.electrics.powered or w.electrics.hardware.board == "lost"
    deaf_s = min(w.sees.lasted_s(now), w.jammed.lasted_s(now))
    if w.closed.value and deaf and not w.jammed.value and deaf_s > DEAD_MAN_S + NEARLY_S:
        return f"contacts closed {deaf_s * 1000:.0f} ms after control was lost"
    return None


def closes_on_asking(case: Case, now: float) -> str | None:
    """The moment of closing: an EV that asks, with a diode, that has seen PWM, in a station that may serve it."""
    w = case.witness
    if not case.scanning or not w.command.became(True, now) or w.electrics.hardware.board is not None:
        return None
    if not w.asking.value or w.letter.value in "ABEF":
        return f"commanded closed at {w.high_mv} mV on the pilot"
    if w.letter.value == "D" and not case.settings.ventilation:
        return "commanded closed in state D without ventilation"
    if w.drive.value != "pwm" or (w.drive.lasted_s(now) > SCAN_S and w.low_mv > -10_000):
        return f"commanded closed without a diode seen: lower plateau {w.low_mv} mV"
    if w.closed.value and w.electrics.hardware.contactor_feedback != "reads_open":  # a weld that the feedback denies, nobody knows of
        return "commanded closed while the contacts were closed already"
    return None


def stays_with_permit(case: Case, now: float) -> str | None:
    """A permit for this very car, or the 6 s of the stop sequence."""
    since_s = now - case.permits.worth_s
    if case.witness.command.value and since_s > STOP_S + STOP_SLACK_S:
        return f"commanded closed {since_s:.2f} s after the permit of this car ended"
    return None


def stops_within(case: Case, now: float) -> str | None:
    """X1 with a closed contactor lasts 6 s at most."""
    w = case.witness
    without_s = min(w.drive.lasted_s(now), w.command.lasted_s(now))
    if w.command.value and w.drive.value != "pwm" and w.electrics.hardware.pilot is None and without_s > STOP_S + STOP_SLACK_S:
        return f"commanded closed {without_s:.2f} s after PWM ended"
    return None


def stops_not_under_load(case: Case, now: float) -> str | None:
    """An EV that asks is not switched off before 6 s of X1, but for a fault (sequence 10.2)."""
    w = case.witness
    if not case.scanning or not w.command.became(False, now) or not w.sees.value or w.sees.lasted_s(now) < DEAD_MAN_S or case.told_fault:
        return None
    asked_s = w.letter.lasted_s(now)
    stopping = w.drive.value == "X1" and w.drive.lasted_s(now) >= STOP_S - SCAN_S
    if w.letter.value in "CD" and asked_s > OPEN_S and not stopping:
        return f"opened under load: the EV has asked for {asked_s:.2f} s, pilot at {w.drive.value} for {w.drive.lasted_s(now):.2f} s"
    return None


def closes_in_time(case: Case, now: float) -> str | None:
    """Sequence 4: an EV that asks on PWM gets current within 3 s, if nothing speaks against it."""
    w = case.witness
    if w.command.value or w.drive.value != "pwm" or not w.sees.value or not (w.letter.value == "C" or _served(case)):
        return None
    unlocked = w.on_socket and w.measured_locked is False
    if w.jammed.value or case.told_fault or w.measured_closed is True or unlocked:
        return None
    ready_s = max(w.drive.since_s, w.letter.since_s, w.asking.since_s, w.sees.since_s, case.faulted_s, w.jammed.since_s)
    waited_s = now - max(ready_s, case.resting_s)
    return f"not closed {waited_s:.2f} s after the EV asked" if waited_s > CLOSE_S else None


def _served(case: Case) -> bool:
    return case.witness.letter.value == "D" and case.settings.ventilation


def rests(case: Case, now: float) -> str | None:
    """Between an opening and the next closing; longer after a fault."""
    w = case.witness
    if not case.scanning or not w.command.became(True, now):
        return None
    rested_s = now - case.resting_s
    needed_s = FAULT_REST_S if case.rested_by_fault else REST_S
    return f"closed {rested_s:.2f} s after opening, {needed_s:g} s are wanted" if rested_s < needed_s - NEARLY_S else None


def protected(case: Case, now: float) -> str | None:
    """Residual current, emergency stop, earth, tamper and tilt: not closed."""
    w = case.witness
    if not w.command.value or not w.sees.value:
        return None
    for name, danger in case.dangers.items():
        lasted_s = min(danger.lasted_s(now), w.sees.lasted_s(now))
        if danger.value and lasted_s > PROTECT_S + DETECTION_S.get(name, 0.0):
            return f"commanded closed {lasted_s * 1000:.0f} ms after {name}"
    return None


DETECTION_S = {"enclosure open": 0.1, "tilted": 0.5}
"""Detection times on top."""

RULES = (
    Rule("the contacts open within 100 ms of leaving C and D", opens_in_time),
    Rule("the command opens within 100 ms of leaving C and D", commands_open_in_time),
    Rule("the contacts open within 200 ms without control", opens_without_control),
    Rule("the contactor closes only on an EV that asks", closes_on_asking),
    Rule("the contactor is closed only with a permit, or 6 s after it", stays_with_permit),
    Rule("a stop ends after 6 s", stops_within),
    Rule("no opening under load before 6 s of X1", stops_not_under_load),
    Rule("an EV that asks gets current within 3 s", closes_in_time),
    Rule("the contactor rests between opening and closing", rests),
    Rule("open on residual current, emergency stop, earth, tamper and tilt", protected),
)
