"""The mains at one EVSE: phases that sag, swell or are missing, and a neutral that is lost.

With its neutral a phase keeps its voltage whatever is drawn from it. Without, the star point floats to where the loads pull it
(Millman): a car on L1 alone gets next to nothing, and between L2 or L3 and what was neutral stands the voltage between phases.
"""

from cmath import rect
from math import pi

from simulators.hardware import EvsePlan, Hardware

Triple = tuple[int, int, int]
"""One value for each of L1, L2, L3."""
NOTHING: Triple = (0, 0, 0)

PHASORS = tuple(rect(1.0, -2 * pi * n / 3) for n in range(3))
STRAY_SIEMENS = 1e-6
"""What the meter itself draws of each phase; it holds the star point where nothing else does."""


def supply_mv(plan: EvsePlan, hardware: Hardware) -> Triple:
    """Phase to neutral, upstream of everything in this EVSE."""
    if hardware.breaker == "tripped":
        return NOTHING
    nominal = plan.voltage_v
    one, two, three = hardware.mains_v or (nominal, nominal, nominal)
    return (round(one * 1000), round(two * 1000), round(three * 1000)) if plan.phases == 3 else (round(one * 1000), 0, 0)


def floating(voltage_mv: Triple, current_ma: Triple, nominal_mv: float) -> tuple[Triple, Triple]:
    """Voltages and currents without a neutral, where these currents would flow at nominal voltage with it."""
    siemens = [ampere / nominal_mv + STRAY_SIEMENS for ampere in current_ma]
    phases = [volt * phasor for volt, phasor in zip(voltage_mv, PHASORS, strict=True)]
    live = [bool(volt) for volt in voltage_mv]
    through = sum(s for s, on in zip(siemens, live, strict=True) if on)
    star = sum(s * u for s, u, on in zip(siemens, phases, live, strict=True) if on) / through if through else 0.0
    left = [abs(phase - star) if on else 0.0 for phase, on in zip(phases, live, strict=True)]
    flows = [volt * ampere / nominal_mv for volt, ampere in zip(left, current_ma, strict=True)]
    return (round(left[0]), round(left[1]), round(left[2])), (round(flows[0]), round(flows[1]), round(flows[2]))
