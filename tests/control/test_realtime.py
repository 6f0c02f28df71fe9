"""What the kernel grants, tried in a process of its own."""

import os
import subprocess
import sys

SCRIPT = """
import os, sys
from chargepoint.control import realtime
if sys.argv[1] == "refused":
    os.setresuid(65534, 65534, 65534)
permitted = realtime.claim()
assert permitted.fifo == (os.sched_getscheduler(0) == os.SCHED_FIFO), permitted
if permitted.fifo:
    assert os.sched_getparam(0).sched_priority == realtime.PRIORITY
locked = next(line for line in open("/proc/self/status") if line.startswith("VmLck"))
assert permitted.locked == (int(locked.split()[1]) > 0), (permitted, locked)
realtime.at_ease()
assert os.sched_getscheduler(0) == os.SCHED_OTHER
print(permitted)
"""


def claimed(how: str) -> str:
    """What a process says it was granted, after checking with the kernel."""
    return subprocess.run([sys.executable, "-c", SCRIPT, how], check=True, capture_output=True, text=True, timeout=30).stdout


def test_what_is_reported_is_what_the_kernel_says() -> None:
    assert claimed("as we are").startswith("Permitted(")


def test_without_privileges_nothing_is_granted_and_nothing_fails() -> None:
    how = "refused" if os.geteuid() == 0 else "as we are"
    assert claimed(how).startswith("Permitted(")
