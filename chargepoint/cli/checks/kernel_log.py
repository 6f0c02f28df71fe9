"""What the kernel has said since it started, as far as this user may read it."""

import os
import re
from pathlib import Path

LONGEST = 8192
"""Bytes of one record of /dev/kmsg."""
MOST = 20_000
DISK = re.compile(r"(mmc\w*\d|\bsd[a-z]\b|nvme|ext4|f2fs|btrfs).*(error|timeout|fail|read-only|crc)|I/O error", re.IGNORECASE)
SUPPLY = re.compile(r"under-?voltage|voltage normalised|hwmon.*voltage", re.IGNORECASE)
MEMORY = re.compile(r"out of memory|oom-kill|killed process", re.IGNORECASE)
DEVICES = re.compile(
    r"tty(USB|ACM|AMA|S|mxc)\d|usb \d|cp210|ftdi|ch341|pl2303|cdc_acm|spi|i2c|gpio|pwm|rtc|watchdog|mmc|ext4|I/O error|under-?voltage"
    r"|out of memory|oom|eth\d|wlan|wwan|link is|thermal",
    re.IGNORECASE,
)
"""What concerns a station's devices."""


def lines(root: Path) -> tuple[str, ...] | None:
    """``SECONDS TEXT``, the oldest first; ``None``: it may not be read. Never waits."""
    try:
        descriptor = os.open(root / "dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    found: list[str] = []
    try:
        for _ in range(MOST):
            try:
                record = os.read(descriptor, LONGEST)
            except BrokenPipeError:  # overwritten in the meantime: the next one is there
                continue
            except OSError:  # no more
                break
            if not record:
                break
            found += _told(record)
    finally:
        os.close(descriptor)
    return tuple(found)


def _told(record: bytes) -> list[str]:
    """``priority,number,microseconds,...;text``, and lines of attributes that begin with a blank."""
    told = []
    for line in record.decode("utf-8", "replace").splitlines():
        head, found, text = line.partition(";")
        fields = head.split(",")
        if found and len(fields) > 2 and fields[2].isdecimal():
            told.append(f"{int(fields[2]) / 1e6:.6f} {text}")
    return told


def matching(every: tuple[str, ...], what: re.Pattern[str]) -> list[str]:
    """In their order."""
    return [line for line in every if what.search(line)]
