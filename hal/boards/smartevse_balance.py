"""The broadcast of a master to the SmartEVSE nodes on its line: how much each of them may offer.

Unit 9 is theirs for what all hear and none answers. A message has the currents of all eight, in 0.1 A, and a node that finds 0 stops: so
everybody in this process who serves a node on one line tells this object, which sends for all of them.
"""

import threading
import time
from collections.abc import Callable
from weakref import WeakValueDictionary

from hal.bus.modbus import ModbusLine

BROADCAST_UNIT = 9
CURRENTS_AT = 0x0020
NODES = range(2, 9)
BROADCAST_S = 2.0
STALE_S = 8.0
"""What was told so long ago counts no more: its board's driver has fallen silent."""


class Balance:
    """Of one line."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[int, tuple[int, float]] = {}
        self._sent: list[int] = []
        self._sent_s = float("-inf")
        self._lock = threading.Lock()

    def tell(self, bus: ModbusLine, unit: int, tenths_a: int) -> None:
        """So much for this node, from now on. Raises DeviceError."""
        now = self._clock()
        with self._lock:
            self._told[unit] = tenths_a, now
            currents = [self._of(each, now) for each in range(1, 9)]
            if currents == self._sent and now - self._sent_s < BROADCAST_S:
                return
            self._sent = []
            bus.tell(BROADCAST_UNIT, CURRENTS_AT, currents)
            self._sent, self._sent_s = currents, now

    def _of(self, unit: int, now: float) -> int:
        tenths_a, at_s = self._told.get(unit, (0, now))
        return tenths_a if now - at_s <= STALE_S else 0


_balances: WeakValueDictionary[str, Balance] = WeakValueDictionary()
_balances_lock = threading.Lock()


def balance_on(bus: ModbusLine) -> Balance:
    """The one of this line, shared by everybody who asks for it while anybody holds it."""
    with _balances_lock:
        there = _balances.get(bus.line.name)
        if there is None:
            there = _balances[bus.line.name] = Balance()
        return there
