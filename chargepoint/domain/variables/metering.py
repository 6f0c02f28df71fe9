"""Meter values, also signed ones: SampledDataCtrlr, AlignedDataCtrlr, FiscalMetering."""

from chargepoint.domain.measurands import DEFAULT_MEASURAND, MEASURAND_LIST, MEASURANDS
from chargepoint.domain.ocmf import told_key
from chargepoint.domain.values import BOOLEAN, INTEGER, OPTION, STRING
from chargepoint.domain.variables.row import RO, Place, V, evse_of

KNOWN = tuple(MEASURANDS)
LONGEST_LIST = 1000
"""Characters of a list, written with commas; LONGEST measurands fit."""


def _signs(at: Place) -> bool:
    """Does a meter sign there, or, at the station, any?"""
    return any(evse.signs for evse in (at.configuration.evses if at.evse is None else (at.evse,)))


def _public_key(at: Place) -> str:
    return told_key(evse_of(at).public_key)


# fmt: off
SAMPLED_AVAILABLE = V("SampledDataCtrlr.Available", BOOLEAN, "true", RO)
SAMPLED_ENABLED = V("SampledDataCtrlr.Enabled", BOOLEAN, "true")
REGISTERS_WITHOUT_PHASES = V("SampledDataCtrlr.RegisterValuesWithoutPhases", BOOLEAN, "true")
ALIGNED_AVAILABLE = V("AlignedDataCtrlr.Available", BOOLEAN, "true", RO)
ALIGNED_ENABLED = V("AlignedDataCtrlr.Enabled", BOOLEAN, "true")
ALIGNED_WHEN_IDLE = V("AlignedDataCtrlr.SendDuringIdle", BOOLEAN, "false")
SAMPLED_INTERVAL = V("SampledDataCtrlr.TxUpdatedInterval", INTEGER, "60", unit="s", minimum=0, key="MeterValueSampleInterval")
SAMPLED_MEASURANDS = V("SampledDataCtrlr.TxUpdatedMeasurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN, maximum=LONGEST_LIST,
                       key="MeterValuesSampledData")
TX_STARTED_MEASURANDS = V("SampledDataCtrlr.TxStartedMeasurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN, maximum=LONGEST_LIST)
TX_ENDED_MEASURANDS = V("SampledDataCtrlr.TxEndedMeasurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN, maximum=LONGEST_LIST,
                        key="StopTxnSampledData")
TX_ENDED_INTERVAL = V("SampledDataCtrlr.TxEndedInterval", INTEGER, "0", unit="s", minimum=0)
ALIGNED_INTERVAL = V("AlignedDataCtrlr.Interval", INTEGER, "0", unit="s", minimum=0, key="ClockAlignedDataInterval")
ALIGNED_MEASURANDS = V("AlignedDataCtrlr.Measurands", MEASURAND_LIST, DEFAULT_MEASURAND, values=KNOWN, maximum=LONGEST_LIST,
                       key="MeterValuesAlignedData")
ALIGNED_TX_ENDED_INTERVAL = V("AlignedDataCtrlr.TxEndedInterval", INTEGER, "0", unit="s", minimum=0)
ALIGNED_TX_ENDED_MEASURANDS = V("AlignedDataCtrlr.TxEndedMeasurands", MEASURAND_LIST, "", values=KNOWN, maximum=LONGEST_LIST,
                                key="StopTxnAlignedData")

# Signed meter values: a meter signs a session as a whole, when it ends (OCA application note, 1.0; 2.1 for FiscalMetering.PublicKey)
SAMPLED_SIGNED = V("SampledDataCtrlr.SignReadings", BOOLEAN, "true", key="SampledDataSignReadings", there=_signs)
SAMPLED_STARTED_SIGNED = V("SampledDataCtrlr.SignStartedReadings", BOOLEAN, "false", RO, key="SampledDataSignStartedReadings", there=_signs)
SAMPLED_UPDATED_SIGNED = V("SampledDataCtrlr.SignUpdatedReadings", BOOLEAN, "false", RO, key="SampledDataSignUpdatedReadings", there=_signs)
ALIGNED_SIGNED = V("AlignedDataCtrlr.SignReadings", BOOLEAN, "false", key="AlignedDataSignReadings", there=_signs)
ALIGNED_UPDATED_SIGNED = V("AlignedDataCtrlr.SignUpdatedReadings", BOOLEAN, "false", RO, key="AlignedDataSignUpdatedReadings", there=_signs)
PUBLIC_KEY_WITH = V("OCPPCommCtrlr.PublicKeyWithSignedMeterValue", OPTION, "OncePerTransaction",
                    values=("Never", "OncePerTransaction", "EveryMeterValue"), key="PublicKeyWithSignedMeterValue", there=_signs)
PUBLIC_KEY = V("FiscalMetering.PublicKey", STRING, _public_key, RO, there=_signs)
PUBLIC_KEY_16 = V("MeterPublicKey#", STRING, _public_key, RO, there=_signs)
# fmt: on
