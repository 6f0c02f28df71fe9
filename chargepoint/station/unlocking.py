"""Plugs let go from afar (OCPP 2.0.1 F05; 1.6 §5.18): one attempt at an EVSE at a time, for control has one lock there to try.

Whoever asks for a plug that is being let go hears how that attempt ends; who asks for another one of the same EVSE waits for his own.
"""

import asyncio
import uuid
from collections.abc import Callable

from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import Stop, StopReason, TriggerReason
from chargepoint.link.messages import Down, EvseState, Unlock
from chargepoint.station.errands import Errands
from chargepoint.station.transacting import Transacting

UNLOCK_S = 15.0
"""A stop takes 6 s at most and the lock 3 s; then the attempt has failed."""


class Unlocking:
    """The attempts that are under way."""

    def __init__(self, transacting: Transacting, to_control: Callable[[Down], None], errands: Errands) -> None:
        self._transacting = transacting
        self._to_control = to_control
        self._errands = errands
        self._attempts: dict[ConnectorId, asyncio.Future[bool]] = {}
        self._turns = {evse: asyncio.Lock() for evse in transacting.sessions}
        self._outcomes: dict[str, asyncio.Future[bool]] = {}
        self._idle: dict[int, asyncio.Event] = {}

    async def unlock(self, place: ConnectorId) -> bool:
        """Is the plug of this socket free? A transaction there, whose end is decided, is waited for."""
        attempt = self._attempts.get(place)
        if attempt is None:
            attempt = self._attempts[place] = asyncio.get_running_loop().create_future()
            self._errands.begin(self._attempt(place, attempt))
        return await asyncio.shield(attempt)  # one who asked may go away, the others want to know all the same

    async def _attempt(self, place: ConnectorId, told: asyncio.Future[bool]) -> None:
        """Whether anybody still waits for it or not; one that fails has not let the plug go, and its failure is not lost."""
        unlocked = False
        try:
            unlocked = await self._let_go_by_control(place)
        finally:
            del self._attempts[place]
            told.set_result(unlocked)

    async def _let_go_by_control(self, place: ConnectorId) -> bool:
        wish = uuid.uuid4().hex
        outcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._outcomes[wish] = outcome
        try:
            async with asyncio.timeout(UNLOCK_S), self._turns[place.evse]:
                await self._transaction_over(place)
                self._let_go(place)
                self._to_control(Unlock(place.evse, place.connector, wish))
                return await outcome
        except TimeoutError:
            return False
        finally:
            del self._outcomes[wish]

    async def _transaction_over(self, place: ConnectorId) -> None:
        if self._transacting.runs_at(place):
            await self._idle.setdefault(place.evse, asyncio.Event()).wait()

    def _let_go(self, place: ConnectorId) -> None:
        """Whatever keeps the plug locked without a transaction: a token that it is kept for, or one that waits for it to be locked."""
        if self._transacting.sessions[place.evse].place != place:
            return
        self._transacting.let_go(place.evse)
        if self._transacting.sheets[place.evse].locking is not None:
            self._transacting.abandon(place.evse, Stop(StopReason.OTHER, TriggerReason.UNLOCK_COMMAND))

    def refresh(self) -> None:
        """Sessions may have ended."""
        for evse in [evse for evse in self._idle if self._transacting.sessions[evse].transaction is None]:
            self._idle.pop(evse).set()

    def control_says(self, state: EvseState) -> None:
        """The outcome of an attempt may be among it."""
        outcome = None if state.unlock is None else self._outcomes.get(state.unlock.wish)
        if outcome is not None and state.unlock is not None and not outcome.done():
            outcome.set_result(state.unlock.unlocked)
