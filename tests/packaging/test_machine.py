"""The package on a Debian of its own, under its own systemd: from nothing to a session, through crashes and upgrades, to nothing.

The tests of this file are one story on one machine, in this order."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deb.package import SYSTEMD, UNITS
from tests.packaging.machine import Machine, machine, until
from tests.packaging.world import Cars, cars

CONFIGURATION = """
[station]
id = "cp001"
vendor = "Acme"
model = "One"

[site]
fuse_a = 63

[[evses]]
id = 1
max_current_a = 32
connectors = [ { id = 1, type = "cType2", cable = "fixed" } ]

[[evses]]
id = 2
max_current_a = 32
connectors = [ { id = 1, type = "cType2", cable = "fixed" } ]

[authorization]
free = true

[web]
listen = "127.0.0.1:443"
driver_listen = "127.0.0.1:80"

[hal]
backend = "sim"

[hal.sim]
socket = "/mnt/sim"
"""
CAP_SYS_RESOURCE = 24
PRIVILEGED = """[Service]
PrivateUsers=no
CapabilityBoundingSet=CAP_SYS_NICE CAP_IPC_LOCK
AmbientCapabilities=CAP_SYS_NICE CAP_IPC_LOCK
"""
CONTROL, STATION, WEB = (f"chargepoint-{name}.service" for name in ("control", "station", "web"))


class Installed:
    """A machine with the package, and the cars in front of it."""

    def __init__(self, debian: Machine, shared: Path, cars: Cars) -> None:
        self.debian = debian
        self.shared = shared
        self.cars = cars

    def dpkg(self, *options: str | Path, check: bool = True) -> tuple[int, str]:
        """Files among the options are handed over. Status, and what was said."""
        given = []
        for each in options:
            if isinstance(each, Path):
                shutil.copy(each, self.shared / each.name)
                given.append(f"/mnt/{each.name}")
            else:
                given.append(each)
        done = self.debian.run("dpkg", *given, check=check)
        return done.returncode, done.stdout + done.stderr

    def pid(self, unit: str) -> int:
        """Of its main process; 0 without one."""
        return int(self.debian.shows(unit, "MainPID"))

    def version(self, unit: str) -> str:
        """Which one runs."""
        command = self.debian.run("cat", f"/proc/{self.pid(unit)}/cmdline", check=False).stdout
        return command.split("\0")[0].removeprefix("/opt/chargepoint/").partition("/")[0]

    def kill(self, pid: int, signal: str = "KILL") -> None:
        """One process of it."""
        self.debian.run("sh", "-c", f"kill -{signal} {pid}")

    def proc(self, unit: str) -> dict[str, str]:
        """What the kernel says of its main process."""
        lines = self.debian.run("cat", f"/proc/{self.pid(unit)}/status").stdout.splitlines()
        return dict(line.split(":\t", 1) for line in lines if ":\t" in line)

    def running(self, *units: str) -> bool:
        """Are they, and have they said so?"""
        return all(self.debian.shows(unit, "SubState") == "running" and self.pid(unit) for unit in units)

    def status(self) -> dict[str, object]:
        """What the station tells."""
        told: dict[str, object] = json.loads(self.debian.run("chargepoint", "status", "--json").stdout)
        return told

    def transaction(self, evse: int = 1) -> str | None:
        """The one that runs there."""
        done = self.debian.run("chargepoint", "status", "--json", check=False)
        found = next((each for each in json.loads(done.stdout)["evses"] if each["id"] == evse), None) if done.returncode == 0 else None
        return None if found is None else found["transaction"]

    def charge(self) -> str:
        """A car comes and charges; its transaction."""
        self.cars.plug()
        until(lambda: self.cars.charging() and self.transaction(), lambda: f"no session\n{self.debian.journal(CONTROL, STATION)}")
        transaction = self.transaction()
        assert transaction is not None
        return transaction

    def leave(self) -> None:
        """It goes."""
        self.cars.unplug()
        until(lambda: not self.cars.charging() and self.transaction() is None, lambda: self.debian.journal(CONTROL, STATION))


def limited() -> bool:
    """May not even root raise limits here? Then privileges stand in for those that control has by its unit."""
    effective = Path("/proc/self/status").read_text().split("CapEff:")[1].split()[0]
    return not int(effective, 16) >> CAP_SYS_RESOURCE & 1


@contextmanager
def standing(folder: Path) -> Iterator[Installed]:
    """A machine that runs, with nothing of ours on it yet."""
    with machine(folder) as booted, cars(folder / "shared" / "sim") as found:
        if limited():
            (booted.root / f"etc/systemd/system/{CONTROL}.d").mkdir()
            (booted.root / f"etc/systemd/system/{CONTROL}.d/privileged.conf").write_text(PRIVILEGED)
        booted.boot()
        yield Installed(booted, folder / "shared", found)


@pytest.fixture(scope="module")
def site(package: Path, debian: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with standing(tmp_path_factory.mktemp("machine")) as found:
        yield found


def test_a_fresh_installation_serves_its_pages_and_waits_for_a_configuration(site: Installed, package: Path) -> None:
    _, said = site.dpkg("--install", package)
    assert "set-up page:  https://" in said
    assert "sudo chargepoint password --setup-code" in said
    until(lambda: site.running(WEB), site.debian.journal)
    assert site.debian.shows("chargepoint-configured.path", "SubState") == "waiting"
    assert [site.debian.shows(unit, "ActiveState") for unit in (CONTROL, STATION)] == ["inactive", "inactive"]
    assert site.debian.run("readlink", "/etc/chargepoint/station.toml").stdout == "/var/lib/chargepoint/configuration/station.toml\n"


def test_every_unit_is_sound_and_there_is_nothing_to_complain_of(site: Installed) -> None:
    units = site.debian.run("sh", "-c", "ls -d /usr/lib/systemd/system/chargepoint*").stdout.split()
    assert len(units) == sum(len(list(SYSTEMD.glob(pattern))) for pattern in UNITS)
    done = site.debian.run("systemd-analyze", "verify", "--man=no", *units)
    assert done.stdout + done.stderr == ""


def configure(site: Installed) -> None:
    """As the pages do, until everything runs."""
    (site.shared / "station.toml").write_text(CONFIGURATION)
    place = "/var/lib/chargepoint/configuration"
    site.debian.run(
        "sh", "-c", f"umask 027 && cat /mnt/station.toml > {place}/new && mv {place}/new {place}/station.toml", user="chargepoint-web"
    )
    until(lambda: site.running(CONTROL, STATION), site.debian.journal)


def test_a_configuration_that_the_pages_write_begins_everything_and_a_car_charges(site: Installed) -> None:
    configure(site)
    site.charge()
    wh = site.cars.energy_wh()
    until(lambda: site.cars.energy_wh() > wh, "no energy")
    site.leave()


def test_control_has_no_network_no_privilege_and_writes_to_nothing_but_its_own(site: Installed) -> None:
    process = f"/proc/{site.pid(CONTROL)}"
    told = site.proc(CONTROL)
    assert (told["NoNewPrivs"], told["Seccomp"]) == ("1", "2")
    assert told["CapBnd"].strip("0") == "" or limited()
    assert site.debian.run("readlink", f"{process}/ns/net").stdout != site.debian.run("readlink", "/proc/1/ns/net").stdout
    inside = ("nsenter", "--target", str(site.pid(CONTROL)), "--mount", "--", "sh", "-c")
    places = "/usr /etc /opt /mnt /sys/kernel /sys/devices /var/lib /var/lib/chargepoint/configuration /var/lib/chargepoint/station"
    for place in places.split():
        assert "Read-only file system" in site.debian.run(*inside, f"touch {place}/written", check=False).stderr, place
    site.debian.run(*inside, "touch /var/lib/chargepoint/control/written && rm /var/lib/chargepoint/control/written")


def test_control_is_in_time_and_its_filters_let_it(site: Installed) -> None:
    stat = site.debian.run("cat", f"/proc/{site.pid(CONTROL)}/stat").stdout
    assert stat.rpartition(")")[2].split()[38] == "1", "SCHED_FIFO"
    assert int(site.proc(CONTROL)["VmLck"].split()[0]) > 0


def test_a_technician_may_ask_and_nobody_else_and_neither_may_make_permits(site: Installed) -> None:
    site.debian.run("useradd", "--groups", "chargepoint", "technician")
    site.debian.run("useradd", "visitor")
    assert "cp001" in site.debian.run("chargepoint", "status", user="technician").stdout
    assert not site.debian.run("chargepoint", "status", user="visitor", check=False).stdout
    for user in ("technician", "visitor", "chargepoint-web"):
        assert site.debian.run("test", "-w", "/run/chargepoint/link", user=user, check=False).returncode


def test_a_control_that_hangs_is_killed_and_the_session_goes_on(site: Installed) -> None:
    transaction, pid = site.charge(), site.pid(CONTROL)
    site.kill(pid, "STOP")
    until(lambda: not site.cars.charging(), "the dead-man holds")
    until(lambda: site.running(CONTROL) and site.pid(CONTROL) != pid, site.debian.journal)
    until(site.cars.charging, lambda: site.debian.journal(CONTROL, STATION))
    assert site.transaction() == transaction
    assert "watchdog" in site.debian.run("journalctl", "--no-pager", "-u", CONTROL).stdout


def test_no_number_of_crashes_keeps_a_service_dead(site: Installed) -> None:
    """Seven, each as soon as it has started: systemd's own limit is five in ten seconds."""
    transaction = site.transaction()
    for _ in range(7):
        until(lambda: site.running(STATION), site.debian.journal)
        pid = site.pid(STATION)
        site.kill(pid)
        until(lambda before=pid: site.pid(STATION) != before, site.debian.journal)  # type: ignore[misc]
    until(lambda: site.running(STATION) and site.transaction() == transaction, site.debian.journal)
    assert site.cars.charging()
    site.leave()


