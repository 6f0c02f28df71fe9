"""What each guided step concludes from, and with which figures: one function for each, of the moments since the step began."""

from chargepoint.commissioning import at_rest
from chargepoint.commissioning.at_rest import Verdict, written
from chargepoint.commissioning.moment import Marks, Moment
from chargepoint.commissioning.sight import Trouble
from chargepoint.domain.findings import Figures

LOOK_S = 0.25
"""Control tells its signals so often; times are no more exact than this."""
HOLD_S = 1.0
"""What is seen has to be so for this long."""
CLOSES_S, OWN_CLOSES_S = 12.0, 30.0
OPENS_S, OWN_OPENS_S = 3.0, 12.0
"""The second where the board moves its contactor by itself."""
SETTLED_S = 3.0
"""A meter's reading this long after the contactor has closed is of the closed contactor."""
LOAD_MA = 1_000
COUNTS_S = 30.0
UNLOADED_S = 20.0
"""A car may take so long to draw current."""
CLEARS_S = 8.0
RECOVERS_S = 60.0


VENTILATION = "ventilation_not_available"


def _trouble(moment: Moment, name: str) -> Trouble | None:
    return next((each for each in moment.sight.troubles if each.name == name), None)


def plugged(marks: Marks, moment: Moment) -> Verdict | None:
    """State B: no offer, contactor open."""
    board, lasted_s = moment.inputs, marks.since("B", moment.cp == "B", moment.at_s)
    if board is None or lasted_s is None or lasted_s < HOLD_S:
        return None
    figures: Figures = {"cp_high_mv": board.cp_high_mv, "pp_ohm": board.pp_ohm}
    signals = moment.sight.signals
    carries = "" if signals is None or signals.cable_ma is None else f", a cable for {signals.cable_ma / 1000:g} A ({board.pp_ohm} ohm)"
    if board.contactor_closed:
        return Verdict("failed", "state B, and the contactor is closed", "Switch off upstream; check the contactor.", figures)
    return Verdict("passed", f"state B: {board.cp_high_mv / 1000:+.2f} V{carries}", "", figures)


def charges(marks: Marks, moment: Moment) -> Verdict | None:
    """State C: it closes, and there is voltage."""
    signals, board, now = moment.sight.signals, moment.inputs, moment.at_s
    asked_s = marks.first("asked_s", moment.cp in ("C", "D"), now)
    closed_s = marks.first("closed_s", moment.closed and asked_s is not None, now)
    if asked_s is None or signals is None or board is None:
        return None
    if closed_s is None:
        if now - asked_s <= (OWN_CLOSES_S if moment.own else CLOSES_S):
            return None
        return Verdict("failed", f"state C for {now - asked_s:.0f} s, and the contactor stays open", "Look at why it does not charge.")
    if moment.sight.on_socket and board.plug_locked is False and moment.closed:
        return Verdict("failed", "the contactor is closed, and the plug is not locked", "Check the lock and its switch.")
    reading, took_s = signals.reading, closed_s - asked_s
    if not moment.closed:
        return Verdict("failed", f"the contactor opened again {now - closed_s:.1f} s after it had closed", "Look at the history.")
    if now - closed_s < SETTLED_S:
        return None
    if (reading is None or moment.sight.meter_age_s > now - closed_s) and now - closed_s < 2 * SETTLED_S:
        return None
    said = f"contactor closed after {took_s:.1f} s, offered {signals.outputs.offer_ma / 1000:g} A"
    figures: Figures = {"closed_after_s": round(took_s, 2), "offered_ma": signals.outputs.offer_ma}
    if reading is None:
        return Verdict("passed", f"{said}, the meter is not heard", "", figures)
    phases = moment.sight.part.phases
    volts = at_rest.judged_voltage(reading.voltage_mv, phases, moment.sight.voltage_v, closed=True)
    return Verdict(
        "failed" if volts.outcome == "failed" else "passed", f"{said}, measured {volts.text}", volts.remedy, {**figures, **volts.figures}
    )


def counts(marks: Marks, moment: Moment) -> Verdict | None:
    """Under load the register rises."""
    signals, now = moment.sight.signals, moment.at_s
    if signals is None or signals.reading is None:
        return Verdict("failed", "the meter is not heard", "Check its line.")
    reading = signals.reading
    flows = max((abs(each) for each in reading.current_ma if each is not None), default=0)
    begun_wh = marks.figures.setdefault("energy_wh", reading.energy_wh)
    loaded_s = marks.since("load", flows >= LOAD_MA, now)
    figures: Figures = {"energy_wh": reading.energy_wh, "power_w": reading.power_w, "current_ma": flows}
    rose_wh = reading.energy_wh - begun_wh
    said = f"{written(reading.current_ma, 'A')}, {reading.power_w or 0} W"
    if rose_wh < 0:
        return Verdict("failed", f"the register ran backwards, by {-rose_wh:.0f} Wh", "Replace the meter.", figures)
    if rose_wh > 0:
        return Verdict("passed", f"{said}: the register rose by {rose_wh:.0f} Wh", "", figures)
    if loaded_s is None and now - marks.began_s > UNLOADED_S:
        text = f"{said}: no load, so nothing to count. With a load that is on: the meter does not see it"
        return at_rest.not_now(text, "Repeat it with a load of 1 kW or more, or with a car.", figures)
    if loaded_s is not None and loaded_s > COUNTS_S:
        return Verdict("failed", f"{said} for {loaded_s:.0f} s: the register stands still", "Check the meter and its driver.", figures)
    return None


