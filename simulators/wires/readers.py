"""Readers that write by themselves: a line of digits for each card (serial-ascii), or a frame again and again (rdm6300)."""

from collections.abc import Callable, Collection
from functools import reduce
from operator import xor

from hal.measured import TokenSeen
from simulators.wires.face import Reply, WireFault
from simulators.wires.lying import Lying, identifier
from simulators.wires.table import Place

REPEAT_S = 0.05


class AsciiFace:
    """``Face``. ``write``: how a card is written."""

    def __init__(self, write: Callable[[str], bytes]) -> None:
        self.fault: WireFault | None = None
        self.lying = Lying()
        self._write = write

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """It listens to nobody."""
        return []

    def due_s(self) -> float:
        """When a card comes or goes."""
        return self.lying.due_s

    def tick(self, now: float) -> list[Reply]:
        """A card comes or goes."""
        card = self.lying.turn(now)
        return [] if card is None else [Reply(self._write(card))]


class Rdm6300Face:
    """``Face``."""

    def __init__(self) -> None:
        self.fault: WireFault | None = None
        self.lying = Lying()
        self._again_s = 0.0

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """It listens to nobody."""
        return []

    def due_s(self) -> float:
        """When a card comes or goes, or is written again."""
        return self.lying.due_s if self.lying.card is None else min(self.lying.due_s, self._again_s)

    def tick(self, now: float) -> list[Reply]:
        """Write the card that lies there."""
        self.lying.turn(now)
        if self.lying.card is None or (now < self._again_s <= now + REPEAT_S):
            return []
        self._again_s = now + REPEAT_S
        return [Reply(self._frame(bytes.fromhex(self.lying.card)))]

    def _frame(self, card: bytes) -> bytes:
        check = reduce(xor, card) ^ (0x01 if self.fault == "bad_checksum" else 0)
        return b"\x02" + b"%b%02X" % (card.hex().upper().encode(), check) + b"\x03"


def serial_ascii(place: Place) -> AsciiFace:
    """The reader of a driver, set to the format that the driver is set to."""
    face = AsciiFace(lambda card: written(card, str(place.entries["format"])).encode() + b"\r\n")
    place.cards(lambda token: hold(token, face.lying, range(3, 11)))
    return face


def rdm6300(place: Place) -> Rdm6300Face:
    """The reader of a driver."""
    face = Rdm6300Face()
    place.cards(lambda token: hold(token, face.lying, (5,)))
    return face


def hold(token: TokenSeen, lying: Lying, sizes: Collection[int]) -> None:
    """Present a card whose identifier has one of these lengths; another is not noticed."""
    if (card := identifier(token.value, sizes)) is not None:
        lying.present(card)


def written(card: str, how: str) -> str:
    """A card's identifier as a reader of that format writes it."""
    if how == "hex":
        return card
    return f"{int.from_bytes(bytes.fromhex(card), 'little' if how == 'dec_le' else 'big'):010d}"
