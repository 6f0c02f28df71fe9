"""A station on a Debian of its own: the package installed, cars in front of it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from chargepoint.inquiry import client
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

    def hand_over(self, file: Path) -> str:
        """Where it is there."""
        place = self.shared / file.name
        place.unlink(missing_ok=True)
        os.link(file, place)
        return f"/mnt/{file.name}"

    def dpkg(self, *options: str | Path, check: bool = True) -> tuple[int, str]:
        """Files among the options are handed over. Status, and what was said."""
        given = [self.hand_over(each) if isinstance(each, Path) else each for each in options]
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

    def evse(self, number: int = 1) -> dict[str, Any]:
        """What the station tells of it; nothing: the station does not answer."""
        try:
            document = client.ask(str(self.debian.sees("/run/chargepoint/station/inquiry")), dict[str, Any])
        except client.InquiryError:
            return {}
        return next((each for each in document["evses"] if each["id"] == number), {})

    def transaction(self) -> str | None:
        """The one that runs at the first EVSE."""
        return self.evse().get("transaction")

    def charge(self) -> str:
        """A car comes and charges; its transaction."""
        self.cars.plug()
        until(lambda: self.cars.charging() and self.transaction(), lambda: f"no session\n{self.debian.journal(CONTROL, STATION)}")
        return str(self.transaction())

    def gives_energy(self) -> None:
        """More and more of it."""
        wh = self.cars.energy_wh()
        until(lambda: self.cars.energy_wh() > wh, "no energy")

    def configure(self) -> None:
        """As the pages do, until everything runs."""
        (self.shared / "station.toml").write_text(CONFIGURATION)
        place = "/var/lib/chargepoint/configuration"
        self.debian.run(
            "sh", "-c", f"umask 027 && cat /mnt/station.toml > {place}/new && mv {place}/new {place}/station.toml", user="chargepoint-web"
        )
        until(lambda: self.running(CONTROL, STATION), self.debian.journal)

    def closings(self) -> int:
        """How often the contactor of the first EVSE has closed, as control keeps it."""
        kept = json.loads(self.debian.run("cat", "/var/lib/chargepoint/control/kept.json").stdout)
        count: int = kept["evses"]["1"]["contactor"]["closings"]
        return count

    def leave(self) -> None:
        """It goes."""
        self.cars.unplug()
        until(lambda: not self.cars.charging() and self.transaction() is None, lambda: self.debian.journal(CONTROL, STATION))


def limited() -> bool:
    """May not even root raise limits here? Then privileges stand in for those that control has by its unit."""
    effective = Path("/proc/self/status").read_text().split("CapEff:")[1].split()[0]
    return not int(effective, 16) >> CAP_SYS_RESOURCE & 1


Kind = TypeVar("Kind", bound=Installed)


@contextmanager
def standing(base: Path, folder: Path, kind: type[Kind], dropins: Mapping[str, str] = {}) -> Iterator[Kind]:
    """A machine that runs, with nothing of ours on it yet. ``dropins``: what is different in a unit."""
    with machine(base, folder) as booted, cars(folder / "shared" / "sim") as found:
        for unit, text in {**dropins, **({CONTROL: PRIVILEGED} if limited() else {})}.items():
            place = booted.root / f"etc/systemd/system/{unit}.d"
            place.mkdir()
            (place / "test.conf").write_text(text)
        booted.boot()
        yield kind(booted, folder / "shared", found)
