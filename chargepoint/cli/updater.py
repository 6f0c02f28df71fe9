"""``chargepoint updater``: looks at signed bundles, installs them, and takes them back if they do not work."""

import logging
import signal
import socket
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chargepoint.cli import notify, paths
from chargepoint.cli.errors import CliError
from chargepoint.cli.options import add_config, add_state_dir, begin_log, part_of
from chargepoint.cli.telling import tell

if TYPE_CHECKING:
    from chargepoint.cli.updater_world import StationWorld
    from chargepoint.update.offers import Tools
    from chargepoint.update.ports import Installer

log = logging.getLogger(__name__)

HELP = """Looks at signed bundles that are handed over at its socket, installs them when nobody charges, watches whether the new version
works, and takes it back if not. systemd starts it as root when somebody asks, and at boot where an update is unfinished; it leaves when
there is nothing to do. The configuration is not read; --config only says where it would be."""

PART = "updater"
CURRENT = Path("/opt/chargepoint/current")
TRUST = Path("/etc/chargepoint/update-trust.pem")
COMPATIBLE = Path("/etc/chargepoint/compatible")
RAUC = Path("/etc/rauc/system.conf")
INSTALLERS = ("deb", "rauc", "dry-run")
LATER = (
    *("encodings.idna", "chargepoint.cli.updater_world"),
    *(f"chargepoint.update.{name}" for name in ("bundle", "deb", "desk", "dry_run", "proving", "repack")),
    *(f"chargepoint.update.{name}" for name in ("runner", "server", "sticks", "stillness", "trust")),
)
"""Modules that it needs only when there is something to do."""
IDLE_S = 60.0
LOOK_S = 0.5


def add_arguments(parser: ArgumentParser) -> None:
    """The options of this verb."""
    add_config(parser)
    add_state_dir(parser)
    parser.add_argument("--socket", type=Path, metavar="PATH", help="listen here, and stay; else systemd's socket, or that of --state-dir")
    parser.add_argument("--installer", choices=INSTALLERS, help="else what this machine has: RAUC, this package, or nothing (dry-run)")
    parser.add_argument("--trust", type=Path, action="append", metavar="FILE", help=f"root certificates, PEM ({TRUST}, the package's own)")


def run(arguments: Namespace) -> int:
    """Until SIGTERM, or there is nothing to do: 0."""
    begin_log()
    tell("updater", paths.log(arguments.state_dir))
    if arguments.socket is None and (descriptor := notify.handed_over()) is not None:
        listening, stays = socket.socket(fileno=descriptor), False
    else:
        listening, stays = _listen(arguments.socket or Path(paths.updater(arguments.state_dir))), True
    try:
        _Process(arguments, listening).work(stays)
    except OSError as error:
        raise CliError(f"updater: {error}") from error
    return 0


def _listen(path: Path) -> socket.socket:
    """A socket of our own. Raises CliError."""
    listening = socket.socket(socket.AF_UNIX)
    try:
        path.unlink(missing_ok=True)
        listening.bind(str(path))
        path.chmod(0o600)
        listening.listen()
    except OSError as error:
        raise CliError(f"--socket {path}: {error.strerror or error}; name a path that this user may write to") from error
    return listening


