"""The package on a fresh Debian: installed, set up by its pages, upgraded in mid-session, mended after a bad update, removed.

The tests of this file are one story on one machine, in this order."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from deb.project import ROOT, Project
from tests.packaging.machine import until
from tests.packaging.site import CONTROL, STATION, WEB
from tests.packaging.updates import Maker, Updated, technician, updatable

EVERY = (CONTROL, STATION, WEB)


@pytest.fixture(scope="module")
def site(package: Path, debian: Future[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Updated]:
    with updatable(debian.result(), tmp_path_factory.mktemp("story"), 6.0) as found:
        yield found


def test_a_fresh_installation_serves_its_pages_and_waits_for_a_configuration(site: Updated, package: Path) -> None:
    _, said = site.dpkg("--install", package)
    assert "set-up page:  https://" in said
    assert "sudo chargepoint password --setup-code" in said
    until(lambda: site.running(WEB), site.debian.journal)
    assert site.debian.shows("chargepoint-configured.path", "SubState") == "waiting"
    assert [site.debian.shows(unit, "ActiveState") for unit in (CONTROL, STATION)] == ["inactive", "inactive"]
    assert site.debian.run("readlink", "/etc/chargepoint/station.toml").stdout == "/var/lib/chargepoint/configuration/station.toml\n"


def test_its_pages_lead_to_the_first_session(site: Updated) -> None:
    site.debian.run("ln", "-s", "/mnt/sim", "/run/chargepoint/sim")
    code = re.search(r"\b(?:[A-Z0-9]{4}-?){3}\b", site.debian.run("chargepoint", "password", "--setup-code").stdout)
    assert code is not None
    walk = (sys.executable, "-m", "tests.packaging.walking", site.debian.root / "var/lib/chargepoint", code[0])
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "packaging")}
    done = subprocess.run(site.debian.in_its_network(*walk), capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode == 0, f"{done.stderr}\n{site.debian.journal()}"
    assert site.running(*EVERY)
    site.charge()
    site.gives_energy()


def test_an_upgrade_during_the_session_does_not_end_it(site: Updated, ours: Project, newer: Path) -> None:
    """Station and pages begin anew at once, control when nobody charges any more."""
    transaction = site.transaction()
    before = {unit: site.pid(unit) for unit in EVERY}
    closings = site.closings()
    site.dpkg("--install", newer)
    until(lambda: site.running(STATION, WEB), site.debian.journal)
    assert site.pid(CONTROL) == before[CONTROL]
    assert [site.version(unit) for unit in EVERY] == [f"{ours.version}+deb12", "99.0+deb12", "99.0+deb12"]
    until(lambda: site.transaction() == transaction, site.debian.journal)
    site.gives_energy()
    assert site.closings() == closings, f"the contactor has moved\n{site.debian.journal(CONTROL)}"


def test_an_upgrade_that_rejects_the_configuration_is_refused_and_nothing_has_happened(site: Updated, picky: Path) -> None:
    transaction, before, closings = site.transaction(), {unit: site.pid(unit) for unit in EVERY}, site.closings()
    status, said = site.dpkg("--install", picky, check=False)
    assert status
    assert "chargepoint 101.0+deb12 does not accept this station's configuration, so it is not installed" in said
    assert "site.fuse_a: 32: this version serves houses with at most 20 A; expected 20 or less" in said
    assert "Traceback" not in said
    assert {unit: site.pid(unit) for unit in EVERY} == before
    state = site.debian.run("dpkg-query", "--show", "--showformat=${Version} ${Status}", "chargepoint").stdout
    assert state == "99.0+deb12 install ok installed"
    assert site.debian.run("readlink", "/opt/chargepoint/current").stdout == "99.0+deb12\n"
    assert site.transaction() == transaction
    assert (site.cars.charging(), site.closings()) == (True, closings), f"the contactor has moved\n{site.debian.journal(CONTROL)}"


def test_control_begins_anew_when_the_car_is_gone(site: Updated) -> None:
    site.leave()
    until(lambda: site.version(CONTROL) == "99.0+deb12" and site.running(CONTROL), site.debian.journal)
    assert site.debian.run("ls", "/opt/chargepoint").stdout.split() == ["99.0+deb12", "current"]


def test_a_bad_update_is_taken_back(site: Updated, maker: Maker, lame: Path) -> None:
    technician(site)
    site.install(maker.bundle(lame))
    update = site.ends("taken-back")
    assert (update["manifest"]["version"], update["code"]) == ("100.0+deb12", "CP-829")
    assert "the station does not answer" in update["text"]
    until(lambda: site.running(*EVERY), site.said)
    assert {site.version(unit) for unit in EVERY} == {"99.0+deb12"}
    assert site.debian.run("ls", "/opt/chargepoint").stdout.split() == ["99.0+deb12", "current"]
    site.charge()


def test_removed_it_stops_the_car_first_and_keeps_what_it_knows(site: Updated) -> None:
    site.dpkg("--remove", "chargepoint")
    assert not site.cars.charging()
    assert site.debian.run("systemctl", "list-units", "--state=active", "--plain", "--no-legend", "chargepoint*").stdout == ""
    assert not (site.debian.root / "opt/chargepoint").exists()
    for kept in ("station/store.sqlite", "configuration/station.toml", "web/accounts.json"):
        assert site.debian.does("test", "-s", f"/var/lib/chargepoint/{kept}"), kept


def test_purged_nothing_is_left(site: Updated) -> None:
    site.dpkg("--purge", "chargepoint")
    places = [site.debian.root / place for place in ("etc", "opt", "usr", "var")]
    left = [path for place in places for path in place.rglob("*chargepoint*") if "journal" not in path.parts and "info" not in path.parts]
    assert [path for path in left if path.parent.name != "system" or not path.name.endswith(".service.d")] == []
