"""What the station is composed of, as its CSMS is told it."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.cli.configuration import build, parsed
from chargepoint.cli.paths import sockets
from chargepoint.cli.station import compose, with_version
from chargepoint.inquiry.variables import ListVariables
from chargepoint.link.release import RELEASE
from chargepoint.store.store import Store
from tests.cli.keeping.played import OLD


@pytest.mark.parametrize(("typed", "told"), [("", RELEASE), ('firmware = "Acme 7"', "Acme 7")])
def test_the_firmware_that_a_csms_is_told_is_the_release_that_runs_unless_the_maker_has_a_version_of_his_own(
    typed: str, told: str, tmp_path: Path
) -> None:
    text = OLD.replace('model = "One"', f'model = "One"\n{typed}')
    configuration = build(parsed(text, tmp_path / "station.toml"))
    store = Store(tmp_path / "store.sqlite", alone=True)
    station = compose(configuration, sockets(configuration, tmp_path), store, tmp_path)
    logging.getLogger().removeHandler(station.maintenance.recent)
    search: Any = station.takers[ListVariables](ListVariables(search="ChargingStation.FirmwareVersion"))
    (line,) = asyncio.run(search).lines
    assert told
    assert (station.settings.identity.firmware, line.value) == (told, told)
    store.close()


def test_an_update_is_told_at_the_next_start_and_never_longer_than_1_6_takes_it(tmp_path: Path) -> None:
    configuration = build(parsed(OLD, tmp_path / "station.toml"))
    assert with_version(configuration, "2.0.0").station.firmware == "2.0.0"
    assert len(with_version(configuration, "9" * 80).station.firmware) == 50
    own = replace(configuration, station=replace(configuration.station, firmware="Acme 7"))
    assert with_version(own, "2.0.0").station.firmware == "Acme 7"
