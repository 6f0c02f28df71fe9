"""An OpenEVSE on a terminal, and its driver."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hal.boards.openevse import OpenEvseBoard
from simulators.hardware import EvsePlan
from simulators.wires.openevse import OpenEvseFace
from simulators.wires.openevse_board import Build
from tests.hal.boards.talking_rig import FIXED, IDLE, SOCKET, Host, charging, driven, offer, until, wired
from tests.hal.boards.talking_rig import Site as AnySite

__all__ = ["FIXED", "IDLE", "SOCKET", "Host", "Site", "charging", "host", "offer", "reset", "site", "until"]

Site = AnySite[OpenEvseFace]


@contextmanager
def site(folder: Path, build: Build = Build(), plan: EvsePlan = FIXED, speed: float = 1.0) -> Iterator[Site]:  # noqa: B008  (frozen)
    """The board on its wire."""
    with wired(folder, lambda evse: OpenEvseFace(evse, build), plan, speed) as made:
        yield made


@contextmanager
def host(at: Site, **entries: Any) -> Iterator[Host]:
    """A driver that has found it."""
    with driven(OpenEvseBoard(port=at.port, **entries)) as made:
        yield made


def reset(at: Site) -> None:
    """Somebody pushes the board's reset button."""
    at.loop.call(lambda: at.face.board.firmware.power_cycle(time.monotonic()))
