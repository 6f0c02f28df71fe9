"""What the CSMS wants of sessions (OCPP 2.0.1 F01 to F06; 1.6 §5.11, §5.12, §5.17, §5.18)."""

import logging
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.charging_profile import ChargingProfile
from chargepoint.domain.commands import Outcome, RequestStart, RequestStop, UnlockConnector, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.transaction import Stop, StopReason, TriggerReason
from chargepoint.domain.variables.authorization import AUTHORIZE_REMOTE_START
from chargepoint.link.messages import Down
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.errands import Errands
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
        self.errands = Errands()
        self.unlocking = Unlocking(transacting, to_control, self.errands)
        self.check_profile: Callable[[int | None, ChargingProfile], Outcome | None] = lambda evse, profile: None
        """Why the profile of a remote start cannot be used at this EVSE (``None``: wherever there is room); ``None``: it can."""

    def orders(self) -> Orders:
        """For the station."""
        return {
            RequestStart: self.start,
            RequestStop: lambda command: (self.stop(command), None),
            UnlockConnector: self._unlock,
        }

    def start(self, command: RequestStart) -> Answered:
        """F01.FR.06, F01.FR.13, F01.FR.20, F01.FR.23, F01.FR.24, F01.FR.26, F02.FR.14, F02.FR.22, F02.FR.25, F02.FR.26, F02.FR.27. Accepted
        means: the station will try. Without an EVSE it is rejected where none is free (F01.FR.07, F02.FR.15), and with one that is kept for
        somebody else (F01.FR.21, F01.FR.22, F02.FR.23, F02.FR.24)."""
        served = list(self._transacting.sessions) if command.evse is None else [command.evse]
        if command.evse is not None and command.evse not in self._transacting.sessions:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse}"), None
        if not self._has_room(command.evse, command.connector):
            return Outcome(Verdict.REJECTED, "NotEnabled", "the connector is out of operation, or another of its EVSE is in use"), None
        group = command.group or self._authorizing.group_of(command.token)
        if self._authorizing.is_master(group):  # C16.FR.03
            return Outcome(Verdict.REJECTED, "InvalidIdToken", "a token of the master pass group starts nothing"), None
        busy = any(self._transacting.sessions[number].transaction_id for number in served)
        served = [number for number in served if self._authorizing.may_join(number, command.token)]
        evse = self._places.choose(served, command.token, group)
        if evse is None and (command.group is not None or not self._places.may_be_found(served)):
            return Outcome(Verdict.REJECTED, "TxInProgress" if busy else "NotEnabled", "no EVSE is free for it"), None
        refused = None if command.profile is None else self.check_profile(command.evse, command.profile)
        if refused is not None:
            return refused, None
        authorization = Authorization(command.token, Origin.REMOTE, group, command.remote_start_id, command.connector)
        ask = self._model.read(AUTHORIZE_REMOTE_START) if command.authorize is None else command.authorize
        if ask or evse is None:  # reserved for a group: is it of that one? (1.6 §5.13)
            then = self._places.moment(served, command.token, group)
            begun = None if evse is None else self._transacting.sessions[evse].transaction_id
            after = self._start_if_accepted
            return Outcome(Verdict.ACCEPTED, transaction_id=begun), lambda: self.errands.begin(after(then, authorization, command.profile))
        begun = self._transacting.sessions[evse].transaction_id
        self._authorize(evse, served, authorization, command.profile)
        return Outcome(Verdict.ACCEPTED, transaction_id=begun), None

    def _authorize(self, evse: int, served: Iterable[int], authorization: Authorization, profile: ChargingProfile | None) -> None:
        """F01.FR.02, F01.FR.04, F01.FR.05, F02.FR.10, F02.FR.12, F02.FR.13. The next event has the token, for the CSMS to judge (F01.FR.03,
        F02.FR.11)."""
        also = self._places.also(evse, served, authorization.token, authorization.group)
        self._transacting.authorize(evse, replace(authorization, evses=also), profile)

    async def _start_if_accepted(self, then: Moment, authorization: Authorization, profile: ChargingProfile | None) -> None:
        """F01.FR.01, F02.FR.09: as if the token had been shown here."""
        info = await self._authorizing.judge(authorization.token)
        info = info if info.group is not None else replace(info, group=authorization.group)
        then = self._authorizing.where(then, authorization.token, info)
        evse = self._places.meant(then, authorization.token, info.group)
        if evse is None or not self._authorizing.starts(info) or not self._has_room(evse, authorization.connector):
            log.info("event=remote_start_refused status=%s evse=%s", info.status, evse)
            return
        told = {"languages": info.languages, "message": info.message, "priority": info.priority or 0}
        self._authorize(evse, then.served, replace(authorization, group=info.group, **told), profile)

    def _has_room(self, evse: int | None, connector: int | None) -> bool:
        """If a connector is named: could a car be charged just there, and is none plugged in at another one of its EVSE?"""
        if evse is None or connector is None:
            return True
        session = self._transacting.sessions[evse]
        return self._availability.operative(ConnectorId(evse, connector)) and (session.plug_in is None or session.connector == connector)

    def stop(self, command: RequestStop) -> Outcome:
        """F03.FR.02, F03.FR.03, F03.FR.07. An id that is not of a running transaction is rejected (F03.FR.08)."""
        evse = self._running(command.transaction_id)
        if evse is None:
            return Outcome(Verdict.REJECTED, "TxNotFound", f"no running transaction {command.transaction_id}")
        self._transacting.stop(evse, Stop(StopReason.REMOTE, TriggerReason.REMOTE_STOP))
        return Outcome(Verdict.ACCEPTED)

    def _running(self, transaction_id: str) -> int | None:
        """The EVSE of it, by the id that 1.6 has given, or by ours in 2.x, which has no case. One whose end is decided is none any more in
        1.6; in 2.x it is one until the CSMS hears of the end."""
        by_16 = self._transacting.spanning.by_16()
        given = self._store.transactions.open_by_csms_id(transaction_id) if by_16 else None
        ours = given or transaction_id.lower()
        for session in self._transacting.sessions.values():
            transaction = session.transaction
            names = (session.transaction_id, None if transaction is None else transaction.id)
            if ours in names and (transaction is None or transaction.stop is None or not by_16):
                return session.evse
        return None

    async def _unlock(self, command: UnlockConnector) -> Answered:
        return await self.unlock(command), None

    async def unlock(self, command: UnlockConnector) -> Outcome:
        """F05.FR.01, F05.FR.03, F05.FR.04, F05.FR.05, F05.FR.06; 1.6 §5.18: there a running transaction is stopped first, here it forbids
        (F05.FR.02)."""
        place = command.connector
        if place not in self._availability.connectors:
            return Outcome(Verdict.UNKNOWN_CONNECTOR, "UnknownConnectorId", f"no connector {place.connector} at EVSE {place.evse}")
        if place.connector not in self._transacting.sheets[place.evse].settings.sockets:
            return Outcome(Verdict.NOT_SUPPORTED, "FixedCable", "the cable is fixed, there is no lock")
        if command.ends_transaction:
            if self._transacting.runs_at(place):
                self._transacting.stop(place.evse, Stop(StopReason.UNLOCK_COMMAND, TriggerReason.UNLOCK_COMMAND))
        elif self._authorised_at(place):
            return Outcome(Verdict.ONGOING, "TxInProgress")
        self._transacting.unlock_commanded(place)
        unlocked = await self.unlocking.unlock(place)
        return Outcome(Verdict.UNLOCKED if unlocked else Verdict.UNLOCK_FAILED)

    def _authorised_at(self, place: ConnectorId) -> bool:
        """Does a transaction go on there that somebody pays for, whether his car charges or not? Where one ends its end is waited for."""
        session = self._transacting.sessions[place.evse]
        here = session.plug_in is not None or session.transaction is not None
        return here and self._transacting.goes_on_at(place) and session.payer is not None
