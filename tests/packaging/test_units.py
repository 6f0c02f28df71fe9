"""The units as systemd judges them, without a machine to run them on."""

import re
import shutil
import subprocess

import pytest

from chargepoint.web.wizard import roots
from deb.package import SCRIPTS, STEPPED, SYSTEMD

EXPOSED = {
    "chargepoint-configured": 1.0,
    "chargepoint-control": 2.0,
    "chargepoint-station": 2.5,
    "chargepoint-trial@": 1.0,
    "chargepoint-updater": 3.0,
    "chargepoint-web": 2.5,
}
"""Bound of what ``systemd-analyze security`` calls exposure."""
SERVICES = sorted(path.stem for path in SYSTEMD.glob("*.service"))
ON_DEMAND = ("chargepoint-configured", "chargepoint-trial@", "chargepoint-updater")
"""Begun by their sockets and paths, and ended by themselves."""


@pytest.mark.parametrize("service", SERVICES)
def test_little_of_the_machine_is_exposed_to_a_service(service: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze, of Debian's package systemd")
    command = ("systemd-analyze", "security", "--offline=true", "--no-pager", SYSTEMD / f"{service}.service")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", said)
    assert found is not None, said
    assert float(found[1]) < EXPOSED[service], said


@pytest.mark.parametrize("service", [each for each in SERVICES if each not in ON_DEMAND])
def test_no_start_limit_and_no_exit_leaves_a_service_dead(service: str) -> None:
    lines = (SYSTEMD / f"{service}.service").read_text().splitlines()
    assert {"StartLimitIntervalSec=0", "Restart=always"} <= set(lines)
    assert not [line for line in lines if line.startswith(("RuntimeDirectory=", "RestartPreventExitStatus="))]
    assert service in STEPPED


@pytest.mark.parametrize("unit", sorted(path.name for kind in ("path", "socket") for path in SYSTEMD.glob(f"*.{kind}")))
def test_nor_does_one_of_what_begins_it(unit: str) -> None:
    """Control needs its socket at each start: one that may not begin again would keep it dead."""
    assert "StartLimitIntervalSec=0" in (SYSTEMD / unit).read_text().splitlines()


def test_the_link_belongs_to_the_station_and_to_no_service() -> None:
    lines = (SYSTEMD / "chargepoint-link.socket").read_text().splitlines()
    assert {"SocketUser=chargepoint", "SocketMode=0600", "ListenSequentialPacket=/run/chargepoint/link"} <= set(lines)
    assert "d /run/chargepoint 0755 root root" in (SYSTEMD / "chargepoint.tmpfiles").read_text().splitlines()


def test_the_pages_hear_what_the_others_log_and_a_place_that_is_missing_stops_nobody() -> None:
    tmpfiles, web = ((SYSTEMD / name).read_text().splitlines() for name in ("chargepoint.tmpfiles", "chargepoint-web.service"))
    assert "d /run/chargepoint/web 2750 chargepoint-web chargepoint" in tmpfiles, "what is made in it is for the group"
    assert "ReadWritePaths=-/run/chargepoint/web" in web


def test_a_root_that_the_pages_were_given_may_be_read_and_replaced_by_the_station() -> None:
    tmpfiles, station = ((SYSTEMD / name).read_text().splitlines() for name in ("chargepoint.tmpfiles", "chargepoint-station.service"))
    folder = f"/var/lib/chargepoint/configuration/{roots.FOLDER}"
    assert f"d {folder} 2770 chargepoint-web chargepoint" in tmpfiles
    assert f"ReadWritePaths=-{folder}" in station


def test_trials_have_the_devices_of_control_and_never_beside_it() -> None:
    control, trial = ((SYSTEMD / f"{name}.service").read_text().splitlines() for name in ("chargepoint-control", "chargepoint-trial@"))
    shared = ("User=", "PrivateNetwork=", "DeviceAllow=", "DevicePolicy=", "ReadWritePaths=")
    assert {line for line in control if line.startswith(shared)} <= set(trial)
    assert "ExecStartPre=-+/bin/systemctl --quiet stop chargepoint-trial@*.service" in control
    assert [line for line in trial if line.startswith("ExecCondition=+") and "is-active chargepoint-control.service" in line]
    assert not [line for line in trial if line.startswith("Conflicts=")], "it would stop control"
    socket = (SYSTEMD / "chargepoint-trial.socket").read_text().splitlines()
    assert {"SocketUser=chargepoint-web", "SocketMode=0600", "Accept=yes", "ListenStream=/run/chargepoint/trial"} <= set(socket)


def test_the_updater_outlives_the_package_that_it_replaces_and_goes_on_where_it_was_interrupted() -> None:
    service, socket, path = ((SYSTEMD / f"chargepoint-updater.{kind}").read_text().splitlines() for kind in ("service", "socket", "path"))
    assert {"KillMode=process", "Restart=on-failure", "StartLimitIntervalSec=0"} <= set(service)
    assert not [line for line in service if line.startswith(("PartOf=", "BindsTo=", "RuntimeDirectory=", "ProtectSystem="))]
    assert {"SocketGroup=chargepoint", "SocketMode=0660", "ListenStream=/run/chargepoint/updater"} <= set(socket)
    assert "PathExists=/var/lib/chargepoint/updater/unfinished" in path
    restarted = "".join((SCRIPTS / name).read_text() for name in ("postinst", "preinst", "postrm"))
    assert "updater" not in restarted, "an upgrade does not touch it"


def test_every_configuration_begins_what_does_not_run_and_a_reset_is_finished_without_one() -> None:
    path, begins, station = (
        (SYSTEMD / name).read_text().splitlines()
        for name in ("chargepoint-configured.path", "chargepoint-configured.service", "chargepoint-station.service")
    )
    assert {"PathChanged=/var/lib/chargepoint/configuration/station.toml", "Unit=chargepoint-configured.service"} <= set(path)
    assert not [line for line in path if line.startswith("PathExists=")], "it would begin again and again"
    assert {"Type=oneshot", "Wants=chargepoint-link.socket chargepoint-control.service chargepoint-station.service"} <= set(begins)
    assert "RemainAfterExit=yes" not in begins, "the next one would not be seen"
    conditions = {line for line in station if line.startswith("Condition")}
    places = ("/etc/chargepoint/station.toml", "/var/lib/chargepoint/station/factory-reset.json")
    assert conditions == {f"ConditionPathExists=|{place}" for place in places}
    assert not [line for line in station if line.startswith("PrivateUsers=")], "nobody could be told from anybody else at its socket"


UPDATER = [f"chargepoint-updater.{kind}" for kind in ("path", "service", "socket")]


@pytest.mark.parametrize("unit", ["chargepoint-trial@.service", "chargepoint-trial.socket", *UPDATER])
def test_what_systemd_finds_wrong_is_that_the_program_is_not_installed_here(unit: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze, of Debian's package systemd")
    done = subprocess.run(("systemd-analyze", "verify", "--man=no", SYSTEMD / unit), capture_output=True, text=True, check=False)
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if "/opt/chargepoint/current/bin/chargepoint" not in line]
    assert complaints == []
