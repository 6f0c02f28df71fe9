"""A line with devices on it, under ``now``: who hears what when, how long bytes take, and how they are spoilt. No I/O."""

from heapq import heappop, heappush
from itertools import count
from math import inf
from random import Random

from simulators.wires.face import OF_FACE, SLOW_S, Face, Reply, WireFault

PIECE = 8
"""A paced line hands over so many bytes at a time."""
QUEUE = 4096
"""Answers that wait at most; a host that asks faster than the line is gets no more."""


class Device:
    """A face, and what is wrong between it and the host."""

    def __init__(self, face: Face, random: Random) -> None:
        self.face = face
        self.answers = 0
        """How often it has said something that left the wire."""
        self._random = random
        self._fault: WireFault | None = None

    @property
    def fault(self) -> WireFault | None:
        """``None``: all is well."""
        return self._fault

    @fault.setter
    def fault(self, fault: WireFault | None) -> None:
        self._fault = fault
        self.face.fault = fault if fault in OF_FACE else None

    def heard(self, data: bytes, now: float) -> list[Reply]:
        """What it answers, as it leaves the wire."""
        return [] if self._fault == "silent" else self._spoilt(self.face.heard(data, now))

    def tick(self, now: float) -> list[Reply]:
        """What it says by itself, as it leaves the wire."""
        return self._spoilt(self.face.tick(now))

    def _spoilt(self, replies: list[Reply]) -> list[Reply]:
        self.answers += len(replies) if self._fault is None else 0
        match self._fault:
            case "silent":
                return []
            case "garbage":
                return [Reply(self._random.randbytes(len(reply.data)), reply.after_s) for reply in replies]
            case "half_frame":
                return [Reply(reply.data[: len(reply.data) // 2], reply.after_s) for reply in replies]
            case "slow":
                return [Reply(reply.data, reply.after_s + SLOW_S) for reply in replies]
        return replies


class Line:
    """``baud`` ``None``: bytes take no time. ``echo``: the adapter hears what it sends, as RS-485 adapters without a receiver switch do."""

    def __init__(self, *, baud: int | None = None, echo: bool = False, bits: int = 10, seed: int = 1) -> None:
        self.devices: list[Device] = []
        self._byte_s = 0.0 if baud is None else bits / baud
        self._echo = echo
        self._random = Random(seed)
        self._number = count()
        self._towards: list[tuple[float, int, bytes]] = []
        """To the devices: (when it has arrived, order, bytes)."""
        self._back: list[tuple[float, int, bytes]] = []
        """To the host, likewise."""
        self._free_s = -inf

    def add(self, face: Face) -> Device:
        """One more device."""
        device = Device(face, self._random)
        self.devices.append(device)
        return device

    @property
    def due_s(self) -> float:
        """When ``turn`` has something to do."""
        queues = [queue[0][0] for queue in (self._towards, self._back) if queue]
        return min([*queues, *(device.face.due_s() for device in self.devices)], default=inf)

    def begin(self, now: float) -> None:
        """Somebody opened it anew: what was on its way is lost."""
        self._towards.clear()
        self._back.clear()
        for device in self.devices:
            device.heard(b"", now)

    def say(self, data: bytes, now: float) -> None:
        """The host sends."""
        if len(self._towards) < QUEUE:
            self._free_s = max(now, self._free_s) + self._byte_s * len(data)
            heappush(self._towards, (self._free_s, next(self._number), data))
        if self._echo:
            self._send([Reply(data)], now)

    def turn(self, now: float) -> bytes:
        """Let everything happen that is due; what arrives at the host."""
        while self._towards and self._towards[0][0] <= now:
            at_s, _, data = heappop(self._towards)
            for device in self.devices:
                self._send(device.heard(data, at_s), at_s)
        for device in self.devices:
            if device.face.due_s() <= now:
                self._send(device.tick(now), now)
        arrived = bytearray()
        while self._back and self._back[0][0] <= now:
            arrived += heappop(self._back)[2]
        return bytes(arrived)

    def _send(self, replies: list[Reply], now: float) -> None:
        for reply in replies:
            at_s = now + reply.after_s
            if not self._byte_s:
                self._queue(at_s, reply.data)
                continue
            for start in range(0, len(reply.data), PIECE):
                piece = reply.data[start : start + PIECE]
                at_s = max(at_s, self._free_s) + self._byte_s * len(piece)
                self._free_s = at_s
                self._queue(at_s, piece)

    def _queue(self, at_s: float, data: bytes) -> None:
        if data and len(self._back) < QUEUE:
            heappush(self._back, (at_s, next(self._number), data))
