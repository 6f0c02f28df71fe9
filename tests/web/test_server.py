"""Real sockets: who is slow, who talks nonsense, who comes in crowds; and TLS."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from chargepoint.pki import device
from chargepoint.web import connection, door
from chargepoint.web.clock import Clock
from chargepoint.web.door import Door
from chargepoint.web.headers import Headed
from tests.ocpp.rig import until
from tests.web.browser import START

DEADLINE_S = 10.0
GOOD = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


async def hello(scope: Any, receive: Any, send: Any) -> None:
    """Takes what is posted, says so; ``/much`` says a lot."""
    body = b""
    while (message := await receive())["type"] == "http.request":
        body += message["body"]
        if not message["more_body"]:
            break
    said = b"x" * 50_000_000 if scope["path"] == "/much" else b"%d bytes" % len(body)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]})
    for at in range(0, len(said), 65_536):
        await send({"type": "http.response.body", "body": said[at : at + 65_536], "more_body": at + 65_536 < len(said)})


@contextlib.asynccontextmanager
async def opened(tls: ssl.SSLContext | None = None) -> AsyncIterator[Door]:
    served = Door(Headed(hello), tls, Clock())
    served.open("127.0.0.1", 0)
    try:
        yield served
    finally:
        await served.close()


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def line(served: Door, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Line]:
    """A connection, for so long as a test may take."""
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", served.port, ssl=tls, **options)
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


async def said(served: Door, *parts: bytes) -> bytes:
    """Say it and leave the line open: what comes until the other side hangs up."""
    async with line(served) as (reader, writer):
        with contextlib.suppress(ConnectionError):
            for part in parts:
                writer.write(part)
                await writer.drain()
            return await reader.read()
        return b"reset"


async def answered(served: Door, **options: Any) -> bool:
    """Is somebody with good manners served?"""
    async with line(served, **options) as (reader, writer):
        writer.write(GOOD)
        return b"200" in await reader.readline()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """All bounds of time, shorter."""
    for name, value in {"HEAD_S": 0.3, "GRACE_S": 0.3, "STUCK_S": 0.3, "KEPT_S": 0.3, "LOOK_S": 0.05}.items():
        monkeypatch.setattr(connection, name, value)
    monkeypatch.setattr(door, "HANDSHAKE_S", 0.3)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"GET / HT",),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ",),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n", b"only this"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nhe"),
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "half a chunk"],
)
def test_who_does_not_go_on_is_cut_off(parts: tuple[bytes, ...]) -> None:
    async def main() -> None:
        async with opened() as served:
            assert await said(served, *parts) in (b"", b"reset")

    asyncio.run(main())


def test_a_second_request_that_does_not_go_on_is_cut_off_as_well() -> None:
    async def main() -> None:
        async with opened() as served:
            answer = await said(served, GOOD, b"GET /again HTTP/1.1\r\nHo")
            assert answer in (b"reset", b"") or (answer.count(b"200 OK") == 1 and answer.endswith(b"0 bytes"))

    asyncio.run(main())


def test_who_does_not_take_his_answer_is_cut_off() -> None:
    async def main() -> None:
        async with opened() as served, line(served, limit=1_000) as (_, writer):
            writer.write(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n")
            await writer.drain()
            await until(lambda: served.inside == 1)
            await until(lambda: served.inside == 0)

    asyncio.run(main())


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"y" * 20_000,
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5_000 + b"\r\n",
        b"GET /" + b"a" * 30_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xyz\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\x00: y\r\n\r\n",
    ],
    ids=lambda value: value[:40].decode("latin-1") if isinstance(value, bytes) else str(value),
)
def test_heads_that_are_nonsense_or_too_long_are_refused(raw: bytes) -> None:
    async def main() -> None:
        async with opened() as served:
            answer = await said(served, raw)
            assert answer == b"reset" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501")), answer[:200]
            assert await answered(served)

    asyncio.run(main())


def test_a_crowd_from_one_place_leaves_room_for_others_and_goes_when_it_is_slow(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)

    async def main() -> None:
        async with opened() as served, contextlib.AsyncExitStack() as crowd:
            lines = [await crowd.enter_async_context(line(served)) for _ in range(door.MOST_EACH + 5)]
            assert [await reader.read() for reader, _ in lines[door.MOST_EACH :]] == [b""] * 5
            assert await answered(served, local_addr=("127.0.0.2", 0))
            await until(lambda: served.inside == 0)
            assert await answered(served)

    asyncio.run(main())
    said = sorted(record.getMessage().partition(" ")[0] for record in caplog.records if record.name.startswith("chargepoint"))
    assert said == ["event=connection_refused", "event=slow_connection_cut"], "nobody fills the log from outside"


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    made = device.settle(folder, ("localhost", "127.0.0.1"), START)
    here, there = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=made.certificate_file)
    here.load_cert_chain(made.certificate_file, made.key_file)
    return here, there


def test_a_handshake_that_does_not_go_on_counts_and_is_cut_off(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(contexts(tmp_path)[0]) as served:
            for raw in (b"", b"\x16\x03\x01\x02\x00\x01\x00", GOOD):
                await said(served, raw)
            await until(lambda: served.inside == 0)

    asyncio.run(main())


def test_by_tls_the_certificate_of_the_device_is_good_for_its_address(tmp_path: Path) -> None:
    async def main() -> None:
        here, there = contexts(tmp_path)
        async with opened(here) as served, line(served, there) as (reader, writer):
            writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello")
            assert (await reader.read(1_000)).endswith(b"5 bytes")

    asyncio.run(main())


def test_who_still_follows_something_when_it_closes_is_let_go_without_a_word(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "GOODBYE_S", 0.1)

    async def streams(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"news", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass

    async def main() -> None:
        served = Door(Headed(streams), None, Clock())
        served.open("127.0.0.1", 0)
        async with line(served) as (reader, writer):
            writer.write(GOOD)
            await reader.readuntil(b"news")
            await served.close()

    asyncio.run(main())
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_when_it_closes_it_waits_for_nobody_for_long(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    async def main() -> None:
        async with contextlib.AsyncExitStack() as lines, opened() as served:
            _, writer = await lines.enter_async_context(line(served))
            writer.write(b"GET / HT")

    asyncio.run(main())
    assert not caplog.records
