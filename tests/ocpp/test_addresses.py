"""A CSMS with several addresses, of which the first swallows everything: a dead IPv6 path, as many sites have one."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from chargepoint.ocpp.reaching import reached
from tests.ocpp.rig import FakeCsms
from tests.ocpp.test_client import running

DEAD, ALIVE = "127.0.0.2", "127.0.0.1"
NO_WAY = ("255.255.255.255", 1)
"""Refused by this host's own network."""
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


def known_as(addresses: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    """So csms.example is found."""

    def found(host: str, port: int, *arguments: Any, **more: Any) -> list[Any]:
        assert host == "csms.example"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_an_address_that_swallows_everything_keeps_nobody_from_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with FakeCsms().listening() as csms:
            at = urlsplit(csms.url)
            assert at.port is not None
            known_as([(DEAD, at.port), (ALIVE, at.port)], monkeypatch)
            with swallowing(at.port):
                async with asyncio.timeout(SOON_S), running(f"ws://csms.example:{at.port}{at.path}") as rig:
                    await rig.connected()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("addresses", "seen"),
    [([NO_WAY, (ALIVE, 1)], ConnectionRefusedError), ([(ALIVE, 1), NO_WAY], ConnectionRefusedError), ([NO_WAY], OSError), ([], OSError)],
    ids=["no way, refused", "refused, no way", "no way", "no address"],
)
def test_of_several_failures_the_most_telling_one_is_told(
    addresses: list[tuple[str, int]], seen: type[OSError], monkeypatch: pytest.MonkeyPatch
) -> None:
    known_as(addresses, monkeypatch)
    with pytest.raises(OSError) as told:  # noqa: PT011  which kind it is, is the question
        asyncio.run(reached("csms.example", 1))
    assert type(told.value) is seen
