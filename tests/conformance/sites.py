"""The station of the conformance tests: a socket and a fixed cable, and what single cases change of it. Its OCPP is each version's own."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], None]

STATION = "cp001"
SOCKET, CABLE = 1, 2
"""EVSEs (in 1.6 connectors): the one with a socket, the one with a fixed cable."""


def site(ocpp: Json) -> Json:
    """A configuration file with this table ``[ocpp]``."""
    evse = {"max_current_a": 32, "phases": 3, "board": {"driver": "simulated"}, "meter": {"driver": "simulated"}}
    socket, cable = {"id": 1, "type": "sType2", "cable": "socket"}, {"id": 1, "type": "cType2", "cable": "fixed"}
    return {
        "station": {"id": STATION, "vendor": "Acme", "model": "One", "serial": "0001", "firmware": "1.2.3"},
        "site": {"fuse_a": 80, "phases": 3, "voltage_v": 230},
        "evses": [{"id": SOCKET, "connectors": [socket], **evse}, {"id": CABLE, "connectors": [cable], **evse}],
        "ocpp": ocpp,
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
