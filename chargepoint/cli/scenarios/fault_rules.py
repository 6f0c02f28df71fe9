"""Rules of faults: what they keep from happening, that they are true, that nothing lasting is missed, and that they go when they should."""

from chargepoint.cli.scenarios.case import Case
from chargepoint.cli.scenarios.causes import CAUSES
from chargepoint.cli.scenarios.fault_book import CHATTER
from chargepoint.cli.scenarios.rule import Rule
from chargepoint.domain.fault_table import FAULTS

SCANS_S = 0.05
LEFT_S = 1.0
CHATTER_S = 600.0
GOES_S = 1.5
"""What a fault may last longer than its row says, when its cause has gone."""


def not_under_lock_out(case: Case, now: float) -> str | None:
    """Before a technician has been there nothing is offered, whatever happens in between."""
    w = case.witness
    since_s = min(case.lock_outs.active.values(), default=now)
    if now - since_s <= SCANS_S:
        return None
    offering = w.drive.value == "pwm" and w.electrics.hardware.pilot is None
    if w.command.value or (offering and w.drive.lasted_s(now) > SCANS_S):
        return f"{'closed' if w.command.value else 'PWM'} {now - since_s:.2f} s after {', '.join(case.lock_outs.active)}"
    return None


def keeps_its_lock_outs(case: Case, now: float) -> str | None:
    """What waits for a technician is told until one has been there, power cuts or not."""
    if not case.scanning:
        return None
    told = {fault.name for fault in case.told.faults}
    missing = [name for name, since_s in case.lock_outs.active.items() if name not in told and now - since_s > SCANS_S]
    return f"{', '.join(missing)} waits for a technician, and is not told" if missing else None


def not_while_told(case: Case, now: float) -> str | None:
    """A fault that opens has opened; one that pauses has withdrawn the offer."""
    w = case.witness
    if not case.scanning or not w.sees.value:
        return None
    for fault in case.told.faults:
        if fault.row.action == "open" and w.command.value:
            return f"commanded closed with {fault.name} active"
        if fault.stops_charging and w.drive.value == "pwm" and w.electrics.hardware.pilot is None:
            return f"PWM with {fault.name} active"
    return None


def has_its_cause(case: Case, now: float) -> str | None:
    """Whatever is told for the first time was there a moment ago."""
    for name in case.faults.raised:
        seen_s = now - case.faults.maybe_s[name]
        if seen_s > CAUSES[name].lag_s + FAULTS[name].seen_after_s:
            return f"{name} is told, its cause was last there {seen_s:.2f} s ago"
    return None


def is_told(case: Case, now: float) -> str | None:
    """Whatever lasts is told within its detection time."""
    if not case.witness.alive:
        return None
    for name, since_s in case.faults.sure_s.items():
        if not case.witness.sees.value and name != "board_silent":
            continue
        limit_s = FAULTS[name].seen_after_s + CAUSES[name].lag_s
        looking_s = case.alive_s if name == "board_silent" else case.witness.sees.since_s
        lasted_s = now - max(since_s, case.faults.told_s.get(name, since_s), looking_s)
        if lasted_s > limit_s:
            return f"the cause of {name} has lasted {lasted_s:.2f} s, not told; {limit_s:.2f} s are allowed"
    return None


def goes_with_its_cause(case: Case, now: float) -> str | None:
    """What is not latched goes by itself."""
    w = case.witness
    if not w.sees.value:
        return None
    for fault in case.told.faults:
        if fault.latched or fault.by_board:
            continue
        retry_s = fault.row.retry.pause_s if fault.row.retry else 0.0
        gone_s = now - max(case.faults.maybe_s[fault.name], w.sees.since_s)
        if gone_s > max(fault.row.hold_s, retry_s) + CAUSES[fault.name].lag_s + GOES_S:
            return f"{fault.name} is told though its cause has been gone for {gone_s:.2f} s"
    return None


def goes_with_the_car(case: Case, now: float) -> str | None:
    """What is latched until the EV has left goes when it has, and not before; what waits for a technician waits."""
    for fault in case.faults.vanished:
        left = not case.circumstances.present or case.empty.lasted_s(now) < LEFT_S
        if fault.latched and fault.row.clears != "service" and not left and fault.name not in case.lock_outs.cleared:
            return f"{fault.name} was latched, and is gone with the EV still there"
    if not case.empty.value:
        return None
    for fault in case.told.faults:
        if fault.latched and fault.row.clears != "service" and not fault.by_board:
            gone_s = now - max(case.faults.maybe_s[fault.name], case.empty.since_s)
            if gone_s > fault.row.hold_s + CAUSES[fault.name].lag_s + GOES_S:
                return f"{fault.name} is told {gone_s:.2f} s after the EV has left"
    return None


def does_not_chatter(case: Case, now: float) -> str | None:
    """A fault whose own action hides its cause is not tried again without end."""
    for name in case.faults.raised if case.scanning else ():
        times = case.faults.raised_s[name]
        if len(times) == CHATTER and now - times[0] < CHATTER_S:
            return f"{name} was raised {CHATTER} times in {now - times[0]:.0f} s"
    return None


RULES = (
    Rule("nothing is offered under a lock-out", not_under_lock_out),
    Rule("a lock-out is kept", keeps_its_lock_outs),
    Rule("a told fault opens or pauses", not_while_told),
    Rule("a told fault has its cause", has_its_cause),
    Rule("a lasting cause is told", is_told),
    Rule("a fault goes with its cause", goes_with_its_cause),
    Rule("a latched fault goes when it should", goes_with_the_car),
    Rule("a fault does not chatter", does_not_chatter),
)
