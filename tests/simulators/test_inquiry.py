"""Asking the station process over a real Unix socket."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from simulators.inquiry import ask


async def _answering(path: Path, line: bytes, *, hang: bool = False) -> dict[str, Any] | None:
    release = asyncio.Event()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(line)
        if hang:
            await release.wait()
        writer.close()

    async with await asyncio.start_unix_server(answer, path):
        document = await ask(str(path), 0.2)
        release.set()
        await asyncio.sleep(0)
    return document


def test_one_line_of_json_is_the_document(tmp_path: Path) -> None:
    assert asyncio.run(_answering(tmp_path / "s", b'{"ready": true}\n')) == {"ready": True}


@pytest.mark.parametrize(("line", "hang"), [(b"", False), (b"[]\n", False), (b"{\n", False), (b"", True)])
def test_silence_and_nonsense_count_as_no_answer(tmp_path: Path, line: bytes, hang: bool) -> None:
    assert asyncio.run(_answering(tmp_path / "s", line, hang=hang)) is None


def test_a_station_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    assert asyncio.run(ask(str(tmp_path / "nothing"))) is None
