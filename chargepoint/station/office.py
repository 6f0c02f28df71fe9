"""A technician's work that needs no hardware but a card reader: one room each.

technician ─▶ Outages ─────▶ Availability           who may start, and what is shown
           ├▶ Cards ◀─ Holding ◀── Authorizing      cards of our own; a card that is only looked at
           ├▶ VariableDesk ─▶ obey                  as a CSMS would
           ├▶ Past                                  transactions
           └▶ FrameBook ◀── OCPP client
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from chargepoint.domain.commands import Command
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.plain import plain
from chargepoint.domain.redaction import MASK, SECRET_NAME
from chargepoint.inquiry.cards import EnrolCard, EnrolCards, ExportCards, ForgetCard, RenameCard
from chargepoint.inquiry.outage import ReturnToService, TakeOutOfService
from chargepoint.inquiry.variables import ChangeVariable
from chargepoint.station.access import Access
from chargepoint.station.availability import Availability
from chargepoint.station.cards import LONGEST_NAME, Cards
from chargepoint.station.clock import StationClock
from chargepoint.station.frames import FrameBook
from chargepoint.station.holding import Holding
from chargepoint.station.inquiry import Takers
from chargepoint.station.orders import Answered
from chargepoint.station.outages import LONGEST_REASON, Outages
from chargepoint.station.past import Past
from chargepoint.station.settings import StationSettings
from chargepoint.station.transacting import Transacting
from chargepoint.station.variables import VariableDesk
from chargepoint.store.store import Store


def _changes(asked: ChangeVariable) -> str:
    value = MASK if SECRET_NAME.search(asked.name) else plain(asked.value, 100)
    return f"sets {plain(asked.name, 100)} to {value!r}"


def _takes(asked: TakeOutOfService) -> str:
    place, at_once = "the station" if asked.evse is None else f"EVSE {asked.evse}", ", at once" if asked.at_once else ""
    return f"takes {place} out of service{at_once} ({plain(asked.reason, LONGEST_REASON) or 'no reason given'}){_by(asked.by)}"


def _by(name: str) -> str:
    return f", by name {plain(name, LONGEST_NAME)}" if name else ""


ACTS: Mapping[type, Callable[[Any], str]] = {
    TakeOutOfService: _takes,
    ReturnToService: lambda asked: f"returns {'the station' if asked.evse is None else f'EVSE {asked.evse}'} to service{_by(asked.by)}",
    EnrolCard: lambda asked: f"enrols a card for {plain(asked.name, LONGEST_NAME) or 'nobody in particular'}",
    EnrolCards: lambda asked: f"enrols {len(asked.cards)} cards by their numbers",
    RenameCard: lambda asked: f"gives card {asked.id} another name: {plain(asked.name, LONGEST_NAME)}",
    ForgetCard: lambda asked: f"has card {asked.id} forgotten",
    ExportCards: lambda asked: "exports the numbers of the cards",
    ChangeVariable: _changes,
}
"""What changes anything, or gives numbers of cards away, in the words of the history."""


class Office:
    """``obey``: carries out a command of the CSMS."""

    def __init__(
        self,
        settings: StationSettings,
        store: Store,
        model: DeviceModel,
        clock: StationClock,
        transacting: Transacting,
        availability: Availability,
        access: Access,
        obey: Callable[[Command], Awaitable[Answered]],
    ) -> None:
        authorizing = access.authorizing
        self._access = access
        self.outages = Outages(store, clock, transacting)
        self.cards = Cards(settings, store, model, clock)
        self.holding = Holding(
            clock,
            transacting,
            lambda answer, evses: authorizing.answers(answer, evses),
            self._known,
            authorizing.group_of,
            access.reading.count,
        )
        self.frames = FrameBook(clock)
        self.variables = VariableDesk(model, obey)
        self.past = Past(store, clock, transacting, self.cards.name_of, settings.has_csms)
        availability.taken_out = self.outages.covers
        access.known.own = self.cards.owns
        authorizing.used = self.cards.used
        authorizing.held_back = self.holding.takes
        self.cards.shown = self.holding.shown

    def _known(self, token: IdToken) -> str:
        """What the station knows of a card, for people."""
        own, listed = self.cards.name_of(token), self._access.local_list.find(token)
        said = [f"enrolled as {own!r}" if own else "enrolled, without a name"] if self.cards.owns(token) else []
        said += ["in the configuration file"] if self.cards.in_file(token) else []
        said += [f"on the CSMS's local list as {listed.status}"] if listed is not None else []
        return "; ".join(said)

    def takers(self) -> Takers:
        """What they answer."""
        rooms = (self.outages, self.cards, self.holding, self.frames, self.variables, self.past)
        return {asked: taker for room in rooms for asked, taker in room.takers().items()}

    def tick(self, now_s: float) -> None:
        """Once a second."""
        self.holding.tick(now_s)
