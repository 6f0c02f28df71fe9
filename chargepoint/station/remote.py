"""What the CSMS wants of sessions (OCPP 2.0.1 F01 to F06; 1.6 §5.11, §5.12, §5.17, §5.18)."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Coroutine

from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, UnlockConnector, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import Stop, StopReason, Transaction, TriggerReason
from chargepoint.domain.variables import AUTHORIZE_REMOTE_START
from chargepoint.link.messages import Down, EvseState, Unlock
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

Answered = tuple[Outcome, Callable[[], None] | None]

UNLOCK_S = 15.0
"""A stop takes 6 s at most and the lock 3 s; then the attempt has failed."""


class Remote:
    """Start, stop and unlock from afar."""

    def __init__(
        self,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        authorizing: Authorizing,
        to_control: Callable[[Down], None],
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._authorizing = authorizing
        self._to_control = to_control
        self.check_profile: Callable[[int | None, ChargingProfile], Outcome | None] = lambda evse, profile: None
        """Why the profile of a remote start cannot be used at this EVSE (``None``: wherever there is room); ``None``: it can."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._unlocking: dict[str, asyncio.Future[bool]] = {}
        self._idle: dict[int, list[asyncio.Future[None]]] = {}

    def start(self, command: RequestStart) -> Answered:
        """F01, F02. Accepted means: the station will try."""
        served = list(self._transacting.sessions) if command.evse is None else [command.evse]
        if command.evse is not None and command.evse not in self._transacting.sessions:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse}"), None
        if not self._has_room(command.evse, command.connector):
            return Outcome(Verdict.REJECTED, "NotEnabled", "the connector is out of operation, or another of its EVSE is in use"), None
        group = self._authorizing.group_of(command.token)
        evse = self._authorizing.choose(served, command.token, group)
        if evse is None and not self._authorizing.may_find_place(served):
            busy = any(self._transacting.sessions[number].transaction for number in served)
            return Outcome(Verdict.REJECTED, "TxInProgress" if busy else "NotEnabled", "no EVSE is free for it"), None
        refused = None if command.profile is None else self.check_profile(command.evse, command.profile)
        if refused is not None:
            return refused, None
        authorization = Authorization(command.token, Origin.REMOTE, group, command.remote_start_id, command.connector)
        ask = self._model.read(AUTHORIZE_REMOTE_START) if command.authorize is None else command.authorize
        if ask or evse is None:  # reserved for a group: is it of that one? (1.6 §5.13)
            return Outcome(Verdict.ACCEPTED), lambda: self._spawn(self._start_if_accepted(served, authorization, command.profile))
        self._transacting.authorize(evse, authorization, command.profile)
        return Outcome(Verdict.ACCEPTED), None

    async def _start_if_accepted(self, served: list[int], authorization: Authorization, profile: ChargingProfile | None) -> None:
        info = await self._authorizing.judge(authorization.token)
        evse = self._authorizing.choose(served, authorization.token, info.group)
        if evse is None or not info.accepted or not self._has_room(evse, authorization.connector):
            log.info("event=remote_start_refused status=%s evse=%s", info.status, evse)
            return
        self._transacting.authorize(evse, replace(authorization, group=info.group), profile)

    def _has_room(self, evse: int | None, connector: int | None) -> bool:
        """If a connector is named: could a car be charged just there, and is none plugged in at another one of its EVSE?"""
        if evse is None or connector is None:
            return True
        session = self._transacting.sessions[evse]
        return self._availability.operative(ConnectorId(evse, connector)) and (session.plug_in is None or session.connector == connector)

    def stop(self, command: RequestStop) -> Outcome:
        """F03. An id that is not of a running transaction is rejected."""
        transaction = self._running(command.transaction_id)
        if transaction is None:
            return Outcome(Verdict.REJECTED, "TxNotFound", f"no running transaction {command.transaction_id}")
        self._transacting.stop(transaction.connector.evse, Stop(StopReason.REMOTE, TriggerReason.REMOTE_STOP))
        return Outcome(Verdict.ACCEPTED)

    def _running(self, transaction_id: str) -> Transaction | None:
        ours = self._store.transactions.open_by_csms_id(transaction_id) or transaction_id
        transactions = (session.transaction for session in self._transacting.sessions.values())
        return next((t for t in transactions if t is not None and t.stop is None and t.id == ours), None)

    async def unlock(self, command: UnlockConnector) -> Outcome:
        """F05; 1.6 §5.18: there a running transaction is stopped first, here it forbids."""
        place = command.connector
        if place not in self._availability.connectors:
            return Outcome(Verdict.UNKNOWN_CONNECTOR, "UnknownConnectorId", f"no connector {place.connector} at EVSE {place.evse}")
        if place.connector not in self._transacting.sheets[place.evse].settings.sockets:
            return Outcome(Verdict.NOT_SUPPORTED, "FixedCable", "the cable is fixed, there is no lock")
        if self._transacting.runs_at(place):
            if not command.ends_transaction:
                return Outcome(Verdict.ONGOING, "TxInProgress")
            self._transacting.stop(place.evse, Stop(StopReason.UNLOCK_COMMAND, TriggerReason.UNLOCK_COMMAND))
        wish = uuid.uuid4().hex
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._unlocking[wish] = done
        try:
            async with asyncio.timeout(UNLOCK_S):
                await self._transaction_over(place)
                self._let_go(place)
                self._to_control(Unlock(place.evse, place.connector, wish))
                unlocked = await done
        except TimeoutError:
            unlocked = False
        finally:
            del self._unlocking[wish]
        return Outcome(Verdict.UNLOCKED if unlocked else Verdict.UNLOCK_FAILED)

    def _let_go(self, place: ConnectorId) -> None:
        """Whatever keeps the plug locked without a transaction: a token that it is kept for, or one that waits for it to be locked."""
        if self._transacting.sessions[place.evse].place != place:
            return
        self._transacting.let_go(place.evse)
        if self._transacting.sheets[place.evse].locking is not None:
            self._transacting.abandon(place.evse)

    async def _transaction_over(self, place: ConnectorId) -> None:
        if not self._transacting.runs_at(place):
            return
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._idle.setdefault(place.evse, []).append(over)
        await over

    def refresh(self) -> None:
        """Sessions may have ended."""
        for evse, waiting in self._idle.items():
            if self._transacting.sessions[evse].transaction is None:
                for over in waiting:
                    if not over.done():
                        over.set_result(None)
                waiting.clear()

    def control_says(self, state: EvseState) -> None:
        """The outcome of an unlocking may be among it."""
        if state.unlock is not None:
            done = self._unlocking.get(state.unlock.wish)
            if done is not None and not done.done():
                done.set_result(state.unlock.unlocked)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
