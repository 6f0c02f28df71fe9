"""Availability, and the facts that connector status is made of (OCPP 2.0.1 G01, G03, G04; 1.6 §4.9, §5.2)."""

from collections.abc import Callable

from chargepoint.domain.commands import ChangeAvailability, Outcome, Verdict
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.session import Session
from chargepoint.domain.status import ConnectorFacts
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store


class Availability:
    """Who is in operation. A change to inoperative waits for a running transaction and survives a restart."""

    def __init__(self, settings: StationSettings, store: Store, transacting: Transacting) -> None:
        self._settings = settings
        self._store = store
        self._transacting = transacting
        self._inoperative = store.facts.inoperative()
        self.reserved: Callable[[ConnectorId], bool] = lambda connector: False
        """Is it kept free for somebody who has not come yet?"""
        self.connectors = tuple(connector for evse in settings.evses for connector in evse.connectors)

    def operative(self, connector: ConnectorId) -> bool:
        """Station, EVSE and connector all in operation?"""
        above = {(0, 0), (connector.evse, 0), (connector.evse, connector.connector)}
        return not (self._inoperative & above)

    @property
    def station_operative(self) -> bool:
        """Is the station as a whole in operation?"""
        return (0, 0) not in self._inoperative

    def may_start(self, session: Session) -> bool:
        """May this session become a transaction?"""
        return self.operative(session.place)

    def usable(self, evse: int) -> bool:
        """Could somebody charge at one of its connectors, as far as operation and faults go?"""
        settings = self._settings.evse(evse)
        operative = settings is not None and any(self.operative(connector) for connector in settings.connectors)
        return operative and not self._transacting.sheets[evse].faulty

    def change(self, command: ChangeAvailability) -> Outcome:
        """G03, G04: Accepted when it holds now, Scheduled when a transaction has to end first."""
        targets = [c for c in self.connectors if command.evse in (None, c.evse) and command.connector in (None, c.connector)]
        if not targets:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse} connector {command.connector}")
        changed = {(command.evse or 0, command.connector or 0)}
        if command.cascades:
            changed |= {(c.evse, c.connector) for c in targets} | {(c.evse, 0) for c in targets}
        with self._store.commit():
            for evse, connector in changed:
                self._store.facts.set_operative(evse, connector, command.operative)
        self._inoperative = self._inoperative - changed if command.operative else self._inoperative | changed
        self._transacting.changed()
        busy = not command.operative and any(self._in_use(connector) for connector in targets)
        return Outcome(Verdict.SCHEDULED if busy else Verdict.ACCEPTED)

    def _in_use(self, connector: ConnectorId) -> bool:
        transaction = self._transacting.sessions[connector.evse].transaction
        return transaction is not None and transaction.connector == connector

    def facts(self, connector: ConnectorId) -> ConnectorFacts:
        """Everything that any version's status of this connector is made of."""
        session, sheet = self._transacting.sessions[connector.evse], self._transacting.sheets[connector.evse]
        mine = session.transaction is not None and session.transaction.connector == connector
        plugged = session.plug_in is not None and session.connector == connector.connector
        return ConnectorFacts(
            connector=connector,
            operative=mine or self.operative(connector),
            plugged=plugged,
            reserved=self.reserved(connector),
            preparing=session.waits_for_car or (plugged and session.transaction is None and not session.finishing),
            charging_state=session.transaction.charging_state if mine and session.transaction else None,
            finishing=plugged and session.finishing,
            faults=sheet.state.faults if sheet.state is not None else (),
        )
