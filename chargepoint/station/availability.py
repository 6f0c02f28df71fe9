"""Availability, and the facts that connector status is made of (OCPP 2.0.1 G01, G03, G04; 1.6 §4.9, §5.2)."""

from collections.abc import Callable

from chargepoint.domain.commands import ChangeAvailability, Outcome, Verdict
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import ConnectorId
from chargepoint.domain.session import Session
from chargepoint.domain.status import ConnectorFacts
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

STATION = ConnectorId(0, 0)
EV_SIDE = "EV side disconnected"
"""What 1.6 §4.9 wants to be said of a cable that was unplugged at the car."""
TAKEN_OUT = "out of service by a technician"


class Availability:
    """Who is in operation. A change to inoperative waits for a running transaction and survives a restart."""

    def __init__(self, settings: StationSettings, store: Store, transacting: Transacting) -> None:
        self._settings = settings
        self._store = store
        self._transacting = transacting
        self._inoperative = store.facts.inoperative()
        self.reserved: Callable[[ConnectorId], bool] = lambda connector: False
        """Is it kept free for somebody who has not come yet?"""
        self.station_faults: Callable[[], tuple[Fault, ...]] = lambda: ()
        """What is wrong with the station as a whole, and with none of its connectors."""
        self.held: Callable[[], bool] = lambda: False
        """Is every connector out of operation for now, whatever ChangeAvailability said? New firmware is being installed, say."""
        self.taken_out: Callable[[int], bool] = lambda evse: False
        """Has a technician taken this EVSE out of service, 0: the station as a whole? ChangeAvailability does not change that."""
        self.connectors = tuple(connector for evse in settings.evses for connector in evse.connectors)

    def operative(self, connector: ConnectorId) -> bool:
        """Station, EVSE and connector all in operation?"""
        return self.ordered(connector) and not self.held() and not self.taken_out(connector.evse)

    def ordered(self, connector: ConnectorId) -> bool:
        """Are they as far as the CSMS goes?"""
        return not self._inoperative & {(0, 0), (connector.evse, 0), (connector.evse, connector.connector)}

    @property
    def station_operative(self) -> bool:
        """Is the station as a whole in operation? It is until the last transaction has ended (1.6 §5.2, Scheduled)."""
        operative = (0, 0) not in self._inoperative and not self.taken_out(0)
        return operative or any(map(self._transacting.runs_at, self.connectors))

    @property
    def station_facts(self) -> ConnectorFacts:
        """What the status of the station itself, connector 0 in 1.6, is made of."""
        return ConnectorFacts(connector=STATION, operative=self.station_operative, faults=self.station_faults())

    def may_start(self, session: Session) -> bool:
        """May this session become a transaction?"""
        return self.operative(session.place)

    def usable(self, evse: int) -> bool:
        """Could somebody charge at one of its connectors, as far as operation and faults go?"""
        settings = self._settings.evse(evse)
        operative = settings is not None and any(self.operative(connector) for connector in settings.connectors)
        return operative and not self._transacting.sheets[evse].faulty

    def change(self, command: ChangeAvailability) -> Outcome:
        """G03, G04: Accepted when it holds now, Scheduled when a transaction has to end first, Rejected when it cannot come to hold: the
        answer says whether the station is able to (G03.FR.02, G04.FR.03; 1.6 §5.2), and a technician has the last word."""
        targets = [c for c in self.connectors if command.evse in (None, c.evse) and command.connector in (None, c.connector)]
        if not targets:
            return Outcome(Verdict.REJECTED, "UnknownEvse", f"no EVSE {command.evse} connector {command.connector}")
        if command.operative and all(self.taken_out(connector.evse) for connector in targets):
            return Outcome(Verdict.REJECTED, "NotEnabled", TAKEN_OUT)
        named = self._named(command, targets)
        wanted = self._inoperative - named if command.operative else self._inoperative | named
        if command.cascades and command.operative and command.connector is not None:
            wanted = self._lifted(wanted, targets)
        with self._store.commit():
            for evse, connector in wanted ^ self._inoperative:
                self._store.facts.set_operative(evse, connector, (evse, connector) not in wanted)
        self._inoperative = wanted
        self._transacting.changed()
        busy = not command.operative and any(map(self._transacting.runs_at, targets))
        return Outcome(Verdict.SCHEDULED if busy else Verdict.ACCEPTED)

    def _named(self, command: ChangeAvailability, targets: list[ConnectorId]) -> set[tuple[int, int]]:
        """What a command speaks of; in 1.6 connector 0 speaks of every connector as well."""
        named = {(command.evse or 0, command.connector or 0)}
        if command.cascades:
            named |= {(c.evse, c.connector) for c in targets} | ({(c.evse, 0) for c in targets} if command.connector is None else set())
        return named

    def _lifted(self, inoperative: frozenset[tuple[int, int]], targets: list[ConnectorId]) -> frozenset[tuple[int, int]]:
        """1.6 knows no levels: what is above a connector keeps it out of operation no longer, and all the others as before."""
        others = {(c.evse, c.connector) for c in self.connectors if c not in targets and not self.ordered(c)}
        above = {(0, 0)} | {(c.evse, 0) for c in targets}
        return inoperative - above | others if above & inoperative else inoperative

    def facts(self, connector: ConnectorId) -> ConnectorFacts:
        """Everything that any version's status of this connector is made of."""
        session, sheet = self._transacting.sessions[connector.evse], self._transacting.sheets[connector.evse]
        mine = self._transacting.runs_at(connector)
        plugged = session.plug_in is not None and session.connector == connector.connector
        return ConnectorFacts(
            connector=connector,
            operative=mine or self.operative(connector),
            shut_out=session.busy_elsewhere(connector.connector),
            unheard=not sheet.known,
            plugged=plugged,
            reserved=self.reserved(connector),
            preparing=session.waits_for_car_at(connector.connector) or (plugged and session.transaction is None and not session.finishing),
            charging_state=session.transaction.charging_state if mine and session.transaction else None,
            finishing=session.finishing and session.connector == connector.connector,
            faults=sheet.faults,
            note=self._note(connector, session, mine),
        )

    def _note(self, connector: ConnectorId, session: Session, mine: bool) -> str:
        if session.plug_in is None and (mine or session.finishing):
            return EV_SIDE
        return TAKEN_OUT if self.taken_out(connector.evse) and not mine else ""
