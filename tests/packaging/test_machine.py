"""The package on a Debian of its own, under its own systemd: its units, and what may happen to a station.

The tests of this file are one story on one machine, in this order. How it is installed, upgraded and removed: test_story.py."""

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from deb.package import SYSTEMD, UNITS
from deb.project import Project
from tests.packaging.machine import until
from tests.packaging.site import CONTROL, STATION, WEB, Installed, limited, standing


@pytest.fixture(scope="module")
def site(package: Path, debian: Future[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    with standing(debian.result(), tmp_path_factory.mktemp("machine"), Installed) as found:
        found.dpkg("--install", package)
        found.configure()
        yield found


def test_every_unit_is_sound_and_there_is_nothing_to_complain_of(site: Installed) -> None:
    units = site.debian.run("sh", "-c", "ls -d /usr/lib/systemd/system/chargepoint*").stdout.split()
    assert len(units) == sum(len(list(SYSTEMD.glob(pattern))) for pattern in UNITS)
    done = site.debian.run("systemd-analyze", "verify", "--man=no", *units)
    assert done.stdout + done.stderr == ""


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


def test_what_crashes_in_the_middle_of_an_upgrade_begins_again_with_one_whole_version(site: Installed, ours: Project, newer: Path) -> None:
    """Unpacked and not set up yet, as after a power cut: dpkg has replaced the files, and nobody has been told."""
    site.dpkg("--unpack", newer)
    assert site.version(CONTROL) == f"{ours.version}+deb12"
    pids = {unit: site.pid(unit) for unit in (CONTROL, STATION)}
    for pid in pids.values():
        site.kill(pid)
    until(lambda: site.running(*pids) and all(site.pid(unit) != pid for unit, pid in pids.items()), site.debian.journal)
    assert {site.version(unit) for unit in pids} == {"99.0+deb12"}
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
    configuration = "/var/lib/chargepoint/configuration"
    for cut in (False, True):
        if cut:
            marker = "/var/lib/chargepoint/station/factory-reset.json"
            site.debian.run("systemctl", "stop", STATION)
            site.debian.run("sh", "-c", f"touch {marker} && chown chargepoint: {marker} && find {configuration} -type f -delete")
            site.debian.cut()
            site.debian.boot()
        else:
            site.debian.run("chargepoint", "factory-reset", "--yes", "--lose-unsent")
        until(lambda: site.running(WEB) and not site.pid(CONTROL) and not site.pid(STATION), site.debian.journal)
        until(lambda: site.debian.shows(STATION, "ActiveState") == "inactive", site.debian.journal)
        assert site.debian.run("find", configuration, "-type", "f").stdout == ""
        assert set(site.debian.run("ls", "/var/lib/chargepoint/station").stdout.split()) == {"store.sqlite", "store.sqlite-reserve"}
        site.configure()
        site.charge()
        site.leave()
