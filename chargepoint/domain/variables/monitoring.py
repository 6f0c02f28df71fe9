"""MonitoringCtrlr: how much fits into a message, what is told, and what is kept for a CSMS that cannot be reached."""

from chargepoint.domain.values import BOOLEAN, INTEGER, OPTION
from chargepoint.domain.variables.row import RO, V

MONITORING_BASES = ("All", "FactoryDefault", "HardWiredOnly")

# fmt: off
MONITORING_AVAILABLE = V("MonitoringCtrlr.Available", BOOLEAN, "true", RO)
MONITORING_ENABLED = V("MonitoringCtrlr.Enabled", BOOLEAN, "true")
ITEMS_SET_MONITORING = V("MonitoringCtrlr.ItemsPerMessage[SetVariableMonitoring]", INTEGER, "100", RO, minimum=1)
BYTES_SET_MONITORING = V("MonitoringCtrlr.BytesPerMessage[SetVariableMonitoring]", INTEGER, "65536", RO, minimum=1)
ITEMS_CLEAR_MONITORING = V("MonitoringCtrlr.ItemsPerMessage[ClearVariableMonitoring]", INTEGER, "500", RO, minimum=1)
BYTES_CLEAR_MONITORING = V("MonitoringCtrlr.BytesPerMessage[ClearVariableMonitoring]", INTEGER, "65536", RO, minimum=1)
OFFLINE_QUEUING_SEVERITY = V("MonitoringCtrlr.OfflineQueuingSeverity", INTEGER, "4", minimum=0, maximum=9)
MONITORING_BASE = V("MonitoringCtrlr.ActiveMonitoringBase", OPTION, "FactoryDefault", RO, values=MONITORING_BASES)
MONITORING_LEVEL = V("MonitoringCtrlr.ActiveMonitoringLevel", INTEGER, "9", RO, minimum=0, maximum=9)
# fmt: on
