"""PN532 over its UART ("HSU"): woken, set up, and asked for a card a few times a second. The answer to that is its heartbeat.

    55 55 00 ..., SAMConfiguration      normal mode
    RFConfiguration 5                   answer when no card is there, instead of looking until one comes
    InListPassiveTarget, again and again

A chip that has lost its supply for a moment has forgotten all of that, and sleeps: where a question stays without an answer it is told to
leave off (ACK) and set up anew, and only when that fails as well is it lost.
"""

import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable

from hal.bus.port import Port, serial_port
from hal.bus.serial_line import SerialSettings
from hal.errors import DeviceError, DriverError
from hal.facts import DriverFacts
from hal.measured import TokenSeen
from hal.readers import pn532
from hal.readers.formats import hexadecimal
from hal.readers.pn532 import Decoder, Heard
from hal.readers.presence import RELEASE_S, Presence

log = logging.getLogger(__name__)

NAME = "reader.pn532-uart"
ACK_S = 0.3
"""It acknowledges within 15 ms; the adapter may take its time too, and a busy host."""
FIRST_ACK_S = (0.5, 1.5)
"""The same while it wakes up: at the first try, and at the second."""
ANSWER_S = 1.0
FAILURES = 2
"""Questions in a row without a good answer, each with all being set up anew in between: then it is lost."""

DRIVER = DriverFacts(
    name="pn532-uart",
    kind="readers",
    title="NXP PN532 on its UART (HSU; both switches of the common module at 0)",
    link="serial 115200 8N1, PN532 frames",
    extra="serial",
    proven=("tests/hal/readers/test_pn532.py", "tests/hal/readers/test_pn532_uart.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "Never tried with a chip: frames, times and waking up are from the manual and from two public drivers.",
        "Whether a card that lies there is found again by every InListPassiveTarget, with every kind of card: one that is missed again and"
        " again, for longer than release_s, counts as presented again.",
        "A card that lies there when chargepoint station starts counts as presented: nobody knows for how long it has been there.",
        "The field is on all the time; near metal, or where power is scarce, a longer poll_s does not switch it off.",
        "Raspberry Pi: on the PL011 (dtoverlay=disable-bt); the clock of the other UART drifts.",
    ),
    sources=("NXP UM0701-02", "nfcpy", "EVerest PN532TokenProvider"),
    entries={
        "port": "path of the serial port",
        "baud": "bit/s; 115200 where nothing is said, as the chip has it when it wakes up",
        "poll_s": "how often it is asked for a card, in s, 0.05 to 2",
        "release_s": "how long a card has to be away, in s, before it counts as presented again",
    },
)


class Misunderstood(DeviceError):
    """No answer, or none that can be used: set it up anew."""


class Pn532Reader:
    """``hal.api.TokenReader``."""

    def __init__(
        self,
        *,
        port: str,
        baud: int = 115_200,
        poll_s: float = 0.2,
        release_s: float = RELEASE_S,
        evses: Iterable[int] | None = None,
    ) -> None:
        if not 0.05 <= poll_s <= 2:
            raise DriverError(f"{NAME} on {port}: poll_s {poll_s:g}: expected 0.05 to 2")
        if release_s < 0:
            raise DriverError(f"{NAME} on {port}: release_s {release_s:g}: expected 0 or more")
        self._port = port
        self._settings = SerialSettings(baud=baud)
        self._poll_s = poll_s
        self._evses = None if evses is None else tuple(evses)
        self._presence = Presence(release_s)
        self._lying = ""
        """The card that lay there when it was asked last, however long ago that is."""

    async def tokens(self) -> AsyncIterator[TokenSeen]:
        """Every card as it is presented. Raises DeviceError."""
        with serial_port(f"{NAME} on {self._port}", self._port, self._settings) as port:
            chip = Chip(port)
            try:
                await chip.begin()
                self._presence.resume(port.now())
                log.info("event=reader_open reader=%r", port.name)
                while True:
                    seen = await self._look(chip, port)
                    before, self._lying = self._lying, seen
                    if before and seen != before:
                        self._presence.sees(before, port.now())  # it is away from now on, and not since it was read last
                    if seen and self._presence.sees(seen, port.now()) and seen != before:
                        yield TokenSeen(seen, evses=self._evses)
                    await port.rest(self._poll_s)
            finally:
                chip.leave_off()

    async def _look(self, chip: "Chip", port: Port) -> str:
        """The card that lies there, or nothing. Raises DeviceError."""
        for failures in range(1, FAILURES + 1):
            try:
                return _token(await chip.cards(), port)
            except Misunderstood as error:
                if failures == FAILURES:
                    raise
                log.warning("event=reader_set_up_anew reason=%r", str(error))
                await chip.begin()
                self._presence.resume(port.now())
        raise AssertionError("the last failure is raised")


