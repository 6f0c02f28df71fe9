"""A station of which everything but the processes is real: files, store, what each process does as it starts. On a virtual clock."""

import asyncio
import subprocess
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli import applying
from chargepoint.cli import configuration as configurations
from chargepoint.cli.applying import Place
from chargepoint.cli.errors import CliError
from chargepoint.cli.keeping import changing, factory, journal, parts
from chargepoint.domain.ids import IdToken
from chargepoint.inquiry import client
from chargepoint.inquiry.keeping import FactoryReset, ResetSeen, Restore, Restored, SeeReset
from chargepoint.inquiry.restarting import Processes, SeeProcesses
from chargepoint.station import fresh, restored
from chargepoint.store.store import Store
from chargepoint.web import accounts
from chargepoint.web.wizard.ports import Progress
from tests.cli.keeping.power import Power, PowerCut
from tests.virtual_time import now_s, run

OLD = """
[station]
id = "cp001"
vendor = "Acme"
model = "One"
[site]
fuse_a = 63
[[evses]]
id = 1
max_current_a = 32
connectors = [ { id = 1 } ]
[hal]
backend = "sim"
"""
NEW = OLD.replace("cp001", "cp002")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Played:
    """Both processes. ``bad``: the identity with which they do not come up, and which of them; ``busy_s``: so long a car charges."""

    seen = ResetSeen(outcome="listed")
    """What stands in the way of a factory reset."""

    def __init__(self, place: Place, folder: Path, power: Power | None = None) -> None:
        self.place, self.power = place, power or Power()
        self.own, self.web = folder / "station", folder / "web"
        self.there = True
        self.managed = True
        """What does not run is started again and again."""
        self.starts = 1
        self.now = Processes(station="s1", control="c1")
        self.bad: tuple[str, str] = ("", "")
        self.refuses = False
        self.installs_from_s = self.installs_s = 0.0
        """From then until then an installation forbids every restart; at its end it makes one itself."""
        self.full = False
        self.busy_s = 0.0
        self.slow_s = 2.0
        self.restarts = 0
        self.told: list[str] = []
        """Which control was there to hear of each."""
        self.given: list[Restore] = []

    async def inquire(self, _: str, answer: type, question: Any, timeout_s: float = 0) -> Any:
        """In place of ``chargepoint.inquiry.client.inquire``."""
        if not isinstance(question, SeeProcesses):
            self.power.step()
        told = self._answer(question) if self.there else None
        if told is None:
            raise client.InquiryError("no station answers")
        return told

    def _answer(self, question: Any) -> Any:
        match question:
            case SeeProcesses():
                return self.now
            case SeeReset():
                return self.seen
            case Restore() if self.full:
                return Restored(outcome="refused", message="no room on this disk")
            case Restore():
                self.given.append(question)
                restored.stage(self.own, restored.Staged(parts=question.parts, secrets=question.secrets))
                return Restored(outcome="kept", message="")
            case FactoryReset():
                fresh.mark(self.own, fresh.Marker(token=question.token))
                return ResetSeen(outcome="begun")
        self.restarts += 1
        self.told.append(self.now.control)
        if self.refuses or self.installs_from_s <= now_s() < self.installs_s:
            return msgspec.structs.replace(self.now, outcome="refused", message="an installation is under way")
        asyncio.get_running_loop().create_task(self._restart())
        return msgspec.structs.replace(self.now, outcome="waiting" if self.busy_s else "begun", message="EVSE 1 does")

    async def _restart(self) -> None:
        await asyncio.sleep(self.busy_s)
        self.there = False
        if not self.managed:
            await asyncio.sleep(self.slow_s)
            self.start()

    async def installation(self) -> None:
        """Until it restarts the station itself."""
        if self.installs_s:
            await asyncio.sleep(self.installs_s)
            self.now = msgspec.structs.replace(self.now, station=f"{self.now.station} installed")

    async def manager(self) -> None:
        """As systemd, or the bench."""
        while self.managed:
            await asyncio.sleep(self.slow_s)
            if not self.there:
                self.start()

    def start(self) -> None:
        """As both processes do."""
        fresh.settle(self.own, NOW)
        identity, which = self.bad
        try:
            text = self.place.file.read_text()
            configurations.build(configurations.parsed(text, self.place.file))
        except (OSError, CliError):
            self.there = False
            return
        fails = which if identity and identity in text else ""
        self.starts += 1
        self.there = fails != "station"
        self.now = Processes(station=f"s{self.starts}", control="" if fails == "control" else f"c{self.starts}")
        if self.there:
            with self.store() as store:
                restored.settle(self.own, store, NOW)

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store(self.own / fresh.STORE, alone=True)
        try:
            yield store
        finally:
            store.close()

    def lived_in(self, card: str) -> None:
        """Somebody has used it."""
        self.key.parent.mkdir(parents=True)
        self.key.write_text(card)
        for name in (accounts.FILE, "setup.json"):
            (self.web / name).write_text("{}")
        with self.store() as store, store.commit():
            store.cards.put(IdToken(card, "ISO14443"), "", NOW)

    @property
    def key(self) -> Path:
        """A private one."""
        return self.own / restored.CERTIFICATES / "identity" / "a.key"

    @property
    def cards(self) -> list[str]:
        with self.store() as store:
            return [card.token.value for card in store.cards.all()]


