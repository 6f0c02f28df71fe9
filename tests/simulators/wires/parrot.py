"""A device that answers every line with the same line in capitals, and says what it is told to say by itself."""

from math import inf

from simulators.wires.face import Reply, WireFault


class Parrot:
    def __init__(self, name: str = "") -> None:
        self.fault: WireFault | None = None
        self.said_at_s: list[float] = []
        self.alarm_s = inf
        self._name = name
        self._heard = b""

    def heard(self, data: bytes, now: float) -> list[Reply]:
        if not data:
            self._heard = b""
        *lines, self._heard = (self._heard + data).split(b"\n")
        self.said_at_s += [now for _ in lines]
        mine = [line for line in lines if line.startswith(self._name.encode())]
        return [Reply((b"!" if self.fault else b"") + line.upper() + b"\n", 0.01) for line in mine]

    def due_s(self) -> float:
        return self.alarm_s

    def tick(self, now: float) -> list[Reply]:
        self.alarm_s = inf
        return [Reply(b"ALARM\n")]
