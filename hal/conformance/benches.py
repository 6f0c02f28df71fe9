"""What the kit needs of the other side of a driver. What a bench cannot do raises ``hal.conformance.rules.NotHere``."""

from collections.abc import Sequence
from typing import Literal, Protocol

from msgspec import Struct

from hal.measured import Colour, MeterReading

Car = Literal["A", "B", "C"]
"""``A``: none. ``B``: one that does not ask for current. ``C``: one that does as soon as there is an offer."""


class BoardTruth(Struct, frozen=True):
    """How it is at the socket itself, whatever the board says."""

    contactor_closed: bool
    duty_ppm: int
    """On the wire; 1 000 000 without oscillation, 0 at -12 V."""
    locked: bool | None = None
    """``None``: there is no lock that this board moves."""


class Spoilt(Protocol):
    """A wire that can be broken."""

    faults: Sequence[str]
    """What it can do: ``simulators.wires.face.WireFault``; none where the wire is as it is."""

    def spoil(self, fault: str | None) -> None:
        """Break the wire in this way, or mend it."""


class BoardBench(Spoilt, Protocol):
    """Car and socket of a board."""

    def show(self, car: Car) -> None:
        """Plug in, plug out, ask or stop asking. Returns when that is done, at the car."""

    def truth(self) -> BoardTruth:
        """How it is."""


class MeterBench(Spoilt, Protocol):
    """The line that a meter measures."""

    def show(self, energy_wh: int, current_ma: int) -> None:
        """Turn the register, and let this current flow in every phase that is wired."""

    def truth(self) -> MeterReading:
        """What its display shows."""


class ReaderBench(Spoilt, Protocol):
    """Somebody with cards."""

    cards: tuple[str, str]
    """Two that this reader can read, as they are to be told."""

    def present(self, card: str) -> None:
        """Hold it to the reader, and take it away."""


class IndicatorBench(Spoilt, Protocol):
    """Somebody who looks at the lamps."""

    def lamps(self) -> list[Colour]:
        """What shines now, lamp by lamp, as red, green and blue; a white one is all three."""


class DisplayBench(Spoilt, Protocol):
    """Somebody who reads a text display."""

    def screen(self) -> list[str]:
        """What stands on it, line by line, without spaces at the end."""
