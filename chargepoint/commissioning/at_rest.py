"""What is seen of an EVSE at which nobody is, without moving anything. One row for each step; a fault that belongs to it decides it.

Pilot: the source is +12 V and -12 V, 5 % either way (IEC 61851-1 Annex A).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chargepoint.commissioning import blame
from chargepoint.commissioning.sight import METER_S, Sight
from chargepoint.commissioning.steps import Outcome, Step
from chargepoint.domain.findings import Figures
from hal.measured import PILOT_STEADY_PPM, BoardInputs, MeterReading, Phases

SOURCE_MV = (11_400, 12_600)
VOLTAGE_SHARE = 0.1
FREQUENCIES_HZ = (50.0, 60.0)
APART_HZ = 1.0
DEAD_MV = 50_000
"""A phase below this has no voltage."""
RESTING_MA = 500
"""More does not flow while the contactor is open."""
COLD_C, HOT_C = -35.0, 70.0


class Verdict(NamedTuple):
    """What one look has come to."""

    outcome: Outcome
    text: str
    remedy: str = ""
    figures: Figures = {}
    code: str = ""
    untried: bool = False

    def step(self, evse: int, name: str, title: str) -> Step:
        """As the step that it concludes."""
        return Step(evse=evse, name=name, title=title, **self._asdict())


def not_now(text: str, remedy: str = "", figures: Figures | None = None) -> Verdict:
    """It could not be done, for something that passes; so somebody has to see to it yet."""
    return Verdict("by_hand", text, remedy, figures or {}, untried=True)


class Row(NamedTuple):
    """One step; ``judge`` is asked where the board, or the meter, is heard."""

    name: str
    title: str
    judge: Callable[[Sight], Verdict]


def seen(sight: Sight) -> Iterator[Step]:
    """Every step that only looks, in their order."""
    for row in ROWS:
        yield step_of(sight, row.name, row.title, row.judge)


def step_of(sight: Sight, name: str, title: str, judge: Callable[[Sight], Verdict]) -> Step:
    """The verdict, unless an active fault says it."""
    found = blame.troubled(sight, name)
    if found is not None:
        return blame.failed(sight, name, title, found)
    return judge(sight).step(sight.part.id, name, title)


def _board(sight: Sight) -> Verdict:
    if not sight.connected:
        return Verdict("failed", "control is not connected to the station", "Start control: systemctl status chargepoint-control.")
    driver = sight.part.board.get("driver")
    if sight.heard:
        figures: Figures = {"age_s": round(sight.board_age_s, 3)}
        return Verdict(
            "passed", f"{driver}: heard {sight.board_age_s:.2f} s ago; what it tells of its version is in control's log", "", figures
        )
    ago = "never heard" if sight.board_age_s == float("inf") else f"silent for {sight.board_age_s:.1f} s"
    return Verdict("failed", f"{driver}: {ago}", "Check the board's supply, its wires, and port and unit in the configuration.")


def _with_board(judge: Callable[[Sight, BoardInputs], Verdict]) -> Callable[[Sight], Verdict]:
    def judged(sight: Sight) -> Verdict:
        if not sight.heard:
            return not_now("the board is not heard")
        assert sight.signals is not None
        assert sight.signals.inputs is not None
        return judge(sight, sight.signals.inputs)

    return judged


def _pilot(sight: Sight, board: BoardInputs) -> Verdict:
    high, low = board.cp_high_mv, board.cp_low_mv
    figures: Figures = {"cp_high_mv": high, "cp_low_mv": low}
    text = f"{high / 1000:+.2f} V / {low / 1000:+.2f} V"
    if sight.somebody:
        return not_now(f"{sight.somebody}: {text}", "Unplug, and test again.", figures)
    assert sight.signals is not None
    if sight.signals.outputs.duty_ppm != PILOT_STEADY_PPM:
        return not_now(f"{text}: a fault is shown on it, so state A cannot be", "Mend the fault, and test again.", figures)
    if all(SOURCE_MV[0] <= each <= SOURCE_MV[1] for each in (high, low)):
        return Verdict("passed", f"state A: {text}, expected +11.40 to +12.60 V", "", figures)
    remedy = "Check the pilot's wire to the connector for shorts and leakage, and the board's +12 V."
    return Verdict("failed", f"{text}, expected +11.40 to +12.60 V with nothing plugged in", remedy, figures)


def _proximity(sight: Sight, board: BoardInputs) -> Verdict:
    if not sight.on_socket:
        return Verdict("impossible", "a fixed cable has no proximity contact")
    if not sight.abilities.proximity:
        return Verdict("impossible", "this board does not measure it")
    if board.pp_ohm is None:
        return Verdict("passed", "open: no plug in the socket")
    return not_now(f"a plug is in the socket ({board.pp_ohm} ohm)", "Unplug, and test again.", {"pp_ohm": board.pp_ohm})


def _earth(sight: Sight, board: BoardInputs) -> Verdict:
    if board.earth_good is None:
        return Verdict("by_hand", "this board does not supervise it: measure the continuity of the protective conductor")
    if board.earth_good:
        return Verdict("passed", "the board's supervision says that it is good")
    return Verdict("failed", "the board's supervision says that it is lost", "Check the protective conductor up to the supply.")


def _housing(sight: Sight, board: BoardInputs) -> Verdict:
    if board.enclosure_open:
        return Verdict("failed", "its contact says that the enclosure is open", "Close it; check the contact.")
    if board.tilted:
        return Verdict("failed", "its sensor says that the station is not upright", "Look at its fixing.")
    return Verdict("passed", "closed and upright, or no contacts are wired")


def _stop(sight: Sight, board: BoardInputs) -> Verdict:
    if board.emergency_stop:
        return Verdict("failed", "pressed", "Release it; if it is: check its wires.")
    return Verdict("by_hand", "not pressed, or none is wired", "If there is one: press it in a guided test, and see that it is heard.")


def _temperature(sight: Sight, board: BoardInputs) -> Verdict:
    celsius = board.temperature_c
    if celsius is None:
        if sight.abilities.thermometer:
            return Verdict("failed", "the thermometer of this board tells nothing", "Check its wires.")
        return Verdict("impossible", "this board has no thermometer")
    good = COLD_C <= celsius <= HOT_C
    remedy = "" if good else "Compare it with a thermometer; check the sensor and its wires."
    return Verdict("passed" if good else "failed", f"{celsius:.1f} °C", remedy, {"temperature_c": celsius})


def _contactor(sight: Sight, board: BoardInputs) -> Verdict:
    assert sight.signals is not None
    commanded = sight.signals.outputs.contactor
    if board.contactor_closed is None:
        return Verdict("by_hand", "no mirror contact: check by a voltage tester that it is open, and closes in a guided test")
    if commanded:
        return not_now(f"it is commanded closed: {sight.somebody or 'somebody charges'}")
    if board.contactor_closed:
        return Verdict("failed", "commanded open, its mirror contact says closed", "Switch off upstream; check the contactor.")
    return Verdict("passed", "commanded open, its mirror contact says open")


def _with_meter(judge: Callable[[Sight, MeterReading], Verdict]) -> Callable[[Sight], Verdict]:
    def judged(sight: Sight) -> Verdict:
        if sight.signals is None or sight.signals.reading is None or sight.meter_age_s > METER_S:
            return not_now("the meter is not heard")
        return judge(sight, sight.signals.reading)

    return judged


def _meter(sight: Sight) -> Verdict:
    driver, age_s = sight.part.meter.get("driver"), sight.meter_age_s
    if sight.signals is None:
        return not_now("control tells nothing of it")
    if sight.signals.doubt:
        return Verdict("failed", f"{driver}: what it says cannot be true: {sight.signals.doubt}", "Check driver, unit and wires.")
    if age_s > METER_S:
        ago = "never heard" if age_s == float("inf") else f"silent for {age_s:.1f} s"
        return Verdict("failed", f"{driver}: {ago}", "Check its supply, its wires, termination, unit and speed.")
    reading = sight.signals.reading
    assert reading is not None
    drawn = [abs(each) for each in reading.current_ma if each is not None]
    if drawn and max(drawn) > RESTING_MA and not sight.signals.outputs.contactor:
        text = f"{driver}: {written(reading.current_ma, 'A')} while the contactor is open"
        return Verdict("failed", text, "Is it the meter of this EVSE? Check its unit and where its transformers sit.")
    return Verdict("passed", f"{driver}: heard {age_s:.1f} s ago", "", {"age_s": round(age_s, 2)})


def _voltage(sight: Sight, reading: MeterReading) -> Verdict:
    return judged_voltage(reading.voltage_mv, sight.part.phases, sight.voltage_v, closed=False)


def judged_voltage(measured: Phases, phases: int, nominal_v: float, *, closed: bool) -> Verdict:
    """Of as many phases as are wired, within 10 %. ``closed``: the contactor is, so that there is voltage wherever the meter sits."""
    known = [each for each in measured if each is not None]
    figures: Figures = {f"l{place}_mv": each for place, each in enumerate(measured, start=1) if each is not None}
    if not known:
        return Verdict("by_hand", "this meter does not measure it: measure it at the connector")
    text = written(measured, "V")
    if not closed and all(each < DEAD_MV for each in known):
        remedy = "See it in a guided test; if there is none then either, check the supply."
        return Verdict("by_hand", f"{text}: the meter sits behind the contactor, or there is no supply", remedy, figures)
    good = [each for each in known if abs(each / 1000 - nominal_v) <= VOLTAGE_SHARE * nominal_v]
    wanted = f"expected {phases} x {nominal_v:g} V, 10 % either way"
    if len(good) >= phases and len(good) == len([each for each in known if each >= DEAD_MV]):
        return Verdict("passed", text, "", figures)
    return Verdict("failed", f"{text}; {wanted}", "Check fuses and terminals of each phase, and the neutral.", figures)


def _frequency(sight: Sight, reading: MeterReading) -> Verdict:
    hertz = reading.frequency_hz
    if hertz is None:
        return Verdict("impossible", "this meter does not tell it")
    good = any(abs(hertz - each) <= APART_HZ for each in FREQUENCIES_HZ)
    figures: Figures = {"frequency_hz": hertz}
    return Verdict("passed" if good else "failed", f"{hertz:.2f} Hz", "" if good else "Check the supply, or the meter's driver.", figures)


def _phase_order(sight: Sight) -> Verdict:
    if sight.part.phases == 1:
        return Verdict("impossible", "one phase has no order")
    return Verdict("by_hand", "meters tell no angles here: measure the rotating field at the connector, and type it in")


def written(values: Phases, unit: str) -> str:
    """Of each phase."""
    return " / ".join("-" if each is None else f"{each / 1000:.1f}" for each in values) + f" {unit}"


ROWS = (
    Row("board", "Board heard", _board),
    Row("pilot", "Pilot in state A", _with_board(_pilot)),
    Row("proximity", "Proximity contact", _with_board(_proximity)),
    Row("earth", "Protective earth", _with_board(_earth)),
    Row("housing", "Enclosure", _with_board(_housing)),
    Row("emergency_stop", "Emergency stop", _with_board(_stop)),
    Row("temperature", "Thermometer", _with_board(_temperature)),
    Row("contactor", "Contactor open", _with_board(_contactor)),
    Row("meter", "Meter heard", _meter),
    Row("voltage", "Voltage", _with_meter(_voltage)),
    Row("frequency", "Frequency", _with_meter(_frequency)),
    Row("phase_order", "Order of the phases", _phase_order),
)
