"""The station of the campaigns: two three-phase EVSEs, brisk meter values, and short patience with its CSMS."""

from typing import Any

STATION = "cp001"
EVSES = (1, 2)
FIXED = 2
"""The one with a fixed cable. At the other a plug has to lock before a transaction begins."""

VARIABLES = {
    ("SampledDataCtrlr", "TxUpdatedInterval", None): "1",
    ("SampledDataCtrlr", "TxEndedInterval", None): "2",
    ("OCPPCommCtrlr", "MessageTimeout", "Default"): "2",
    ("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent"): "50",
    ("OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent"): "1",
    ("OCPPCommCtrlr", "RetryBackOffRepeatTimes", None): "0",
    ("TxCtrlr", "EVConnectionTimeOut", None): "10",
    ("AuthCtrlr", "OfflineTxForUnknownIdEnabled", None): "true",
}
"""So that a message that got lost costs seconds, not minutes, and a card is taken while the CSMS cannot be asked."""


def tree(version: str, csms_url: str, *, keep_world: bool = False, after_power_loss: str = "resume") -> dict[str, Any]:
    """A configuration file. Both EVSEs together stay below the site fuse: 22 kW each, 6 Wh a second."""
    evse = {"max_current_a": 32, "phases": 3, "board": {"driver": "simulated"}, "meter": {"driver": "simulated"}}
    socket, fixed = {"id": 1, "type": "sType2", "cable": "socket"}, {"id": 1, "type": "cType2", "cable": "fixed"}
    return {
        "station": {"id": STATION, "vendor": "Acme", "model": "One", "after_power_loss": after_power_loss},
        "site": {"fuse_a": 80, "phases": 3, "voltage_v": 230},
        "evses": [{"id": 1, "connectors": [socket], **evse}, {"id": 2, "connectors": [fixed], **evse}],
        "ocpp": {
            "version": version,
            "csms_url": csms_url,
            "reconnect": {"min_s": 1, "random_s": 0},
            "variables": [_variable(*key, value) for key, value in VARIABLES.items()],
        },
        "hal": {"backend": "sim"},
        "bench": {"listen": "127.0.0.1:0", "keep_world": keep_world},
    }


def _variable(component: str, variable: str, instance: str | None, value: str) -> dict[str, str]:
    entry = {"component": component, "variable": variable, "value": value}
    return entry if instance is None else {**entry, "instance": instance}