Story = Callable[[Played], AsyncGenerator[Progress, None]]


class House:
    """``place``: of the file; ``played``: the station that runs there now."""

    def __init__(self, folder: Path) -> None:
        (folder / "real").mkdir()
        (folder / "real" / "station.toml").write_text(OLD)
        (folder / "station.toml").symlink_to(folder / "real" / "station.toml")
        for part in ("station", "web"):
            (folder / part).mkdir()
        self.folder = folder
        self.place = Place(folder / "station.toml", str(folder / "inquiry"))
        self.web = folder / "web"

    def station(self, power: Power | None = None, **facts: Any) -> Played:
        """As it runs."""
        played = Played(self.place, self.folder, power)
        for name, value in facts.items():
            setattr(played, name, value)
        return played

    def told(self, story: Story, played: Played, then_s: float = 5.0) -> list[Progress]:
        """What somebody is told from the beginning to the end, or to the cut."""
        heard: list[Progress] = []

        async def main() -> None:
            managing = asyncio.get_running_loop().create_task(played.manager())
            managing.add_done_callback(lambda task: task.cancelled() or task.exception())
            installing = asyncio.get_running_loop().create_task(played.installation())
            async for progress in story(played):
                heard.append(progress)
            await asyncio.sleep(then_s)
            managing.cancel()
            installing.cancel()

        with played.power.on():
            self.playing(main(), played)
        return heard

    @staticmethod
    def playing(main: Coroutine[Any, Any, None], played: Played) -> None:
        """``main``, on a virtual clock, with this station."""
        with pytest.MonkeyPatch.context() as patched, suppress(PowerCut):
            for module in (applying, parts, factory):
                patched.setattr(module, "inquire", played.inquire)
            run(main)

    def after_a_cut(self, **facts: Any) -> tuple[list[Progress], Played]:
        """The power is there again: every process starts, and the pages go on with what was begun."""
        played = self.station(**facts)
        played.start()

        async def story(_: Played) -> AsyncGenerator[Progress, None]:
            await factory.settle(self.place, self.web, NOW)
            rest = changing.resume(self.place, self.web)
            if rest is not None:
                async for progress in rest[1]:
                    yield progress

        told = self.told(story, played)
        assert journal.kept(self.web) is None, "nothing is left to be done"
        beside = {path.name for path in self.folder.rglob(".*.new")}
        assert beside <= {f".{factory.MARKER}.new"}, "nothing is half written"
        return told, played


def states(told: list[Progress]) -> list[str]:
    return [progress.state for progress in told]


def every_cut(story: Callable[[House, Power], None], tmp_path: Path) -> Iterator[House]:
    """The same from the beginning, each time in a house of its own, cut one step later, until it comes to its end uncut."""
    for cut_at in range(200):
        folder = tmp_path / str(cut_at)
        folder.mkdir()
        house, power = House(folder), Power(cut_at)
        story(house, power)
        yield house
        if power.steps <= cut_at:
            return
    raise AssertionError("it has no end")


def grep(folder: Path, word: str) -> list[str]:
    """Files below that have it."""
    found = subprocess.run(("grep", "-rl", word, str(folder)), capture_output=True, text=True, check=False)
    return found.stdout.split()
