"""What an OpenEVSE is told: its mode, its current, its plug lock, and that this host lives."""

import logging
import time

from hal.boards import openevse_status as rows
from hal.boards.openevse_heard import Heard
from hal.boards.openevse_status import Mode, Status
from hal.bus.rapi import Rapi
from hal.measured import BoardFault, BoardOutputs

log = logging.getLogger(__name__)

AGAIN_S = 1.0
"""What it has not done is told again so often."""
LESS_AGAIN_S = 5.0
"""The same where it offers less than is wanted, for it may have its reasons."""
LOCK_AGAIN_S = 5.0
"""The same of a plug lock that has not moved: its motor needs its rest."""
PULSE_S = 2.0
INTERVAL_S = 10
"""Of its supervision of this host. Above 65 s its arithmetic overflows."""
ARM_AGAIN_S = 30.0
ACKNOWLEDGE = 165
MISSED = "2"
COMMANDS: dict[Mode, str] = {"awake": "FE", "asleep": "FS", "disabled": "FD"}
LOCKS = ((rows.BOOT_LOCK, "SB"), (rows.AUTH_LOCKED, "S4 0"))
"""Builds that wait for their host's word before they charge: the flag that says so, and the word."""


class Orders:
    """Tells what differs from what the board says of itself, and again when that does not help."""

    def __init__(self, board: Rapi, heard: Heard, fallback_a: int) -> None:
        self.supervised: bool | None = None
        """``None``: to be armed. ``False``: the board has no such thing, or says so: it is asked again now and then."""
        self.refused: BoardFault | None = None
        """It insists on offering more than it was told; until the car has left, or it has booted."""
        self.leaving = False
        """This host goes: nothing is begun any more, whatever was wanted when the present turn began."""
        self._rapi = board
        self._heard = heard
        self._fallback_a = fallback_a
        self._told: dict[str, tuple[object, float]] = {}
        self._lock: bool | None = None
        """As told last; ``None``: not yet, or the board has moved it by itself since."""

    def forget(self) -> None:
        """It may have booted."""
        self.supervised = self._lock = self.refused = None
        self._told.clear()

    def obey(self, wanted: BoardOutputs, mode: Mode) -> None:
        """Bring it to what is wanted. A board with a fault is left alone, but for its plug lock: it holds its relay open, and knows when to
        try again."""
        found = self._heard.status
        if found is None:
            return
        if not found.faulted:
            self._drive(wanted.offer_ma // 1000 if mode == "awake" else 0, mode, found)
        self._move_lock(wanted.lock)

    def _drive(self, wanted_a: int, mode: Mode, found: Status) -> None:
        """Its current and its mode."""
        if found.letter == "A":
            self.refused = None
        if wanted_a and self._heard.offered_a != wanted_a:
            self._set_current(wanted_a)
        if mode == "awake" and self._offers_more(wanted_a):
            mode = "asleep"
        if mode != found.mode and self._again("mode", mode, AGAIN_S):
            self._turn(mode, found)
        if mode == "awake":
            self._release(found)

    def watch_over(self) -> bool:
        """Arm its supervision, and feed it. A miss is kept by the board until it is acknowledged; is it back at its own maximum then?"""
        if self.supervised is None or (not self.supervised and self._again("arm", None, ARM_AGAIN_S)):
            armed = self._rapi.ask(f"SY {INTERVAL_S} {self._fallback_a}")
            self.supervised = armed.good or armed.data[2:3] == (MISSED,)  # it refuses as well while a miss is not acknowledged
            self._again("pulse", None, 0.0)
        if not self.supervised or not self._again("pulse", None, PULSE_S):
            return False
        reply = self._rapi.ask("SY")
        if reply.data[2:3] != (MISSED,):
            return False
        log.warning("event=board_missed_host board=%s", self._rapi.port)
        self._rapi.ask(f"SY {ACKNOWLEDGE}")
        self._heard.offered_a = None
        self._told.pop("current", None)
        return True

    def _set_current(self, wanted_a: int) -> None:
        """Volatile, which is what V is for. It answers with what it has set: less for a cable, its maximum, or heat. Some builds raise it
        by themselves when a cable comes: they are told at once."""
        offered_a = self._heard.offered_a or 0
        pause_s = LESS_AGAIN_S if 0 < offered_a < wanted_a else AGAIN_S if self.refused is not None or not offered_a else 0.0
        if not self._again("current", wanted_a, pause_s):
            return
        reply = self._rapi.ask(f"SC {wanted_a} V")
        before = self._heard.offered_a
        answered_a = self._heard.offered_a = int(reply.data[0]) if reply.data and reply.data[0].isdecimal() else None
        if answered_a not in (wanted_a, before):
            log.warning("event=board_offers board=%s offered_a=%s wanted_a=%d", self._rapi.port, answered_a, wanted_a)
        self.refused = None if answered_a is None or answered_a <= wanted_a else _insists(answered_a, wanted_a)

    def _offers_more(self, wanted_a: int) -> bool:
        """Though it has been told? Then it must not be awake."""
        return self._heard.offered_a is None or self._heard.offered_a > wanted_a

    def _turn(self, mode: Mode, found: Status) -> None:
        """Into another mode; how it stands then is asked at once. What is disabled lets go of its plug."""
        if self.leaving and mode == "awake":
            return
        if mode == "disabled":
            self._lock = None
        if not self._rapi.ask(COMMANDS[mode]).good:
            log.warning("event=board_refuses board=%s command=%s state=%02X", self._rapi.port, COMMANDS[mode], found.state)
            if mode == "asleep" and found.mode == "disabled":
                self._rapi.ask(COMMANDS["awake"])
        self._heard.poll("GS")

    def _release(self, found: Status) -> None:
        for flag, command in LOCKS:
            if found.flags & flag and self._again(command, None, AGAIN_S):
                self._rapi.ask(command)
                self._heard.soon("GS")

    def _move_lock(self, wanted: bool) -> None:
        """By this host's command, and never by the board's own mind; most builds have no lock."""
        if self._lock is None:
            self._heard.lockable = self._rapi.ask("S5 M").good
        new = wanted != self._lock
        still = self._heard.locked is not wanted
        if self._heard.lockable and (new or still) and self._again("lock", wanted, 0.0 if new else LOCK_AGAIN_S):
            self._rapi.ask(f"S5 {int(wanted)}")
            self._heard.soon("G5")
        self._lock = wanted

    def _again(self, what: str, value: object, after_s: float) -> bool:
        """Is this new, or was it told so long ago that it may be told again? Then it counts as told now."""
        told, at_s = self._told.get(what, (self, 0.0))
        now = time.monotonic()
        if told == value and now - at_s < after_s:
            return False
        self._told[what] = value, now
        return True


def _insists(offered_a: int, wanted_a: int) -> BoardFault:
    info = f"it offers {offered_a} A, though it was told {wanted_a} A; look at the minimum current in its settings"
    return BoardFault("current_refused", "internal_error", info=info)
