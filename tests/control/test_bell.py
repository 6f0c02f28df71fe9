"""A bell wakes one thread, and whoever rings does not wait."""

import threading
import time

from chargepoint.control.bell import Bell

LONG_S = 5.0


def test_it_is_heard_at_once_and_only_once() -> None:
    bell = Bell()
    began_s = time.monotonic()
    for _ in range(1000):
        bell.ring()
    bell.wait(LONG_S)
    assert time.monotonic() - began_s < LONG_S
    began_s = time.monotonic()
    bell.wait(0.01)
    assert time.monotonic() - began_s >= 0.009


def test_what_was_changed_before_it_rang_is_seen_by_whoever_hears_it() -> None:
    bell, seen, done = Bell(), [0], threading.Event()
    latest = 0

    def listen() -> None:
        while seen[-1] < 10_000:
            bell.wait(LONG_S)
            seen.append(latest)
        done.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    for latest in range(1, 10_001):  # noqa: B007, read by the other thread
        bell.ring()
    assert done.wait(LONG_S)
    thread.join(LONG_S)
    assert seen == sorted(seen)
