"""Peers that send nonsense, or come from another time."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.link.codec import VersionMismatch, encode
from chargepoint.link.messages import LINK_VERSION, Ack, Hello, Snapshot
from chargepoint.link.ports import LinkClosed
from chargepoint.link.seqpacket import connect
from tests.link.rig import TELEMETRY, greeted, listening, run, until


@pytest.fixture
def path() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        yield str(Path(directory) / "link")


@pytest.mark.parametrize("garbage", [b"\xc1", b"x" * 65_537])
def test_garbage_costs_the_station_its_connection(path: str, garbage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            raw = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            raw.connect(path)
            raw.send(encode(Hello()))
            raw.send(garbage)
            assert await until(end.receive) == [Hello()]
            assert "event=station_gone" in caplog.text
            assert raw.recv(10) == b""
            raw.close()
            station = await greeted(end, path)
            assert end.send(TELEMETRY)
            station.close()

    caplog.set_level("INFO")
    run(test, path)


def test_a_message_of_an_unknown_kind_costs_nothing(path: str, caplog: pytest.LogCaptureFixture) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            raw = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            raw.connect(path)
            for message in (Hello(), TELEMETRY, Ack("boot", 1)):
                raw.send(encode(message))
            assert await until(end.receive) == [Hello(), Ack("boot", 1)]
            raw.close()

    run(test, path)
    assert "event=link_message_ignored kind=Telemetry" in caplog.text


def test_garbage_from_control_ends_the_connection(path: str) -> None:
    async def test(path: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(path)
            listener.listen()
            station = await connect(path)
            control, _ = listener.accept()
            control.send(b"\xc1")
            with pytest.raises(LinkClosed, match="no message"):
                await station.receive()
            with pytest.raises(LinkClosed, match="already hung up"):
                await station.receive()
            control.close()

    run(test, path)


def test_a_station_of_a_distant_release_is_refused_with_a_reason(path: str, caplog: pytest.LogCaptureFixture) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            station = await connect(path)
            await station.send(Hello(LINK_VERSION + 2))
            await until(lambda: not end.receive() and "install releases" in caplog.text)
            with pytest.raises(LinkClosed):
                await station.receive()

    run(test, path)


def test_a_control_of_a_distant_release_is_refused_with_a_reason(path: str) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            station = await greeted(end, path)
            assert end.send(Snapshot("boot", 1.0, (), version=LINK_VERSION + 2))
            with pytest.raises(VersionMismatch, match="install releases"):
                await station.receive()

    run(test, path)
