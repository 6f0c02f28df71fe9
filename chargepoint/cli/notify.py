"""What a service manager gives and is told: sd_notify(3) and sd_listen_fds(3), in a few lines of our own.

Without ``NOTIFY_SOCKET`` in the environment nobody is told anything, and everything else goes on as it does."""

import os
import socket
from collections.abc import Mapping

FIRST_DESCRIPTOR = 3
"""Sockets that were handed over begin here."""
FEEDS = 4
"""So many signs of life within the time after which the watchdog bites."""


class Manager:
    """Whoever supervises this process. ``address``: where he listens; ``None``: there is nobody. ``watchdog_s``: without a sign of life for
    so long he kills it; ``None``: he does not."""

    def __init__(self, address: str | None = None, watchdog_s: float | None = None) -> None:
        self.watchdog_s = watchdog_s
        self._address = "\0" + address[1:] if address and address.startswith("@") else address
        self._ready = False
        self._due_s = float("-inf")

    @property
    def feed_s(self) -> float:
        """How often ``alive`` is to be called at least."""
        return 1.0 if self.watchdog_s is None else self.watchdog_s / FEEDS

    def alive(self, now: float) -> None:
        """The work goes on, at the monotonic time ``now``. The first time: it has begun. May be called at every scan; never blocks."""
        if not self._address or now < self._due_s:
            return
        if self._say("WATCHDOG=1" if self._ready else "READY=1"):
            self._ready = True
            self._due_s = now + self.feed_s

    def status(self, text: str) -> None:
        """One line for ``systemctl status``."""
        self._say(f"STATUS={' '.join(text.split())}")

    def stopping(self) -> None:
        """The work ends orderly: no sign of life is to be expected any more."""
        self._say("STOPPING=1")

    def _say(self, line: str) -> bool:
        """Could it be said? Nothing comes of it if it could not; there is a next time."""
        if not self._address:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
                way.setblocking(False)
                way.sendto(line.encode(), self._address)
        except OSError:
            return False
        return True


def manager(environment: Mapping[str, str] = os.environ) -> Manager:
    """The one that the environment names."""
    for_us = environment.get("WATCHDOG_PID") in (None, str(os.getpid()))
    period_us = environment.get("WATCHDOG_USEC", "")
    watchdog_s = int(period_us) / 1e6 if for_us and period_us.isdecimal() and int(period_us) else None
    return Manager(environment.get("NOTIFY_SOCKET"), watchdog_s)


def handed_over(environment: Mapping[str, str] = os.environ) -> int | None:
    """The descriptor of the socket that this process is to serve; ``None``: it opens its own."""
    if environment.get("LISTEN_PID") != str(os.getpid()) or environment.get("LISTEN_FDS", "0") in ("", "0"):
        return None
    return FIRST_DESCRIPTOR
