"""A connection attempt that is given up leaves no socket behind, at whatever moment that is: the network goes, the station shuts down."""

import asyncio
import gc
import os
import warnings
from typing import Any

import pytest

from chargepoint.station.csms import Access
from tests.ocpp.rig import FakeCsms, settle, until
from tests.ocpp.test_client import TRUST, running, server_context

TURNS = 40
"""Of the event loop: more than an attempt takes."""
SECURE = Access(security_profile=2, password="secret", trust_file=TRUST)


def sockets() -> int:
    """How many this process has open."""
    found = 0
    for each in os.listdir("/proc/self/fd"):
        try:
            found += os.readlink(f"/proc/self/fd/{each}").startswith("socket:")
        except FileNotFoundError:  # the directory's own
            continue
    return found


async def left_after(turns: int, csms: FakeCsms, host: str, **settings: Any) -> None:
    """Leave so many turns of the loop after the beginning; everything is closed then."""
    before = sockets()
    async with running(f"ws://{host}:{csms.port}", **settings):
        await settle(turns)
    await until(lambda: sockets() == before)


@pytest.mark.parametrize(
    ("host", "settings", "listening"),
    [
        ("127.0.0.1", {}, {}),
        ("localhost", {}, {}),
        ("localhost", {"access": lambda: SECURE}, {"ssl": server_context()}),
    ],
    ids=["address", "name", "tls"],
)
def test_no_socket_is_left_behind(host: str, settings: Any, listening: Any) -> None:
    async def main() -> None:
        async with FakeCsms().listening(**listening) as csms:
            for turns in range(TURNS):
                await left_after(turns, csms, host, **settings)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        asyncio.run(main())
        gc.collect()
    assert [str(each.message) for each in warned] == []


def test_no_socket_is_left_behind_when_the_loop_ends_with_it() -> None:
    async def main(turns: int) -> None:
        async with FakeCsms().listening() as csms, running(csms.url):
            await settle(turns)

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", ResourceWarning)
        for turns in range(TURNS):
            asyncio.run(main(turns))
        gc.collect()
    assert [str(each.message) for each in warned] == []
