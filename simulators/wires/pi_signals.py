"""What a board ``raspberry-pi`` has on the inputs of its converter: the pilot, the proximity contact, a thermometer."""

from random import Random

from hal.boards.raspberry_pi_plan import Plan
from hal.boards.raspberry_pi_presets import PP_CHARGEBYTE
from simulators import sense
from simulators.electrics import Electrics

PERIOD_S = 0.001
NOISE_MV = 15.0
"""Standard deviation, at the pilot."""
PP_OHM_MV = {ohm: below - 20 for below, ohm in PP_CHARGEBYTE}


class Signals:
    """In mV at the converter, at a moment."""

    def __init__(self, plan: Plan, evse: Electrics) -> None:
        self._plan = plan
        self._evse = evse
        self._random = Random(2)

    def mv(self, channel: int, at_s: float) -> float:
        """On a channel of the one on SPI. The pilot is a square of 1 kHz between its plateaus, with noise."""
        plan = self._plan
        if channel == plan.cp_channel:
            plateaus = self._evse.plateaus
            high = at_s % PERIOD_S < PERIOD_S * self._evse.duty_ppm / 1_000_000
            return self.at_adc_mv((plateaus.high_mv if high else plateaus.low_mv) + self._random.gauss(0, NOISE_MV))
        if channel == plan.pp:
            return self.pp_mv()
        return self._warmth_mv() if channel == plan.thermometer_at else 0.0

    def at_adc_mv(self, cp_mv: float) -> float:
        """Behind the pilot's divider."""
        return (cp_mv - self._plan.cp_offset_mv) / self._plan.cp_gain

    def pp_mv(self) -> float:
        """At the proximity contact."""
        ohm, plan = sense.proximity_ohm(self._evse), self._plan
        if ohm is None:
            return float(plan.adc_mv)
        if plan.pp_pullup_ohm is None:
            return float(PP_OHM_MV[min(PP_OHM_MV, key=lambda each: abs(each - ohm))])
        return plan.adc_mv * ohm / (ohm + plan.pp_pullup_ohm)

    def _warmth_mv(self) -> float:
        celsius = sense.temperature_c(self._evse)
        return 0.0 if celsius is None else 500 + 10 * celsius


class Peaks:
    """Highest and lowest level since they were let go of."""

    def __init__(self) -> None:
        self.high_mv = self.low_mv = 0
        self._held = False

    def reset(self, active: bool) -> None:
        """While the line is active both stay at zero."""
        self._held = active
        if active:
            self.high_mv = self.low_mv = 0

    def see(self, high_mv: int, low_mv: int) -> None:
        """The pilot is there."""
        if self._held:
            return
        if self.high_mv == self.low_mv == 0:
            self.high_mv, self.low_mv = high_mv, low_mv
        self.high_mv, self.low_mv = max(self.high_mv, high_mv), min(self.low_mv, low_mv)
