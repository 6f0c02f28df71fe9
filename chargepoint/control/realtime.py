"""What the kernel grants to a process that must not be late: SCHED_FIFO, and memory that is never paged out.

Both need a privilege (CAP_SYS_NICE, CAP_IPC_LOCK, or limits set by the service manager). Without them control works all the same; how late
it may then be depends on the host's load, and ``control_late`` tells.
"""

import ctypes
import os
import resource

from msgspec import Struct

PRIORITY = 50
"""Above ordinary programs, below the kernel's own interrupt threads."""

_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
"""ONFAULT locks pages as they are touched; without it every reserved page would count, more than twice the memory."""
_CAP_IPC_LOCK = 14


class Permitted(Struct, frozen=True):
    """What was granted; for the log."""

    fifo: bool
    locked: bool


def claim() -> Permitted:
    """Ask for both, for the calling thread and the whole process. Threads started later inherit the priority: see ``at_ease``."""
    return Permitted(_fifo(), _locked())


def at_ease() -> None:
    """Put the calling thread back to normal priority: it may wait for a serial line, and control must not wait for it."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _fifo() -> bool:
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError:
        return False
    return True


def _locked() -> bool:
    if not _unbounded():
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.mlockall(_MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT) == 0)


def _unbounded() -> bool:
    """May any amount be locked? Under a bound that is not reached yet, a later allocation or thread would fail by it (mlockall(2))."""
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY:
        return True
    with open("/proc/self/status", "rb") as lines:
        effective = next((int(line.split()[1], 16) for line in lines if line.startswith(b"CapEff:")), 0)
    return bool(effective >> _CAP_IPC_LOCK & 1)