def _token(cards: list[bytes], port: Port) -> str:
    if cards and pn532.changes(cards[0]):
        log.debug("event=card_without_identity reader=%r", port.name)
        return ""
    return hexadecimal(cards[0]) if cards else ""


class Chip:
    """The talk with it over an open port."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._decoder = Decoder()
        self._heard: deque[Heard] = deque()
        self._late = False
        """What lay there when the time was over has been looked at: a busy host may have been away while it came."""

    async def begin(self) -> None:
        """Wake it up and set it up. Raises DeviceError."""
        for number, first_s in enumerate(FIRST_ACK_S, start=1):
            try:
                await self._port.send(pn532.ACK + pn532.WAKE_UP)
                await self._ask(pn532.SAM_CONFIGURATION, first_s)
                break
            except Misunderstood:
                if number == len(FIRST_ACK_S):
                    raise
        await self._ask(pn532.MAX_RETRIES)

    async def cards(self) -> list[bytes]:
        """The identifier of the card that lies there, if one does. Raises DeviceError."""
        return pn532.cards(await self._ask(pn532.LIST_ONE_CARD))

    def leave_off(self) -> None:
        """Whatever it does, it shall not go on with it."""
        self._port.last_word(pn532.ACK)

    async def _ask(self, command: bytes, ack_s: float = ACK_S) -> bytes:
        """What comes after the code in its answer. Raises Misunderstood, and Lost."""
        self._port.discard()
        self._decoder = Decoder()
        self._heard.clear()
        await self._port.send(pn532.frame(command))
        ends_s, self._late = self._port.now() + ack_s, False
        while (heard := await self._next(ends_s, "does not acknowledge")).kind != "ack":
            self._check(heard, command)
        return await self._answer(command)

    async def _answer(self, command: bytes) -> bytes:
        ends_s, self._late = self._port.now() + ANSWER_S, False
        repeated = False
        while True:
            heard = await self._next(ends_s, "acknowledges and does not answer")
            self._check(heard, command)
            if heard.kind == "data" and heard.body[:1] == bytes([command[0] + 1]):
                return heard.body[1:]
            if heard.kind == "spoilt" and not repeated:
                repeated = True
                await self._port.send(pn532.NACK)

    def _check(self, heard: Heard, command: bytes) -> None:
        if heard.kind == "error":
            raise Misunderstood(f"{self._port.name}: refuses command {command[0]:02X}; check that it is a PN532, and its supply")

    async def _next(self, ends_s: float, otherwise: str) -> Heard:
        while not self._heard:
            left_s = ends_s - self._port.now()
            data = b"" if self._late else await self._port.receive(max(0.0, left_s))
            self._late = left_s <= 0
            self._heard.extend(self._decoder.feed(data))
            if not data:
                self.leave_off()
                raise Misunderstood(f"{self._port.name}: {otherwise}; check its supply, RX and TX, its switches (both 0: HSU), and baud")
        return self._heard.popleft()
