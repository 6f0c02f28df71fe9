"""What all checks start from: the configuration, as far as there is one, and what the running station says."""

import errno
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from chargepoint.cli.checks.running import Running, running
from chargepoint.cli.configuration import read
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.paths import INSTALLED_STATE, Sockets, asked, sockets
from chargepoint.domain.configuration import Configuration
from chargepoint.inquiry.client import InquiryError, ask
from chargepoint.inquiry.ladder import SeeUplink, UplinkSeen
from chargepoint.ladder.words import Presence

T = TypeVar("T")

DENIED = "Run this as root, or as a member of the group chargepoint."
HANGS = "The station process hangs: look into its log, and restart it."
HIDDEN = "Run this as the user of the station process, or as root: it runs, and its socket is not seen by this user."
STARTS = "Wait some seconds and run this again: it starts. If it stays so, it ends again and again: look into its log."
ODD = "The station process is of another release: restart it."


class Scene(Struct, frozen=True, kw_only=True):
    """Taken once, at the beginning."""

    config: Path
    state_dir: Path
    configuration: Configuration | None = None
    errors: tuple[str, ...] = ()
    """Why there is none; empty with none: there is no file."""
    processes: tuple[Running, ...] = ()
    """Of this station."""
    presence: Presence = "absent"
    ask_how: str = ""
    """How to get at a station that may be there."""
    document: dict[str, Any] | None = None
    uplink: UplinkSeen | None = None
    places: Sockets | None = None
    """Of a bench with wires of its own."""
    root: Path = Path("/")

    @property
    def hidden(self) -> bool:
        """May this user not read the configuration?"""
        return any(error.startswith("cannot be read") and os.strerror(errno.EACCES) in error for error in self.errors)

    @property
    def installed(self) -> bool:
        """Is it the station of the package?"""
        return self.state_dir == INSTALLED_STATE

    def ask(self, answer: type[T], question: msgspec.Struct) -> T | None:
        """What the station says; nothing if it does not, for whatever reason."""
        if self.document is None:
            return None
        try:
            return ask(asked(self.state_dir), answer, question)
        except (InquiryError, CliError):
            return None


def survey(config: Path, state_dir: Path) -> Scene:
    """Look around."""
    scene = _read(Scene(config=config, state_dir=state_dir, processes=tuple(running(state_dir))))
    try:
        path = asked(state_dir)
        if scene.configuration is not None and scene.configuration.hal.backend == "wires":
            scene = msgspec.structs.replace(scene, places=sockets(scene.configuration, state_dir))
    except CliError as error:
        how = HIDDEN if any(each.verb == "station" for each in scene.processes) else str(error)
        return msgspec.structs.replace(scene, presence="unknown", ask_how=how)
    presence, how = presence_of(path, scene.processes)
    scene = msgspec.structs.replace(scene, presence=presence, ask_how=how)
    return _asked(scene, path) if presence == "answers" else scene


def _read(scene: Scene) -> Scene:
    try:
        if not scene.config.exists():
            return scene
    except OSError as error:
        return msgspec.structs.replace(scene, errors=(f"cannot be read: {error.strerror}",))
    try:
        return msgspec.structs.replace(scene, configuration=read(scene.config, boards=True))
    except ConfigurationError as error:
        return msgspec.structs.replace(scene, errors=error.errors)


def presence_of(path: str, processes: Sequence[Running]) -> tuple[Presence, str]:
    """Does a station listen there? A process that is not seen at the socket may still be one."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1.0)
            line.connect(path)
    except (FileNotFoundError, ConnectionRefusedError):
        there = [each for each in processes if each.verb == "station"]
        if not there:
            return "absent", ""
        own = os.geteuid() in (0, *(each.uid for each in there))
        return "unknown", STARTS if own else HIDDEN
    except PermissionError:
        return "unknown", DENIED
    except OSError:
        return "unknown", HANGS
    return "answers", ""


def _asked(scene: Scene, path: str) -> Scene:
    try:
        document = ask(path, dict[str, Any])
    except InquiryError:
        return msgspec.structs.replace(scene, presence="unknown", ask_how=HANGS)
    try:
        uplink = ask(path, UplinkSeen, SeeUplink())
    except InquiryError:
        return msgspec.structs.replace(scene, document=document, ask_how=ODD)
    return msgspec.structs.replace(scene, document=document, uplink=uplink)
