"""Asking over a real Unix socket, as the command line does."""

import asyncio
import contextlib
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli.inquiry import ask
from chargepoint.inquiry.client import InquiryError, inquire
from chargepoint.inquiry.faults import Answer, ClearFault
from chargepoint.station import inquiry
from chargepoint.station.inquiry import Inquiry
from simulators import inquiry as bench
from tests.ocpp.rig import until

CLEARED = Answer("cleared", "EVSE 1: tilted cleared")


def served(path: Path, client: Callable[[], Any]) -> tuple[Any, list[ClearFault]]:
    """What a client that may block gets of an inquiry, and what the station was asked."""
    asked: list[ClearFault] = []

    async def clear(question: ClearFault) -> Answer:
        asked.append(question)
        return CLEARED

    async def main() -> Any:
        serving = asyncio.create_task(Inquiry(path, lambda: {"ready": True}, {ClearFault: clear}).run())
        await until(path.is_socket)
        try:
            return await asyncio.to_thread(client)
        finally:
            serving.cancel()

    path.unlink(missing_ok=True)
    return asyncio.run(main()), asked


def raw(path: Path, said: bytes) -> bytes:
    """Say something and leave the writing side open; what comes back until the other side hangs up, perhaps before it has heard all."""
    with contextlib.suppress(ConnectionError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(str(path))
        line.sendall(said)
        with line.makefile("rb") as answer:
            return answer.read()
    return b""


def test_who_asks_nothing_is_told_how_the_station_is(tmp_path: Path) -> None:
    path = tmp_path / "s"
    assert served(path, lambda: ask(str(path), dict)) == ({"ready": True}, [])
    assert served(path, lambda: asyncio.run(bench.ask(str(path)))) == ({"ready": True}, [])
    assert served(path, lambda: asyncio.run(inquire(str(path), dict))) == ({"ready": True}, [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_who_stays_silent_is_told_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inquiry, "PATIENCE_S", 0.01)
    assert served(tmp_path / "s", lambda: raw(tmp_path / "s", b"")) == (b'{"ready":true}\n', [])


def test_a_wish_is_handed_on_and_answered(tmp_path: Path) -> None:
    question = ClearFault(1, "tilted")
    path = tmp_path / "s"
    assert served(path, lambda: ask(str(path), Answer, question)) == (CLEARED, [question])
    assert served(path, lambda: asyncio.run(inquire(str(path), Answer, question))) == (CLEARED, [question])


def test_where_no_station_is_the_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(InquiryError, match=f"no station answers at {tmp_path}/s: .*; is the station process running"):
        asyncio.run(inquire(str(tmp_path / "s"), dict))


@pytest.mark.parametrize("said", [b"{\n", b'{"ask":"fly"}\n', b'{"ask":"clear-fault","evse":"1","name":"x"}\n', b"x" * 60_000])
def test_nonsense_is_not_answered_and_the_next_is(tmp_path: Path, said: bytes) -> None:
    path = tmp_path / "s"

    def client() -> Any:
        assert raw(path, said) == b""
        return ask(str(path), dict)

    assert served(path, client) == ({"ready": True}, [])
