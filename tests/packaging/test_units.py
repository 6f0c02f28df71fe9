"""The units as systemd judges them, without a machine to run them on."""

import re
import shutil
import subprocess

import pytest

from deb.package import STEPPED, SYSTEMD

EXPOSED = {"chargepoint-control": 2.0, "chargepoint-station": 2.5, "chargepoint-web": 2.5}
"""Bound of what ``systemd-analyze security`` calls exposure."""
SERVICES = sorted(path.stem for path in SYSTEMD.glob("*.service"))


@pytest.mark.parametrize("service", SERVICES)
def test_little_of_the_machine_is_exposed_to_a_service(service: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze, of Debian's package systemd")
    command = ("systemd-analyze", "security", "--offline=true", "--no-pager", SYSTEMD / f"{service}.service")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", said)
    assert found is not None, said
    assert float(found[1]) < EXPOSED[service], said


@pytest.mark.parametrize("service", SERVICES)
def test_no_start_limit_and_no_exit_leaves_a_service_dead(service: str) -> None:
    lines = (SYSTEMD / f"{service}.service").read_text().splitlines()
    assert {"StartLimitIntervalSec=0", "Restart=always"} <= set(lines)
    assert not [line for line in lines if line.startswith(("RuntimeDirectory=", "RestartPreventExitStatus="))]
    assert service in STEPPED


def test_the_link_belongs_to_the_station_and_to_no_service() -> None:
    lines = (SYSTEMD / "chargepoint-link.socket").read_text().splitlines()
    assert {"SocketUser=chargepoint", "SocketMode=0600", "ListenSequentialPacket=/run/chargepoint/link"} <= set(lines)
    assert "d /run/chargepoint 0755 root root" in (SYSTEMD / "chargepoint.tmpfiles").read_text().splitlines()
