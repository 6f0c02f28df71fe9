"""The time in which nobody charges, and nobody begins to: asked for, waited for, and given back."""

from chargepoint.update.ports import Health, World

LONG_S = 120.0
"""While something is being replaced; the most that a station gives."""
SILENT_S = 60.0
"""A station that has not answered for so long after its software was changed has to be mended: nobody waits for it."""


class Lull:
    """Of a station. Times are monotonic. ``restarts``: what is installed restarts the machine."""

    def __init__(self, world: World, restarts: bool) -> None:
        self._world = world
        self._restarts = restarts
        self._kept = False
        self._silent_since_s: float | None = None

    def health(self, now: float) -> Health:
        """As it is; since when the station is silent is remembered."""
        health = self._world.health()
        if health.station:
            self._silent_since_s = None
        elif self._silent_since_s is None:
            self._silent_since_s = now
        return health

    def dead(self, now: float) -> bool:
        """Has the station to be mended?"""
        self.health(now)
        return self._silent_since_s is not None and now - self._silent_since_s >= SILENT_S

    def keep(self, for_s: float = LONG_S) -> bool:
        """Does nobody charge, and does nobody begin to for so long?"""
        self._kept = True
        return self._world.quiet(for_s)

    def keep_or_mend(self, mends: bool) -> bool:
        """The same. Where a dead station is mended it needs not say so, as long as it is dead: processes that begin anew end no session.
        A machine that does so would end the one that control goes on with."""
        if self.keep():
            return True
        return mends and not self._world.health().station and not (self._restarts and not self._world.deserted())

    def end(self) -> None:
        """Whoever waits is served."""
        if self._kept:
            self._kept = False
            self._world.quiet(0)

    def complaint(self) -> str:
        """What is waited for, for people."""
        health = self._world.health()
        if not health.station:
            return (
                "waits for the station, which does not answer; if no car charges, end it (systemctl stop chargepoint-station "
                "chargepoint-control), and within ten minutes it goes on"
            )
        if health.busy:
            return f"waits until nobody charges any more: EVSE {', '.join(map(str, health.busy))}"
        return "waits until nobody is about to charge"
