"""``chargepoint setup`` on a fresh installation, and trials of hardware under their unit."""

from concurrent.futures import Future
from pathlib import Path

from tests.packaging.machine import until
from tests.packaging.site import CONTROL, WEB, Installed, standing

ANSWERS = """
[account]
password = "gravel umbrella 71 notebook"

[station]
id = "cp007"
vendor = "Acme"
model = "One"
fuse_a = 32

[board]
driver = "simulated"

[meter]
driver = "simulated"

[socket]
kind = "cable"
max_current_a = 16

[access]
who = "free"

[csms]
uses = "none"
"""
KNOCK = """
import json, socket, subprocess, sys
tree = {"station": {"id": "x", "vendor": "A", "model": "B"}, "site": {"fuse_a": 32}, "hal": {"backend": "sim"}}
tree["evses"] = [{"id": 1, "max_current_a": 16, "connectors": [{"id": 1}]}]
with socket.socket(socket.AF_UNIX) as trial, trial.makefile("rwb") as told:
    trial.connect("/run/chargepoint/trial")
    try:
        told.write(json.dumps({"what": "board", "configuration": tree, "seconds": 600}).encode() + b"\\n")
        told.flush()
        seen = next((line for line in told if b"all its signals are plausible" in line), b"")
    except ConnectionError:
        seen = b""
    print("seen" if seen else "refused", flush=True)
    if seen:
        subprocess.run(["systemctl", "start", "chargepoint-control.service"], check=True)
        print("ended" if not [line for line in told if b"over" in line] else "over")
"""


def test_setup_makes_a_running_station_of_a_fresh_installation(package: Path, debian: Future[Path], tmp_path: Path) -> None:
    with standing(debian.result(), tmp_path, Installed) as fresh:
        fresh.dpkg("--install", package)
        until(lambda: fresh.running(WEB), fresh.debian.journal)
        fresh.debian.run("ln", "-s", "/mnt/sim", "/run/chargepoint/sim")
        answers, configuration = fresh.shared / "answers.toml", "/etc/chargepoint/station.toml"
        answers.write_text(ANSWERS.replace("max_current_a = 16", "max_current_a = 100"))
        done = fresh.debian.run("chargepoint", "setup", "--answers", "/mnt/answers.toml", check=False)
        assert (done.returncode, "Socket or cable of EVSE 1: evses[0].max_current_a: 100" in done.stderr) == (1, True), done
        assert not fresh.debian.does("test", "-e", configuration)
        answers.write_text(ANSWERS)
        done = fresh.debian.run("chargepoint", "setup", "--answers", "/mnt/answers.toml")
        assert "Board of EVSE 1: the board answers, and all its signals are plausible" in done.stdout
        assert "Control and station are running with it." in done.stdout
        assert "event=" not in done.stderr
        assert fresh.debian.run("stat", "--dereference", "--format=%G %a", configuration).stdout == "chargepoint 640\n"
        assert fresh.debian.run("chargepoint", "password", "--list").stdout.split() == ["owner", "owner"]
        fresh.charge()
        fresh.leave()
        _trials_give_way_to_control(fresh)


def _trials_give_way_to_control(fresh: Installed) -> None:
    knock = ("/opt/chargepoint/current/bin/python3", "-c", KNOCK)
    assert fresh.debian.run(*knock).stdout == "refused\n"
    fresh.debian.run("systemctl", "stop", CONTROL)
    assert fresh.debian.run(*knock).stdout == "seen\nended\n"
    until(lambda: fresh.running(CONTROL), fresh.debian.journal)
    assert fresh.debian.run("systemctl", "list-units", "--plain", "--no-legend", "chargepoint-trial@*").stdout == ""
    assert not fresh.debian.does("setpriv", "--reuid=chargepoint", "--regid=chargepoint", "--init-groups", *knock)
