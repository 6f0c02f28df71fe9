"""Signed updates on a Debian of its own: taken, refused, taken back, and through a power cut.

The tests of this file are one story on one machine, in this order."""

import json
import shutil
import subprocess
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bundle.__main__ import made
from deb.package import build
from deb.project import Project, project
from deb.target import Target
from simulators.csms.authority import Authority
from tests.packaging.machine import machine, until
from tests.packaging.test_machine import CONFIGURATION, CONTROL, PRIVILEGED, STATION, WEB, Installed, limited
from tests.packaging.world import cars

UPDATER = "chargepoint-updater.service"
HASTY = """
import sys
from chargepoint.cli.main import main
from chargepoint.update import proving
proving.WITHIN_S, proving.STEADY_S = 25.0, 5.0
sys.exit(main(["updater"]))
"""
"""Minutes are too long for a test."""
HASTILY = """[Service]
ExecStart=
ExecStart=/bin/sh -c 'exec "$$(readlink -f /opt/chargepoint/current)/bin/python3" -I /usr/local/lib/hasty.py'
"""
ASK = """
import sys
import msgspec
from chargepoint.update import client
from chargepoint.update.messages import Offered, Question, State
question = msgspec.json.decode(sys.argv[1], type=Question)
file = open(sys.argv[2], "rb") if len(sys.argv) > 2 else None
answer = State if "see" in sys.argv[1] else Offered
print(msgspec.json.encode(client.ask(client.SOCKET, answer, question, file and file.fileno(), 50)).decode())
"""


