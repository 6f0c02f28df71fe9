"""A running control loads no code: a package may be replaced beneath it, and it goes on as the version that it is."""

import asyncio
from pathlib import Path

import pytest

from tests.cli.test_control_process import EVSES, Site, play

LOADED = "import time:"
LIVE = "event=control_live"


async def session(site: Site) -> None:
    """Two cars charge, and control is asked to end."""
    async with site.running("chargepoint"), asyncio.timeout(30):
        charging = asyncio.create_task(site.charge())
        await site.until(lambda: all(site.world.evses[number].contacts.closed for number in EVSES), "no session")
        site.process.terminate()
        assert await site.process.wait() == 0, site.log
        charging.cancel()
    before, _, after = site.log.partition(LIVE)
    assert LOADED in before
    assert [line for line in after.splitlines() if line.startswith(LOADED)] == []


def test_nothing_is_imported_once_control_lives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    play(tmp_path, session)
