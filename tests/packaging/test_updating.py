"""Signed updates on a Debian of its own: waited for, proven, through a power cut, taken back, refused. A bad one: test_story.py.

The tests of this file are one story on one machine, in this order."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from deb.project import Project
from tests.packaging.machine import until
from tests.packaging.site import CONTROL, STATION, WEB
from tests.packaging.updates import UPDATER, Maker, Updated, technician, updatable
from tests.packaging.variants import variant

WITHIN_S = 25.0


@pytest.fixture(scope="module")
def newest(package: Path) -> Path:
    return variant(package, "102.0")


@pytest.fixture(scope="module")
def site(package: Path, debian: Future[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Updated]:
    with updatable(debian.result(), tmp_path_factory.mktemp("updated"), WITHIN_S) as found:
        found.dpkg("--install", package)
        found.configure()
        technician(found)
        found.debian.run("useradd", "visitor")
        until(lambda: found.running(CONTROL, STATION, WEB), found.said)
        yield found


def test_the_updater_begins_when_it_is_asked_and_only_technicians_may(site: Updated, ours: Project) -> None:
    assert site.debian.shows(UPDATER, "ActiveState") == "inactive"
    state = site.state()
    assert (state["version"], state["installer"], state["update"]) == (f"{ours.version}+deb12", "deb", None)
    assert state["trusted"] == ["CN=maker,O=Acme"]
    assert state["support_until"] > "2031"
    assert site.debian.shows(UPDATER, "ActiveState") == "active"
    assert site.debian.run("test", "-w", "/run/chargepoint/updater", user="visitor", check=False).returncode


def test_an_update_waits_for_the_car_and_is_proven(site: Updated, maker: Maker, newer: Path) -> None:
    site.charge()
    identity = site.install(maker.bundle(newer))
    until(lambda: site.state()["update"]["code"] == "CP-831", site.said)
    assert site.state()["version"] != "99.0+deb12"
    site.leave()
    update = site.ends("done")
    assert (update["id"], update["manifest"]["version"]) == (identity, "99.0+deb12")
    assert {site.version(unit) for unit in (CONTROL, STATION, WEB)} == {"99.0+deb12"}
    until(lambda: site.state() and site.version(UPDATER) == "99.0+deb12", "the old one stays")
    assert site.state()["before"]
    site.charge()
    site.leave()


def test_a_power_cut_in_the_middle_of_an_installation_is_followed_by_the_rest_of_it(site: Updated, maker: Maker, newest: Path) -> None:
    site.install(maker.bundle(newest))
    until(lambda: site.debian.does("test", "-e", "/opt/chargepoint/102.0+deb12"), site.said)
    site.debian.cut()
    site.debian.boot()
    update = site.ends("done")
    assert update["manifest"]["version"] == "102.0+deb12"
    until(lambda: site.running(CONTROL, STATION, WEB), site.said)
    assert site.version(STATION) == "102.0+deb12"
    assert not (site.debian.root / "var/lib/chargepoint/updater/unfinished").exists()


def test_a_version_that_works_is_taken_back_for_who_wants_it(site: Updated) -> None:
    before = site.state()["before"]
    assert site.asked({"ask": "take-back", "by": "technician"})["accepted"]
    update = site.ends("taken-back")
    assert update["text"] == f"technician wants version {before} again"
    until(lambda: site.running(CONTROL, STATION, WEB), site.said)
    assert site.version(STATION) == before


def test_what_nobody_trusted_has_signed_is_refused(site: Updated, newest: Path, tmp_path: Path) -> None:
    answer = site.asked({"ask": "offer", "source": "page"}, Maker(tmp_path).bundle(newest))
    assert (answer["accepted"], answer["code"]) == (False, "CP-821")


def test_the_updater_leaves_when_there_is_nothing_to_do_and_is_removed_with_the_rest(site: Updated) -> None:
    until(lambda: site.debian.shows(UPDATER, "ActiveState") == "inactive", site.said)
    site.dpkg("--remove", "chargepoint")
    assert site.debian.run("systemctl", "list-units", "--state=active", "--plain", "--no-legend", "chargepoint*").stdout == ""
