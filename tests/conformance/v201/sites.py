"""The station of the 2.0.1 tests: two EVSEs of three phases, the first with a socket, the second with a fixed cable; short patience.

Its meters do not sign, it has no display, and a CSMS may change whatever the device model lets it change: what a case wants otherwise it
sets with ``lab.configure``, or changes here before the station starts (``@case(..., change=...)``), which costs a station of its own.
"""

from collections.abc import Mapping

from tests.conformance.sites import CABLE, SOCKET, STATION, Change, Json, after_power_loss, installer, site
from tests.conformance.v201.naming import read

__all__ = ["CABLE", "SOCKET", "STATION", "Change", "Json", "after_power_loss", "installer", "tree", "variables"]

VARIABLES = {
    "TxCtrlr.EVConnectionTimeOut": "30",
    "OCPPCommCtrlr.MessageTimeout[Default]": "5",
    "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "3",
    "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": "1",
    "OCPPCommCtrlr.WebSocketPingInterval": "0",
}


def tree(csms_url: str) -> Json:
    """A configuration file."""
    reconnect = {"min_s": 0.5, "random_s": 0}
    return site({"version": "2.0.1", "csms_url": csms_url, "reconnect": reconnect, "variables": rows(VARIABLES)})


def variables(**by_name: str) -> Change:
    """Initial values, such as ``variables(**{"ReservationCtrlr.Enabled": "false"})``: for what cannot be set while the station runs."""

    def change(tree: Json) -> None:
        tree["ocpp"]["variables"] = rows({**VARIABLES, **by_name})

    return change


def rows(by_name: Mapping[str, str]) -> list[Json]:
    """``[[ocpp.variables]]``"""
    return [_row(name, value) for name, value in by_name.items()]


def _row(name: str, value: str) -> Json:
    named = read(name)
    row: Json = {"component": named["component"]["name"], "variable": named["variable"]["name"], "value": value}
    if "instance" in named["variable"]:
        row["instance"] = named["variable"]["instance"]
    evse = named["component"].get("evse", {})
    row |= {"evse": evse["id"]} if evse else {}
    return row | ({"connector": evse["connectorId"]} if "connectorId" in evse else {})
