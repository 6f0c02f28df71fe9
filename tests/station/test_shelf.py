"""The shelf as the station runs it: real helpers, real connections, real kills."""

import asyncio
import os
import signal
import socket
import urllib.request
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from chargepoint.station import shelf as shelf_module
from chargepoint.station.shelf import MOST_URLS, ServedShelf, ShelfError
from tests.station.carrier import IMAGE, MD5

WAIT_S = 20.0
OTHER = "0" * 32
HERE = ("10.0.0.7", "127.0.0.1", "192.168.1.5", "::1", "fd00::7")


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf_module, "AGAIN_S", 0.05)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])


def run(script: Callable[[ServedShelf], Coroutine[Any, Any, None]], host: str = "127.0.0.1", port: int = 0) -> None:
    async def main() -> None:
        shelf = ServedShelf((host, port or free_port()), lambda: HERE)
        work = asyncio.ensure_future(shelf.run())
        try:
            async with asyncio.timeout(WAIT_S):
                await script(shelf)
            assert not work.done()
        finally:
            work.cancel()
            await asyncio.wait((work,))

    asyncio.run(main())


async def fetched(url: str) -> bytes | None:
    def fetch() -> bytes | None:
        try:
            with urllib.request.urlopen(url, timeout=WAIT_S) as answer:
                content: bytes = answer.read()
                return content
        except OSError:
            return None

    return await asyncio.to_thread(fetch)


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110  (another process)
        await asyncio.sleep(0.01)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / MD5
    path.write_bytes(IMAGE)
    return path


def test_what_is_offered_can_be_had_and_nothing_listens_when_all_is_withdrawn(image: Path) -> None:
    async def script(shelf: ServedShelf) -> None:
        (url,) = await shelf.offer(MD5, image)
        (other,) = await shelf.offer(OTHER, image)
        assert await fetched(url) == await fetched(other) == IMAGE
        assert await shelf.withdraw(MD5)
        assert (await fetched(url), await fetched(other)) == (None, IMAGE)
        process = shelf._process
        assert process is not None
        assert await shelf.withdraw(OTHER)
        await until(lambda: process.returncode is not None)
        assert (await shelf.offer(MD5, image)) == (url,)
        assert await fetched(url) == IMAGE

    run(script)


def test_a_helper_that_dies_is_started_again_with_all_that_it_had(image: Path) -> None:
    async def script(shelf: ServedShelf) -> None:
        (url,) = await shelf.offer(MD5, image)
        process = shelf._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await until(lambda: shelf._process not in (None, process))
        assert await fetched(url) == IMAGE
        assert await shelf.withdraw(MD5)

    run(script)


def test_a_place_that_is_taken_fails_an_offer_and_is_had_later_by_what_was_offered_before(
    image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf_module, "OPEN_S", 0.1)
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = taken.getsockname()[1]

    async def script(shelf: ServedShelf) -> None:
        shelf.keep(OTHER, image)  # before this start
        await until(lambda: "Address" in shelf._problem)
        with pytest.raises(ShelfError, match="Address already in use"):
            await shelf.offer(MD5, image)
        taken.close()
        await until(lambda: shelf._process)
        url = f"http://127.0.0.1:{port}/firmware/"
        assert (await fetched(url + OTHER), await fetched(url + MD5)) == (IMAGE, None)

    run(script, port=port)


def test_an_offer_that_is_cancelled_leaves_nothing_on_it(image: Path) -> None:
    async def script(shelf: ServedShelf) -> None:
        offering = asyncio.ensure_future(shelf.offer(MD5, image))
        await asyncio.sleep(0)
        offering.cancel()
        await asyncio.wait((offering,))
        (other,) = await shelf.offer(OTHER, image)
        assert await fetched(other.replace(OTHER, MD5)) is None

    run(script)


@pytest.mark.parametrize(
    ("host", "hosts"),
    [
        ("10.0.0.7", ["10.0.0.7"]),
        ("site.local", ["site.local"]),
        ("fd00::7", ["[fd00::7]"]),
        ("0.0.0.0", ["10.0.0.7", "192.168.1.5"]),
        ("::", ["10.0.0.7", "192.168.1.5", "[fd00::7]"]),
    ],
)
def test_others_are_told_every_address_that_they_can_reach(host: str, hosts: list[str]) -> None:
    """L03.FR.04."""
    shelf = ServedShelf((host, 8090), lambda: HERE)
    shelf._port = 8090
    assert list(shelf._urls(MD5)) == [f"http://{each}:8090/firmware/{MD5}" for each in hosts]


def test_no_more_addresses_than_a_message_should_hold_and_none_is_an_error() -> None:
    many = ServedShelf(("0.0.0.0", 8090), lambda: tuple(f"10.0.0.{n}" for n in range(1, 50)))
    assert len(many._urls(MD5)) == MOST_URLS
    with pytest.raises(ShelfError):
        ServedShelf(("0.0.0.0", 8090), lambda: ("127.0.0.1",))._urls(MD5)
