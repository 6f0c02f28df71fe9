"""Processes of a station, found in /proc by their command line, and what systemd says of their services."""

import os
import pwd
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from chargepoint.cli.paths import INSTALLED_STATE

PROC = Path("/proc")
VERBS = ("control", "station", "web")
PATIENCE_S = 5.0
SYSTEMD = Path("/run/systemd/system")
"""There where systemd is what runs."""


class Running(Struct, frozen=True, kw_only=True):
    """One process."""

    verb: str
    pid: int
    uid: int
    user: str
    age_s: float
    memory_kib: int
    """Resident."""


def running(state_dir: Path, proc: Path = PROC) -> Iterator[Running]:
    """Those with this state directory."""
    for folder in sorted(proc.glob("[0-9]*"), key=lambda each: int(each.name)):
        try:
            words = [os.fsdecode(word) for word in (folder / "cmdline").read_bytes().split(b"\0")]
            verb = verb_of(words)
            if verb and _same(folder, words, state_dir):
                yield _described(folder, verb, proc)
        except (OSError, ValueError, IndexError):
            continue  # gone in the meantime


def verb_of(words: list[str]) -> str:
    """``python -m chargepoint control ...``, ``/opt/.../chargepoint control ...``: which; empty: none of ours."""
    for place, word in enumerate(words[:-1]):
        if word == "chargepoint" or word.endswith("/chargepoint"):
            return words[place + 1] if words[place + 1] in VERBS else ""
    return ""


def _same(folder: Path, words: list[str], state_dir: Path) -> bool:
    """Unless it is said, the state directory is the installed one; a relative one needs the process's own, which not everybody may see."""
    given = next((words[place + 1] for place, word in enumerate(words[:-1]) if word == "--state-dir"), "")
    given = given or next((word.partition("=")[2] for word in words if word.startswith("--state-dir=")), str(INSTALLED_STATE))
    if not os.path.isabs(given):
        try:
            given = os.path.join(os.readlink(folder / "cwd"), given)
        except OSError:
            return os.path.basename(given) == state_dir.name
    return os.path.realpath(given) == os.path.realpath(state_dir)


def _described(folder: Path, verb: str, proc: Path) -> Running:
    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
    began = int((folder / "stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    age_s = float((proc / "uptime").read_text().split()[0]) - began
    uid = int(status["Uid"].split()[1])
    try:
        user = pwd.getpwuid(uid).pw_name
    except KeyError:
        user = str(uid)
    return Running(verb=verb, pid=int(folder.name), uid=uid, user=user, age_s=age_s, memory_kib=int(status.get("VmRSS", "0").split()[0]))


def service(name: str) -> Mapping[str, str]:
    """Properties of a service; empty without systemd, or where it does not answer."""
    if not SYSTEMD.is_dir():
        return {}
    wanted = "--property=LoadState,ActiveState,SubState,NRestarts,Result"
    try:
        told = subprocess.run(["systemctl", "show", wanted, name], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.SubprocessError):
        return {}
    found = dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
    return found if found.get("LoadState") == "loaded" else {}
