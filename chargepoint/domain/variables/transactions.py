"""TxCtrlr."""

from chargepoint.domain.tx_points import POINTS
from chargepoint.domain.values import BOOLEAN, INTEGER, SOME_MEMBERS
from chargepoint.domain.variables.row import V

# fmt: off
TX_BEFORE_ACCEPTED = V("TxCtrlr.TxBeforeAcceptedEnabled", BOOLEAN, "true")
EV_CONNECTION_TIMEOUT = V("TxCtrlr.EVConnectionTimeOut", INTEGER, "60", unit="s", minimum=1, key="ConnectionTimeOut")
STOP_TX_ON_INVALID_ID = V("TxCtrlr.StopTxOnInvalidId", BOOLEAN, "true", key="StopTransactionOnInvalidId")
MAX_ENERGY_ON_INVALID_ID = V("TxCtrlr.MaxEnergyOnInvalidId", INTEGER, "0", unit="Wh", minimum=0, key="MaxEnergyOnInvalidId")
STOP_TX_ON_EV_SIDE_DISCONNECT = V("TxCtrlr.StopTxOnEVSideDisconnect", BOOLEAN, "true", key="StopTransactionOnEVSideDisconnect")
TX_START_POINT = V("TxCtrlr.TxStartPoint", SOME_MEMBERS, "PowerPathClosed", values=POINTS)
TX_STOP_POINT = V("TxCtrlr.TxStopPoint", SOME_MEMBERS, "PowerPathClosed", values=POINTS)
# fmt: on
