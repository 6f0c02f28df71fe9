"""Which measurands are told when: the lists of SampledDataCtrlr and AlignedDataCtrlr (OCPP 2.0.1 J); none while their controller is off."""

from chargepoint.domain.device_model import DeviceModel, Variable
from chargepoint.domain.variables.metering import ALIGNED_ENABLED, SAMPLED_ENABLED

Measurands = Variable[tuple[str, ...]]


def listed(model: DeviceModel, measurands: Measurands) -> tuple[str, ...]:
    """What one of the lists wants now."""
    enabled = SAMPLED_ENABLED if measurands.name.startswith("SampledDataCtrlr.") else ALIGNED_ENABLED
    return model.read(measurands) if model.read(enabled) else ()
