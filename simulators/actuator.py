"""Something with two positions that takes its time between them: a contactor, a plug lock. It can jam."""

from math import inf


class Actuator:
    """``position`` is where it really is; True is closed, or locked. ``travel_s``: between its positions."""

    def __init__(self, travel_s: float) -> None:
        self.position = False
        self.arrives_s = inf
        """When it reaches the position it travels to; infinite at rest."""
        self.travel_s = travel_s
        self._target = False
        self._jammed: bool | None = None

    def drive(self, target: bool, now: float) -> None:
        """Start towards a position. Turning back half-way takes no time: it had not left yet."""
        if target != self._target:
            self._target = target
            self._depart(now)

    def place(self, position: bool) -> None:
        """It was there all the time."""
        self.position = self._target = position
        self.arrives_s = inf

    def move(self, now: float) -> None:
        """Be where it is at this time."""
        if now >= self.arrives_s:
            self.position = self._target
            self.arrives_s = inf

    def jam(self, position: bool | None, now: float) -> None:
        """Stick in a position at once (True: welded, or stuck closed), or with ``None`` obey again."""
        if position == self._jammed:
            return
        self._jammed = position
        if position is not None:
            self.position = position
        self._depart(now)

    def _depart(self, now: float) -> None:
        travels = self._jammed is None and self._target != self.position
        self.arrives_s = now + self.travel_s if travels else inf
