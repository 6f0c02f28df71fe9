"""A device on SPI (spidev), asked many times in a row by one call of the kernel, so that the samples lie close together.

``ioctl`` is called past Python's own wrapper, which holds the interpreter's lock for messages as long as these.
"""

import ctypes
import errno
import os
import socket
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from hal.bus import stand_in
from hal.errors import DeviceError

MOST = 500
"""Transfers in one message; the size of the ioctl's argument bounds them to 511."""
WRITE_MODE, WRITE_BITS, WRITE_SPEED = 0x4001_6B01, 0x4001_6B03, 0x4004_6B04
REASONS = {
    errno.ENOENT: "not there; switch SPI on (dtparam=spi=on), and check the entry spi",
    errno.EACCES: "may not be opened; add the user to the group spi",
    errno.EBUSY: "in use; end the program that has it",
}


class Transfer(ctypes.Structure):
    """``struct spi_ioc_transfer`` of linux/spi/spidev.h."""

    _fields_ = [
        ("tx_buf", ctypes.c_uint64),
        ("rx_buf", ctypes.c_uint64),
        ("len", ctypes.c_uint32),
        ("speed_hz", ctypes.c_uint32),
        ("delay_usecs", ctypes.c_uint16),
        ("bits_per_word", ctypes.c_uint8),
        ("cs_change", ctypes.c_uint8),
        ("tx_nbits", ctypes.c_uint8),
        ("rx_nbits", ctypes.c_uint8),
        ("word_delay_usecs", ctypes.c_uint8),
        ("pad", ctypes.c_uint8),
    ]


class Spi(Protocol):
    """A device that was opened."""

    def burst(self, frame: bytes, count: int) -> bytes:
        """Send the same frame so many times, each with a chip select of its own; what came back, end to end. Raises OSError."""

    def close(self) -> None:
        """Let go of it."""


def opened(path: str, hz: int, mode: int, who: str) -> Spi:
    """Raises DeviceError."""
    try:
        return SimulatedSpi(Path(path)) if stand_in.is_one(Path(path)) else Spidev(path, hz, mode)
    except OSError as error:
        reason = REASONS.get(error.errno or 0, f"{error.strerror or error}; correct spi, spi_hz or spi_mode")
        raise DeviceError(f"{who}: {path}: {reason}") from error


class Message:
    """The same transfer so many times, and where its answers go."""

    def __init__(self, frame: bytes, count: int, hz: int) -> None:
        self._sent = ctypes.create_string_buffer(frame, len(frame))
        self._received = ctypes.create_string_buffer(len(frame) * count)
        self._size = len(frame)
        sent, received = ctypes.addressof(self._sent), ctypes.addressof(self._received)
        self.transfers = (Transfer * count)(
            *(Transfer(sent, received + number * len(frame), len(frame), hz, cs_change=int(number < count - 1)) for number in range(count))
        )
        self.request = 1 << 30 | ctypes.sizeof(self.transfers) << 16 | ord("k") << 8

    @property
    def received(self) -> bytes:
        """The answers, end to end."""
        return self._received.raw


class Spidev:
    """``Spi`` of the kernel."""

    def __init__(self, path: str, hz: int, mode: int) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._message = lru_cache(maxsize=8)(lambda frame, count: Message(frame, count, hz))
        try:
            self._call(WRITE_MODE, ctypes.byref(ctypes.c_uint8(mode)))
            self._call(WRITE_BITS, ctypes.byref(ctypes.c_uint8(8)))
            self._call(WRITE_SPEED, ctypes.byref(ctypes.c_uint32(hz)))
        except OSError:
            self.close()
            raise

    def burst(self, frame: bytes, count: int) -> bytes:
        """One ioctl; other threads run meanwhile."""
        message = self._message(frame, count)
        self._call(message.request, ctypes.byref(message.transfers))
        return message.received

    def close(self) -> None:
        """Twice is once."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def _call(self, request: int, argument: object) -> None:
        if self._libc.ioctl(ctypes.c_int(self._fd), ctypes.c_ulong(request), argument) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


class SimulatedSpi:
    """``Spi`` of a bench: the frame and how often it is sent, in one datagram."""

    def __init__(self, path: Path) -> None:
        self._line: socket.socket = stand_in.connect(path)

    def burst(self, frame: bytes, count: int) -> bytes:
        """The bench takes the time that the bus would."""
        return stand_in.exchange(self._line, count.to_bytes(2, "little") + frame)

    def close(self) -> None:
        """Hang up."""
        self._line.close()
