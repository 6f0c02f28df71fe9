"""A disk that is full: the station charges, says so to everybody, and stops saying so when there is room again."""

import os
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from chargepoint.domain.status import StatusNotification
from chargepoint.store import reserve
from chargepoint.store.store import Store
from tests.station import rig
from tests.station.rig import Game, play


def station_faults(game: Game) -> list[list[str]]:
    told = [each.facts for each in game.csms.of(StatusNotification) if isinstance(each, StatusNotification)]
    return [[fault.name for fault in facts.faults] for facts in told if facts.connector.evse == 0]


def test_a_station_whose_disk_is_full_charges_and_says_so_until_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(game: Game) -> None:
        game.control.plug()
        await game.swipe()
        assert game.transaction is not None
        assert game.station.document()["faults"] == ["disk_full"]
        await game.until(lambda: station_faults(game)[-1:] == [["disk_full"]])
        monkeypatch.setattr(reserve, "os", os)
        await game.until(lambda: station_faults(game)[-1:] == [[]], 700)
        assert game.station.document()["faults"] == []

    monkeypatch.setattr(rig, "Store", partial(Store, alone=True))
    monkeypatch.setattr(reserve, "os", SimpleNamespace(statvfs=lambda path: SimpleNamespace(f_bavail=1, f_frsize=4096)))
    play(script, tmp_path / "store")
