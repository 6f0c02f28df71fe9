"""A GPIO chip on a socket: lines by name, each with one user, let go of when that one hangs up, however it does."""

import errno
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from hal.bus.gpio_simulated import Moved, Put, Take, decode_asked, encode
from hal.bus.stand_in import answered
from simulators.wires.stand_in import Caller, StandIn


class GpioChip:
    """``levels``: what the world has on the inputs, as far as anything is wired to them. ``put`` is called after outputs have changed."""

    def __init__(self, path: Path, names: Collection[str], levels: Callable[[], Mapping[str, bool]], put: Callable[[], None]) -> None:
        self.busy: set[str] = set()
        """Lines that somebody else has."""
        self.persists = False
        """Outputs stay as they were when nobody has them any more, as on a Raspberry Pi without ``strict_gpiod``."""
        self.outputs: dict[str, bool] = {}
        """Level of every line that is driven."""
        self._names = frozenset(names)
        self._levels = levels
        self._put = put
        self._takes: dict[Caller, Take] = {}
        self._told: dict[Caller, dict[str, bool]] = {}
        self._stand_in = StandIn(path, self._said, self._gone)

    def open(self) -> None:
        """Show it. Raises OSError."""
        self._stand_in.open()

    def close(self) -> None:
        """It is gone."""
        self._stand_in.close()

    def stir(self, now: float) -> None:
        """Tell everybody what has changed."""
        for caller in tuple(self._takes):
            self._tell(caller, now)

    def _said(self, caller: Caller, data: bytes) -> None:
        asked = decode_asked(data)
        if isinstance(asked, Put):
            mine = self._takes[caller].outputs if caller in self._takes else {}
            self.outputs |= {name: high for name, high in asked.levels.items() if name in mine}
            self._put()
        else:
            self._grant(caller, asked)

    def _grant(self, caller: Caller, take: Take) -> None:
        wanted = {*take.outputs, *take.inputs}
        taken = {name for other in self._takes.values() for name in (*other.outputs, *other.inputs)}
        if wanted - self._names:
            caller.send(answered(number=errno.ENOENT))
        elif wanted & (taken | self.busy):
            caller.send(answered(number=errno.EBUSY))
        else:
            self._takes[caller], self._told[caller] = take, {}
            self.outputs |= take.outputs
            caller.send(answered())
            self._tell(caller, 0.0)
            self._put()

    def _tell(self, caller: Caller, now: float) -> None:
        wired, take = self._levels(), self._takes[caller]
        levels = {name: wired.get(name, bias == "pull-up") for name, bias in take.inputs.items()}
        told = self._told[caller]
        if changed := {name: high for name, high in levels.items() if told.get(name) != high}:
            self._told[caller] = levels
            caller.send(encode(Moved(changed, now)))

    def _gone(self, caller: Caller) -> None:
        take = self._takes.pop(caller, None)
        self._told.pop(caller, None)
        if take is None or self.persists:
            return
        for name in take.outputs:
            self.outputs.pop(name, None)
        self._put()
