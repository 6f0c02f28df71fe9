"""The product's control process, which writes down how late each of its scans began.

    python -m benchmarks.lateness FILE --config FILE --state-dir DIR

The file has an unsigned 32-bit number of microseconds for each scan; it is written when the process is asked to end.
"""

import sys
from argparse import ArgumentParser
from array import array
from pathlib import Path

from chargepoint.cli import control
from chargepoint.control import loop
from chargepoint.control.pace import Pace

SCANS = 1 << 16
"""More than are measured: the memory is there from the beginning."""


class Recorded(Pace):
    """Remembers."""

    late_us = array("I", bytes(4 * SCANS))
    scans = 0

    def late_s(self, now: float) -> float:
        """As ``Pace``."""
        late_s = super().late_s(now)
        if Recorded.scans < SCANS:
            Recorded.late_us[Recorded.scans] = min(int(late_s * 1e6), 0xFFFFFFFF)
            Recorded.scans += 1
        return late_s


def main() -> int:
    """Until SIGTERM."""
    parser = ArgumentParser(prog="benchmarks.lateness")
    parser.add_argument("file", type=Path)
    control.add_arguments(parser)
    arguments = parser.parse_args()
    setattr(loop, "Pace", Recorded)  # noqa: B010  (it is not exported)
    try:
        return control.run(arguments)
    finally:
        arguments.file.write_bytes(Recorded.late_us[: Recorded.scans].tobytes())


if __name__ == "__main__":
    sys.exit(main())
