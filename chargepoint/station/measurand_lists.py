"""Which measurands are told when: the lists of SampledDataCtrlr and AlignedDataCtrlr (OCPP 2.0.1 J); none while their controller is off."""

from chargepoint.domain.device_model import DeviceModel, Variable
from chargepoint.domain.measurands import with_phases
from chargepoint.domain.variables.metering import ALIGNED_ENABLED, REGISTERS_WITHOUT_PHASES, SAMPLED_ENABLED

Measurands = Variable[tuple[str, ...]]


def listed(model: DeviceModel, measurands: Measurands) -> tuple[str, ...]:
    """What one of the lists wants now; RegisterValuesWithoutPhases counts for all of them (part 2 §2.7.18)."""
    enabled = SAMPLED_ENABLED if measurands.name.startswith("SampledDataCtrlr.") else ALIGNED_ENABLED
    wanted = model.read(measurands) if model.read(enabled) else ()
    return wanted if model.read(REGISTERS_WITHOUT_PHASES) else with_phases(wanted)
