"""The plug lock of a socket: closed while there is a permit or a closed contactor, open otherwise, and open on request.

The station may want it closed beyond that, for as long as it says so anew: of a cable that was unplugged at the EV, say.

While the main contacts are closed, or may be, nothing opens it: not a wish, not a fault, not a car that has left. A fault that will not go
by itself gives the plug free five seconds after the contactor has opened, whoever holds a permit: nobody's cable is kept in a dead station.
While a lock that failed rests before its next try, it is drawn back.

What was locked when control ended is locked when it starts, by what it has kept or by the first feedback: the session may go on, and until
the station has said so nobody else is to pull its plug. It ends with a revocation, a wish to unlock, the car that leaves, or its time: a
station that stays dead keeps nobody's cable. What the station wanted held is held for that time as well, car or no car.

A wish to unlock is refused while the contactor is or may be closed. Else the lock is held off: no offer is made, and it stays open, until
the next permit, the next car, or a hold that begins after it: of somebody who has paid since. The answer is the lock's feedback; a lock
without feedback is believed when its time is up.
"""

from msgspec import Struct
from msgspec.structs import replace

from chargepoint.control.settings import EvseSettings
from chargepoint.link.messages import Unlock, UnlockOutcome
from hal.measured import BoardInputs

ANSWER_S = 3.0
"""Longest pulse of a motor lock."""
PULSE_S = 1.0
"""A lock without feedback is taken for locked so long after its command; motors need 0.2 to 0.6 s."""
RELEASE_S = 5.0
"""From an opening by a latched fault to the release of the plug."""
START_S = 60.0
"""After a power cut the station may need so long to start, to find its session and to permit it anew."""
WISH = 100
"""Longest name of a wish that is repeated in the answer."""


class Lock(Struct, frozen=True):
    """What is remembered of the lock. A new wish takes the place of one still waiting, which then is never answered."""

    held_off: bool = False
    wish: str | None = None
    until_s: float = 0.0
    outcome: UnlockOutcome | None = None
    stays_until_s: float | None = None
    """Locked since before control started, and until then without a permit."""


def kept(locked: bool, now: float) -> Lock:
    """At the start: was it locked when control ended?"""
    return Lock(stays_until_s=now + START_S if locked else None)


def found(lock: Lock, board: BoardInputs, started_s: float) -> Lock:
    """By the first measurement: what is locked stays so, whatever was kept."""
    return lock if lock.held_off or not board.plug_locked else replace(lock, stays_until_s=started_s + START_S)


def ask(lock: Lock, wish: Unlock, settings: EvseSettings, closed: bool, now: float) -> Lock:
    """Hear a wish; ``closed``: the contactor is closed or commanded to close."""
    if closed or wish.connector not in settings.sockets:
        return replace(lock, wish=None, outcome=UnlockOutcome(wish.wish[:WISH], unlocked=False))
    return Lock(True, wish.wish[:WISH], now + ANSWER_S, lock.outcome)


def answer(lock: Lock, board: BoardInputs, silent: bool, now: float) -> Lock:
    """Look for the outcome of the wish that waits."""
    if lock.wish is None:
        return lock
    if not silent and board.plug_locked is False:
        return replace(lock, wish=None, outcome=UnlockOutcome(lock.wish, unlocked=True))
    if now < lock.until_s:
        return lock
    return replace(lock, wish=None, outcome=UnlockOutcome(lock.wish, unlocked=board.plug_locked is None and not silent))


def release(lock: Lock) -> Lock:
    """A permit or the end of a plug-in: nothing of before counts any more."""
    return replace(lock, held_off=False, stays_until_s=None) if lock.held_off or lock.stays_until_s is not None else lock


def revoke(lock: Lock) -> Lock:
    """The station says that this car may not charge: there is nothing to wait for."""
    return replace(lock, stays_until_s=None)


def stays(lock: Lock, now: float) -> bool:
    """Is it to be locked for no other reason than that it was before the start?"""
    return lock.stays_until_s is not None and now < lock.stays_until_s


def secured(lock: Lock, board: BoardInputs, settings: EvseSettings, commanded_s: float) -> bool:
    """May an offer begin, as far as the lock goes? A fixed cable always; without feedback when it was commanded (so long ago) to lock."""
    if lock.held_off or board.connector not in settings.sockets:
        return not lock.held_off
    return commanded_s >= PULSE_S if board.plug_locked is None else board.plug_locked


def wanted(lock: Lock, *, permitted: bool, closed: bool, failed: bool, given_up_s: float | None) -> bool:
    """Is the lock of a socket to be closed?

    ``failed``: a lock fault is active. ``given_up_s``: so long has a latched fault been active with the contactor open.
    """
    if closed:
        return True
    return permitted and not lock.held_off and not failed and (given_up_s is None or given_up_s < RELEASE_S)
