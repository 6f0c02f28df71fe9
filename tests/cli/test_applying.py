"""A new configuration with real processes; every way that it may go is in ``tests.cli.keeping.test_changing``."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import applying
from chargepoint.cli.applying import Place
from chargepoint.cli.keeping import changing
from chargepoint.cli.keeping.journal import Journal
from chargepoint.inquiry import client
from tests.cli.processes import CONFIGURATION, Home, until


def test_real_processes_take_a_new_one_and_go_back_from_one_with_which_control_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    other = CONFIGURATION.replace("cp001", "cp003")
    dead = other + f'[link]\nsocket = "{tmp_path}/nowhere/link"\n'
    home.config.write_text(CONFIGURATION)
    place = Place(home.config, home.inquiry)

    async def states(text: str) -> list[str]:
        return [each.state async for each in changing.change(place, home.web, Journal(text=text))]

    async def main() -> None:
        monkeypatch.setattr(applying, "UP_S", 60.0)  # other tests may have the processors
        assert await states(other) == ["saved", "restarting", "up"]
        assert (await client.inquire(place.inquiry, dict[str, Any]))["id"] == "cp003"
        monkeypatch.setattr(applying, "UP_S", 12.0)
        assert await states(dead) == ["saved", "restarting", "failed", "put back"]

    with home.running():
        until(lambda: home.answers() and home.web.exists())
        asyncio.run(asyncio.wait_for(main(), 150))
        until(home.answers)
        assert home.config.read_text() == other
