"""dpkg, as a program: one at a time on this machine, and never killed because we are.

What it says goes to a file: a pipe whose reader ends would end it as well. The lock is taken as apt takes it: first the one for whoever
leads (``lock-frontend``), which tells dpkg that we have it; a dpkg that an updater before us has begun is waited for.
"""

import fcntl
import logging
import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from chargepoint.update.ports import TELL_S, InstallError, Later

log = logging.getLogger(__name__)

LONGEST_S = 1800.0
"""A maintainer script that takes longer hangs."""
LOCK_WAIT_S = 900.0
LOCK_LOOK_S = 1.0
TOLD_BYTES = 16_384
FORM = "${Version} ${db:Status-Eflag} ${db:Status-Status}"
KEEP = ("--force-confdef", "--force-confold")
"""Nobody is there to be asked: files of the configuration that somebody has changed stay."""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Said(Struct, frozen=True):
    """How a run went."""

    status: int
    text: str
    """What it said, the end of it."""


class Dpkg:
    """``root``: of the system that is looked after. ``pause``: waits for so many seconds."""

    def __init__(self, folder: Path, pause: Callable[[float], object], root: Path = Path("/"), options: Sequence[str] = ()) -> None:
        self.root = root
        self.admin = root / "var/lib/dpkg"
        self._said = folder / "dpkg.log"
        self._pause = pause
        self._options = tuple(options)

    def change(self, *arguments: str, quiet: Callable[[], bool] = lambda: True) -> Said:
        """A run that changes something. ``quiet``: asked until its end; it begins only where the answer is yes. Raises Later, InstallError:
        the lock is held too long, or it hangs."""
        with self._locked(quiet):
            if not quiet():
                raise Later
            return self._run(quiet, "dpkg", *KEEP, *self._options, *arguments)

    def _run(self, quiet: Callable[[], bool], *command: str) -> Said:
        environment = {"PATH": PATH, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive", "DPKG_FRONTEND_LOCKED": "1"}
        with open(self._said, "wb") as said:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment, cwd="/", start_new_session=True
            )
            status = _ended(process, quiet)
            if status is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise InstallError(f"{' '.join(command)} was stopped after {LONGEST_S:g} s: a script of the package hangs")
        told = Said(status, self._said.read_bytes()[-TOLD_BYTES:].decode("utf-8", "replace"))
        log.log(logging.ERROR if status else logging.INFO, "event=dpkg status=%d command=%r", status, " ".join(command))
        return told

    @contextmanager
    def _locked(self, quiet: Callable[[], bool]) -> Iterator[None]:
        frontend = os.open(self.admin / "lock-frontend", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            self._wait_for(frontend, quiet)
            own = os.open(self.admin / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                self._wait_for(own, quiet)
            finally:
                os.close(own)  # and with it the lock goes: dpkg takes this one itself
            yield
        finally:
            os.close(frontend)

    def _wait_for(self, lock: int, quiet: Callable[[], bool]) -> None:
        for look in range(int(LOCK_WAIT_S / LOCK_LOOK_S)):
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if look % int(TELL_S / LOCK_LOOK_S) == 0:
                    quiet()
                self._pause(LOCK_LOOK_S)
            else:
                return
        raise InstallError(f"another program holds dpkg's lock for more than {LOCK_WAIT_S:g} s (apt? lsof {self.admin}/lock*); end it")

    def knows(self, package: str) -> bool:
        """Has it been installed here, be it in part only?"""
        return (self.admin / "info" / f"{package}.list").exists()

    def whole(self, package: str) -> str:
        """The version that is installed, with nothing left to be done; empty: there is none."""
        told = asked("dpkg-query", f"--admindir={self.admin}", "--show", f"--showformat={FORM}", package)
        version, _, state = told.partition(" ")
        return version if state == "ok installed" else ""

    def settle(self) -> None:
        """Finish what a power cut has interrupted; what cannot be finished stays for the next installation. Raises InstallError."""
        if (self.admin / "updates").exists() and (any((self.admin / "updates").iterdir()) or self._pending()):
            self.change("--configure", "--pending")

    def _pending(self) -> bool:
        return bool(asked("dpkg", f"--admindir={self.admin}", "--audit"))


def _ended(process: subprocess.Popen[bytes], quiet: Callable[[], bool]) -> int | None:
    """Its status; ``None``: it does not end."""
    for _ in range(int(LONGEST_S / TELL_S)):
        with suppress(subprocess.TimeoutExpired):
            return process.wait(TELL_S)
        quiet()
    return None


def asked(*command: str) -> str:
    """The answer of a program that only looks; empty: it has none, or fails."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60, env={"PATH": PATH})
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("event=not_answered command=%r cause=%s", " ".join(command), error)
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
