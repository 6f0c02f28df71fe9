"""The control process' main loop: the only place of control with a clock.

Deadlines are absolute. What a scan leaves of its period is idle time, in which memory is tidied up; the collector of cycles never
runs inside a scan. Whatever ends the loop, the boards are closed, which opens the contactors; a process that dies without that
leaves it to the boards' dead-man.
"""

import contextlib
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType

from chargepoint.control.cycle import Cycle
from chargepoint.control.meters import MeterPoller
from chargepoint.control.pace import Pace
from chargepoint.control.scan import initial
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.link.ports import ControlEnd
from hal.api import Board, Meter

log = logging.getLogger(__name__)

SCAN_PERIOD_S = 0.018
"""55 Hz: a pilot that leaves C is answered within 20 ms, which leaves 80 of its 100 ms to the contactor. Nearly all of a scan's cost is
waking up to cold caches, so it goes with the pace: idle, one simulated EVSE, 2.2 to 3.5 % of a core at 100 Hz, half of that at 50 Hz."""
HALT_S = 7.0
"""An EV that ignores X1 is switched off after 6 s; the process is gone within 8 s of being asked."""
TIDY_S = 1.0
TIDY_SLACK_S = 0.003
"""So much of a period must be left to tidy up in it: collecting the young generations takes well under a millisecond."""
SWITCH_S = 0.001
"""A meter's thread gives the interpreter back within this."""


def run(
    settings: Sequence[EvseSettings],
    site: SiteSettings,
    boards: Mapping[int, Board],
    meters: Mapping[int, Meter],
    end: ControlEnd,
    boot: str,
    stop: Callable[[], bool],
) -> None:
    """Control until ``stop`` says so, then stop the cars before opening. Boards and meters, by EVSE, are opened here, and closed.

    Any exception leaves the boards safe and goes on to the caller.
    """
    pollers = {evse: MeterPoller(evse, meter) for evse, meter in meters.items()}
    with contextlib.ExitStack() as safely:
        for poller in pollers.values():
            safely.callback(poller.stop)
            poller.start()
        for board in boards.values():
            safely.callback(board.close)
            board.open()
        cycle = Cycle(initial(settings, site, boot, time.monotonic()), boards, pollers, end)
        with _tidy_memory():
            _turn(cycle, stop)


def _turn(cycle: Cycle, stop: Callable[[], bool]) -> None:
    """Scan after scan."""
    pace = Pace(SCAN_PERIOD_S, time.monotonic())
    tidy_s, leave_s = 0.0, float("inf")
    log.info("event=control_live boot=%s period_ms=%g", cycle.state.boot, SCAN_PERIOD_S * 1000)
    while True:
        now = time.monotonic()
        halting = leave_s < float("inf")
        cycle.scan(now, pace.late_s(now), halting)
        if halting and (not cycle.closed or now >= leave_s):
            break
        if not halting and stop():
            leave_s = now + HALT_S
        tidy_s = _tidy(pace.slack_s(time.monotonic()), now, tidy_s)
        time.sleep(pace.advance(time.monotonic()))
    log.info("event=control_ended missed=%d worst_late_ms=%.1f", pace.missed, pace.worst_s * 1000)


@contextlib.contextmanager
def _tidy_memory() -> Iterator[None]:
    """What has been set up will not be looked at again for garbage; what comes after it only by ``_tidy``."""
    switch_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()
        sys.setswitchinterval(switch_s)


def _tidy(slack_s: float, now: float, due_s: float) -> float:
    """Collect the young generations if it is time and there is time; when it is due next."""
    if now < due_s or slack_s < TIDY_SLACK_S:
        return due_s
    gc.collect(1)
    return now + TIDY_S


def stop_on_signals() -> Callable[[], bool]:
    """A ``stop`` that SIGTERM and SIGINT set. To be called in the main thread."""
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return lambda: bool(asked)