def test_an_upgrade_during_a_session_does_not_end_it(site: Installed, newer: Path) -> None:
    """Station and pages begin anew at once, control when nobody charges any more."""
    transaction = site.charge()
    before = {unit: site.pid(unit) for unit in (CONTROL, STATION, WEB)}
    closings = kept_closings(site)
    site.dpkg("--install", newer)
    until(lambda: site.running(STATION, WEB), site.debian.journal)
    assert site.pid(CONTROL) == before[CONTROL]
    assert {site.version(unit) for unit in (STATION, WEB)} == {"99.0+deb12"}
    until(lambda: site.transaction() == transaction, site.debian.journal)
    wh = site.cars.energy_wh()
    until(lambda: site.cars.energy_wh() > wh, "no energy")
    assert kept_closings(site) == closings, f"the contactor has moved\n{site.debian.journal(CONTROL)}"
    site.leave()
    until(lambda: site.pid(CONTROL) not in (0, before[CONTROL]) and site.running(CONTROL), site.debian.journal)
    assert site.version(CONTROL) == "99.0+deb12"
    assert site.debian.run("ls", "/opt/chargepoint").stdout.split() == ["99.0+deb12", "current"]
    site.charge()
    site.leave()


def kept_closings(site: Installed) -> int:
    kept = json.loads(site.debian.run("cat", "/var/lib/chargepoint/control/kept.json").stdout)
    count: int = kept["evses"]["1"]["contactor"]["closings"]
    return count


