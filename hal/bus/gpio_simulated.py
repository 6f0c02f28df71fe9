"""GPIO lines of a bench: levels cross a socket, and the simulated chip lets go of them when it is closed, as the kernel does.

driver ── Take(outputs with their level, inputs with their bias) ──▶ chip      answered with an errno: EBUSY, ENOENT ...
       ── Put(levels) ─────────────────────────────────────────────▶           not answered
       ◀───────────────────────────────────────────── Moved(levels) ──         at once, and whenever an input changes
"""

import errno
import select
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from hal.bus import stand_in
from hal.bus.gpio import Edge, LinePlan
from hal.errors import DeviceError

FIRST_S = 1.0


class Take(Struct, frozen=True, array_like=True, tag="take"):
    """Lines by name. Levels are electrical: True is high."""

    outputs: Mapping[str, bool]
    inputs: Mapping[str, str]
    """Name -> bias."""
    who: str


class Put(Struct, frozen=True, array_like=True, tag="put"):
    """Outputs change."""

    levels: Mapping[str, bool]


class Moved(Struct, frozen=True, array_like=True, tag="moved"):
    """Inputs have changed."""

    levels: Mapping[str, bool]
    at_s: float


encode = msgspec.msgpack.Encoder().encode
decode_asked = msgspec.msgpack.Decoder(Take | Put).decode
_decode_moved = msgspec.msgpack.Decoder(Moved).decode


class SimulatedLines:
    """``hal.bus.gpio.Lines``."""

    def __init__(self, path: Path, outputs: Mapping[str, LinePlan], inputs: Mapping[str, LinePlan], who: str) -> None:
        self._plans = {**outputs, **inputs}
        self._roles = {plan.name: role for role, plan in self._plans.items()}
        self._outputs = tuple(outputs)
        self._active: dict[str, bool] = {}
        self._seen: list[Edge] = []
        self._line = _taken(path, self._take(outputs, inputs, who), who)
        self._line.setblocking(False)
        if inputs:
            self._wait(FIRST_S)
            self._hear()
            self._seen.clear()

    def _take(self, outputs: Mapping[str, LinePlan], inputs: Mapping[str, LinePlan], who: str) -> Take:
        high = {plan.name: plan.active_low for plan in outputs.values()}
        return Take(high, {plan.name: plan.bias for plan in inputs.values()}, who)

    def set(self, values: Mapping[str, bool]) -> None:
        """In one datagram."""
        levels = {self._plans[role].name: active != self._plans[role].active_low for role, active in values.items()}
        with suppress(BlockingIOError):  # a bench that does not keep up sees what is set next
            self._line.send(encode(Put(levels)))

    def get(self) -> dict[str, bool]:
        """All inputs, as far as has been heard."""
        self._hear()
        return dict(self._active)

    def edges(self, at_most_s: float) -> list[Edge]:
        """What has been heard."""
        self._hear()
        if not self._seen and at_most_s > 0:
            self._wait(at_most_s)
            self._hear()
        seen, self._seen = self._seen, []
        return seen

    def close(self) -> None:
        """The chip lets go of the lines."""
        self._line.close()

    def _wait(self, at_most_s: float) -> None:
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        poll.poll(at_most_s * 1000)

    def _hear(self) -> None:
        while True:
            try:
                data = self._line.recv(stand_in.MAX_BYTES)
            except BlockingIOError:
                return
            if not data:
                raise ConnectionResetError(errno.ECONNRESET, "the chip is gone")
            moved = _decode_moved(data)
            for name, high in moved.levels.items():
                role, active = self._roles[name], high != self._plans[self._roles[name]].active_low
                if active != self._active.get(role):
                    self._active[role] = active
                    self._seen.append(Edge(role, active, moved.at_s))


def _taken(path: Path, take: Take, who: str) -> socket.socket:
    try:
        line = stand_in.connect(path)
        try:
            stand_in.exchange(line, encode(take))
        except OSError:
            line.close()
            raise
    except OSError as error:
        reasons = {
            errno.EBUSY: "one of the lines is in use; end the program that has it",
            errno.ENOENT: "it has no line of one of these names; correct them",
        }
        told = reasons.get(error.errno or 0, f"{error.strerror or error}; is the bench there?")
        raise DeviceError(f"{who}: {path} with {', '.join([*take.outputs, *take.inputs])}: {told}") from error
    return line
