"""Is this computer's clock right, and does anybody keep it so?

The station goes by the CSMS's time once it has been told. Until then, and for certificates at any time, this one counts.
"""

from datetime import UTC, datetime

from chargepoint.domain.findings import Figures, Finding, failing
from chargepoint.ladder import kernel_clock, stopwatch
from chargepoint.ladder.kernel_clock import KernelClock
from chargepoint.ladder.sntp import SntpError, Unresolved, offset_s
from chargepoint.ladder.way import Way

NAME = "time"
EARLIEST, LATEST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""No clock that is right stands outside."""
WRONG_S = 60.0
"""More than certificates and tariffs can bear."""
RESOLVE = "Have the name server know it, or enter the network's own time server by its address; compare date -u with a clock."
REACH = "Let port 123 (NTP) through the firewall, or enter the network's own time server; compare date -u with a clock."
ASKED = 2
"""Servers that are asked until one answers."""


async def look(way: Way) -> Finding:
    """The rung."""
    servers = kernel_clock.servers(way.root)
    offset, said, remedy = None, "no time server is configured", REACH
    for server in servers[:ASKED]:
        try:
            offset, said = await offset_s(server), server
            break
        except SntpError as error:
            said, remedy = f"{server}: {error}", RESOLVE if isinstance(error, Unresolved) else REACH
    return judged(stopwatch.now(), kernel_clock.kernel_clock(), offset, said, remedy)


def judged(now: datetime, clock: KernelClock | None, offset: float | None, said: str, remedy: str = REACH) -> Finding:
    """``offset``: the server's time less ours; ``None``: nobody has told. ``said``: which server, or why there is none.

    ``remedy``: of that reason.
    """
    known = (
        "the kernel does not say whether anybody sets it" if clock is None else "synchronised" if clock.synchronised else "NOT synchronised"
    )
    apart = said if offset is None else f"{_apart(offset)} {said}"
    text = f"{now:%Y-%m-%d %H:%M:%S} UTC, {known}; {apart}"
    figures: Figures = {"synchronised": None if clock is None else clock.synchronised, "offset_s": offset}
    if not EARLIEST <= now < LATEST or (offset is not None and abs(offset) > WRONG_S):
        return failing(NAME, "clock_wrong", text, figures=figures)
    if offset is None and (clock is None or not clock.synchronised):
        return Finding(name=NAME, state="warning", text=text, remedy=remedy, figures=figures)
    return Finding(name=NAME, state="passed", text=text, figures=figures)


def _apart(offset: float) -> str:
    return f"{abs(offset):.3f} s {'behind' if offset > 0 else 'ahead of'}"
