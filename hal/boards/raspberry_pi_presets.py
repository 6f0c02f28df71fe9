"""Boards, monitors and locks whose wiring is known: entries that then need not be written. What the file says goes before them."""

from collections.abc import Mapping
from typing import Any

PRESETS: Mapping[str, Mapping[str, Any]] = {
    # Names of lines and channels: chargebyte/everest-chargebyte, CbTarragonDriver. mV = (raw * 3300 / 4095) * 4561 / 476 - 16013.
    "charge-control-c": {
        "pwm": "20fc000.pwm",
        "pilot_enable": "CP_INVERT",
        "cp": "iio",
        "iio": "2198000.adc",
        "cp_high": "voltage2",
        "cp_low": "voltage3",
        "peak_reset": "CP_POSITIVE_PEAK_RST",
        "peak_reset_low": "CP_NEGATIVE_PEAK_RST",
        "cp_gain": 4561 / 476,
        "cp_offset_mv": -16_013,
        "contactor": "RELAY_1_ENABLE",
        "contactor_23": "RELAY_2_ENABLE",
        "pp": "voltage5",
        "pp_thresholds": "chargebyte",
    },
    # Lines: nsayer/Pi_Evse_Hat. Its watchdog wants an edge every 10 ms, which a scan of 20 ms cannot give: it is not served.
    "pi-evse-hat": {
        "pwm": "20c000.pwm",
        "adc": "mcp3004",
        "cp_channel": 0,
        "contactor": "GPIO17",
        "contactor_feedback": "GPIO23",
        "contactor_mirror": "NO",
        "rcm_fault": "GPIO22",
        "rcm_cuts_coil": True,
    },
}

MONITORS: Mapping[str, str] = {
    "rcm14-01": "pull-up debounce=1",
    "rcm14-03": "pull-up debounce=1",
    "rcmb102": "pull-up debounce=1",
}
"""Residual current monitors, and how their output is wired to ``rcm_fault``, beside what that says itself. Western Automation RCM14: open
collector, high at a fault. Bender RCMB102: low is good, high a fault, also for 4.6 s after power-on. Both are pulled up, so that a wire
that is broken is a fault."""

LOCKS = ("motor", "harting", "solenoid")

PP_CHARGEBYTE = ((751, 0), (891, 100), (1_170, 220), (1_813, 680), (2_459, 1_500))
"""Below so many mV at the proximity contact (3.3 V reference): a resistor of so many ohm; above all of them there is no plug."""
