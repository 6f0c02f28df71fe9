"""Waiting for what another process or a thread brings about; it sets no event of ours, so it is looked at until a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(seen: Callable[[], T | None], what: str | Callable[[], str] = "it", within_s: float = 30.0, every_s: float = 0.02) -> T:
    """What there is, once there is something. ``what``: it did not come about; asked for only then if it is a function."""
    ends_s = time.monotonic() + within_s
    while not (found := seen()):
        assert time.monotonic() < ends_s, f"not within {within_s:g} s: {what if isinstance(what, str) else what()}"
        time.sleep(every_s)
    return found