def test_an_upgrade_that_rejects_the_configuration_is_refused_and_nothing_has_happened(site: Installed, choosy: Path) -> None:
    transaction = site.charge()
    before = {unit: site.pid(unit) for unit in (CONTROL, STATION, WEB)}
    status, said = site.dpkg("--install", choosy, check=False)
    assert status
    assert "chargepoint 100.0+deb12 does not accept this station's configuration, so it is not installed" in said
    assert "site.fuse_a: 63: this version serves houses with at most 50 A; expected 50 or less" in said
    assert "Traceback" not in said
    assert {unit: site.pid(unit) for unit in before} == before
    assert (
        site.debian.run("dpkg-query", "--show", "--showformat=${Version} ${Status}", "chargepoint").stdout
        == "99.0+deb12 install ok installed"
    )
    assert site.debian.run("readlink", "/opt/chargepoint/current").stdout == "99.0+deb12\n"
    assert (site.transaction(), site.cars.charging()) == (transaction, True)
    site.leave()


def test_what_crashes_in_the_middle_of_an_upgrade_begins_again_with_one_whole_version(site: Installed, package: Path) -> None:
    """Unpacked and not set up yet, as after a power cut: dpkg has replaced the files, and nobody has been told."""
    site.dpkg("--unpack", package)
    assert site.version(CONTROL) == "99.0+deb12"
    pids = {unit: site.pid(unit) for unit in (CONTROL, STATION)}
    for pid in pids.values():
        site.kill(pid)
    until(lambda: site.running(*pids) and all(site.pid(unit) != pid for unit, pid in pids.items()), site.debian.journal)
    assert {site.version(unit) for unit in pids} == {package.name.split("_")[1]}
    site.charge()
    site.leave()
    site.dpkg("--configure", "--pending")
    until(lambda: site.running(CONTROL, STATION, WEB), site.debian.journal)


