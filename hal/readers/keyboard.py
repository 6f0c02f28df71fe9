"""Readers on USB that take themselves for a keyboard and type the card's number, then Enter; and keypads, on which drivers type a code.

The input device is taken exclusively (EVIOCGRAB), or the number would be typed on the console as well. It is named by its path, which for
``/dev/input/by-id/...-event-kbd`` stays the same, or by the ids of its USB device, ``usb = "ffff:0035"``.
"""

import fcntl
import os
from collections.abc import AsyncIterator, Iterable
from errno import ENOTTY
from pathlib import Path

from hal.bus.line import Gone
from hal.bus.port import Port
from hal.errors import DriverError
from hal.facts import DriverFacts
from hal.measured import TokenSeen
from hal.readers.keys import Typed, Typing
from hal.readers.passive import presented
from hal.readers.presence import RELEASE_S, Presence

NAME = "reader.keyboard"
EVIOCGRAB = 0x40044590
INPUTS = "sys/class/input"

DRIVER = DriverFacts(
    name="keyboard",
    kind="readers",
    title="USB readers that type the card's number (keyboard wedge), and keypads for codes",
    link="USB HID, Linux input events",
    proven=("tests/hal/readers/test_keyboard.py", "tests/hal/conformance/test_drivers.py"),
    doubts=(
        "Never tried with a real input device: EVIOCGRAB cannot be played here.",
        "No keypad was tried: what its keys beside digits and Enter send.",
        "Readers that are set to another keyboard than the American one type some letters in other places; digits and A to F seldom.",
    ),
    sources=("Linux Documentation/input/event-codes.rst, include/uapi/linux/input.h",),
    entries={
        "port": "path of the input device, best beneath /dev/input/by-id, or by-path where two readers are of one kind; or usb",
        "usb": 'vendor and product of the USB device, as lsusb shows them: "ffff:0035"; or port',
        "format": '"hex", "dec" or "dec_le" (decimal, last byte of the card foremost); dec where nothing is said; "pin": a keypad',
        "release_s": "how long a card has to be away, in s, before it counts as presented again",
    },
)


class KeyboardReader:
    """``hal.api.TokenReader``. ``root``: what stands for ``/``; elsewhere than there a device need not be one that can be grabbed."""

    def __init__(
        self,
        *,
        port: str = "",
        usb: str = "",
        format: Typed = "dec",
        release_s: float = RELEASE_S,
        evses: Iterable[int] | None = None,
        root: str = "/",
    ) -> None:
        if bool(port) == bool(usb):
            raise DriverError(f'{NAME}: expected either port = "/dev/input/by-id/..." or usb = "vvvv:pppp"')
        if release_s < 0:
            raise DriverError(f"{NAME}: release_s {release_s:g}: expected 0 or more")
        self._port = port
        self._usb = _ids(usb) if usb else None
        self._root = root
        self._format: Typed = format
        self._kind = "KeyCode" if format == "pin" else "ISO14443"
        self._evses = None if evses is None else tuple(evses)
        self._presence = Presence(release_s)

    def tokens(self) -> AsyncIterator[TokenSeen]:
        """Every card as it is presented. Raises DeviceError."""
        port = Port(f"{NAME} on {self._port or ':'.join(self._usb or ())}", self._opened)
        return presented(port, Typing(self._format), self._presence, self._evses, self._kind)

    def _opened(self) -> int:
        path = self._port or _found(self._root, *(self._usb or ("", "")))
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            remedy = "plug it in, correct port, or give this user the group input"
            raise Gone(f"{NAME} on {path}: {error.strerror}; {remedy}") from error
        try:
            fcntl.ioctl(descriptor, EVIOCGRAB, 1)
        except OSError as error:
            if error.errno == ENOTTY and self._root != "/":
                return descriptor
            os.close(descriptor)
            raise Gone(f"{NAME} on {path}: cannot be had alone ({error.strerror}); end what else uses it, or correct port") from error
        return descriptor


def _ids(usb: str) -> tuple[str, str]:
    vendor, colon, product = usb.lower().partition(":")
    if not colon or any(len(each) != 4 or not set(each) <= set("0123456789abcdef") for each in (vendor, product)):
        raise DriverError(f'{NAME}: usb {usb!r}: expected vendor and product as lsusb shows them, "ffff:0035"')
    return vendor, product


def _found(root: str, vendor: str, product: str) -> str:
    """The input device of that USB device that is a keyboard. Raises Gone."""
    for place in sorted(Path(root, INPUTS).glob("event*"), key=lambda each: (len(each.name), each.name)):
        told = [_read(place / "device" / "id" / each) for each in ("vendor", "product")]
        if told == [vendor, product] and _types(place):
            return str(Path(root, "dev/input", place.name))
    raise Gone(f"{NAME} on {vendor}:{product}: no such input device; plug it in, or correct usb (lsusb shows it)")


def _types(place: Path) -> bool:
    """Has it an Enter key? A reader may be a mouse as well, or have keys for the volume only. (A tree without the word: it has.)"""
    words = _read(place / "device" / "capabilities" / "key").split()
    return not words or bool(int(words[-1], 16) >> 28 & 1)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
