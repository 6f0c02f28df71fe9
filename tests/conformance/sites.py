"""The station of the conformance tests: a socket and a fixed cable, short patience, and what single cases change of it."""

from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], None]

STATION = "cp001"
SOCKET, CABLE = 1, 2
"""Connectors, and EVSEs: the one with a socket, the one with a fixed cable."""

KEYS = {
    "ConnectionTimeOut": "30",
    "MessageTimeout": "5",
    "TransactionMessageAttempts": "3",
    "TransactionMessageRetryInterval": "1",
    "WebSocketPingInterval": "0",
}


def tree(csms_url: str, keys: Mapping[str, str]) -> Json:
    """A configuration file."""
    evse = {"max_current_a": 32, "phases": 3, "board": {"driver": "simulated"}, "meter": {"driver": "simulated"}}
    socket, cable = {"id": 1, "type": "sType2", "cable": "socket"}, {"id": 1, "type": "cType2", "cable": "fixed"}
    return {
        "station": {"id": STATION, "vendor": "Acme", "model": "One", "serial": "0001", "firmware": "1.2.3"},
        "site": {"fuse_a": 80, "phases": 3, "voltage_v": 230},
        "evses": [{"id": SOCKET, "connectors": [socket], **evse}, {"id": CABLE, "connectors": [cable], **evse}],
        "ocpp": {"version": "1.6", "csms_url": csms_url, "reconnect": {"min_s": 0.5, "random_s": 0}, "keys": {**KEYS, **keys}},
        "hal": {"backend": "sim"},
        "bench": {"listen": "127.0.0.1:0"},
    }


def after_power_loss(what: str) -> Change:
    """``resume`` or ``end``."""

    def change(tree: Json) -> None:
        tree["station"]["after_power_loss"] = what

    return change


def installer(result: str) -> Change:
    """What the dry run of a firmware installation comes to."""

    def change(tree: Json) -> None:
        tree["firmware"] = {"installer": "dry-run", "dry_run_result": result}

    return change


def no_reservations(tree: Json) -> None:
    """A station that takes none."""
    tree["ocpp"]["variables"] = [{"component": "ReservationCtrlr", "variable": "Enabled", "value": "false"}]
