"""Real hardware does not wait for a PC's other programs; the simulated one asks the kernel for the same."""

import os

PRIORITY = 1
"""The lowest of the real-time priorities: above every ordinary program, far below the control process."""


def like_hardware() -> bool:
    """Let the calling process go before ordinary ones, but none that it starts. False where that is not permitted.

    Without it a busy PC can hold up the world for longer than control accepts silence from a board, and control opens the contactor.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except PermissionError:
        return False
    return True


def like_others() -> None:
    """Back to an ordinary program's priority."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
