"""Rules of lock, phases and counter: what control must never do to the hardware, and what drivers may expect of a plug."""

from chargepoint.cli.scenarios.case import Case
from chargepoint.cli.scenarios.rule import NEARLY_S, Rule

RELEASE_S = 5.0
"""After unplugging, the plug can be taken (Table A.6, sequence 2)."""


def locks_before_offering(case: Case, now: float) -> str | None:
    """An offer begins with a locked plug, as far as the lock says."""
    w = case.witness
    if (
        case.scanning
        and w.drive.became("pwm", now)
        and w.on_socket
        and w.sees.value
        and w.electrics.hardware.pilot is None
        and w.measured_locked is False
    ):
        return "PWM began with the plug unlocked"
    return None


def closes_on_a_locked_plug(case: Case, now: float) -> str | None:
    """Nor does the contactor close."""
    w = case.witness
    if case.scanning and w.command.became(True, now) and w.on_socket and w.measured_locked is False and w.electrics.hardware.board is None:
        return "commanded closed with the plug unlocked"
    return None


def keeps_hands_off(case: Case, now: float) -> str | None:
    """What the world counts as misuse: poles moved under closed contacts, a plug let go under current."""
    violations = case.witness.electrics.violations
    if violations and not _forgivable(case):
        return f"{violations[0].rule}: {violations[0].said}"
    violations.clear()
    return None


def _forgivable(case: Case) -> bool:
    """A lock that is broken or forced does what it likes."""
    w = case.witness
    rules = {violation.rule for violation in w.electrics.violations}
    return rules == {"unlocked_closed"} and (w.electrics.hardware.lock is not None or w.jammed.value or not w.on_socket)


def gives_the_plug_free(case: Case, now: float) -> str | None:
    """The EV has gone, nothing is closed: the plug can be taken within 5 s."""
    w = case.witness
    if not w.on_socket or not w.locked.value or not case.empty.value or w.closed.value or w.measured_closed is True:
        return None
    if w.electrics.hardware.lock is not None:
        case.lock_broken_s = now
    free_s = now - max(case.empty.since_s, w.closed.since_s, w.feedback.since_s, w.sees.since_s, case.lock_broken_s)
    return f"plug still locked {free_s:.2f} s after the EV left" if free_s > RELEASE_S else None


def keeps_the_plug_over_a_restart(case: Case, now: float) -> str | None:
    """Whose EV is there, and was there before, nobody else pulls the plug of, until the station has said what is to become of it."""
    if not case.scanning or case.plug.stays_s is None or case.witness.electrics.outputs.lock:
        return None
    return f"unlocked {now - case.plug.stays_s:.2f} s after the start"


def pauses_between_phases(case: Case, now: float) -> str | None:
    """Another number of phases: only after the pause, for an EV that has had current."""
    w = case.witness
    if not case.scanning or w.phases.since_s != now or not case.energised or w.letter.value == "A":
        return None
    rested_s = now - case.resting_s
    needed_s = case.settings.phase_pause_s
    return f"phases changed {rested_s:.2f} s after opening, {needed_s:g} s are wanted" if rested_s < needed_s - NEARLY_S else None


def counts_closings(case: Case, now: float) -> str | None:
    """The counter: not fewer than the contacts have closed, not more than they were told to."""
    told = case.told.contactor.closings
    if not case.scanning:
        return None
    least, most = case.witness.closings - case.lost_closings, case.witness.commands
    return None if least <= told <= most else f"{told} closings are told, {least} to {most} happened"


RULES = (
    Rule("the plug is locked before an offer", locks_before_offering),
    Rule("the plug is locked before closing", closes_on_a_locked_plug),
    Rule("nothing is done to the hardware that harms it", keeps_hands_off),
    Rule("the plug can be taken 5 s after the EV has left", gives_the_plug_free),
    Rule("a restart lets go of no plug whose EV is there", keeps_the_plug_over_a_restart),
    Rule("a pause between one and three phases", pauses_between_phases),
    Rule("the contactor counter tells what happened", counts_closings),
)
