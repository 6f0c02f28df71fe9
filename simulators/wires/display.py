"""Text displays on a serial port: what a SerLCD, a Matrix Orbital or a VT100 terminal would show after the bytes that it has heard."""

import re
from collections.abc import Callable, Mapping
from math import inf

from simulators.wires.face import Reply, WireFault
from simulators.wires.table import Place

Code = tuple[bytes, Callable[["Screen", re.Match[bytes]], None]]


class Screen:
    """Cells, a cursor and a backlight."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.lit: bool | None = None
        self._cells = [bytearray(b" " * columns) for _ in range(rows)]
        self._row = self._column = 0

    @property
    def lines(self) -> list[bytes]:
        """What stands on it."""
        return [bytes(line) for line in self._cells]

    def clear(self) -> None:
        """Empty, the cursor at the beginning."""
        self._cells = [bytearray(b" " * self.columns) for _ in range(self.rows)]
        self._row = self._column = 0

    def go(self, row: int, column: int) -> None:
        """The cursor there, counted from 0."""
        self._row, self._column = row, column

    def light(self, lit: bool) -> None:
        """The backlight."""
        self.lit = lit

    def write(self, byte: int) -> None:
        """A character; what is beyond the edge is lost."""
        if self._row < self.rows and self._column < self.columns:
            self._cells[self._row][self._column] = byte
            self._column += 1

    def go_in_memory(self, place: int) -> None:
        """The cursor to a place in the memory of an HD44780: lines 1 and 3 are one, as are 2 and 4."""
        half, rest = divmod(place, 64)
        self.go(half + 2 * (rest // self.columns), rest % self.columns)


def _nothing(screen: Screen, found: re.Match[bytes]) -> None:
    pass


CODES: Mapping[str, tuple[Code, ...]] = {
    "serlcd": (
        (rb"\xfe\x01", lambda screen, _: screen.clear()),
        (rb"\xfe([\x80-\xff])", lambda screen, found: screen.go_in_memory(found[1][0] - 0x80)),
        (rb"\x7c([\x80-\x9d])", lambda screen, found: screen.light(found[1][0] > 0x80)),
    ),
    "matrix-orbital": (
        (rb"\xfeX", lambda screen, _: screen.clear()),
        (rb"\xfeG(.)(.)", lambda screen, found: screen.go(found[2][0] - 1, found[1][0] - 1)),
        (rb"\xfeB.", lambda screen, _: screen.light(True)),
        (rb"\xfeF", lambda screen, _: screen.light(False)),
        (rb"\xfe[DRKT]", _nothing),
    ),
    "vt100": (
        (rb"\x1b\[2J", lambda screen, _: screen.clear()),
        (rb"\x1b\[(\d+);(\d+)H", lambda screen, found: screen.go(int(found[1]) - 1, int(found[2]) - 1)),
        (rb"\x1b\[\?(?:7|25)l", _nothing),
    ),
}
INTRODUCERS = b"\xfe\x7c\x1b"
LONGEST_CODE = 8


class DisplayFace:
    """``Face``. ``screen``: what is on it."""

    def __init__(self, preset: str, columns: int, rows: int) -> None:
        self.fault: WireFault | None = None
        self.screen = Screen(columns, rows)
        self._codes = [(re.compile(pattern, re.DOTALL), act) for pattern, act in CODES[preset]]
        self._begins = INTRODUCERS if preset == "serlcd" else INTRODUCERS[:1] if preset == "matrix-orbital" else INTRODUCERS[2:]
        self._heard = b""

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """Bytes from the host. It says nothing."""
        self._heard = self._heard + data if data else b""
        while self._heard and self._take():
            pass
        return []

    def due_s(self) -> float:
        """Nothing happens by itself."""
        return inf

    def tick(self, now: float) -> list[Reply]:
        """Nothing happens by itself."""
        return []

    def _take(self) -> bool:
        """One character or code; false: the rest of it has not come yet."""
        if self._heard[0] not in self._begins:
            self.screen.write(self._heard[0])
            self._heard = self._heard[1:]
            return True
        for pattern, act in self._codes:
            if (found := pattern.match(self._heard)) is not None:
                act(self.screen, found)
                self._heard = self._heard[found.end() :]
                return True
        if len(self._heard) < LONGEST_CODE:
            return False
        self._heard = self._heard[1:]
        return True


def display(place: Place) -> DisplayFace:
    """The display of a driver."""
    entries = place.entries
    return DisplayFace(str(entries["preset"]), int(entries["columns"]), int(entries["rows"]))
