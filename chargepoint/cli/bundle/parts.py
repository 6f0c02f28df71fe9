"""What is in a support bundle. Each part is made by itself: one that is missing says why, and the others are there all the same."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from chargepoint.cli import as_json, doctor, status, why
from chargepoint.cli.bundle.masking import Masker
from chargepoint.cli.checks import kernel_log
from chargepoint.cli.checks.scene import Scene
from chargepoint.cli.configuration import tree_of
from chargepoint.cli.errors import ConfigurationError
from chargepoint.inquiry.frames import MOST as FRAMES
from chargepoint.inquiry.frames import Frames, ListFrames
from chargepoint.inquiry.hardware import Shown, ShowSignals
from chargepoint.inquiry.history import MOST, Events, ListEvents
from chargepoint.inquiry.log import LogLines, ReadLog
from chargepoint.inquiry.undelivered import ListMessages, Messages

JOURNAL_LINES = 20_000
PATIENCE_S = 20.0
UNITS = "chargepoint-*"
NO_STATION = "no station could be asked"


class Missing(Exception):
    """A part cannot be made. For people."""


class Part(Struct, frozen=True):
    """One file of the bundle."""

    name: str
    title: str
    """What it is, for whoever looks before sending it."""
    make: Callable[[Scene, Masker], str]
    """Raises Missing."""


def _configuration(scene: Scene, masker: Masker) -> str:
    try:
        return json.dumps(masker.tree(tree_of(scene.config)), indent=2, default=str)
    except ConfigurationError as error:
        raise Missing(masker.text(str(error.errors[0]))) from error


def _doctor(scene: Scene, _: Masker) -> str:
    return as_json.text(doctor.plain(doctor.examined(scene)))


def _status(scene: Scene, _: Masker) -> str:
    return status.shown(_document(scene))


def _whole_document(scene: Scene, masker: Masker) -> str:
    return json.dumps(masker.tree(_document(scene)), indent=2)


def _why(scene: Scene, _: Masker) -> str:
    asked = msgspec.convert(_document(scene), why.Document)
    return "\n".join(line for place in asked.evses for line in why.shown(place))


def _document(scene: Scene) -> dict[str, Any]:
    if scene.document is None:
        raise Missing(_no_station(scene))
    return scene.document


def _events(scene: Scene, _: Masker) -> str:
    events = _asked(scene, Events, ListEvents(count=MOST))
    return "\n".join(msgspec.json.encode(line).decode() for line in events.lines)


def _messages(scene: Scene, _: Masker) -> str:
    return as_json.text(_asked(scene, Messages, ListMessages()))


def _signals(scene: Scene, _: Masker) -> str:
    return as_json.text(_asked(scene, Shown, ShowSignals()))


def _frames(scene: Scene, _: Masker) -> str:
    frames = _asked(scene, Frames, ListFrames())
    return "\n".join(msgspec.json.encode(line).decode() for line in frames.lines)


def _asked(scene: Scene, answer: type, question: msgspec.Struct) -> Any:
    found = scene.ask(answer, question)
    if found is None:
        raise Missing(_no_station(scene) if scene.document is None else "the station does not answer that question")
    return found


def _no_station(scene: Scene) -> str:
    return f"{NO_STATION}: {scene.ask_how or 'start it for more.'}"


def _log(scene: Scene, _: Masker) -> str:
    """Of the journal if our services are in it, else what the station keeps."""
    if scene.installed:
        arguments = ["journalctl", "--unit", UNITS, "--lines", str(JOURNAL_LINES), "--output", "short-iso-precise", "--no-pager", "--quiet"]
        try:
            told = subprocess.run(arguments, capture_output=True, text=True, errors="replace", timeout=PATIENCE_S, check=False).stdout
        except (OSError, subprocess.SubprocessError):
            told = ""
        if told.strip():
            return told
    lines: LogLines = _asked(scene, LogLines, ReadLog())
    return "\n".join(lines.lines)


def _kernel(scene: Scene, _: Masker) -> str:
    lines = kernel_log.lines(scene.root)
    if lines is None:
        raise Missing("this user may not read the kernel's log; run this as root for it")
    return "\n".join(kernel_log.matching(lines, kernel_log.DEVICES)) or "nothing about devices"


def _versions(scene: Scene, _: Masker) -> str:
    return json.dumps(dict(_versions_of(scene.root)), indent=2)


def _versions_of(root: Path) -> Iterator[tuple[str, Any]]:
    from importlib.metadata import distributions

    yield "packages", {each.name: each.version for each in sorted(distributions(), key=lambda each: str(each.name).lower())}
    yield "python", sys.version
    yield "kernel", platform.release()
    yield "machine", platform.machine()
    yield "system", next((_value(line) for line in _lines(root / "etc/os-release") if line.startswith("PRETTY_NAME=")), "")
    yield "computer", " ".join(_lines(root / "proc/device-tree/model")).strip("\0")
    yield "processors", os.cpu_count()


def _value(line: str) -> str:
    return line.partition("=")[2].strip('"')


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


PARTS = (
    Part("doctor.json", "everything that was looked at, and what was found", _doctor),
    Part("configuration.json", "the configuration; passwords and cards are masked", _configuration),
    Part("status.txt", "how the station is, for people", _status),
    Part("why.txt", "why no car charges, EVSE by EVSE", _why),
    Part("document.json", "how the station is, all of it", _whole_document),
    Part("events.jsonl", f"what happened, the newest {MOST} lines of the history", _events),
    Part("messages.json", "messages that the CSMS did not take, without their contents", _messages),
    Part("signals.json", "every signal of the hardware", _signals),
    Part("frames.jsonl", f"the newest {FRAMES} OCPP messages; tokens are masked", _frames),
    Part("log.txt", "the log of our processes", _log),
    Part("kernel.txt", "what the kernel says of devices", _kernel),
    Part("versions.json", "releases of everything that takes part", _versions),
)