class Maker:
    """Whoever makes packages, and signs updates."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        root = Authority("maker", organization="Acme")
        signer, key = root.issue("release signing")
        for name, text in (("trust.pem", root.pem), ("signer.pem", signer), ("key.pem", key)):
            (folder / name).write_text(text)

    def package(self, version: Project) -> Path:
        return build(version, Target(12, "amd64"), self.folder, "gzip", self.folder / "trust.pem")

    def bundle(self, package: Path) -> Path:
        none = {"key_password_file": None, "notes": None}
        return made(
            Namespace(
                file=package, key=self.folder / "key.pem", signer=self.folder / "signer.pem", out=self.folder, compatible="any", **none
            )
        )

    def broken(self, version: str) -> Path:
        """A version whose station ends at once."""
        package, stage = self.package(project(version)), self.folder / "stage"
        subprocess.run(["dpkg-deb", "--raw-extract", package, stage], check=True)
        for path in stage.glob("opt/chargepoint/*/lib/python3.11/site-packages/chargepoint/cli/**/station.*"):
            path.unlink()
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", stage, package], check=True, capture_output=True)
        shutil.rmtree(stage)
        return package


class Updated(Installed):
    """A machine that is asked for updates as a technician would."""

    def asked(self, question: dict[str, Any], file: Path | None = None) -> dict[str, Any]:
        given = []
        if file is not None:
            shutil.copy(file, self.shared / file.name)
            given = [f"/mnt/{file.name}"]
        command = ("/opt/chargepoint/current/bin/python3", "-I", "-c", ASK, json.dumps(question), *given)
        told: dict[str, Any] = json.loads(self.debian.run(*command, user="technician").stdout)
        return told

    def state(self) -> dict[str, Any]:
        return self.asked({"ask": "see"})

    def phase(self) -> str:
        update = self.state()["update"]
        return "" if update is None else str(update["phase"])

    def install(self, bundle: Path) -> str:
        offered = self.asked({"ask": "offer", "source": "command", "by": "technician"}, bundle)
        assert offered["accepted"], offered
        identity = str(offered["update"]["id"])
        assert self.asked({"ask": "install", "id": identity})["accepted"]
        return identity

    def ends(self, phase: str) -> dict[str, Any]:
        until(lambda: self.phase() not in ("waiting", "installing", "proving", "taking-back"), self.said, 120)
        update: dict[str, Any] = self.state()["update"]
        assert update["phase"] == phase, f"{update}\n{self.said()}"
        return update

    def said(self) -> str:
        return self.debian.journal(UPDATER, STATION)


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    return Maker(tmp_path_factory.mktemp("maker"))


@pytest.fixture(scope="module")
def site(maker: Maker, ours: Project, debian: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Updated]:
    folder = tmp_path_factory.mktemp("updated")
    with machine(folder) as booted, cars(folder / "shared" / "sim") as found:
        system = booted.root / "etc/systemd/system"
        (booted.root / "usr/local/lib/hasty.py").write_text(HASTY)
        dropins = {UPDATER: HASTILY, **({CONTROL: PRIVILEGED} if limited() else {})}
        for unit, text in dropins.items():
            (system / f"{unit}.d").mkdir()
            (system / f"{unit}.d/test.conf").write_text(text)
        booted.boot()
        site = Updated(booted, folder / "shared", found)
        site.dpkg("--install", maker.package(ours))
        place = booted.root / "var/lib/chargepoint/configuration/station.toml"
        place.write_text(CONFIGURATION)
        until(lambda: site.running(CONTROL, STATION, WEB), site.said)
        booted.run("useradd", "--groups", "chargepoint", "technician")
        booted.run("useradd", "visitor")
        yield site


def test_the_updater_begins_when_it_is_asked_and_only_technicians_may(site: Updated, ours: Project) -> None:
    assert site.debian.shows(UPDATER, "ActiveState") == "inactive"
    state = site.state()
    assert (state["version"], state["installer"], state["update"]) == (f"{ours.version}+deb12", "deb", None)
    assert state["trusted"] == ["CN=maker,O=Acme"]
    assert state["support_until"] > "2031"
    assert site.debian.shows(UPDATER, "ActiveState") == "active"
    assert site.debian.run("test", "-w", "/run/chargepoint/updater", user="visitor", check=False).returncode


def test_an_update_waits_for_the_car_and_is_proven(site: Updated, maker: Maker) -> None:
    site.charge()
    identity = site.install(maker.bundle(maker.package(project("99.0"))))
    until(lambda: site.phase() == "waiting" and site.state()["update"]["code"] == "CP-831", site.said)
    assert site.state()["version"] != "99.0+deb12"
    site.leave()
    update = site.ends("done")
    assert (update["id"], update["manifest"]["version"]) == (identity, "99.0+deb12")
    assert {site.version(unit) for unit in (CONTROL, STATION, WEB)} == {"99.0+deb12"}
    until(lambda: site.state() and site.version(UPDATER) == "99.0+deb12", "the old one stays")
    assert site.state()["before"]
    site.charge()
    site.leave()


def test_one_that_does_not_come_up_is_taken_back(site: Updated, maker: Maker) -> None:
    site.install(maker.bundle(maker.broken("100.0")))
    update = site.ends("taken-back")
    assert update["code"] == "CP-829"
    assert "the station does not answer" in update["text"]
    until(lambda: site.running(CONTROL, STATION, WEB), site.said)
    assert {site.version(unit) for unit in (CONTROL, STATION, WEB)} == {"99.0+deb12"}
    assert site.debian.run("ls", "/opt/chargepoint").stdout.split() == ["99.0+deb12", "current"]
    site.charge()
    site.leave()


def test_a_power_cut_in_the_middle_of_an_installation_is_followed_by_the_rest_of_it(site: Updated, maker: Maker) -> None:
    site.install(maker.bundle(maker.package(project("101.0"))))
    until(lambda: site.debian.does("test", "-e", "/opt/chargepoint/101.0+deb12"), site.said)
    site.debian.cut()
    site.debian.boot()
    update = site.ends("done")
    assert update["manifest"]["version"] == "101.0+deb12"
    until(lambda: site.running(CONTROL, STATION, WEB), site.said)
    assert site.version(STATION) == "101.0+deb12"
    assert not (site.debian.root / "var/lib/chargepoint/updater/unfinished").exists()


def test_a_version_that_works_is_taken_back_for_who_wants_it(site: Updated) -> None:
    before = site.state()["before"]
    assert site.asked({"ask": "take-back", "by": "technician"})["accepted"]
    update = site.ends("taken-back")
    assert update["text"] == f"technician wants version {before} again"
    until(lambda: site.running(CONTROL, STATION, WEB), site.said)
    assert site.version(STATION) == before


def test_what_nobody_trusted_has_signed_is_refused(site: Updated, maker: Maker, tmp_path: Path) -> None:
    other = Maker(tmp_path)
    package = next(maker.folder.glob("*_101.0*.deb"))
    answer = site.asked({"ask": "offer", "source": "page"}, other.bundle(package))
    assert (answer["accepted"], answer["code"]) == (False, "CP-821")


def test_the_updater_leaves_when_there_is_nothing_to_do_and_is_removed_with_the_rest(site: Updated) -> None:
    until(lambda: site.debian.shows(UPDATER, "ActiveState") == "inactive", site.said, 90)
    site.dpkg("--remove", "chargepoint")
    assert site.debian.run("systemctl", "list-units", "--state=active", "--plain", "--no-legend", "chargepoint*").stdout == ""
