"""What the kernel says of its clock (adjtimex(2)), and who sets it."""

import ctypes
import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

TIME_ERROR = 5
STA_UNSYNC = 0x0040

CONFIGURED = ("etc/systemd/timesyncd.conf", "etc/systemd/timesyncd.conf.d/*.conf", "run/systemd/timesyncd.conf.d/*.conf")
BY_DHCP = "run/systemd/netif/state"
LISTS = ("etc/chrony/chrony.conf", "etc/chrony/sources.d/*.sources", "etc/chrony.conf", "etc/ntpsec/ntp.conf", "etc/ntp.conf")
SERVER = re.compile(r"^(?:server|pool|peer)\s+(\S+)", re.MULTILINE)
NTP = re.compile(r"^NTP=(.*)", re.MULTILINE)
FALLBACK = re.compile(r"^#?FallbackNTP=(.*)", re.MULTILINE)
"""With a mark of comment before it: what is compiled in."""


class Timex(ctypes.Structure):
    """``struct timex`` of 64-bit Linux."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in ("offset", "freq", "maxerror", "esterror")),
        ("status", ctypes.c_int),
        *((name, ctypes.c_long) for name in ("constant", "precision", "tolerance", "seconds", "microseconds", "tick", "ppsfreq", "jitter")),
        ("shift", ctypes.c_int),
        *((name, ctypes.c_long) for name in ("stabil", "jitcnt", "calcnt", "errcnt", "stbcnt")),
        ("tai", ctypes.c_int),
        ("rest", ctypes.c_int * 11),
    )


class KernelClock(Struct, frozen=True):
    """``synchronised``: somebody keeps it right."""

    synchronised: bool
    at_most_wrong_s: float
    """As whoever sets it has told; grows with time."""


def kernel_clock() -> KernelClock | None:
    """``None``: the kernel may not be asked here."""
    found = Timex()
    state = ctypes.CDLL(None).adjtimex(ctypes.byref(found))
    if state < 0:
        return None
    return KernelClock(state != TIME_ERROR and not found.status & STA_UNSYNC, found.maxerror / 1e6)


def servers(root: Path) -> tuple[str, ...]:
    """Time servers that are configured: of systemd-timesyncd, chrony, ntpsec, or told by the DHCP server."""
    named = [*_all(root, (BY_DHCP, *CONFIGURED), NTP), *_all(root, LISTS, SERVER)]
    return tuple(dict.fromkeys(named or _all(root, CONFIGURED, FALLBACK)))


def _all(root: Path, patterns: tuple[str, ...], line: re.Pattern[str]) -> Iterator[str]:
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            try:
                text = file.read_text("utf-8", "replace")
            except OSError:
                continue
            for found in line.findall(text):
                yield from found.split()