def test_it_begins_when_the_machine_does(site: Installed) -> None:
    site.debian.halt()
    site.debian.boot()
    until(lambda: site.running(CONTROL, STATION, WEB), site.debian.journal)
    site.charge()
    site.leave()


def test_a_read_only_root_is_enough(site: Installed) -> None:
    """The services see it so at all times; here their manager does too."""
    site.debian.run("systemctl", "stop", "chargepoint.target")
    until(lambda: not site.running(CONTROL) and not site.running(STATION) and not site.running(WEB), site.debian.journal)
    site.debian.run("mount", "--bind", "/var", "/var")
    site.debian.run("systemctl", "restart", "systemd-journald")
    site.debian.run("mount", "-o", "remount,bind,ro", "/")
    assert site.debian.run("touch", "/usr/written", "/etc/written", check=False).returncode
    site.debian.run("systemctl", "start", "chargepoint.target")
    until(lambda: site.running(CONTROL, STATION, WEB), site.debian.journal)
    site.charge()
    site.leave()
    site.debian.run("mount", "-o", "remount,bind,rw", "/")


def test_keys_are_for_the_owner_and_not_for_everybody_who_may_ask(site: Installed) -> None:
    command = ("sh", "-c", "cd /tmp && echo a long passphrase | chargepoint backup --secrets && rm *.cpbackup.json")
    done = site.debian.run(*command, user="technician", check=False)
    assert "may not ask for this" in done.stderr
    for user in (None, "chargepoint-web"):
        assert "with keys and passwords, sealed" in site.debian.run(*command, user=user).stdout


def test_a_factory_reset_leaves_a_new_station_that_begins_with_its_next_configuration(site: Installed) -> None:
    """Also where the power is cut before the station has emptied its part."""
    for cut in (False, True):
        if cut:
            marker = "/var/lib/chargepoint/station/factory-reset.json"
            site.debian.run("systemctl", "stop", STATION)
            site.debian.run("sh", "-c", f"touch {marker} && chown chargepoint: {marker} && rm /var/lib/chargepoint/configuration/*")
            site.debian.cut()
            site.debian.boot()
        else:
            site.debian.run("chargepoint", "factory-reset", "--yes", "--lose-unsent")
        until(lambda: site.running(WEB) and not site.pid(CONTROL) and not site.pid(STATION), site.debian.journal)
        until(lambda: site.debian.shows(STATION, "ActiveState") == "inactive", site.debian.journal)
        assert site.debian.run("ls", "-A", "/var/lib/chargepoint/configuration").stdout == ""
        assert set(site.debian.run("ls", "/var/lib/chargepoint/station").stdout.split()) == {"store.sqlite", "store.sqlite-reserve"}
        configure(site)
        site.charge()
        site.leave()


def test_removed_it_stops_the_car_first_and_keeps_what_it_knows(site: Installed) -> None:
    site.charge()
    site.dpkg("--remove", "chargepoint")
    assert not site.cars.charging()
    assert site.debian.run("systemctl", "list-units", "--state=active", "--plain", "--no-legend", "chargepoint*").stdout == ""
    assert not (site.debian.root / "opt/chargepoint").exists()
    assert site.debian.does("test", "-s", "/var/lib/chargepoint/station/store.sqlite")
    assert site.debian.does("test", "-s", "/var/lib/chargepoint/configuration/station.toml")


def test_installed_again_it_goes_on_with_that_and_purged_nothing_is_left(site: Installed, package: Path) -> None:
    site.cars.unplug()
    site.dpkg("--install", package)
    until(lambda: site.running(CONTROL, STATION, WEB), site.debian.journal)
    site.dpkg("--purge", "chargepoint")
    places = [site.debian.root / place for place in ("etc", "opt", "usr", "var")]
    left = [path for place in places for path in place.rglob("*chargepoint*") if "journal" not in path.parts and "info" not in path.parts]
    assert [path for path in left if path.parent.name != "system" or not path.name.endswith(".service.d")] == []


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


def test_setup_makes_a_running_station_of_a_fresh_installation(package: Path, debian: object, tmp_path: Path) -> None:
    with standing(tmp_path) as fresh:
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
