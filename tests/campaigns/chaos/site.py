"""The site: the station's process and control's, that die at any commit or at any moment, and come back."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from chargepoint.station.csms import StationPort
from chargepoint.store.database import Database
from chargepoint.store.store import Store
from tests import virtual_time
from tests.campaigns.chaos.car import Car
from tests.campaigns.chaos.central import Central, Client
from tests.campaigns.chaos.clocks import Host, ahead_s
from tests.station.rig import Game, settings

KEYS = {"TransactionMessageAttempts": "20", "TransactionMessageRetryInterval": "1", "MeterValueSampleInterval": "15"}
DARK_S = 5.0
"""At most so long is a process dead."""
POSTED = """
CREATE TABLE IF NOT EXISTS posted
    (number INTEGER PRIMARY KEY, lane TEXT, message_id TEXT UNIQUE, body TEXT, life INTEGER, ahead_s REAL, since_s REAL);
CREATE TRIGGER IF NOT EXISTS post AFTER INSERT ON outbox BEGIN
    INSERT OR IGNORE INTO posted (lane, message_id, body, life, ahead_s, since_s)
    VALUES (new.lane, new.message_id, new.body, life(), ahead_s(), since_s());
END;
"""
"""What was put into the outbox, in the same commit: what the CSMS must be told, no more and no less."""


class PowerCut(BaseException):
    """Nothing of this process happens any more."""


class Fuse:
    """Blows at the n-th commit from now on that writes something, before it is on disk or right after; or at once."""

    def __init__(self, database: Database, blow: Callable[[], None]) -> None:
        self._database = database
        self._commit = database.commit
        self._blow = blow
        self._left: int | None = None
        self._after = False
        self.blown = False
        database.commit = self.commit  # type: ignore[method-assign]

    def arm(self, number: int | None, after: bool = False) -> None:
        """``None``: not at all."""
        self._left, self._after = number, after

    @contextmanager
    def commit(self) -> Iterator[None]:
        """As of the database."""
        if self.blown:
            raise PowerCut
        outermost, before = self._database._depth == 0, self._changes
        wrote = False
        with self._commit():
            yield
            wrote = outermost and self._changes != before
            if wrote and not self._after:
                self._count()
        if wrote and self._after:
            self._count()

    @property
    def _changes(self) -> int:
        return self._database._connection.total_changes

    def _count(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self.now()
                raise PowerCut

    def now(self) -> None:
        """At once."""
        self.blown = True
        self._blow()


class Post(Game):
    """A station whose CSMS is the central one."""

    def __init__(self, path: Path, car: Car, central: Central, random: Random, resume: bool, host: Host, life: int) -> None:
        self._central = central
        self._random = random
        self._at_host = host
        self._life = life
        self._began_s = virtual_time.now_s()
        super().__init__(path, car, settings(resume_after_power_loss=resume), KEYS)

    def _host(self) -> Host:
        return self._at_host

    def _open(self, path: Path) -> Store:
        store = Store(path)
        connection = store._database._connection
        connection.create_function("life", 0, lambda: self._life)
        connection.create_function("ahead_s", 0, lambda: ahead_s(self.clock.ahead_s))
        connection.create_function("since_s", 0, lambda: self._began_s + self.clock.ahead_s)
        connection.executescript(POSTED)
        return store

    def _csms(self, station: StationPort) -> Client:  # type: ignore[override]
        return Client(station, self._central, self._random)


class Site:
    """``run`` keeps it going; ``cut`` ends the station, or everything."""

    def __init__(self, folder: Path, central: Central, random: Random) -> None:
        self._path = folder / "store.sqlite"
        self._central = central
        self._random = random
        self._resume = random.random() < 0.5
        self._cut = asyncio.Event()
        self._power = False
        self._stays = True
        self._boots = 1
        self.host = Host(random)
        self.lives = 0
        self.knowing: set[int] = set()
        """The lives of the station's process in which the CSMS told the time."""
        self.cuts = 0
        self.up = asyncio.Event()
        self.car = Car("boot-1")
        self.game: Post
        self.fuse: Fuse

    @property
    def store(self) -> Store:
        """Of the station that lives."""
        return self.game.store

    def arm(self, number: int | None, after: bool = False, power: bool = False, stays: bool = True) -> None:
        """Let a commit to come be the last. ``power``: control dies too; ``stays``: and the car is still there afterwards."""
        self._power, self._stays = power, stays
        self.fuse.arm(number, after)

    def cut(self, power: bool = False, stays: bool = True) -> None:
        """Now."""
        self._power, self._stays = power, stays
        if self.up.is_set():
            self.fuse.now()

    def note(self) -> None:
        """Has the process that lives, or lived last, been told the time?"""
        era = self.store.eras.load()
        if era is not None and era.known:
            self.knowing.add(self.lives)

    def _blow(self) -> None:
        self.cuts += 1
        self.up.clear()
        self._central.cut()
        if self._power:
            self._boots += 1
            self.host.cut()
            self.car.end.close()
            self.car._flow()
            self.car = Car(f"boot-{self._boots}", self.car.energy_wh, self.car.here and self._stays)
        else:
            self.car.end.hang_up()
        self._cut.set()

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._cut.clear()
                self.lives += 1
                self.game = Post(self._path, self.car, self._central, self._random, self._resume, self.host, self.lives)
                self.fuse = Fuse(self.store._database, self._blow)
                control, station = group.create_task(self.car.run()), asyncio.create_task(self.game.run())
                cut = asyncio.create_task(self._cut.wait())
                self.up.set()
                await asyncio.wait({station, cut}, return_when=asyncio.FIRST_COMPLETED)
                self.up.clear()
                self.fuse.blown = True
                for task in (control, station, cut):
                    task.cancel()
                await asyncio.wait({control, station, cut})
                self.note()
                self.store.close()
                _judge(station)
                await asyncio.sleep(self._random.uniform(0, DARK_S))


def _judge(station: asyncio.Task[None]) -> None:
    """A station that ended for another reason than a cut or a reset is an error."""
    error = None if station.cancelled() else station.exception()
    if isinstance(error, BaseExceptionGroup):
        _, error = error.split(PowerCut)
    if error is not None and not isinstance(error, PowerCut):
        raise error
