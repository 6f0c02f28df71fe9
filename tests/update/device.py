"""A device for the updater: what is installed on it survives power cuts, and everything else begins anew."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from chargepoint.pki import files
from chargepoint.update.checks import Device
from chargepoint.update.desk import Desk
from chargepoint.update.journal import Journal
from chargepoint.update.messages import UNDER_WAY, Install, Manifest, Offer, Offered, Part, Phase, Question, State, Update
from chargepoint.update.offers import Tools
from chargepoint.update.ports import Health, InstallError, Later, Told
from chargepoint.update.runner import Now, Runner
from chargepoint.update.trust import Trust
from tests.update.bundles import MAKER, bundle, written

EPOCH_S = 1_795_000_000
OLD, NEW = "1.0", "2.0"
Kind = Literal["good", "refuses", "breaks", "unhealthy", "no-way-back"]


class PowerCut(BaseException):
    """Nothing after this happens."""


class Power:
    """Goes at the ``cut``-th point of all, or at every one of a name."""

    def __init__(self, cut: int = 0, always: str = "") -> None:
        self.points: list[str] = []
        self._cut = cut
        self._always = always

    def point(self, name: str) -> None:
        """It may go here."""
        self.points.append(name)
        if len(self.points) == self._cut or name == self._always:
            raise PowerCut(name)


class Machine:
    """What is installed, how the new version is, and what runs. It is an Installer and a World."""

    name = "deb"
    restarts = False

    def __init__(self, power: Power, kind: Kind = "good") -> None:
        self.power = power
        self.kind = kind
        self.installed = OLD
        self.half = False
        self.kept = ""
        self.busy: tuple[int, ...] = ()
        self.control: str | None = None
        self.connected: bool | None = True
        self.faults: tuple[str, ...] = ()
        self.silent = False
        self.installs = 0
        self.asked_for_s: list[float] = []

    # Installer

    def running(self) -> str:
        return "" if self.half else self.installed

    def parts(self) -> tuple[Part, ...]:
        return ()

    def misfit(self, manifest: Manifest) -> str | None:
        return None

    def before(self) -> str:
        return "" if self.kept == self.running() else self.kept

    def install(self, manifest: Manifest, payload: Path, told: Told) -> None:
        assert not self.busy, "never during a session"
        if self.running() == manifest.version:
            return
        assert payload.read_bytes()
        self.installs += 1
        self.power.point("install begins")
        if self.kind == "refuses":
            raise InstallError("site.fuse_a: 63", "CP-827")
        self.kept = "" if self.kind == "no-way-back" else OLD
        self.power.point("before is kept")
        told(40)
        self.half = True
        self.power.point("half installed")
        if self.kind == "breaks":
            raise InstallError("dpkg: error")
        self.installed, self.half = manifest.version, False
        self.power.point("installed")

    def start(self, told: Told) -> None:
        self.power.point("started")

    def confirm(self) -> None:
        self.power.point("confirmed")

    def take_back(self, told: Told) -> None:
        assert self.kept
        if self.running() == self.kept:
            return
        assert not self.busy, "never during a session"
        self.power.point("take back begins")
        self.half = True
        self.power.point("half taken back")
        self.installed, self.half = self.kept, False
        self.power.point("taken back")

    # World

    def health(self) -> Health:
        bad = self.installed == NEW and self.kind in ("unhealthy", "no-way-back")
        if bad or self.silent or self.half:
            return Health("", "")
        return Health(self.installed, self.control or self.installed, self.faults, self.connected, self.busy)

    def quiet(self, for_s: float) -> bool:
        self.asked_for_s.append(for_s)
        return not self.busy and for_s > 0 and bool(self.health().station)

    def deserted(self) -> bool:
        return not self.busy


class Slots(Machine):
    """An image is written for minutes, and the machine restarts into it. ``car``: wants to charge as soon as it is not kept quiet."""

    restarts = True

    def __init__(self, power: Power, kind: Kind = "good") -> None:
        super().__init__(power, kind)
        self.written = OLD
        self.car = False
        self._lease_s = 0.0

    def before(self) -> str:
        return OLD if self.installed == NEW else ""

    def install(self, manifest: Manifest, payload: Path, told: Told) -> None:
        assert not self.busy, "never during a session"
        if self.written == manifest.version:
            return
        self.installs += 1
        for percent in range(0, 100, 20):
            self._passes(60.0)
            told(percent)
        self.written = manifest.version

    def _passes(self, time_s: float) -> None:
        self._lease_s -= time_s
        if self.car and self._lease_s <= 0.0:
            self.busy = (1,)

    def start(self, told: Told) -> None:
        if self.installed == self.written:
            return
        if not told(100):
            raise Later
        assert not self.busy, "never during a session"
        self.installed = self.written
        raise PowerCut("the machine restarts")

    def confirm(self) -> None:
        if self.installed != self.written:
            raise InstallError("the boot loader went back")

    def take_back(self, told: Told) -> None:
        self.installed = self.written = OLD

    def quiet(self, for_s: float) -> bool:
        quiet = super().quiet(for_s)
        self._lease_s = for_s
        return quiet


class Site:
    """The updater on a machine. Time passes as its steps want it to."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self.folder = folder
        self.machine = machine
        self.now_s = 0.0
        self.clock_s = 0.0
        self.bundle = written(folder, bundle(installer="deb", version=NEW, architecture="amd64"))
        self.trust = written(folder, MAKER.pem.encode(), "trust.pem")
        self.free = 1 << 40

    def boot(self) -> None:
        """After a power cut, say."""
        self.journal = Journal(self.folder / "state")
        tools = Tools(
            trust=Trust([self.trust]),
            device=lambda: Device(installer="deb", architecture="amd64", running=self.machine.running()),
            state=lambda: State(version=self.machine.running(), installer="deb"),
            built=lambda: datetime(2026, 11, 22, tzinfo=UTC),
            room=lambda manifest: ({"/": manifest.size}, {"/": self.free}),
            sticks=self.sticks,
            wake=lambda: None,
            clock=lambda: self.clock_s,
        )
        self.desk = Desk(self.journal, self.machine, tools)
        self.runner = Runner(self.journal, self.machine, self.machine, self.desk.payload)
        self.journal.open()
        self.desk.open()

    @contextmanager
    def sticks(self) -> Iterator[list[tuple[str, int]]]:
        """Two of them."""
        with self.bundle.open("rb") as one, written(self.folder, b"junk", "junk.cpb").open("rb") as other:
            yield [("sdb1: junk.cpb", other.fileno()), ("sda1: update.cpb", one.fileno())]

    def ask(self, question: Question, path: Path | None = None) -> Offered:
        """An answer."""
        at = datetime.fromtimestamp(EPOCH_S + self.now_s, UTC)
        if not isinstance(question, Offer):
            answer = self.desk.answer(question, None, at)
        else:
            with (path or self.bundle).open("rb") as file:
                answer = self.desk.answer(question, file.fileno(), at)
        assert isinstance(answer, Offered)
        return answer

    def update(self) -> Update:
        """As it is told."""
        assert self.journal.shown is not None
        return self.journal.shown

    def step(self) -> float | None:
        """One, and the time until the next."""
        due_s = self.runner.step(Now(self.now_s, int(EPOCH_S + self.now_s)))
        self.now_s += due_s or 0.0
        return due_s

    def until(self, *phases: Phase, within_s: float = 3600.0) -> Phase:
        """Steps, until it is in one of the phases."""
        ends_s = self.now_s + within_s
        while (phase := self.update().phase) not in phases:
            assert self.now_s < ends_s, phase
            assert self.step() is not None, phase
        return phase

    def run(self) -> Phase:
        """As the station does: offers, and offers again whenever it does not know; to the end, through power cuts."""
        for _ in range(100):
            try:
                self.boot()
                if not self.journal.record or self.update().phase is Phase.CHECKED:
                    offered = self.ask(Offer(source="page"))
                    assert offered.update is not None, offered
                    self.ask(Install(id=offered.update.id))
                while self.update().phase in UNDER_WAY:
                    self.step()
                    assert self.now_s < 86_400, (self.update().phase, self.update().text)
                self.boot()
                return self.update().phase
            except PowerCut:
                self.now_s += 60.0
        raise AssertionError("no end")


@contextmanager
def site(power: Power, kind: Kind = "good", machine: type[Machine] = Machine) -> Iterator[Site]:
    """One with nothing but its first version. Every file that is replaced or removed is a point where power may go."""
    replace, remove = files.replace, files.remove

    def replacing(path: Path, content: bytes, mode: int = files.PUBLIC) -> None:
        power.point(f"before {path.name} is written")
        replace(path, content, mode)
        power.point(f"after {path.name} is written")

    def removing(path: Path) -> None:
        power.point(f"before {path.name} is removed")
        remove(path)

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "replace", replacing)
        patch.setattr(files, "remove", removing)
        made = Site(Path(folder), machine(power, kind))
        try:
            made.boot()
        except PowerCut:
            made.boot()
        yield made
