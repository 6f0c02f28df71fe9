"""An OpenEVSE on its serial port: RAPI 5.2.1 byte for byte, over the simulated electrics.

Its receive buffer holds 64 bytes while it tests itself and serves nobody; what comes on top is lost. A line of more than 31 bytes is
dropped without a word; a dollar begins a new one. It boots awake, at the current saved on it, and tells of it once its tests are over.
"""

from functools import reduce
from math import inf
from operator import xor

from simulators.electrics import Electrics
from simulators.troubles import Trouble
from simulators.wires.face import Reply, WireFault
from simulators.wires.openevse_board import Board, Build
from simulators.wires.openevse_commands import VERSION, Answer, obey
from simulators.wires.table import Place

REPLY_S = 0.05
"""One turn of its loop."""
RECEIVE_BYTES = 64
LINE_BYTES = 31
TOKENS = 10
TOLD = 0x0002 | 0x0008 | 0x0100
"""A change of one of these flags is told unasked: hard fault, auth lock, EV connected."""
HALTS_S: dict[Trouble, float] = {"over_temperature": 5.0, "over_current": 1.0}
"""It serves nobody for so long after this was found."""
POST: dict[Trouble, int] = {"ground": 0x07, "stuck_relay": 0x08, "selftest": 0x09}


class OpenEvseFace:
    """``Face``. ``board``: what it keeps and does."""

    def __init__(self, evse: Electrics, build: Build = Build()) -> None:  # noqa: B008  (frozen)
        self.fault: WireFault | None = None
        self.board = Board(evse, build)
        self._waiting = b""
        """Bytes it has received and not looked at."""
        self._line = b""
        self._boots = 0
        self._booting = False
        self._told: tuple[int, ...] = ()
        self._halted_s = -inf
        self._faults: frozenset[Trouble] = frozenset()

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """Bytes from the host."""
        if not data:
            self._waiting = self._line = b""
            return []
        if not self.board.firmware.alive:
            return []
        if self._deaf(now):
            self._waiting = (self._waiting + data)[:RECEIVE_BYTES]
            return []
        return self._read(data, now)

    def due_s(self) -> float:
        """The next turn of its controller."""
        return self.board.firmware.due_s

    def tick(self, now: float) -> list[Reply]:
        """Let the controller look and act; say what there is to say."""
        firmware = self.board.firmware
        firmware.tick(now)
        if not firmware.alive:
            self._waiting = self._line = b""
            return []
        if firmware.boots != self._boots:
            self._boots, self._booting, self._told = firmware.boots, True, ()
            self._waiting = self._line = b""
            self.board.boot(now)
        self.board.follow(now)
        self._halt(now)
        if self._deaf(now):
            return []
        waiting, self._waiting = self._waiting, b""
        return [*self._news(), *self._read(waiting, now)]

    def _deaf(self, now: float) -> bool:
        return self.board.firmware.deaf(now) or now < self._halted_s

    def _halt(self, now: float) -> None:
        found = self.board.firmware.faults
        for trouble in found - self._faults:
            self._halted_s = now + HALTS_S.get(trouble, 0.0)
        self._faults = found

    def _news(self) -> list[Reply]:
        """What it says unasked."""
        board, said = self.board, []
        if self._booting:
            self._booting = False
            code = next((code for trouble, code in POST.items() if trouble in board.firmware.faults), 0)
            said.append(self._framed(f"$AB {code:02X} {VERSION}"))
        now_told = (board.state, board.seen_pilot, board.pilot_a, board.flags & TOLD)
        if now_told != self._told:
            self._told = now_told
            said.append(self._framed(f"$AT {board.state:02X} {board.seen_pilot:02X} {board.pilot_a} {board.flags:04X}"))
        return said

    def _read(self, data: bytes, now: float) -> list[Reply]:
        replies = []
        for byte in data:
            one = bytes([byte])
            if one == b"$":
                self._line = one
            elif one == b"\r":
                line, self._line = self._line, b""
                replies += self._obey(line, now)
            elif self._line:
                self._line = self._line + one if len(self._line) < LINE_BYTES else b""
        return replies

    def _obey(self, line: bytes, now: float) -> list[Reply]:
        if not line:
            return []
        body, sound = _checked(line)
        if not sound:
            return [self._framed("$NK", REPLY_S)]
        name, *parts = body[1:].decode("ascii", "replace").split(" ")
        number = f" {parts.pop()}" if parts and parts[-1].startswith(":") else ""
        answer: Answer | None = Answer(False) if len(parts) >= TOKENS or self.fault == "exception" else obey(self.board, name, parts, now)
        if answer is None:
            return []
        data = f" {answer.data}" if answer.data else ""
        return [self._framed(f"${'OK' if answer.good else 'NK'}{data}{number}", REPLY_S)]

    def _framed(self, text: str, after_s: float = 0.0) -> Reply:
        body = text.encode("ascii")
        checksum = reduce(xor, body) ^ (0x55 if self.fault == "bad_checksum" else 0)
        return Reply(body + b"^%02X\r" % checksum, after_s)


def _checked(line: bytes) -> tuple[bytes, bool]:
    """A line without its checksum, and whether that was right; without any it counts as right."""
    for mark, total in ((b"^", lambda body: reduce(xor, body)), (b"*", lambda body: sum(body) & 0xFF)):
        body, found, checksum = line.partition(mark)
        if found:
            try:
                return body, int(checksum, 16) == total(body)
            except ValueError:
                return body, False
    return line, True


def board(place: Place) -> OpenEvseFace:
    """The board of an EVSE."""
    assert place.evse is not None
    return OpenEvseFace(place.evse)


def meter(place: Place) -> None:
    """The meter is inside the board, on the same line."""
