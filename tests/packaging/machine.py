"""A Debian of its own, to install into: a fresh root directory, booted with its own systemd in namespaces of this machine.

Needs root, and Debian's mmdebstrap and systemd-container. What is made from packages is kept in build/; each machine writes beside it.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest

from deb.project import ROOT

BASE = ROOT / "build" / "debian"
INCLUDED = ("python3.11", "systemd", "udev", "init-system-helpers")
CAPABILITIES = "CAP_IPC_LOCK,CAP_SYS_NICE,CAP_SYS_RESOURCE"
UNWANTED = (
    "console-getty.service",
    "systemd-networkd-wait-online.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "dpkg-db-backup.timer",
)
MOUNTED = "machine-of-"
"""What stands for the device of a mount: it goes on with the number of the process."""
WITH_US = ("setpriv", "--pdeathsig", "KILL")
"""A machine ends with the process that has booted it, however that ends."""
WAIT_S = 60.0
TOOLS = {"mmdebstrap": "mmdebstrap", "systemd-nspawn": "systemd-container"}


def base() -> Path:
    """A root directory as Debian's installer would leave it, without kernel. Skips where that cannot be."""
    if os.geteuid() != 0:
        pytest.skip("needs root: a root directory of Debian's, and namespaces to boot it in")
    for program, package in TOOLS.items():
        if shutil.which(program) is None and subprocess.run([ROOT / ".ci" / "package", package], check=False).returncode:
            pytest.skip(f"needs Debian's package {package}")
    if not BASE.exists():
        making = BASE.with_name(f"making-{os.getpid()}")
        making.parent.mkdir(exist_ok=True)
        least = ("--variant=essential", f"--include={','.join(INCLUDED)}", "--dpkgopt=force-unsafe-io")
        command = ("mmdebstrap", "--quiet", *least, "bookworm", making)
        for _ in range(2):  # a registry may hang up once
            shutil.rmtree(making, ignore_errors=True)
            made = subprocess.run(command, check=False, capture_output=True, text=True)
            if made.returncode == 0:
                break
        else:
            pytest.skip(f"no Debian could be made: {made.stderr.strip()[-300:]}")
        making.rename(BASE)
    if objection := _nothing_starts():
        pytest.skip(f"this machine starts nothing in namespaces of its own: {objection}")
    return BASE


@cache
def _nothing_starts() -> str:
    """What is said when the least of all is tried, a program that does nothing; empty: it works."""
    command = (
        "systemd-nspawn",
        "--quiet",
        "--register=no",
        "--keep-unit",
        "--private-network",
        "--read-only",
        "--directory",
        BASE,
        "/bin/true",
    )
    tried = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else tried.stderr.strip() or f"exit status {tried.returncode}"


class Machine:
    """One that runs. ``shared``: a directory of this machine that it sees as ``/mnt``."""

    def __init__(self, root: Path, shared: Path, log: Path) -> None:
        self.root = root
        self._shared = shared
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def boot(self, *options: str) -> None:
        """Until its systemd has started everything."""
        with self._log.open("ab") as log:
            command = (
                *WITH_US,
                "systemd-nspawn",
                "--quiet",
                "--register=no",
                "--keep-unit",
                "--private-network",
                f"--capability={CAPABILITIES}",
                "--system-call-filter=@memlock @resources",
                f"--bind={self._shared}:/mnt",
            )
            self._process = subprocess.Popen(
                [*command, *options, "--directory", self.root, "--boot"], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        until(lambda: self._leader is not None and self.does("test", "-S", "/run/systemd/private"), f"no systemd: {self._log.read_text()}")
        self.run("systemctl", "is-system-running", "--wait", check=False)

    def halt(self) -> None:
        """As by its switch."""
        assert self._process is not None
        self.run("systemctl", "poweroff", check=False)
        self._process.wait(WAIT_S)
        self._process = None

    def cut(self) -> None:
        """As by its fuse: with its process 1 everything in it ends."""
        if self._process is not None:
            if self._process.poll() is None and (leader := self._leader):
                os.kill(int(leader), signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def _leader(self) -> str | None:
        """Its process 1, as this machine counts."""
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()
        return next(iter(Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()), None)

    def sees(self, path: str) -> Path:
        """What it has there, mounted or not."""
        return Path(f"/proc/{self._leader}/root{path}")

    def run(self, *command: str | Path, check: bool = True, user: str | None = None) -> subprocess.CompletedProcess[str]:
        """A command on it, as root or another user."""
        leader = self._leader
        assert leader is not None
        switch = () if user is None else ("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups")
        enter = ("nsenter", "--target", leader, "--all", "--wd=/", *switch, *command)
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"}
        done = subprocess.run(enter, capture_output=True, text=True, check=False, timeout=WAIT_S, env=environment)
        assert done.returncode == 0 or not check, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.journal()}"
        return done

    def in_its_network(self, *command: str | Path) -> tuple[str | Path, ...]:
        """A command of this machine, but for that."""
        assert self._leader is not None
        return ("nsenter", "--target", self._leader, "--net", "--", *command)

    def does(self, *command: str | Path) -> bool:
        """Does it end well?"""
        return self.run(*command, check=False).returncode == 0

    def shows(self, unit: str, what: str) -> str:
        """One property of a unit."""
        return self.run("systemctl", "show", "--value", f"--property={what}", unit).stdout.strip()

    def journal(self, *units: str) -> str:
        """What was logged, lately."""
        options = [option for unit in units or ("chargepoint*",) for option in ("-u", unit)]
        return self.run("journalctl", "--no-pager", "--lines=30", "-o", "short-precise", *options, check=False).stdout


@contextmanager
def machine(lower: Path, folder: Path) -> Iterator[Machine]:
    """A new one on the base, halted and thrown away in the end. It is not booted yet."""
    folders = {name: folder / name for name in ("root", "upper", "work", "shared")}
    for each in folders.values():
        each.mkdir()
    layers = f"lowerdir={lower},upperdir={folders['upper']},workdir={folders['work']}"
    _forget_the_dead()
    subprocess.run(["mount", "-t", "overlay", f"{MOUNTED}{os.getpid()}", "-o", layers, folders["root"]], check=True)
    found = Machine(folders["root"], folders["shared"], folder / "console")
    for unit in UNWANTED:
        (folders["root"] / "etc/systemd/system" / unit).symlink_to("/dev/null")
    try:
        yield found
    finally:
        found.cut()
        subprocess.run(["umount", folders["root"]], check=True)
        shutil.rmtree(folders["upper"], ignore_errors=True)


def _forget_the_dead() -> None:
    """What is still mounted for tests that were killed."""
    for source, place, *_ in (line.split() for line in Path("/proc/mounts").read_text().splitlines()):
        if source.startswith(MOUNTED) and not Path("/proc", source.removeprefix(MOUNTED)).exists():
            subprocess.run(["umount", "--lazy", place], check=False)


def until(condition: Callable[[], object], what: str | Callable[[], str], within_s: float = WAIT_S) -> None:
    """Wait for something on a machine."""
    began_s = time.monotonic()
    while not condition():
        waited_s = time.monotonic() - began_s
        assert waited_s < within_s, what if isinstance(what, str) else what()
        time.sleep(min(0.5, 0.05 + waited_s / 10))
