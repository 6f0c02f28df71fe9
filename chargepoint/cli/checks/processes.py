"""Control, station and web: do they run, how long, how big, and are they connected?"""

import socket
from collections.abc import Iterator

from msgspec import structs

from chargepoint.cli.addresses import address
from chargepoint.cli.checks.running import Running, service
from chargepoint.cli.checks.scene import DENIED, HANGS, Scene
from chargepoint.domain import catalogue
from chargepoint.domain.findings import Figures, Finding, failing
from chargepoint.inquiry.hardware import Shown, ShowSignals
from chargepoint.ladder.words import lasting

OFTEN = 3
"""Starts by systemd after the process ended by itself."""
VERBS = ("control", "station", "web")
INSTALLED = "Start it: systemctl start chargepoint-{0}; look into its log, journalctl -u chargepoint-{0}, for why it ended."
HUNG = "Measure that the contactor is open, then restart control, such as with systemctl restart chargepoint-control."
BY_HAND = "Start chargepoint {0} with the same --config and --state-dir, and look at what it says."
WITHOUT = "does not run, and waits for a good configuration"
PATIENCE_S = 2.0
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def look(scene: Scene) -> Iterator[Finding]:
    """Each of them, then what is between them."""
    for verb in VERBS:
        if verb == "web" and scene.configuration is not None and scene.configuration.web is None:
            yield Finding(name=verb, state="not needed", text="the configuration has no [web]")
        else:
            yield _process(scene, verb)
    yield from _sockets(scene)


def _process(scene: Scene, verb: str) -> Finding:
    found = [each for each in scene.processes if each.verb == verb]
    told = service(f"chargepoint-{verb}.service") if scene.installed else {}
    restarts = int(told["NRestarts"]) if told.get("NRestarts", "").isdecimal() else 0
    if not found:
        if _heard(scene, verb):
            return Finding(name=verb, state="passed", text="answers; its process is not seen by this user")
        if scene.hidden:
            return Finding(name=verb, state="not known", text="no process of it is seen by this user", remedy=DENIED)
        if scene.configuration is None and not (verb == "web" and scene.installed):
            return Finding(name=verb, state="skipped", text=WITHOUT)
        why = f" ({told['ActiveState']}, {told['Result']})" if told else ""
        return _absent(scene, verb, f"no process with --state-dir {scene.state_dir}{why}")
    if len(found) > 1:
        return Finding(
            name=verb,
            state="failed",
            text=f"runs {len(found)} times: {', '.join(_words(each) for each in found)}",
            remedy="End the one that was started by hand.",
        )
    each, often = found[0], f", started anew {restarts} times" * (restarts > 0)
    figures: Figures = {"pid": each.pid, "age_s": round(each.age_s, 1), "memory_kib": each.memory_kib, "restarts": restarts}
    if verb == "web" and (lacks := _unanswered(scene)):
        return Finding(name=verb, state="failed", text=f"{_words(each)}; {lacks}", remedy=_start(scene, verb), figures=figures)
    if restarts >= OFTEN:
        remedy = f"Look with journalctl -u chargepoint-{verb} for why it ends."
        return Finding(name=verb, state="warning", text=_words(each) + often, remedy=remedy, figures=figures)
    return Finding(name=verb, state="passed", text=_words(each) + often, figures=figures)


def _heard(scene: Scene, verb: str) -> bool:
    """Is it there, though the system hides other users' processes?"""
    return scene.document is not None and (verb == "station" or (verb == "control" and scene.document["link"]))


def _absent(scene: Scene, verb: str, text: str) -> Finding:
    code = catalogue.of("control_silent").code if verb == "control" else ""
    return Finding(name=verb, state="failed", text=text, remedy=_start(scene, verb), code=code)


def _start(scene: Scene, verb: str) -> str:
    return (INSTALLED if scene.installed else BY_HAND).format(verb)


def _words(each: Running) -> str:
    return f"process {each.pid} of {each.user} for {lasting(each.age_s)}, {each.memory_kib / 1024:.0f} MiB"


def _unanswered(scene: Scene) -> str:
    """Does nobody listen where the pages should be?"""
    web = None if scene.configuration is None else scene.configuration.web
    if web is None or web.listen is None:
        return ""
    host, port = address(web.listen)
    try:
        with socket.create_connection((ANYWHERE.get(host, host), port), PATIENCE_S):
            return ""
    except OSError as error:
        return f"nobody answers at {web.listen} ({error.strerror or error})"


def _sockets(scene: Scene) -> Iterator[Finding]:
    if scene.presence == "unknown":
        hangs = scene.ask_how == HANGS
        text = "the station process takes questions and answers none" if hangs else "the station cannot be asked"
        yield Finding(name="asking", state="failed" if hangs else "not known", text=text, remedy=scene.ask_how)
    if scene.document is None:
        return
    told = scene.ask(Shown, ShowSignals())
    if scene.document["link"] and told is not None and told.connected and not told.evses:
        found = failing("link to control", "control_silent", "control is connected and tells nothing: it hangs")
        yield structs.replace(found, remedy=HUNG)
    elif scene.document["link"]:
        yield Finding(name="link to control", state="passed", text="control and station hear each other")
    else:
        yield failing("link to control", "control_silent", "the station does not hear control")
