"""What an OpenEVSE has said: asked in turn, and unasked when its state changes."""

import contextlib
import logging
import time

from msgspec import structs

from hal.boards import openevse_status as rows
from hal.boards.openevse_status import Status
from hal.bus.rapi import Notice, Rapi
from hal.errors import DeviceError

log = logging.getLogger(__name__)

EVERY_S = {"GS": 1.0, "GC": 5.0, "GP": 10.0, "GF": 30.0, "GE": 60.0, "G5": 2.0}
"""How often each is asked."""
CODES_OHM = {13: 1_500, 20: 680, 32: 220, 63: 100}
"""What codes a cable of so many amperes (IEC 61851-1 Annex B)."""


class Heard:
    """The newest of everything. ``None``: not told yet, or nothing there that could."""

    def __init__(self, board: Rapi, name: str) -> None:
        self.status: Status | None = None
        self.settings = 0
        """Flags of ``$GE``."""
        self.offered_a: int | None = None
        """What its pilot offers, or would."""
        self.temperature_c: float | None = None
        self.trips: tuple[int, ...] = ()
        """So often: residual current, earth, stuck relay."""
        self.locked: bool | None = None
        self.lockable = False
        """Has it a plug lock to ask for?"""
        self.cable_ohm: int | None = None
        """Of the cable that has made it lower its maximum since the EV came."""
        self._uncoded_a: int | None = None
        """Its maximum without an EV."""
        self._rapi = board
        self._name = name
        self._asked_s: dict[str, float] = {}
        self._answered_s = float("-inf")
        """When the status was answered: what it said unasked before that is older."""

    def forget(self) -> None:
        """It may have booted."""
        self.offered_a = None
        self._asked_s.clear()

    def soon(self, command: str) -> None:
        """Ask this at the next opportunity."""
        self._asked_s.pop(command, None)

    def listen(self) -> bool:
        """Take in what it has said unasked; has it booted? Raises DeviceError."""
        booted = False
        for notice in self._rapi.notices():
            if notice.name == "AB":
                log.warning("event=board_booted board=%r code=%s", self._name, notice.data[0] if notice.data else None)
                booted = True
                self._take_boot(notice.at_s)
            elif notice.name == "AT" and notice.at_s > self._answered_s:
                self._take_change(notice)
        return booted

    def ask_due(self) -> bool:
        """Its state when that is due, and one of the others. Is it in another mode than before? Then there may be something to tell it
        before it is asked anything else. Raises DeviceError."""
        before = None if self.status is None else self.status.mode
        self._ask_if_due("GS")
        if self.status is None or self.status.mode != before:
            return True
        for command in EVERY_S:
            if (command != "G5" or self.lockable) and self._ask_if_due(command):
                break
        return False

    def poll(self, command: str) -> None:
        """Ask one of ``EVERY_S``. What the board does not have stays ``None``. Raises DeviceError."""
        at_s = self._asked_s[command] = time.monotonic()
        reply = self._rapi.ask(command)
        if not reply.good:
            return
        self._answered_s = reply.at_s if command == "GS" else self._answered_s
        try:
            self._take(command, reply.data, at_s)
        except (ValueError, IndexError) as error:
            said = " ".join(reply.data)
            raise DeviceError(f"answers ${command} with {said!r}; expected RAPI 5, update its firmware") from error

    def _ask_if_due(self, command: str) -> bool:
        due = time.monotonic() - self._asked_s.get(command, float("-inf")) >= EVERY_S[command]
        if due:
            self.poll(command)
        return due

    def _take(self, command: str, data: tuple[str, ...], at_s: float) -> None:
        match command:
            case "GS":
                self._take_status(rows.status(data, at_s))
            case "GC":
                self._take_currents(int(data[2]), int(data[3]))
            case "GP":
                self.temperature_c = rows.temperature_c(data)
            case "GF":
                self._take_trips(tuple(int(one, 16) for one in data[:3]))
            case "GE":
                self.settings = int(data[1], 16)
            case "G5":
                self.locked = data[0] == "1"

    def _take_status(self, found: Status) -> None:
        if self.status is None or found.mode != self.status.mode:
            self.soon("GC")
        self.status = found
        if found.letter == "A":
            self.cable_ohm = None

    def _take_boot(self, at_s: float) -> None:
        """It is awake now, and what it knew is gone. Within a moment it may be deaf, and then close: there is no time to ask first."""
        self._answered_s = max(self._answered_s, at_s)
        if self.status is not None:
            self.status = structs.replace(self.status, at_s=at_s, state=rows.UNKNOWN, flags=0)

    def _take_change(self, notice: Notice) -> None:
        """States, amperes and flags. Its relay may be on its way still."""
        self.soon("GS")
        with contextlib.suppress(ValueError):
            state, pilot, amperes, flags = notice.data[:4]
            self._take_status(rows.status((state, "0", pilot, flags), notice.at_s))
            self.offered_a = int(amperes)

    def _take_currents(self, offered_a: int, maximum_a: int) -> None:
        """Some builds heed the coding of the cable; one that has booted unheard is back at its maximum."""
        self.offered_a = offered_a
        if self.status is not None and self.status.letter == "A":
            self._uncoded_a = maximum_a
        elif self._uncoded_a is not None and maximum_a < self._uncoded_a:
            self.cable_ohm = CODES_OHM.get(maximum_a, self.cable_ohm)

    def _take_trips(self, trips: tuple[int, ...]) -> None:
        if self.trips and trips != self.trips:
            log.warning("event=board_tripped board=%r gfci=%d ground=%d relay=%d", self._name, *trips)
        self.trips = trips
