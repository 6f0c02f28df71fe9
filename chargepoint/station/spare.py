"""The AuthorizationKey that is not in force: what the CSMS has given and what did not work in time, or what a newer one has replaced.

The CSMS may take it all the same: it spreads a new one over its servers, or goes back to a backup. So it is kept until there is another.
While the one in force is refused it has every second turn, the waits between as at any time (back-off), and where it connects it is the one
in force from then on. It never leaves the security profile, and is told to nobody but the CSMS of this station.
"""

from chargepoint.store.store import Store

PATIENCE = 4
"""So often what has worked may be refused before what was before it gets every second turn."""


def has_turn(refusals: int) -> bool:
    """Is it the turn of what is not in force? ``refusals``: of attempts in a row."""
    return refusals >= PATIENCE and refusals % 2 == 1


class Spare:
    """One password, empty where there is none."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._password = store.credentials.spare()
        self._used = False

    def __repr__(self) -> str:
        return f"Spare({'one' if self._password else 'none'})"

    def for_attempt(self, refusals: int) -> str:
        """The password if it is its turn, else empty."""
        self._used = bool(self._password) and has_turn(refusals)
        return self._password if self._used else ""

    def worked(self) -> str:
        """The password if it was used for the last attempt, which stands; else empty."""
        return self._password if self._used else ""

    def keep(self, password: str) -> None:
        """From now on this one is kept. Inside a commit."""
        self._store.credentials.keep_spare(password)
        self._password, self._used = password, False
