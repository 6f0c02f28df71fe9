"""What is said of a backup before anything is changed; and what stands in the way of a factory reset."""

import asyncio
import sys
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli.backup import asked
from chargepoint.cli.errors import CliError
from chargepoint.cli.factory_reset import in_the_way
from chargepoint.cli.keeping import backup_file
from chargepoint.cli.keeping.backup_file import Backup
from chargepoint.cli.keeping.looking import look
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.variables import Access
from chargepoint.inquiry.keeping import Parts, ResetSeen
from chargepoint.station.restored import plain_variables
from chargepoint.web.keeping import BackupError, Looked
from tests.cli.keeping.played import NEW, OLD
from tests.domain.examples import configuration

PLAIN = Backup(station="cp002", made="2026-11-23T04:00:00+00:00", release="0.1.0", configuration=tomllib.loads(NEW), parts=Parts())

WITH_CSMS = """
[ocpp]
csms_url = "wss://csms.example/ocpp"
security_profile = 2
basic_auth_password = "swordfish and chips"
"""


def looked(folder: Path, backup: Backup = PLAIN, **configuration: Any) -> Looked:
    (folder / "station.toml").write_text(OLD)
    changed = msgspec.structs.replace(backup, configuration={**backup.configuration, **configuration})
    return asyncio.run(look(backup_file.written(changed), "", folder / "station.toml"))


def test_of_another_station_it_is_said_which_identity_it_brings(tmp_path: Path) -> None:
    section, text = looked(tmp_path).contents[0]
    assert section == "identity"
    assert text.startswith("cp002 in place of cp001")
    own = looked(tmp_path, msgspec.structs.replace(PLAIN, configuration=tomllib.loads(OLD)))
    assert "identity" not in dict(own.contents)


def test_a_configuration_that_does_not_fit_is_refused_with_its_entry(tmp_path: Path) -> None:
    found = looked(tmp_path, hal={"backend": "nonsense"})
    assert found.text == ""
    assert found.refused[0].startswith("hal.backend")


@pytest.mark.parametrize(
    ("url", "stays"), [("wss://csms.example/ocpp", True), ("wss://mine.example/ocpp", False), ("ws://csms.example", False)]
)
def test_the_password_of_this_station_goes_to_no_csms_that_a_backup_names(tmp_path: Path, url: str, stays: bool) -> None:
    (tmp_path / "station.toml").write_text(OLD + WITH_CSMS)
    ocpp = {"csms_url": url, "security_profile": 2 if url.startswith("wss") else 1}
    brought = {**PLAIN.configuration, "ocpp": ocpp, "security": {"system_trust": True}}
    found = asyncio.run(look(backup_file.written(msgspec.structs.replace(PLAIN, configuration=brought)), "", tmp_path / "station.toml"))
    assert ("swordfish and chips" in found.text) == stays
    assert ["ocpp.basic_auth_password" in each for each in found.refused] == ([] if stays else [True])


def test_what_a_station_may_have_changed_fits_the_station_that_made_the_backup(tmp_path: Path) -> None:
    model = DeviceModel(configuration(cables=("fixed",)))
    changed = {each.name: model.value(each) for each in model if each.variable.access is Access.READ_WRITE}
    changed["DefaultPriceText[en]"] = '{"priceText":"0.30 per kWh"}'
    parts = Parts(variables={**changed, "Gone.Variable": "1"})
    found = looked(tmp_path, msgspec.structs.replace(PLAIN, parts=parts))
    assert found.parts.variables == plain_variables(changed)
    assert found.problems == (("variables", "Gone.Variable: this station has none"),)
    comma = Parts(variables={"DefaultPriceText,en": changed["DefaultPriceText[en]"]})
    assert list(looked(tmp_path, msgspec.structs.replace(PLAIN, parts=comma)).parts.variables) == ["DefaultPriceText[en]"]


def test_a_root_that_is_not_here_is_missed_before_anything_is_restored(tmp_path: Path) -> None:
    root = tmp_path / "certificates/csms-0123456789ab.pem"
    security = {"system_trust": False, "trust": {"csms": str(root)}}
    assert "give it anew" in dict(looked(tmp_path, security=security).problems)["certificates"]
    root.parent.mkdir()
    root.touch()
    assert "certificates" not in dict(looked(tmp_path, security=security).problems)


def test_one_that_is_enormous_holds_nobody_up(tmp_path: Path) -> None:
    evses = [{"id": number, "max_current_a": 16, "connectors": [{"id": 1}]} for number in range(20_000)]
    with pytest.raises(BackupError, match="expected 200000 at most"):
        looked(tmp_path, evses=evses)


@pytest.mark.parametrize(
    ("seen", "runs", "lose", "said"),
    [
        (ResetSeen(outcome="listed"), True, False, ""),
        (ResetSeen(outcome="listed", messages=2), True, False, "(--lose-unsent)"),
        (ResetSeen(outcome="listed", messages=2), True, True, ""),
        (ResetSeen(outcome="listed", running=(1,)), True, True, "somebody charges at EVSE 1"),
        (ResetSeen(outcome="listed", running=(1,)), False, False, "start it, so that it ends and is billed"),
        (ResetSeen(outcome="listed", running=(1,)), False, True, ""),
    ],
)
def test_what_is_not_billed_is_lost_on_purpose_only_and_nobody_is_left_without_a_way(
    seen: ResetSeen, runs: bool, lose: bool, said: str
) -> None:
    found = in_the_way(seen, runs, lose)
    assert said in found
    assert bool(found) == bool(said)


def test_where_nothing_can_be_typed_no_passphrase_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(CliError, match="no passphrase was typed"):
        asked("Passphrase: ")
