"""How much fits into a message, and the clock: DeviceDataCtrlr, ClockCtrlr."""

from chargepoint.domain.values import DATE_TIME, INTEGER, SEQUENCE
from chargepoint.domain.variables.row import RO, V

HEARTBEAT, NTP = "Heartbeat", "NTP"
"""Sources of time: the CSMS, and whoever keeps the clock of the host."""
LONGEST_SET, LONGEST_TOLD = 1000, 2500
"""Characters of a value that is set, and of one that is told."""

# fmt: off
ITEMS_GET_REPORT = V("DeviceDataCtrlr.ItemsPerMessage[GetReport]", INTEGER, "100", RO, minimum=1)
ITEMS_GET_VARIABLES = V("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", INTEGER, "100", RO, minimum=1)
ITEMS_SET_VARIABLES = V("DeviceDataCtrlr.ItemsPerMessage[SetVariables]", INTEGER, "100", RO, minimum=1)
BYTES_GET_REPORT = V("DeviceDataCtrlr.BytesPerMessage[GetReport]", INTEGER, "65536", RO, minimum=1)
BYTES_GET_VARIABLES = V("DeviceDataCtrlr.BytesPerMessage[GetVariables]", INTEGER, "65536", RO, minimum=1)
BYTES_SET_VARIABLES = V("DeviceDataCtrlr.BytesPerMessage[SetVariables]", INTEGER, "65536", RO, minimum=1)
CLOCK_DATE_TIME = V("ClockCtrlr.DateTime", DATE_TIME, "", RO)
CLOCK_TIME_SOURCE = V("ClockCtrlr.TimeSource", SEQUENCE, HEARTBEAT, values=(HEARTBEAT, NTP))
CLOCK_REPORTING_THRESHOLD = V("ClockCtrlr.TimeAdjustmentReportingThreshold", INTEGER, "10", unit="s", minimum=0)
CONFIGURATION_VALUE_SIZE = V("DeviceDataCtrlr.ConfigurationValueSize", INTEGER, str(LONGEST_SET), RO, maximum=LONGEST_SET)
REPORTING_VALUE_SIZE = V("DeviceDataCtrlr.ReportingValueSize", INTEGER, str(LONGEST_TOLD), RO, maximum=LONGEST_TOLD)
# fmt: on
