"""When may be begun although nobody says so: a station that does not answer has no session that anybody knows of."""

PATIENCE_S = 600.0
"""So long it may be on its way up again, or hang for a moment."""


class Stillness:
    """Remembers since when nobody answers. Times are monotonic."""

    def __init__(self) -> None:
        self._silent_since_s: float | None = None

    def still(self, idle: bool | None, active: bool, configured: bool, now: float) -> bool:
        """May it begin? ``idle``: what the station says, ``None``: it does not answer. ``active``: does systemd say that control or station
        runs? ``configured``: without a configuration there is no station, and nothing to wait for."""
        if idle is not None:
            self._silent_since_s = None
            return idle
        if self._silent_since_s is None:
            self._silent_since_s = now
        patience_s = PATIENCE_S if configured else 0.0
        return not active and now - self._silent_since_s >= patience_s
