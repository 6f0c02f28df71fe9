"""What a technician sees who looks at the hardware: every signal, as it is, while he looks. Not for decisions."""

from msgspec import Struct, structs

from chargepoint.control import watch
from chargepoint.control.memory import Evse, EvseInputs
from chargepoint.link.messages import Signals, Watch
from hal.measured import BoardFault, BoardInputs

EVERY_S = 0.25
MOST_S = 60.0
"""Longest lease: who looks longer says so."""


class Watched(Struct, frozen=True):
    """Until when somebody looks, and when he was told last."""

    until_s: float = float("-inf")
    told_s: float = float("-inf")


def heed(wish: Watch, now: float) -> Watched:
    """Somebody looks from now on: he is told at once."""
    return Watched(now + min(wish.valid_for_s, MOST_S))


def due(watched: Watched, now: float) -> bool:
    """Is it time to tell?"""
    return now < watched.until_s and now - watched.told_s >= EVERY_S


def signals(evse: Evse, read: EvseInputs, now: float, shows: str = "") -> Signals:
    """All that there is of one EVSE after a scan. ``shows``: its indicator."""
    return Signals(
        evse=evse.settings.evse,
        at_s=now,
        state=evse.state,
        cp=evse.pilot.measured,
        inputs=None if read.board is None else _bounded(read.board),
        outputs=evse.outputs,
        reading=read.reading,
        doubt=read.doubt[: watch.TEXT],
        cable_ma=evse.cable.code_ma,
        exercise="" if evse.exercise is None else evse.exercise.what,
        shows=shows,
    )


def _bounded(board: BoardInputs) -> BoardInputs:
    """A board may say as much as it likes, and be of a kind of its own; what a message of the link carries is neither."""
    faults = tuple(
        BoardFault(each.name[: watch.TEXT], each.kind, each.vendor_code[: watch.TEXT], each.info[: watch.TEXT])
        for each in board.faults[: watch.BOARD_FAULTS]
    )
    return BoardInputs(**{**structs.asdict(board), "faults": faults})
