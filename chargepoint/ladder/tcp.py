"""Does anybody take a connection at host and port of ``csms_url``? Each address is tried by itself, all at a time."""

import asyncio
import contextlib
import os

from msgspec import Struct

from chargepoint.domain.findings import Figures, Finding, by_code
from chargepoint.ladder import stopwatch
from chargepoint.ladder.way import Ip, Way
from chargepoint.ocpp import rungs
from chargepoint.ocpp.connection import OPEN_WITHIN_S

NAME = "tcp"
PATIENCE_S = 6.0
MOST = 8
"""Addresses that are tried."""


class Tried(Struct, frozen=True):
    """One address."""

    ip: Ip
    took_ms: int
    error: OSError | None = None

    def words(self) -> str:
        """For people."""
        if self.error is None:
            return f"{self.ip} in {self.took_ms} ms"
        cause = f"no answer within {PATIENCE_S:.0f} s" if self.silent else _words(self.error)
        return f"{self.ip}: {cause}"

    @property
    def silent(self) -> bool:
        """Has nobody said no either?"""
        return isinstance(self.error, TimeoutError)


def _words(error: OSError) -> str:
    """asyncio puts addresses into ``strerror``."""
    return os.strerror(error.errno) if error.errno else str(error)


async def look(way: Way, addresses: tuple[Ip, ...]) -> tuple[Finding, Ip | None]:
    """The rung, and an address that answers."""
    tried = await asyncio.gather(*(_try(ip, way.port) for ip in addresses[:MOST]))
    return judged(way.port, tried)


async def _try(ip: Ip, port: int) -> Tried:
    began_s, writer, error = stopwatch.monotonic(), None, None
    try:
        async with asyncio.timeout(PATIENCE_S):
            _, writer = await asyncio.open_connection(str(ip), port)
    except OSError as failed:
        error = failed
    finally:
        if writer is not None:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
    return Tried(ip, round((stopwatch.monotonic() - began_s) * 1000), error)


def judged(port: int, tried: list[Tried]) -> tuple[Finding, Ip | None]:
    """What it means. The station tries addresses one after the other, so one that swallows everything stands in the way of the next."""
    text = f"port {port}: {'; '.join(each.words() for each in tried)}"
    good = [each for each in tried if each.error is None]
    figures: Figures = {str(each.ip): each.took_ms if each.error is None else None for each in tried}
    if not good:
        return by_code(NAME, rungs.code(tried[0].error or OSError()), text, "Compare host and port of csms_url.", figures=figures), None
    if tried[0].silent:
        remedy = (
            f"Have the address {tried[0].ip} taken out of the name server, or the network answer for it: it is tried first, and an attempt "
            f"ends after {OPEN_WITHIN_S:.0f} s."
        )
        return Finding(name=NAME, state="warning", text=text, remedy=remedy, figures=figures), good[0].ip
    return Finding(name=NAME, state="passed", text=text, figures=figures), good[0].ip
