"""What the CSMS wants of sessions (OCPP 2.0.1 F01 to F06; 1.6 §5.11, §5.12, §5.17, §5.18)."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable

from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, UnlockConnector, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import Stop, StopReason, Transaction, TriggerReason
from chargepoint.domain.variables import AUTHORIZE_REMOTE_START
from chargepoint.link.messages import Down
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.orders import Orders
from chargepoint.station.places import Moment, Places
from chargepoint.station.transacting import Transacting
from chargepoint.station.unlocking import Unlocking
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

Answered = tuple[Outcome, Callable[[], None] | None]


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
        places: Places,
        to_control: Callable[[Down], None],
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._authorizing = authorizing
        self._places = places
        self.unlocking = Unlocking(transacting, to_control)
        self.check_profile: Callable[[int | None, ChargingProfile], Outcome | None] = lambda evse, profile: None
        """Why the profile of a remote start cannot be used at this EVSE (``None``: wherever there is room); ``None``: it can."""
        self._tasks: set[asyncio.Task[None]] = set()

    def orders(self) -> Orders:
        """For the station."""
        return {
            RequestStart: self.start,
            RequestStop: lambda command: (self.stop(command), None),
            UnlockConnector: self._unlock,
        }

    def start(self, command: RequestStart) -> Answered:
        """F01, F02. Accepted means: the station will try."""
        served = list(self._transacting.sessions) if command.evse is None else [command.evse]
        if command.evse is not None and command.evse not in self._transacting.sessions:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse}"), None
        if not self._has_room(command.evse, command.connector):
            return Outcome(Verdict.REJECTED, "NotEnabled", "the connector is out of operation, or another of its EVSE is in use"), None
        group = self._authorizing.group_of(command.token)
        evse = self._places.choose(served, command.token, group)
        if evse is None and not self._places.may_be_found(served):
            busy = any(self._transacting.sessions[number].transaction for number in served)
            return Outcome(Verdict.REJECTED, "TxInProgress" if busy else "NotEnabled", "no EVSE is free for it"), None
        refused = None if command.profile is None else self.check_profile(command.evse, command.profile)
        if refused is not None:
            return refused, None
        authorization = Authorization(command.token, Origin.REMOTE, group, command.remote_start_id, command.connector)
        ask = self._model.read(AUTHORIZE_REMOTE_START) if command.authorize is None else command.authorize
        if ask or evse is None:  # reserved for a group: is it of that one? (1.6 §5.13)
            then = self._places.moment(served, command.token, group)
            return Outcome(Verdict.ACCEPTED), lambda: self._spawn(self._start_if_accepted(then, authorization, command.profile))
        self._authorize(evse, served, authorization, command.profile)
        return Outcome(Verdict.ACCEPTED), None

    def _authorize(self, evse: int, served: Iterable[int], authorization: Authorization, profile: ChargingProfile | None) -> None:
        also = self._places.also(evse, served, authorization.token, authorization.group)
        self._transacting.authorize(evse, replace(authorization, evses=also), profile)

    async def _start_if_accepted(self, then: Moment, authorization: Authorization, profile: ChargingProfile | None) -> None:
        info = await self._authorizing.judge(authorization.token)
        evse = self._places.meant(then, authorization.token, info.group)
        if evse is None or not info.accepted or not self._has_room(evse, authorization.connector):
            log.info("event=remote_start_refused status=%s evse=%s", info.status, evse)
            return
        self._authorize(evse, then.served, replace(authorization, group=info.group), profile)

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

    async def _unlock(self, command: UnlockConnector) -> Answered:
        return await self.unlock(command), None

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
        unlocked = await self.unlocking.unlock(place)
        return Outcome(Verdict.UNLOCKED if unlocked else Verdict.UNLOCK_FAILED)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
