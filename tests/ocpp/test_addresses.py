"""A CSMS with several addresses, of which the first swallows everything: a dead IPv6 path, as many sites have one."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ocpp.rig import FakeCsms
from tests.ocpp.test_client import running

DEAD, ALIVE = "127.0.0.2", "127.0.0.1"
SOON_S = 5.0


@contextlib.contextmanager
def swallowing(port: int) -> Iterator[None]:
    """Nobody takes the connections here, and so many are waiting that the kernel answers to no more."""
    with socket.create_server((DEAD, port), backlog=0), contextlib.ExitStack() as waiting:
        for _ in range(4):
            line = waiting.enter_context(socket.socket())
            line.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                line.connect((DEAD, port))
        yield


def test_an_address_that_swallows_everything_keeps_nobody_from_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with FakeCsms().listening() as csms:
            at = urlsplit(csms.url)
            assert at.port is not None

            def addresses(host: str, port: int, *arguments: Any, **more: Any) -> list[Any]:
                assert host == "csms.example"
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in (DEAD, ALIVE)]

            monkeypatch.setattr(socket, "getaddrinfo", addresses)
            with swallowing(at.port):
                async with asyncio.timeout(SOON_S), running(f"ws://csms.example:{at.port}{at.path}") as rig:
                    await rig.connected()

    asyncio.run(main())
