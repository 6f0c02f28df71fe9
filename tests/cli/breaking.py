"""``chargepoint control`` with a bug in it: ``python -m tests.cli.breaking BUG control --config ...``

The bug shows when both contactors have been commanded closed for a few scans. ``read:1`` and the like: that call of EVSE 1's board raises;
``close:2``: the scan raises, and then the closing of EVSE 2's board; ``step``: the scan raises.
"""

import sys
from collections.abc import Callable
from typing import Any

import hal.boards.simulated
from chargepoint.cli.main import main
from chargepoint.control import cycle
from chargepoint.control.scan import step
from hal.boards.simulated import SimulatedBoard

SCANS = 30


class Bug(Exception):
    """Nobody expected it."""


class Breaking:
    """One bug, and when it shows."""

    def __init__(self, bug: str) -> None:
        self.bug = bug
        self.operation, _, number = bug.partition(":")
        self.evse = int(number or 0)
        self._scans = 0

    @property
    def _here(self) -> bool:
        return self._scans >= SCANS

    def step(self, *arguments: Any) -> Any:
        """The step of a scan."""
        result = step(*arguments)
        self._scans += all(outputs.contactor for outputs in result[1].values())
        if self._here and self.operation in ("step", "close"):
            raise Bug(self.bug)
        return result

    def board(self, *, socket: str, evse: int) -> SimulatedBoard:
        """The driver of a board."""
        board = SimulatedBoard(socket=socket, evse=evse)
        if evse == self.evse:
            setattr(board, self.operation, self._call(getattr(board, self.operation)))
        return board

    def _call(self, genuine: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if self._here:
                raise Bug(self.bug)
            return genuine(*arguments)

        return call


def begin(bug: str) -> int:
    """The control process, until it breaks."""
    breaking = Breaking(bug)
    breaking.board.__func__.abilities = SimulatedBoard.abilities  # type: ignore[attr-defined]
    hal.boards.simulated.SimulatedBoard = breaking.board  # type: ignore[misc, assignment]
    vars(cycle)["step"] = breaking.step
    return main()


if __name__ == "__main__":
    sys.exit(begin(sys.argv.pop(1)))
