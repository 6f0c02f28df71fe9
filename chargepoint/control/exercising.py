"""A technician moves one output to see that it does: only while nobody is there, for a moment, and never the contactor.

    wish ── objection? ──▶ refused, with the reason
      │ none
      ▼
    driven, for the seconds of its row ── a car, a fault, a permit ... ──▶ ended at once
      │ time is up, or there is a verdict
      ▼
    good or bad: what was measured in the last scan of it

The contactor is not in the table: closing it with nothing plugged in would put mains on bare contacts. An offer in state A closes none, for
there is no EV that asks; on a board that moves its contactor by itself it could, so there no offer is shown.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from msgspec import structs

from chargepoint.control import watch
from chargepoint.control.memory import Evse, Exercising
from chargepoint.control.pilot import duty_ppm, letter_of, low_plateau_good
from chargepoint.link.messages import Exercise, ExerciseOutcome
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardOutputs

STEADY_MV = 1_000
"""Two plateaus that are no further apart are one."""


class Row(NamedTuple):
    """One thing that can be moved."""

    seconds: float
    drives: Mapping[str, Any]
    """Outputs of the board that are other than usual."""
    unable: Callable[[Evse], str | None]
    """Why this EVSE cannot do it."""
    good: Callable[[Evse], bool | None]
    """Does what is measured fit? ``None``: nothing is measured of it."""
    told: str
    """What is measured, formatted with ``e``, the EVSE."""


def _no_lock(e: Evse) -> str | None:
    return None if e.on_socket else f"connector {e.board.connector} has a fixed cable, so there is no lock"


def _no_test(e: Evse) -> str | None:
    return None if e.settings.abilities.rcd_test else "its board has no test line to the residual current monitor; press the test button"


def _no_fault_state(e: Evse) -> str | None:
    return None if e.settings.abilities.fault_state else "its board cannot hold the pilot at -12 V"


def _no_offer(e: Evse) -> str | None:
    return "its board moves the contactor by itself and might close it for an offer" if e.settings.own_contactor else None


def _able(e: Evse) -> str | None:
    return None


def _locked(e: Evse) -> bool | None:
    return e.board.plug_locked


def _unlocked(e: Evse) -> bool | None:
    return None if e.board.plug_locked is None else not e.board.plug_locked


def _steady(e: Evse) -> bool:
    return letter_of(e.board.cp_high_mv, "A") == "A" and abs(e.board.cp_high_mv - e.board.cp_low_mv) <= STEADY_MV


def _oscillates(e: Evse) -> bool:
    return letter_of(e.board.cp_high_mv, "A") == "A" and low_plateau_good(e.board.cp_low_mv)


def _shows_f(e: Evse) -> bool:
    return letter_of(e.board.cp_high_mv, "F") == "F"


LOCK = "the feedback of the lock says locked: {e.board.plug_locked}"
PILOT = "pilot at {e.board.cp_high_mv} mV and {e.board.cp_low_mv} mV"
RCM = "rcm_test"


def _offer(current_ma: int) -> Row:
    drives = {"duty_ppm": duty_ppm(current_ma), "offer_ma": current_ma}
    return Row(5.0, drives, _no_offer, _oscillates, f"{PILOT}, expected +12000 mV and -12000 mV")


TABLE: Mapping[str, Row] = {
    "lock_close": Row(2.5, {"lock": True}, _no_lock, _locked, LOCK),
    "lock_open": Row(1.0, {"lock": False}, _no_lock, _unlocked, LOCK),
    RCM: Row(
        5.0, {}, _no_test, lambda e: e.selftest.passed, "residual current monitor: tripped by its test and clear again: {e.selftest.passed}"
    ),
    "pilot_x1": Row(2.0, {"duty_ppm": PILOT_STEADY_PPM}, _able, _steady, f"{PILOT}, expected +12000 mV for both"),
    "pilot_6a": _offer(6_000),
    "pilot_16a": _offer(16_000),
    "pilot_f": Row(3.0, {"duty_ppm": PILOT_FAULT_PPM}, _no_fault_state, _shows_f, f"{PILOT}, expected -12000 mV for both"),
}
"""By name. While F is shown no car can be seen; so it is short."""


class Objection(NamedTuple):
    """What forbids it, before it begins and while it lasts. ``sentence`` is formatted with ``e``, the EVSE, and ``faults``."""

    holds: Callable[[Evse, float], bool]
    sentence: str


def _somebody(e: Evse, _: float) -> bool:
    """By the newest measurement, before any filter."""
    return e.presence.plug_in is not None or e.state != "A" or e.pilot.measured in {"B", "C", "D"}


OBJECTIONS = (
    Objection(lambda e, _: e.silent, "its board is not heard; see chargepoint status"),
    Objection(lambda e, _: bool(e.standing.faults), "a fault is active ({faults}); mend it first"),
    Objection(lambda e, _: not e.presence.known, "it is not known yet whether a car is there; try again in a second"),
    Objection(_somebody, "a car is plugged in (state {e.state}); unplug it first"),
    Objection(lambda e, _: e.cable_in is True, "a cable is in the socket; unplug it first"),
    Objection(lambda e, _: e.closed, "its contactor is closed"),
    Objection(lambda e, _: e.lease is not None, "somebody has been permitted to charge there"),
    Objection(lambda e, now: e.held(now), "the station holds its plug for a driver"),
)


def ask(evse: Evse, wish: Exercise, now: float) -> Evse:
    """Hear a wish: begin, or say why not."""
    reason = _refusal(evse, wish.what, now)
    name = wish.wish[: watch.TEXT]
    if reason is not None:
        return structs.replace(evse, exercised=ExerciseOutcome(name, "refused", reason))
    running = Exercising(wish.what, name, now, now + TABLE[wish.what].seconds)
    if wish.what == RCM:
        evse = structs.replace(evse, selftest=structs.replace(evse.selftest, passed=False))  # as if it had never been: so it is due
    return structs.replace(evse, exercise=running)


def _refusal(evse: Evse, what: str, now: float) -> str | None:
    row = TABLE.get(what)
    if row is None:
        return f"{what[: watch.TEXT]}: unknown; there are {', '.join(TABLE)}"
    if evse.exercise is not None:
        return f"{evse.exercise.what} is still under way; wait a few seconds"
    return _objection(evse, now) or row.unable(evse) or _tested(evse)


def _objection(evse: Evse, now: float) -> str | None:
    for objection in OBJECTIONS:
        if objection.holds(evse, now):
            return objection.sentence.format(e=evse, faults=", ".join(fault.name for fault in evse.standing.faults))
    return None


def _tested(evse: Evse) -> str | None:
    return "the residual current monitor is being tested; try again in a few seconds" if evse.selftest.running else None


def follow(evse: Evse, halting: bool, now: float) -> Evse:
    """One scan of what is under way."""
    running = evse.exercise
    if running is None:
        return evse
    row = TABLE[running.what]
    if running.what == RCM and evse.selftest.stage == "rest" and evse.selftest.since_s > running.began_s:
        return _ended(evse, running, _verdict(row, evse))
    objection = "control ends" if halting else _objection(evse, now)
    if objection is not None:
        return _ended(evse, running, ("ended", objection))
    if now < running.until_s:
        return evse
    return _ended(evse, running, _verdict(row, evse))


def _verdict(row: Row, evse: Evse) -> tuple[Any, str]:
    good = row.good(evse)
    if good is None:
        return "ended", "there is no feedback that would tell whether it moved: listen and look"
    return "good" if good else "bad", row.told.format(e=evse)


def _ended(evse: Evse, running: Exercising, end: tuple[Any, str]) -> Evse:
    return structs.replace(evse, exercise=None, exercised=ExerciseOutcome(running.wish, *end))


def over(evse: Evse, outputs: BoardOutputs) -> BoardOutputs:
    """What the board is to do instead of ``outputs``, which leave its contactor open in state A."""
    return outputs if evse.exercise is None or evse.state != "A" else structs.replace(outputs, **TABLE[evse.exercise.what].drives)
