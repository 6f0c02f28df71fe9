"""A PN532 on its UART, byte for byte: it sleeps until it hears 55, acknowledges, and answers later; its frames are made here anew.

It obeys GetFirmwareVersion, SAMConfiguration, RFConfiguration and InListPassiveTarget; anything else is an error frame. Until it was told
how often to look (RFConfiguration 5) it looks for a card until one comes, or until the host sends an ACK. After a dip of its supply it
sleeps again and has forgotten everything.
"""

import re

from hal.measured import TokenSeen
from simulators.wires.face import Reply, WireFault
from simulators.wires.lying import Lying, identifier
from simulators.wires.table import Place

ACK_BYTES = b"\x00\x00\xff\x00\xff\x00"
ERROR_BYTES = b"\x00\x00\xff\x01\xff\x7f\x81\x00"
ROUSED = re.compile(rb"\x55+\x00{10,}")
"""What wakes it, and gives it the time to become awake before the first frame."""
FRAME = re.compile(rb"\x00\xff(?:(?P<ack>\x00\xff)|(?P<nack>\xff\x00)|(?P<size>.)(?P<check>.))", re.DOTALL)
ACK_S = 0.001
WORK_S = 0.004
LOOK_S = 0.012
"""Looking once for a card."""
FOR_EVER = 0xFF
RECEIVE_BYTES = 300
KINDS = {4: b"\x00\x04\x08", 7: b"\x00\x44\x00", 10: b"\x00\x84\x20"}
"""Length of an identifier -> SENS_RES and SEL_RES of such a card."""


class Pn532Face:
    """``Face``. ``lying``: what is held to its antenna, as hexadecimal digits."""

    def __init__(self) -> None:
        self.fault: WireFault | None = None
        self.lying = Lying()
        self.asked = 0
        """How many commands it has understood."""
        self.left_off = 0
        """How often the host told it to leave off."""
        self.repeated = 0
        """How often the host has not understood it."""
        self._awake = False
        self._normal = False
        self._tries = FOR_EVER
        self._looking = False
        self._said = b""
        self._heard = b""

    def dip(self) -> None:
        """Its supply was away for a moment."""
        self._awake = self._normal = self._looking = False
        self._tries = FOR_EVER
        self._said = self._heard = b""

    def forget(self) -> None:
        """It has lost how often to look, and nothing else."""
        self._tries = FOR_EVER

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """Bytes from the host."""
        if not data:
            self._heard = b""
        self._heard = (self._heard + data)[-RECEIVE_BYTES:]
        if not self._awake and not self._roused():
            return []
        if not self._looking:
            self.lying.turn(now)
        replies: list[Reply] = []
        while (found := FRAME.search(self._heard)) is not None:
            if (command := self._command(found)) is None:
                break
            replies += command
        return replies

    def due_s(self) -> float:
        """When a card comes or goes."""
        return self.lying.due_s

    def tick(self, now: float) -> list[Reply]:
        """A card comes or goes."""
        if self.lying.turn(now) is None or not self._looking:
            return []
        self._looking = False
        return [self._answer(b"\x4b" + self._target(), LOOK_S)]

    def _roused(self) -> bool:
        """Is it awake now? What comes before it is, is lost."""
        if b"\x55" not in self._heard:
            return False
        found = ROUSED.search(self._heard)
        if found is None and len(self._heard) - self._heard.index(b"\x55") < 12:
            return False  # more of it may come
        self._awake = True
        self._heard = b"" if found is None else self._heard[found.end() :]
        return True

    def _command(self, found: re.Match[bytes]) -> list[Reply] | None:
        """What it says to this frame; ``None``: the frame is not whole yet."""
        if found["ack"] or found["nack"]:
            self._heard = self._heard[found.end() :]
            self._looking = False
            self.left_off += found["ack"] is not None
            self.repeated += found["nack"] is not None
            return [Reply(self._said, ACK_S)] if found["nack"] and self._said else []
        size, end = found["size"][0], found.end()
        if size + found["check"][0] & 0xFF:
            self._heard = self._heard[found.start() + 2 :]
            return []
        data = self._heard[end : end + size + 1]
        if len(data) <= size:
            return None
        self._heard = self._heard[end + size + 1 :]
        if sum(data) & 0xFF or data[0] != 0xD4 or size < 2:
            return []
        self.asked += 1
        self._looking = False
        return [Reply(ACK_BYTES, ACK_S), *self._obeyed(data[1], data[2:-1])]

    def _obeyed(self, code: int, data: bytes) -> list[Reply]:
        if self.fault == "exception":
            return [Reply(ERROR_BYTES, WORK_S)]
        if code == 0x02:
            return [self._answer(bytes.fromhex("0332010607"), WORK_S)]
        if code == 0x14 and data[:1] == b"\x01":
            self._normal = True
            return [self._answer(b"\x15", WORK_S)]
        if code == 0x32 and self._normal:
            self._tries = data[3] if data[:1] == b"\x05" and len(data) == 4 else self._tries
            return [self._answer(b"\x33", WORK_S)]
        if code == 0x4A and self._normal and data == b"\x01\x00":
            return self._listed()
        return [Reply(ERROR_BYTES, WORK_S)]

    def _listed(self) -> list[Reply]:
        target = self._target()
        if target == b"\x00" and self._tries == FOR_EVER:
            self._looking = True
            return []
        looks = 1 if target != b"\x00" else self._tries + 1
        return [self._answer(b"\x4b" + target, LOOK_S * looks)]

    def _target(self) -> bytes:
        """What lies there: number of targets, and the first."""
        if self.lying.card is None:
            return b"\x00"
        identifier = bytes.fromhex(self.lying.card)
        return b"\x01\x01" + KINDS[len(identifier)] + bytes([len(identifier)]) + identifier

    def _answer(self, data: bytes, after_s: float) -> Reply:
        body = b"\xd5" + data
        check = -sum(body) & 0xFF
        self._said = b"\x00\x00\xff" + bytes([len(body), -len(body) & 0xFF]) + body + bytes([check, 0])
        spoilt = self._said[:-2] + bytes([check ^ 0x40, 0])
        return Reply(spoilt if self.fault == "bad_checksum" else self._said, ACK_S + after_s)


def reader(place: Place) -> Pn532Face:
    """The reader of a driver."""
    face = Pn532Face()

    def hold(token: TokenSeen) -> None:
        if (card := identifier(token.value, KINDS)) is not None:
            face.lying.present(card)

    place.cards(hold)
    return face
