"""The station as the updater sees it: by its inquiry socket, and by what systemd says of its services."""

import subprocess
import time
from pathlib import Path
from typing import Any

from chargepoint.inquiry import client
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.restarting import KeepQuiet, Quiet
from chargepoint.update.ports import Health
from chargepoint.update.stillness import Stillness

SERVICES = ("chargepoint-control.service", "chargepoint-station.service")
OWN_FAULTS = ("CP-5", "CP-6")
"""How the numbers of faults of the station itself and of its devices begin."""


class StationWorld:
    """``path``: of the inquiry socket. ``config``: without this file there is no station."""

    def __init__(self, path: str, config: Path) -> None:
        self._path = path
        self._config = config
        self._stillness = Stillness()

    def health(self) -> Health:
        """What the document of the station says."""
        try:
            return read(client.ask(self._path, dict))
        except InquiryError:
            return Health("", "")

    def quiet(self, for_s: float) -> bool:
        """The station's word; without it systemd's, and time."""
        try:
            idle: bool | None = client.ask(self._path, Quiet, KeepQuiet(for_s=for_s)).idle
        except InquiryError:
            idle = None
        if for_s <= 0:
            return False
        active = idle is None and _active()
        return self._stillness.still(idle, active, self._config.exists(), time.monotonic())


def _active() -> bool:
    """Does one of the services run? Without systemd: no."""
    try:
        asked = subprocess.run(("systemctl", "is-active", "--quiet", *SERVICES), check=False, timeout=30, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def read(document: dict[str, Any]) -> Health:
    """Health, from a document of whatever release: what it does not have is not known."""
    ocpp, evses = _dict(document.get("ocpp")), [_dict(each) for each in _list(document.get("evses"))]
    details = [_dict(each) for place in (document, *evses) for each in _list(place.get("fault_details"))]
    heard = document.get("link") is True
    return Health(
        station=str(document.get("release") or "unknown"),
        control=str(document.get("control_release") or "unknown") if heard else "",
        faults=tuple(sorted({str(each.get("name")) for each in details if str(each.get("code", "")).startswith(OWN_FAULTS)})),
        connected=ocpp.get("connected") is True if ocpp.get("configured") is True else None,
        busy=tuple(each["id"] for each in evses if isinstance(each.get("id"), int) and _is_busy(each)),
    )


def _is_busy(evse: dict[str, Any]) -> bool:
    """A transaction runs, or control has a permit that keeps it from starting anew."""
    return evse.get("transaction") is not None or evse.get("permit") not in (None, "none")


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