def let_go(marks: Marks, moment: Moment) -> Verdict | None:
    """Back to B: it opens."""
    return _opens(marks, moment, moment.cp in ("A", "B"), "state B")


def _opens(marks: Marks, moment: Moment, cause: bool, words: str) -> Verdict | None:
    caused_s = marks.first("caused_s", cause, moment.at_s)
    if caused_s is None:
        return None
    if moment.closed:
        if moment.at_s - caused_s <= (OWN_OPENS_S if moment.own else OPENS_S):
            return None
        text = f"{words} for {moment.at_s - caused_s:.1f} s, and the contactor stays closed"
        return Verdict("failed", text, "Switch off upstream; check the contactor.")
    opened_s = marks.first("opened_s", True, moment.at_s) or moment.at_s
    if moment.at_s - opened_s < HOLD_S:
        return None
    took_s = max(LOOK_S, opened_s - caused_s)
    return Verdict("passed", f"{words}: contactor open within {took_s:.2f} s", "", {"opened_after_s": round(took_s, 2)})


def shorted(marks: Marks, moment: Moment) -> Verdict | None:
    """The pilot is shorted: it opens."""
    return _opens(marks, moment, moment.cp == "E", "state E")


def ventilated(marks: Marks, moment: Moment) -> Verdict | None:
    """State D: only where there is ventilation may it close."""
    found = _trouble(moment, VENTILATION)
    if found is not None and not moment.closed:
        return Verdict("passed", f"seen, contactor open: {found.words}")
    lasted_s = marks.since("D", moment.cp == "D", moment.at_s)
    if lasted_s is None or lasted_s < HOLD_S:
        return None
    if moment.closed is moment.sight.part.ventilation:
        return Verdict("passed", f"state D: contactor {'closed: there is' if moment.closed else 'open: there is no'} ventilation")
    if lasted_s <= (max(OWN_CLOSES_S, OWN_OPENS_S) if moment.own else max(CLOSES_S, OPENS_S)):
        return None
    if moment.closed:
        remedy = "Forbid it in the settings of the board; or ventilation = true, where there is a fan."
        return Verdict("failed", "state D: it charges, and there is no ventilation", remedy)
    return Verdict(
        "failed", "state D: the contactor stays open, and the configuration says ventilation = true", "See why it does not charge."
    )


def earth_cut(marks: Marks, moment: Moment) -> Verdict | None:
    """While it charges the protective conductor is cut, and with it the pilot's way back: it opens."""
    charged = marks.first("charged_s", moment.closed, moment.at_s) is not None
    return _opens(marks, moment, charged and moment.cp == "A", "pilot open")


def recovered(marks: Marks, moment: Moment) -> Verdict | None:
    """Back to B: no fault is left."""
    sound = moment.cp == "B" and not moment.closed and not moment.sight.troubles
    lasted_s = marks.since("B", sound, moment.at_s)
    if lasted_s is not None and lasted_s >= HOLD_S:
        return Verdict("passed", "state B again, contactor open, no fault left")
    back_s = marks.since("back", moment.cp == "B", moment.at_s)
    if back_s is None or back_s < RECOVERS_S:
        return None
    left = [each.title or each.name for each in moment.sight.troubles] + ["the contactor is closed"] * moment.closed
    return Verdict("failed", f"state B for {back_s:.0f} s, and there is still: {', '.join(left)}", "See what the fault says.")


def no_diode(marks: Marks, moment: Moment) -> Verdict | None:
    """The lower plateau is missing: it opens."""
    found = _trouble(moment, "diode_failed")
    if found is not None and not moment.closed:
        return Verdict("passed", f"seen, contactor open: {found.words}")
    board = moment.inputs
    low = board is not None and moment.offered_ma and board.cp_low_mv > -10_000 and board.cp_high_mv > 1_000
    lasted_s = marks.since("low", bool(low), moment.at_s)
    if lasted_s is not None and lasted_s > OPENS_S and moment.closed:
        return Verdict("failed", "the lower plateau is missing, and the contactor stays closed", "Do not use this station.")
    return None


def stopped(marks: Marks, moment: Moment) -> Verdict | None:
    """Heard, and it opens."""
    if moment.inputs is None or not moment.inputs.emergency_stop:
        return None
    return _opens(marks, moment, True, "emergency stop heard")


def unplugged(marks: Marks, moment: Moment) -> Verdict | None:
    """State A: everything is as at rest."""
    board = moment.inputs
    gone_s = marks.since("A", moment.cp == "A" and board is not None, moment.at_s)
    if gone_s is None or board is None or gone_s < HOLD_S:
        return None
    if moment.closed or (moment.sight.on_socket and board.plug_locked) or moment.sight.troubles:
        if gone_s < CLEARS_S:
            return None
        left = [each.title or each.name for each in moment.sight.troubles]
        left += ["the contactor is closed"] * moment.closed + ["the lock is closed"] * bool(board.plug_locked)
        return Verdict("failed", f"nothing is plugged in, and there is still: {', '.join(left)}", "See what the fault says.")
    return Verdict(
        "passed", f"state A: {board.cp_high_mv / 1000:+.2f} V, contactor open, no fault left", "", {"cp_high_mv": board.cp_high_mv}
    )
