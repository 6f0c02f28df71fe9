"""Cars, contactors and meters for a machine's control: the simulated world, served by a thread of the test."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from simulators import verbs
from simulators.electrics import Electrics
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.priority import like_hardware, like_others
from simulators.server import WorldServer
from simulators.world import World

T = TypeVar("T")


class Cars:
    """What happens to an EVSE."""

    def __init__(self, world: World, loop: asyncio.AbstractEventLoop) -> None:
        self._world = world
        self._loop = loop

    def plug(self, evse: int = 1) -> None:
        """A car comes, and wants to charge."""
        self._do(evse, verbs.plug, {"reaction_s": 0.1, "current_a": 10})

    def unplug(self, evse: int = 1) -> None:
        """It leaves."""
        self._do(evse, verbs.unplug, {})

    def _do(self, evse: int, verb: Callable[[World, Electrics, dict[str, Any], float], None], entries: dict[str, Any]) -> None:
        def apply() -> None:
            now = time.monotonic()
            self._world.advance(now)
            verb(self._world, self._world.evses[evse], entries, now)
            self._world.changed(now)

        self._asked(apply)

    def charging(self, evse: int = 1) -> bool:
        """Are the main contacts closed?"""
        return self._asked(lambda: self._world.evses[evse].contacts.closed)

    def energy_wh(self, evse: int = 1) -> int:
        """The meter's register."""
        return self._asked(lambda: self._world.show(self._world.evses[evse], time.monotonic()).energy_wh)

    def _asked(self, what: Callable[[], T]) -> T:
        async def answer() -> T:
            return what()

        return asyncio.run_coroutine_threadsafe(answer(), self._loop).result(10)


@contextmanager
def cars(socket: Path, evses: int = 2) -> Iterator[Cars]:
    """A world behind a socket that everybody may use. The test, which shares the interpreter's lock with it, goes before others as well."""
    like_hardware()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="world")
    thread.start()
    world = World([EvsePlan(id=number, phases=3, connectors=(ConnectorPlan(id=1, cable="fixed"),)) for number in range(1, evses + 1)])
    server = WorldServer(world, str(socket))

    async def begin() -> None:
        like_hardware()
        world.open(time.monotonic())
        server.open()

    async def end() -> None:
        server.close()

    try:
        asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
        socket.chmod(0o666)
        yield Cars(world, loop)
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        like_others()
