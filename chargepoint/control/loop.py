"""The control process' main loop: the only place of control with a clock.

Deadlines are absolute. What a scan leaves of its period is idle time, in which memory is tidied up; the collector of cycles never
runs inside a scan. Whatever ends the loop, the boards are closed before anything else, which opens the contactors; a process that dies
without that leaves it to the boards' dead-man.

    scan      this thread, under SCHED_FIFO where that is permitted
    beside    one thread for each meter, another for each that signs, and one that keeps what must survive, at normal priority
"""

import contextlib
import gc
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, MappingProxyType
from typing import Protocol

from chargepoint.control.cycle import Cycle
from chargepoint.control.keeping import Keeper
from chargepoint.control.kept import Kept
from chargepoint.control.meters import MeterPoller
from chargepoint.control.pace import Pace
from chargepoint.control.scan import initial, kept
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.control.signing import Signer
from chargepoint.link.ports import ControlEnd
from hal.api import Board, Indicator, Meter, signs

log = logging.getLogger(__name__)

SCAN_PERIOD_S = 0.018
"""55 Hz: a pilot that leaves C is answered within 20 ms, which leaves 80 of its 100 ms to the contactor. Nearly all of a scan's cost is
waking up to cold caches, so it goes with the pace: idle, one simulated EVSE, 2.2 to 3.5 % of a core at 100 Hz, half of that at 50 Hz."""
HALT_S = 6.6
"""An EV that ignores X1 is switched off after 6 s; the process is gone within 8 s of being asked."""
JOIN_S = 0.7
"""Given to all threads beside the scan together, once the boards are closed."""
TIDY_S = 1.0
TIDY_SLACK_S = 0.003
"""So much of a period must be left to tidy up in it: collecting the young generations takes well under a millisecond."""
SWITCH_S = 0.001
"""A thread beside the scan gives the interpreter back within this."""


@dataclass(frozen=True)
class Manners:
    """What passes between control and whoever supervises its process."""

    alive: Callable[[float], None] = lambda now: None
    """Told the time of each scan that began in time: what a watchdog is fed with."""
    renew: Callable[[], bool] = lambda: False
    """Shall control leave when every EVSE is idle?"""
    leaving: Callable[[], None] = lambda: None
    """Told when the last scan has been made, before boards are closed."""


MANNERS = Manners()


class Beside(Protocol):
    """A thread beside the scan."""

    def start(self) -> None:
        """Begin."""

    def leave(self) -> None:
        """End soon. Does not wait."""

    def join(self, at_most_s: float) -> None:
        """Wait for the end."""


def run(
    settings: Sequence[EvseSettings],
    site: SiteSettings,
    boards: Mapping[int, Board],
    meters: Mapping[int, Meter],
    end: ControlEnd,
    boot: str,
    stop: Callable[[], bool],
    keep_in: Path,
    indicators: Mapping[int, Indicator] = MappingProxyType({}),
    manners: Manners = MANNERS,
) -> None:
    """Control until ``stop`` says so, then stop the cars before opening. What is given by EVSE is opened here, and closed.

    It also ends, as soon as nobody charges, when ``manners.renew`` or the station says so: for a new start of the process.

    ``keep_in``: the file of what must survive a power cut; see ``keeping``. Any exception leaves the boards safe and goes on to the caller.
    """
    keeper = Keeper(keep_in)
    known = keeper.recall(boards)
    pollers = {evse: MeterPoller(evse, meter) for evse, meter in meters.items()}
    signers = {
        evse: Signer(evse, meter, keeper.keep_record, keeper.records.get(evse), time.monotonic)
        for evse, meter in meters.items()
        if signs(meter)
    }
    with _tidy_memory(), _beside(keeper, *pollers.values(), *signers.values()), contextlib.ExitStack() as safely:
        for indicator in indicators.values():
            safely.callback(indicator.close)
            indicator.open()
        for board in boards.values():
            safely.callback(board.close)
            board.open()
        cycle = Cycle(initial(settings, site, boot, time.monotonic(), kept=known), boards, pollers, end, indicators, signers)
        _turn(cycle, keeper, stop, manners)
        manners.leaving()


def _turn(cycle: Cycle, keeper: Keeper, stop: Callable[[], bool], manners: Manners) -> None:
    """Scan after scan."""
    pace = Pace(SCAN_PERIOD_S, time.monotonic())
    tidy_s, leave_s = 0.0, float("inf")
    handed: Kept = {}
    log.info("event=control_live boot=%s period_ms=%g", cycle.state.boot, SCAN_PERIOD_S * 1000)
    while True:
        now = time.monotonic()
        halting = leave_s < float("inf")
        late_s = pace.late_s(now)
        cycle.scan(now, late_s, halting, pace.overloaded(now))
        if late_s < SCAN_PERIOD_S:
            manners.alive(now)
        handed = _hand_over(kept(cycle.state), handed, keeper)
        if halting and (not cycle.closed or now >= leave_s):
            break
        if (cycle.renewing or manners.renew()) and cycle.idle(now):
            log.info("event=control_renews")
            break
        if not halting and stop():
            leave_s = now + HALT_S
        tidy_s = _tidy(pace.slack_s(time.monotonic()), now, tidy_s)
        time.sleep(pace.advance(time.monotonic()))
    log.info("event=control_ended missed=%d worst_late_ms=%.1f", pace.missed, pace.worst_s * 1000)


def _hand_over(latest: Kept, handed: Kept, keeper: Keeper) -> Kept:
    """What has changed has to be kept; what the keeper has been told."""
    if latest is not handed:
        keeper.keep(latest)
    return latest


@contextlib.contextmanager
def _beside(*threads: Beside) -> Iterator[None]:
    """They run while the block lasts; then all are asked to leave at once, and waited for together."""
    started: list[Beside] = []
    try:
        for thread in threads:
            thread.start()
            started.append(thread)
        yield
    finally:
        for thread in started:
            thread.leave()
        ends_s = time.monotonic() + JOIN_S
        for thread in started:
            thread.join(max(0.0, ends_s - time.monotonic()))


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
    return _asked_by(signal.SIGTERM, signal.SIGINT)


def renew_on_signal() -> Callable[[], bool]:
    """A ``renew`` that SIGUSR1 sets. To be called in the main thread."""
    return _asked_by(signal.SIGUSR1)


def _asked_by(*numbers: signal.Signals) -> Callable[[], bool]:
    asked: list[int] = []

    def ask(number: int, frame: FrameType | None) -> None:
        asked.append(number)

    for each in numbers:
        signal.signal(each, ask)
    return lambda: bool(asked)
