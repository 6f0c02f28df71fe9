"""What the kernel grants, tried in a process of its own."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import ctypes, mmap, os, resource, sys, threading
from chargepoint.control import realtime
if sys.argv[1] == "refused":
    os.setresuid(65534, 65534, 65534)
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] != resource.RLIM_INFINITY:
        del ctypes.CDLL  # a bound that is not reached yet would let a later allocation fail: locking is not even tried

def resident_kib():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])

permitted = realtime.claim()
assert permitted.fifo == (os.sched_getscheduler(0) == os.SCHED_FIFO), permitted
if permitted.fifo:
    assert os.sched_getparam(0).sched_priority == realtime.PRIORITY
locked = next(line for line in open("/proc/self/status") if line.startswith("VmLck"))
assert permitted.locked == (int(locked.split()[1]) > 0), (permitted, locked)
before_kib = resident_kib()
reserved = mmap.mmap(-1, 1 << 29)
reserved[0] = 1
assert resident_kib() - before_kib < 1 << 14, "reserved memory is resident: not ONFAULT"
policies = []
threads = [threading.Thread(target=lambda: policies.append(os.sched_getscheduler(0))) for _ in range(4)]
threads.append(threading.Thread(target=lambda: (realtime.at_ease(), policies.append(os.sched_getscheduler(0)))))
for thread in threads:
    thread.start()
    thread.join()
ours = os.sched_getscheduler(0)
assert policies == [ours] * 4 + [os.SCHED_OTHER], policies
assert permitted.fifo == (ours == os.SCHED_FIFO), "a thread at ease leaves the others as they are"
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
    if os.geteuid() != 0:
        pytest.skip("takes root to give up")
    assert claimed("refused").startswith("Permitted(")
