"""Firmware updates: what ChargingStation says of them."""

from chargepoint.domain.values import BOOLEAN
from chargepoint.domain.variables.row import V

# fmt: off
ALLOW_NEW_SESSIONS = V("ChargingStation.AllowNewSessionsPendingFirmwareUpdate", BOOLEAN, "false")
# fmt: on
