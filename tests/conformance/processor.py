"""What a bench has cost: processor time of its processes, those that have ended among them."""

import os
from pathlib import Path

from tests.campaigns.bench import Bench

_TICK_S = 1.0 / os.sysconf("SC_CLK_TCK")
_USER = 11
"""Of the fields after the command's name in /proc/PID/stat: user, system, and the same of children that were waited for."""


def processor_s(bench: Bench) -> float:
    """Seconds so far; 0 when it does not run."""
    return sum(map(_of, bench.pids)) * _TICK_S


def _of(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, fields[_USER : _USER + 4]))
