"""The end of the set-up in a terminal: while it waits for a car it can be called off."""

import asyncio
from collections.abc import AsyncGenerator
from os import getpid, kill
from pathlib import Path
from signal import SIGINT
from types import SimpleNamespace
from typing import Any

import pytest

from chargepoint.cli.applying import CALLED_OFF
from chargepoint.cli.errors import CliError
from chargepoint.cli.setting_up import ending
from chargepoint.web.wizard.ports import Progress


def test_what_waits_for_a_car_can_be_called_off(tmp_path: Path) -> None:
    off = asyncio.Event()

    async def apply(text: str) -> AsyncGenerator[Progress, None]:
        yield Progress("waiting", "EVSE 1 charges.")
        kill(getpid(), SIGINT)
        await asyncio.wait_for(off.wait(), 10)
        yield Progress("put back", f"{CALLED_OFF} The configuration before is in its place again.")

    ports = SimpleNamespace(apply=apply, call_off=off.set)
    sitting: Any = SimpleNamespace(ports=ports, text=str, state_dir=tmp_path, config=tmp_path / "station.toml")
    said: list[str] = []
    with pytest.raises(CliError, match="it was called off; the answers are kept"):
        ending.write_now(sitting, lambda progress: said.append(progress.text))
    assert "Ctrl-C" in said[0]
