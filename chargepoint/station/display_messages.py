"""Messages that a CSMS wants drivers to read (OCPP 2.0.1 block O): set, listed and cleared by it, shown on displays and drivers' pages."""

import logging
from collections.abc import Collection, Iterator

from chargepoint.domain.commands import ClearDisplayMessage, GetDisplayMessages, Outcome, SetDisplayMessage, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.display_messages import (
    FORMATS,
    MOST_MESSAGES,
    Bulletin,
    DisplayMessage,
    MessagePriority,
    MessageState,
    Scene,
    bulletin,
    over,
)
from chargepoint.domain.notifications import NotifyDisplayMessages
from chargepoint.domain.transaction import ChargingState
from chargepoint.domain.variables.cost import DISPLAY_MESSAGES, DISPLAY_MESSAGES_ENABLED
from chargepoint.station.availability import Availability
from chargepoint.station.clock import StationClock
from chargepoint.station.orders import FollowUp, Orders
from chargepoint.station.reports import Reports
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

REPORT = "display messages"
PART = 10
"""So many messages go into one report: about 10 kB."""
DISPLAY = "display"
"""The component that a message may name (O01.FR.22)."""
NOTHING = Bulletin()


class DisplayMessages:
    """Keeps them, and knows which are to be seen at an EVSE."""

    def __init__(
        self, store: Store, model: DeviceModel, clock: StationClock, transacting: Transacting, availability: Availability, reports: Reports
    ) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._transacting = transacting
        self._availability = availability
        self._reports = reports
        self._messages = store.display_messages.load()
        model.show(DISPLAY_MESSAGES, lambda: str(len(self._messages)))

    def orders(self) -> Orders:
        """What the CSMS may say."""
        return {
            SetDisplayMessage: lambda command: (self.set(command), None),
            GetDisplayMessages: self.report,
            ClearDisplayMessage: lambda command: (self.clear(command), None),
        }

    # What the CSMS wants

    def set(self, command: SetDisplayMessage) -> Outcome:
        """O01, O02; in the place of one with the same id (O06.FR.01), and of another one that is always in front (O01.FR.16, O02.FR.18)."""
        self.review()
        message = command.message
        refused = self._refusal(message)
        if refused is not None:
            return refused
        replaced = {each.id for each in self._messages if _gives_way(each, message)}
        left = tuple(each for each in self._messages if each.id not in replaced)
        if len(left) >= MOST_MESSAGES:
            return Outcome(Verdict.REJECTED, "TooManyElements", f"there are {MOST_MESSAGES} messages; clear some")
        with self._store.commit():
            self._store.display_messages.drop(replaced)
            self._store.display_messages.save(message)
        self._messages = (*left, message)
        log.info("event=display_message_set id=%d priority=%s state=%s", message.id, message.priority, message.state)
        return Outcome(Verdict.ACCEPTED)

    def _refusal(self, message: DisplayMessage) -> Outcome | None:
        """O01.FR.03, O01.FR.11, O01.FR.22, O02.FR.01, O02.FR.05, O02.FR.11. Every priority and every state is supported."""
        if not self._model.read(DISPLAY_MESSAGES_ENABLED):
            return Outcome(Verdict.REJECTED, "NotEnabled", "DisplayMessageCtrlr.Enabled is false")
        if message.format not in FORMATS:
            return Outcome(Verdict.NOT_SUPPORTED_FORMAT, "UnsupportedParam", f"expected one of {', '.join(FORMATS)}")
        if message.component and (message.component.lower() != DISPLAY or message.evse not in (None, *self._transacting.sheets)):
            return Outcome(Verdict.REJECTED, "NotFound", f"there is no display {message.component} of EVSE {message.evse}")
        if message.transaction_id is not None and message.transaction_id not in self._running():
            return Outcome(Verdict.UNKNOWN_TRANSACTION, "TxNotFound", f"no transaction {message.transaction_id} runs here")
        return None

    def clear(self, command: ClearDisplayMessage) -> Outcome:
        """O05.FR.01, O05.FR.02."""
        self.review()
        if all(each.id != command.id for each in self._messages):
            return Outcome(Verdict.UNKNOWN, "NotFound", f"there is no message {command.id}")
        self._drop({command.id})
        return Outcome(Verdict.ACCEPTED)

    def report(self, command: GetDisplayMessages) -> tuple[Outcome, FollowUp]:
        """O03.FR.01, O03.FR.02, O03.FR.06, O04.FR.01, O04.FR.02, O04.FR.03, O04.FR.07: the answer first, then the parts."""
        self.review()
        found = tuple(each for each in self._messages if _is_wanted(each, command))
        if not found:
            return Outcome(Verdict.UNKNOWN, "NotFound", "there is no such message"), None
        refusal = self._reports.refusal(REPORT, command.request_id)
        if refusal is not None:
            return Outcome(Verdict.UNKNOWN, refusal.reason_code, refusal.info), None
        return Outcome(Verdict.ACCEPTED), lambda: self._reports.begin(REPORT, command.request_id, _parts(command.request_id, found))

    # What is to be seen

    def bulletin(self, evse: int) -> Bulletin:
        """At one EVSE, now."""
        if not self._messages or not self._model.read(DISPLAY_MESSAGES_ENABLED):
            return NOTHING
        session = self._transacting.sessions[evse]
        ids = {session.transaction_id, None if session.transaction is None else session.transaction.id}
        scene = Scene(
            evse=evse,
            state=self._state(evse),
            transactions=frozenset(each for each in ids if each is not None),
            languages=() if session.payer is None else session.payer.languages,
        )
        return bulletin(self._messages, scene, self._clock.now())

    def _state(self, evse: int) -> MessageState:
        """MessageStateEnumType, EVSE by EVSE: whoever reads stands before one of them."""
        session, sheet = self._transacting.sessions[evse], self._transacting.sheets[evse]
        if sheet.faulty:
            return MessageState.FAULTED
        if session.transaction is not None and session.transaction.charging_state is ChargingState.CHARGING:
            return MessageState.CHARGING
        operative = session.transaction is not None or any(map(self._availability.operative, sheet.settings.connectors))
        return MessageState.IDLE if operative else MessageState.UNAVAILABLE

    def review(self) -> None:
        """Remove what is over (O01.FR.07, O02.FR.02, O02.FR.07)."""
        if not self._messages:
            return
        now, running = self._clock.now(), self._running()
        gone = {each.id for each in self._messages if over(each, now, running)}
        if gone:
            self._drop(gone)

    def _running(self) -> frozenset[str]:
        ids = [session.transaction_id for session in self._transacting.sessions.values()]
        ids += [session.transaction.id for session in self._transacting.sessions.values() if session.transaction is not None]
        return frozenset(each for each in ids if each is not None)

    def _drop(self, ids: Collection[int]) -> None:
        with self._store.commit():
            self._store.display_messages.drop(ids)
        self._messages = tuple(each for each in self._messages if each.id not in ids)


def _gives_way(old: DisplayMessage, new: DisplayMessage) -> bool:
    return old.id == new.id or (old.priority is new.priority is MessagePriority.ALWAYS_FRONT)


def _is_wanted(message: DisplayMessage, command: GetDisplayMessages) -> bool:
    return (
        (not command.ids or message.id in command.ids)
        and command.priority in (None, message.priority)
        and command.state in (None, message.state)
    )


def _parts(request_id: int, found: tuple[DisplayMessage, ...]) -> Iterator[NotifyDisplayMessages]:
    """O03.FR.03, O03.FR.04, O03.FR.05, O04.FR.04, O04.FR.05, O04.FR.06."""
    for start in range(0, len(found), PART):
        yield NotifyDisplayMessages(request_id, start + PART < len(found), found[start : start + PART])
