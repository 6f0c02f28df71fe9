"""An asyncio event loop whose clock jumps: when every task waits, time goes on to the next timer at once.

``run(main)`` runs a coroutine; inside, ``asyncio.sleep(3600)`` takes no time and ``loop.time()`` is an hour later. When all tasks wait
and no timer is set, nothing can ever happen again: that is an error, not a hang.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


THREADS_S = 5.0
"""So long, in real time, a thread is waited for that somebody waits for."""


class Stalled(Exception):
    """Every task waits for something that no timer will bring."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            ready = super().select(THREADS_S)
            if not ready:
                raise Stalled
        if not ready and timeout is not None and timeout > 0:
            self.now_s += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Use by ``asyncio.Runner(loop_factory=VirtualLoop)``."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.now_s


def run(main: Coroutine[Any, Any, T]) -> T:
    """Like ``asyncio.run``, in no time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)


def now_s() -> float:
    """The virtual clock, from inside."""
    return asyncio.get_running_loop().time()
