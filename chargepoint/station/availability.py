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
    """Who is in operation. A change to inoperative waits for a running transaction and survives a restart (B01.FR.07, B11.FR.02)."""

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
        self.resets: Callable[[int], bool] = lambda evse: False
        """Is this EVSE being reset just now?"""
        self.asked_about: Callable[[tuple[ConnectorId, ...]], None] = lambda connectors: None
        """The CSMS has said how these are to be, and is told how they are, once, even if it knows."""
        self.connectors = tuple(connector for evse in settings.evses for connector in evse.connectors)

    def operative(self, connector: ConnectorId) -> bool:
        """Station, EVSE and connector all in operation?"""
        return self.ordered(connector) and not self._kept_out(connector)

    def serves_again(self, connector: ConnectorId) -> bool:
        """In operation, or as soon as the reset of its EVSE is over (B11.FR.05)?"""
        return self.ordered(connector) and not self._withdrawn(connector)

    def _kept_out(self, connector: ConnectorId) -> bool:
        """Out of operation whatever the CSMS says?"""
        return self._withdrawn(connector) or self.resets(connector.evse)

    def _withdrawn(self, connector: ConnectorId) -> bool:
        return self.held() or self.taken_out(connector.evse)

    def ordered(self, connector: ConnectorId) -> bool:
        """Are they as far as the CSMS goes (G04.FR.01, G04.FR.07, G04.FR.08)? Each level keeps what it was told (G03.FR.06, G03.FR.07)."""
        return not self._inoperative & {(0, 0), (connector.evse, 0), (connector.evse, connector.connector)}

    @property
    def station_operative(self) -> bool:
        """Is the station as a whole in operation? It is until the last transaction has ended (1.6 §5.2, Scheduled)."""
        operative = (0, 0) not in self._inoperative and not self.taken_out(0)
        return operative or any(map(self._transacting.goes_on_at, self.connectors))

    @property
    def station_facts(self) -> ConnectorFacts:
        """What the status of the station itself, connector 0 in 1.6, is made of."""
        return ConnectorFacts(connector=STATION, operative=self.station_operative, faults=self.station_faults())

    def may_start(self, session: Session) -> bool:
        """May this session become a transaction? What goes on already goes on to its end, whatever is scheduled for then (G03.FR.05)."""
        return self._serves(session.place)

    def _serves(self, connector: ConnectorId) -> bool:
        return (self.ordered(connector) or self._transacting.goes_on_at(connector)) and not self._kept_out(connector)

    def usable(self, evse: int) -> bool:
        """Could somebody charge at one of its connectors, as far as operation and faults go?"""
        settings = self._settings.evse(evse)
        serves = settings is not None and any(map(self._serves, settings.connectors))
        return serves and not self._transacting.sheets[evse].faulty

    def change(self, command: ChangeAvailability) -> Outcome:
        """Accepted when it holds now, or did before (G03.FR.03, G04.FR.04), Scheduled when a transaction has to end first (G03.FR.05,
        G04.FR.06), Rejected when it cannot come to hold: the answer (G03.FR.01, G04.FR.02) says whether the station is able to (G03.FR.02,
        G04.FR.03; 1.6 §5.2), and a technician has the last word. It survives a restart (G01.FR.02, G03.FR.08, G04.FR.09), and the status
        of whatever has changed is told once the answer has left (G01.FR.07, G03.FR.04, G04.FR.05). 2.x hears of what holds already as well:
        the test cases of G03 and G04 wait for it, and the requirements leave it open."""
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
        busy = not command.operative and any(map(self._transacting.goes_on_at, targets))
        if not busy and not command.cascades:
            self.asked_about(tuple(targets))
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
            operative=mine or self._transacting.goes_on_at(connector) or self.operative(connector),
            fixed=connector.connector not in sheet.settings.sockets,
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
