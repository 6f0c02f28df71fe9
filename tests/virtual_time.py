"""An asyncio event loop whose clock jumps: when every task waits, time goes on to the next timer at once.

``run(main)`` runs a coroutine; inside, ``asyncio.sleep(3600)`` takes no time and ``loop.time()`` is an hour later. When all tasks wait
and no timer is set, nothing can ever happen again: that is an error, not a hang.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


THREADS_S = 5.0
"""So long, in real time, a thread is waited for; one that takes longer waits itself, and time goes on."""


class Stalled(Exception):
    """Every task waits for something that no timer will bring."""


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.working = 0
        """Threads of the loop that are at work."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        alone = len(self.get_map()) == 1  # nobody waits for a socket: the kernel need not be asked
        ready = [] if alone and timeout is not None and (timeout <= 0 or not self.working) else super().select(0)
        if not ready and (timeout is None or (timeout > 0 and self.working)):
            ready = super().select(THREADS_S)
            if not ready and timeout is None:
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

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """While a thread computes, no time passes."""
        future: asyncio.Future[Any] = super().run_in_executor(executor, func, *args)
        self._jumping.working += 1
        future.add_done_callback(self._returned)
        return future

    def _returned(self, _: object) -> None:
        self._jumping.working -= 1


_loops: list[VirtualLoop] = []


def run(main: Coroutine[Any, Any, T]) -> T:
    """Like ``asyncio.run``, in no time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        _loops.append(loop)
        try:
            return runner.run(main)
        finally:
            _loops.pop()


def now_s() -> float:
    """The virtual clock, from inside. Asking asyncio which loop runs is a system call each time."""
    return _loops[-1].time()
