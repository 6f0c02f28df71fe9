"""Board drivers of somebody else's, of every kind. None of them may be opened."""

from typing import Any

from hal.api import Abilities
from hal.measured import BoardInputs, BoardOutputs


class OwnBoard:
    """A microcontroller of its own keeps people safe. It remembers what it was made with."""

    abilities = Abilities(safety="own", rcm=False, coil_watchdog=False)

    def __init__(self, **options: Any) -> None:
        self.options = options

    def open(self) -> None:
        raise AssertionError("opened")

    def read(self) -> BoardInputs | None:
        raise AssertionError("read")

    def write(self, outputs: BoardOutputs) -> None:
        raise AssertionError("written")

    def kick(self) -> None:
        raise AssertionError("kicked")

    def close(self) -> None:
        raise AssertionError("closed")


class BareBoard(OwnBoard):
    """Nothing but software keeps people safe."""

    abilities = Abilities(safety="linux", rcm=False, coil_watchdog=False)


class WatchedBoard(OwnBoard):
    """Half of what it takes."""

    abilities = Abilities(safety="linux", rcm=False, coil_watchdog=True)


class GuardedBoard(OwnBoard):
    """All of it, and a pilot that can be switched off."""

    abilities = Abilities(safety="linux", rcm=True, coil_watchdog=True, pilot_off=True)


class SilentBoard:
    """Made for another release."""


DRIVERS = {
    "own": "tests.cli.drivers:OwnBoard",
    "bare": "tests.cli.drivers:BareBoard",
    "watched": "tests.cli.drivers:WatchedBoard",
    "guarded": "tests.cli.drivers:GuardedBoard",
    "silent": "tests.cli.drivers:SilentBoard",
    "unfinished": "tests.cli.no_such_driver:Board",
}
