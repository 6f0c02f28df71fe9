"""Messages and connection: OCPPCommCtrlr."""

from chargepoint.domain.network import SLOTS
from chargepoint.domain.values import BOOLEAN, INTEGER, MEMBERS, SEQUENCE
from chargepoint.domain.variables.row import RO, Place, V

PROTOCOLS = ("FTP", "FTPS", "HTTP", "HTTPS", "SFTP")


def _unlocks(at: Place) -> str:
    """A fixed cable cannot be unlocked; a plug in a socket is, unless it shall not be."""
    return "true" if any(connector.cable == "socket" for evse in at.configuration.evses for connector in evse.connectors) else "false"


def _whole(seconds: float) -> str:
    """Rounded up: the variable knows whole seconds only."""
    return str(-int(-seconds // 1))


# fmt: off
HEARTBEAT_INTERVAL = V("OCPPCommCtrlr.HeartbeatInterval", INTEGER, "3600", unit="s", minimum=1, key="HeartbeatInterval")
WEB_SOCKET_PING_INTERVAL = V("OCPPCommCtrlr.WebSocketPingInterval", INTEGER, "60", unit="s", minimum=0, key="WebSocketPingInterval")
MESSAGE_TIMEOUT = V("OCPPCommCtrlr.MessageTimeout[Default]", INTEGER, "30", RO, unit="s", minimum=1, maximum=86_400, key="MessageTimeout",
                    writable_16=True)
MESSAGE_ATTEMPTS = V("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", INTEGER, "3", minimum=1, key="TransactionMessageAttempts")
MESSAGE_ATTEMPT_INTERVAL = V("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", INTEGER, "60", unit="s", minimum=0,
                             key="TransactionMessageRetryInterval")
MAX_QUEUED_MESSAGES = V("OCPPCommCtrlr.MaxQueuedMessages", INTEGER, "100000", minimum=1_000, maximum=1_000_000, key="MaxQueuedMessages")
QUEUE_ALL = V("OCPPCommCtrlr.QueueAllMessages", BOOLEAN, "false")
RETRY_BACK_OFF_WAIT_MINIMUM = V("OCPPCommCtrlr.RetryBackOffWaitMinimum", INTEGER, lambda at: _whole(at.configuration.ocpp.reconnect.min_s),
                                unit="s", minimum=0, entry="ocpp.reconnect.min_s")
RETRY_BACK_OFF_RANDOM_RANGE = V("OCPPCommCtrlr.RetryBackOffRandomRange", INTEGER,
                                lambda at: _whole(at.configuration.ocpp.reconnect.random_s),
                                unit="s", minimum=0, entry="ocpp.reconnect.random_s")
RETRY_BACK_OFF_REPEAT_TIMES = V("OCPPCommCtrlr.RetryBackOffRepeatTimes", INTEGER, "6", minimum=0)
OFFLINE_THRESHOLD = V("OCPPCommCtrlr.OfflineThreshold", INTEGER, "60", unit="s", minimum=0)
NETWORK_CONFIGURATION_PRIORITY = V("OCPPCommCtrlr.NetworkConfigurationPriority", SEQUENCE, "1", values=SLOTS, reboot=True)
ACTIVE_NETWORK_PROFILE = V("OCPPCommCtrlr.ActiveNetworkProfile", INTEGER, "1", RO, minimum=1)
NETWORK_PROFILE_CONNECTION_ATTEMPTS = V("OCPPCommCtrlr.NetworkProfileConnectionAttempts", INTEGER, "3", minimum=1, maximum=100)
FILE_TRANSFER_PROTOCOLS = V("OCPPCommCtrlr.FileTransferProtocols", MEMBERS, "FTP,FTPS,HTTP,HTTPS", RO, values=PROTOCOLS,
                            key="SupportedFileTransferProtocols")
RESET_RETRIES = V("OCPPCommCtrlr.ResetRetries", INTEGER, "2", minimum=0, maximum=86_400, key="ResetRetries")
UNLOCK_ON_EV_SIDE_DISCONNECT = V("OCPPCommCtrlr.UnlockOnEVSideDisconnect", BOOLEAN, _unlocks,
                                 values=lambda at: ("true", "false") if _unlocks(at) == "true" else ("false",),
                                 key="UnlockConnectorOnEVSideDisconnect")
# fmt: on
