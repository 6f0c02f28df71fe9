"""What pages show that is known to the command line."""

import asyncio
from pathlib import Path

from chargepoint.cli import looking
from chargepoint.cli.configuration import build
from chargepoint.domain.findings import Finding
from chargepoint.inquiry.hardware import Shown
from chargepoint.link.messages import Signals
from hal.measured import BoardOutputs, MeterReading

TREE = {
    "station": {"id": "cp001", "vendor": "Acme", "model": "One"},
    "site": {"fuse_a": 32},
    "evses": [{"id": 1, "max_current_a": 16, "connectors": [{"id": 1}]}],
    "hal": {"backend": "sim"},
}
READING = MeterReading(at_s=9.0, energy_wh=120, power_w=3680, current_ma=(16_000, None, None))


def climbed(config: Path, state_dir: Path) -> list[Finding]:
    """Every rung."""

    async def every() -> list[Finding]:
        return [finding async for finding in looking.climbed(config, state_dir)]

    return asyncio.run(every())


def test_a_signal_of_several_lines_is_one_row() -> None:
    told = Signals(evse=1, at_s=10.0, state="A", cp=None, inputs=None, outputs=BoardOutputs(1_000_000, False, False), reading=READING)
    rows = looking.signals(build(TREE), Shown((told,), connected=True), 1)
    assert rows is not None
    assert dict(rows)["meter"].endswith("read 1.0 s ago; 120 Wh, 3680 W; 16.0 / - / - A")
    assert "NOT HEARD YET" in dict(rows)["board"]
    assert all(title for title, _ in rows)
    assert looking.signals(build(TREE), Shown((), connected=True), 1) is None


def test_without_a_csms_or_a_configuration_there_is_no_way_to_climb(tmp_path: Path) -> None:
    config = tmp_path / "station.toml"
    assert climbed(config, tmp_path / "state") == []
    config.write_text('[station]\nid = "cp001"\nvendor = "Acme"\nmodel = "One"\n[site]\nfuse_a = 32\n[hal]\nbackend = "sim"\n')
    assert climbed(config, tmp_path / "state") == []
