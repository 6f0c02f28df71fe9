"""The station of the 1.6 tests: short patience, by configuration keys."""

from collections.abc import Mapping

from tests.conformance.sites import CABLE, SOCKET, STATION, Change, Json, after_power_loss, installer, site

__all__ = ["CABLE", "SOCKET", "STATION", "Change", "Json", "after_power_loss", "installer", "keys", "no_reservations", "tree"]

KEYS = {
    "ConnectionTimeOut": "30",
    "MessageTimeout": "5",
    "TransactionMessageAttempts": "3",
    "TransactionMessageRetryInterval": "1",
    "WebSocketPingInterval": "0",
}


def tree(csms_url: str, keys: Mapping[str, str]) -> Json:
    """A configuration file."""
    return site({"version": "1.6", "csms_url": csms_url, "reconnect": {"min_s": 0.5, "random_s": 0}, "keys": {**KEYS, **keys}})


def keys(**by_name: str) -> Change:
    """Initial values of keys that a CSMS cannot set."""

    def change(tree: Json) -> None:
        tree["ocpp"]["keys"] |= by_name

    return change


def no_reservations(tree: Json) -> None:
    """A station that takes none."""
    tree["ocpp"]["variables"] = [{"component": "ReservationCtrlr", "variable": "Enabled", "value": "false"}]
