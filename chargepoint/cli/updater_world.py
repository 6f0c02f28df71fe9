"""The station as the updater sees it: by its inquiry socket, and by what systemd says of its services."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chargepoint.inquiry import client
from chargepoint.inquiry.client import InquiryError
from chargepoint.inquiry.restarting import KeepQuiet, Quiet
from chargepoint.update.ports import Health
from chargepoint.update.stillness import Stillness

CONTROL, STATION = "chargepoint-control.service", "chargepoint-station.service"
OWN_FAULTS = ("CP-5", "CP-6")
"""How the numbers of faults of the station itself and of its devices begin."""


Systemctl = Callable[..., str | None]
"""What systemctl says to these words; empty: nothing, or that it failed; ``None``: it does not answer."""


def systemctl(*words: str) -> str | None:
    """See ``Systemctl``. Where there is no systemd, nothing runs by it."""
    try:
        done = subprocess.run(("systemctl", *words), check=False, timeout=30, capture_output=True)
    except subprocess.TimeoutExpired:
        return None
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


class StationWorld:
    """``path``: of the inquiry socket. ``config``: without this file there is no station."""

    def __init__(self, path: str, config: Path, systemctl: Systemctl = systemctl) -> None:
        self._path = path
        self._config = config
        self._systemctl = systemctl
        self._stillness = Stillness()
        self._control: str | None = None
        """The start of control that has been asked to leave."""

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
        if idle is not None:
            self._control = None
        active = idle is None and self._systemctl("is-active", CONTROL, STATION) != ""
        return self._stillness.still(idle, active, self._config.exists(), time.monotonic())

    def deserted(self) -> bool:
        """Control leaves for a new start of itself at a moment when nobody charges; after that, nobody can without a station."""
        if self._systemctl("is-active", CONTROL) == "":
            return True
        start = self._systemctl("show", "--property=InvocationID", "--value", CONTROL)
        if self._control is None and start:
            self._control = start
            self._systemctl("kill", "--kill-who=main", "--signal=SIGUSR1", CONTROL)
        return bool(start) and start != self._control


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
    """A transaction runs, or control has what keeps it from renewing: a permit, or a plug that is kept locked until its card is shown."""
    return evse.get("transaction") is not None or evse.get("permit") not in (None, "none") or evse.get("plug_kept") is True


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
