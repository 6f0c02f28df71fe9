"""Time and progress of one job."""

import json
import sys
import time
from collections.abc import Callable

from chargepoint.transfer.job import Job, Reason, TransferError

TELL_S = 1.0


def tell(**line: object) -> None:
    """One line for whoever started us. Gone: so are we, by a broken pipe."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


class Watch:
    """Raises TransferError when the time is up; tells how far it is."""

    def __init__(self, job: Job, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._whole_s = job.whole_s
        self._end_s = clock() + job.whole_s
        self._told_s = clock() - TELL_S

    def at(self, done: int, total: int | None) -> None:
        """So many bytes have passed."""
        now_s = self._clock()
        if now_s > self._end_s:
            raise TransferError(Reason.TIMED_OUT, f"not complete after {self._whole_s:g} s; {done} bytes have passed")
        if now_s - self._told_s >= TELL_S:
            self._told_s = now_s
            tell(event="progress", bytes=done, total=total)

    def pause(self, seconds: float) -> None:
        """Before a broken connection is taken up again."""
        time.sleep(max(0.0, min(seconds, self._end_s - self._clock())))