class _Process:
    """A thread that answers each question, one that does the work, and this one, which accepts and looks after them."""

    def __init__(self, arguments: Namespace, listening: socket.socket) -> None:
        from chargepoint.update.desk import Desk
        from chargepoint.update.journal import Journal
        from chargepoint.update.runner import Runner
        from chargepoint.update.server import Server

        self._told = notify.manager()
        self._leave = threading.Event()
        self._wake = threading.Event()
        self._rests = threading.Event()
        """The work has nothing to do, and is in the middle of nothing."""
        folder = part_of(arguments.state_dir, PART)
        self._journal: Journal = Journal(folder)
        self._installer = installer_of(arguments.installer, folder)
        self._desk: Desk = Desk(self._journal, self._installer, _tools(arguments, folder, self._installer, self._wake.set))
        self._runner: Runner = Runner(self._journal, self._installer, _world(arguments), self._desk.payload)
        self._server = Server(listening, lambda question, file: self._desk.answer(question, file, datetime.now(UTC)))
        self._began_with = CURRENT.resolve()

    def work(self, stays: bool) -> None:
        """``stays``: also while there is nothing to do. Raises OSError."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._leave.set())
        _have_everything()
        self._journal.open()
        self._desk.open()
        worker = threading.Thread(target=self._do, name="work", daemon=True)
        worker.start()
        idle_since_s = time.monotonic()
        while not self._leave.is_set() and worker.is_alive():
            self._told.alive(time.monotonic())
            if self._desk.hangs and not self._journal.under_way:
                raise OSError("a file that was offered is never read to its end; this process gives up, and the next one is without it")
            came = self._server.serve(LOOK_S)
            busy = self._server.busy or self._journal.under_way or not self._rests.is_set()
            replaced = CURRENT.resolve() != self._began_with
            if busy or (came and not replaced):
                idle_since_s = time.monotonic()
            elif not stays and (replaced or time.monotonic() - idle_since_s >= IDLE_S):
                break  # whoever asks next begins the new version
        self._told.stopping()
        if not worker.is_alive():
            raise CliError("updater: its work broke off, for the reason above; the next start goes on where the journal stands")

    def _do(self) -> None:
        """The work. An error of ours ends this thread, which says it, and with it the process."""
        from chargepoint.update.runner import Now

        settle(self._installer)
        while True:
            self._wake.clear()
            due_s = self._runner.step(Now(time.monotonic(), int(time.time())))
            if due_s is None:
                self._rests.set()
            if due_s is None or due_s > 0:
                self._wake.wait(due_s)
            self._rests.clear()


def settle(installer: "Installer") -> None:
    """What a power cut has interrupted is finished before anything else."""
    from chargepoint.update.deb import Deb
    from chargepoint.update.ports import InstallError

    if isinstance(installer, Deb):
        try:
            installer.settle()
        except (InstallError, OSError) as error:
            log.error("event=not_settled cause=%r", str(error))


def _have_everything() -> None:
    """Whatever will be imported is imported now: the files beneath this process are about to be replaced."""
    import importlib

    for name in LATER:
        importlib.import_module(name)


def installer_of(name: str | None, folder: Path) -> "Installer":
    """The one that is named, or what this machine has."""
    from chargepoint.update.deb import Deb
    from chargepoint.update.dpkg import Dpkg
    from chargepoint.update.dry_run import DryRun
    from chargepoint.update.release import read

    shipped = read(CURRENT / "release.json").version
    deb = Deb(folder, Dpkg(folder, time.sleep))
    if name == "rauc" or (name is None and RAUC.exists()):
        from chargepoint.update.rauc import Rauc

        return Rauc(folder, shipped)
    return deb if name == "deb" or (name is None and deb.is_for_this_machine()) else DryRun(folder, shipped or _own())


def _own() -> str:
    from importlib.metadata import version

    return version("chargepoint")


def _world(arguments: Namespace) -> "StationWorld":
    from chargepoint.cli.updater_world import StationWorld

    return StationWorld(paths.inquiry(arguments.state_dir), arguments.config)


def _tools(arguments: Namespace, folder: Path, installer: "Installer", wake: Callable[[], None]) -> "Tools":
    from chargepoint.update import release
    from chargepoint.update.checks import Device
    from chargepoint.update.messages import State
    from chargepoint.update.offers import Tools
    from chargepoint.update.trust import Trust

    def state() -> State:
        runs = release.read(CURRENT / "release.json")
        version = installer.running() or runs.version
        parts = (*release.parts(runs, version), *installer.parts())
        return State(version=version, installer=installer.name, parts=parts, support_until=runs.support_until)

    def device() -> Device:
        return Device(
            installer=installer.name,
            compatible=release.compatible(COMPATIBLE),
            architecture=release.architecture(),
            system=release.system()[0],
            running=installer.running() or release.read(CURRENT / "release.json").version,
        )

    return Tools(
        trust=Trust(arguments.trust or (TRUST, CURRENT / "update-trust.pem")),
        device=device,
        state=state,
        built=lambda: release.built(release.read(CURRENT / "release.json")),
        room=lambda manifest: release.room(manifest, folder),
        sticks=_sticks,
        wake=wake,
        clock=time.monotonic,
    )


@contextmanager
def _sticks() -> Iterator[Sequence[tuple[str, int]]]:
    """Raises InstallError, OSError."""
    from chargepoint.update import sticks
    from chargepoint.update.bundle import BundleError, read_head
    from chargepoint.update.ports import InstallError

    def version_of(file: int) -> str:
        try:
            return read_head(file).manifest.version
        except (BundleError, OSError):
            return ""

    try:
        with sticks.bundles(version_of) as found:
            yield [(each.name, each.file) for each in found]
    except sticks.StickError as error:
        raise InstallError(str(error), error.code) from error
