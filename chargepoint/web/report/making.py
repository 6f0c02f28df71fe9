"""The PDF of a report, by a process of its own: what makes it costs tens of megabytes, once it is loaded."""

import subprocess
import sys

import msgspec

from chargepoint.commissioning.report import Paper

MAKING_S = 60.0


def pdf(paper: Paper) -> bytes:
    """Blocks for a second, on a small board for some. Raises OSError."""
    command = (sys.executable, "-m", "chargepoint.web.report.as_pdf")
    try:
        done = subprocess.run(command, input=msgspec.json.encode(paper), capture_output=True, timeout=MAKING_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise OSError(f"no report: not made within {MAKING_S:.0f} s") from error
    if done.returncode:
        raise OSError(f"no report: {done.stderr.decode(errors='replace').strip()[-300:]}")
    return done.stdout
