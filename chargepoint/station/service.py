"""What technicians are answered, and may do; no command of a CSMS leads here."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import msgspec

from chargepoint.domain.history import Happening
from chargepoint.domain.plain import plain
from chargepoint.inquiry.faults import ClearFault
from chargepoint.inquiry.hardware import ExerciseOutput
from chargepoint.inquiry.keeping import FactoryReset, Restore, TakeBackup
from chargepoint.inquiry.restarting import Restart
from chargepoint.inquiry.undelivered import ResendMessages
from chargepoint.link.messages import EvseState
from chargepoint.station.access import Access
from chargepoint.station.availability import Availability
from chargepoint.station.chronicle import Chronicle
from chargepoint.station.clock import StationClock
from chargepoint.station.control_link import ControlLink
from chargepoint.station.inquiry import Takers
from chargepoint.station.keeping import Keeping
from chargepoint.station.office import ACTS as OFFICE_ACTS
from chargepoint.station.office import Office
from chargepoint.station.quiet import QuietTime
from chargepoint.station.releases import Releases
from chargepoint.station.resetting import Resetting
from chargepoint.station.restarting import LONGEST_NAME, Restarting
from chargepoint.station.servicing import Servicing
from chargepoint.station.starts import Starts
from chargepoint.station.transacting import Transacting
from chargepoint.station.uplink import Uplink
from chargepoint.station.workbench import Workbench
from chargepoint.store.store import Store

ACTS: Mapping[type, Callable[[Any], str]] = {
    ClearFault: lambda asked: f"says that {asked.name} has been dealt with",
    ExerciseOutput: lambda asked: f"exercises {asked.what}",
    ResendMessages: lambda asked: "sends messages again that were given up",
    Restart: lambda asked: f"starts {asked.what} anew{f' ({plain(asked.by, LONGEST_NAME)})' if asked.by else ''}",
    TakeBackup: lambda asked: f"takes a backup{' with keys and passwords, sealed' if asked.passphrase else ''}",
    Restore: lambda asked: "restores a backup",
    FactoryReset: lambda asked: "has the station reset to how it left the factory",
    **OFFICE_ACTS,
}
"""What of a technician's questions changes anything, in the words of the history."""


class Room(Protocol):
    """Whoever answers questions."""

    def takers(self) -> Takers:
        """Which, and how."""


class Service:
    """``say``: words on the displays of an EVSE, for a time; is there one?"""

    def __init__(
        self,
        store: Store,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        link: ControlLink,
        access: Access,
        uplink: Uplink,
        resetting: Resetting,
        office: Office,
        say: Callable[[int, str, float], bool],
    ) -> None:
        self.chronicle = Chronicle(store, clock, transacting, availability)
        self.starts = Starts(store, clock, self.chronicle.note)
        link.began = self.starts.control_began
        self.unreached = uplink.unreached
        self.unreached.note = self.chronicle.note
        self.office = office
        self.undelivered = uplink.undelivered
        self.uplink_view = uplink.view
        self.fingerprints = uplink.fingerprints
        self.restarting = Restarting(store, transacting, link, resetting)
        self.quiet = QuietTime(store, clock, transacting, lambda: resetting.scheduled)
        self.keeping = Keeping(store, clock, transacting, resetting)
        self.releases = Releases(store, self.chronicle.note)
        self.quiet.told = self.releases.kept_quiet
        self.servicing = Servicing(transacting.sheets, lambda: link.connected, link.tell)
        self.workbench = Workbench(clock, transacting, link, access.reserving.reserved, lambda: resetting.scheduled, say)
        self.workbench.by_hand.note = lambda evse, text: self._remember("charge_by_hand", evse, text)

    def takers(self) -> Takers:
        """Who answers which question."""
        rooms: tuple[Room, ...] = (self.servicing, self.workbench, self.undelivered, self.uplink_view, self.chronicle, self.office)
        rooms = (*rooms, self.restarting, self.quiet, self.releases, self.keeping, self.fingerprints)
        return {asked: self._noted(asked, taker) for room in rooms for asked, taker in room.takers().items()}

    def _noted(self, asked: type, taker: Callable[[Any], Awaitable[msgspec.Struct]]) -> Callable[[Any], Awaitable[msgspec.Struct]]:
        """The same; if it changes anything, the history has it."""
        words = ACTS.get(asked)
        if words is None:
            return taker

        async def noted(question: Any) -> msgspec.Struct:
            answer = await taker(question)
            evse, outcome = getattr(question, "evse", None), getattr(answer, "outcome", "done")
            who = f" ({question.by[:50]})" if isinstance(question, ClearFault) and question.by else ""
            self._remember(question.__struct_config__.tag.replace("-", "_"), evse, f"a technician{who} {words(question)}: {outcome}")
            return answer

        return noted

    def _remember(self, kind: str, evse: int | None, text: str) -> None:
        self.chronicle.note(Happening(area="technician", kind=kind, evse=evse, text=text))

    def control_says(self, state: EvseState) -> None:
        """How an EVSE is."""
        self.servicing.control_says(state)
        self.workbench.control_says(state)

    def left(self) -> None:
        """The process ends because somebody wants it to: what waits to be written is."""
        self.chronicle.settle()
        self.starts.left()

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.workbench.tick(now_s)
        self.office.tick(now_s)
        self.restarting.tick()
        self.keeping.tick(now_s)
        self.quiet.tick(now_s)
        self.starts.tick(now_s)
        self.unreached.tick(now_s)
        self.chronicle.tick(now_s)
