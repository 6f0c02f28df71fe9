"""The outbox on its way (OCPP 2.0.1 E12, E13, A04; 1.6 §3.7.1, §4.10): in order, kept until answered, tried as the settings say.

Transactions, security events, events of monitors and meter values without a transaction have a lane each. A lane waits for the answer to
its first message, and never for another lane: what the one holds up by being refused again and again does not hold up the others. On the
wire one CALL is open at a time anyway.

A transaction's message that waits when the connection goes, or is on its way then, counts as told offline, although what it tells of may
have happened before (E11.FR.07 is the one requirement that says anything about it). Connected is whoever has a WebSocket, accepted or not.

Being offline uses up no attempts. A message that was refused or ignored as often as allowed is put aside, kept, and the lane goes on. What
was put aside can be sent again: it gets back its old place, before everything that waits. A security event that is only ignored is never
put aside: it goes behind the others and is tried again, for its delivery is guaranteed (1.6-SEC A04.FR.02, OCPP 2.0.1 A04.FR.02).

Where another version is spoken than before, the beginnings of transactions whose end has not been told come first (``store.beginnings``);
they are tried as often, and put aside in the same way.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from msgspec.structs import replace

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import (
    Answer,
    ConnectorUnplugged,
    Kept,
    MeterValues,
    NotifyEvent,
    SecurityEvent,
    TransactionAnswer,
    Untied,
)
from chargepoint.domain.transaction import EventKind, TransactionEvent
from chargepoint.domain.variables.communication import MAX_QUEUED_MESSAGES, MESSAGE_ATTEMPT_INTERVAL, MESSAGE_ATTEMPTS
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError, CsmsOffline, CsmsRefused, CsmsSilent
from chargepoint.store.beginnings import Beginning
from chargepoint.store.database import StoreError
from chargepoint.store.outbox import LANES, Lane, Letter
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

IDLE_S = 60.0
"""How long to sleep when nothing calls."""
OFFLINE_S = 0.2
"""How long to wait for the news that the connection is gone."""


class Delivery:
    """Sends what the outbox holds while it may."""

    def __init__(self, store: Store, model: DeviceModel, clock: StationClock, csms: Csms, authorizing: Authorizing) -> None:
        self._store = store
        self._model = model
        self._clock = clock
        self._csms = csms
        self._authorizing = authorizing
        self._open = False
        self._late = 0
        self._wakes = {lane: asyncio.Event() for lane in Lane}
        self.opened: Callable[[], None] = lambda: None
        """From now on the CSMS hears what waits."""
        self.priced: Callable[[TransactionEvent, TransactionAnswer], None] = lambda event, answer: None
        """The CSMS has answered an event of a transaction, with what it costs perhaps."""
        self.sent: dict[Lane, int] = {}
        """The number of what each lane sent last."""
        self.told: set[str] = set()
        """Transactions of which something has been sent, and not the end."""
        self.running: Callable[[], dict[str, int]] = dict
        """Transactions that go on, and the seqNo of what is told of each next."""
        self._repeated: dict[str, str] = {}
        self._in_vain: Counter[str] = Counter()
        store.outbox.most = lambda: model.read(MAX_QUEUED_MESSAGES)

    def connected(self) -> None:
        """A connection stands: whatever waited until now counts as told offline (E04.FR.03, E08.FR.07, E11.FR.02, E11.FR.07, E12.FR.02)."""
        self._late = self._store.outbox.newest()

    def open(self) -> None:
        """Connected and accepted: go (C15.FR.02, E04.FR.02, E08.FR.06)."""
        if not self._open:
            with self._store.commit():
                broken = self._store.outbox.broken()
                running = {each: number for each, number in self.running().items() if each not in broken}
                self._store.numbering.speaks(self._csms.version, running | self._store.outbox.unsent_numbers())
        self._open = True
        self.opened()
        self.nudge()

    def shut(self) -> None:
        """The connection is gone."""
        self._open = False

    def nudge(self) -> None:
        """Something was put into the outbox."""
        for wake in self._wakes.values():
            wake.set()

    def tick(self) -> None:
        """Once a second: whoever puts something into the outbox need not say so."""
        if self._store.outbox.waiting():
            self.nudge()

    async def run(self, lane: Lane) -> None:
        """For ever."""
        wake = self._wakes[lane]
        while True:
            wake.clear()
            beginning = self._store.beginnings.unheard(self._csms.version) if self._open and lane is Lane.TRANSACTION else None
            letter = self._store.outbox.first(lane) if self._open else None
            if beginning is not None:
                await self._repeat(beginning, wake)
            elif letter is None:
                await pause(IDLE_S, wake)
            else:
                await self._send(letter, wake)

    async def _repeat(self, beginning: Beginning, wake: asyncio.Event) -> None:
        """Tell a CSMS of another version how it began. As often as anything else; what follows is told all the same."""
        event = replace(beginning.event, offline=True)
        message_id = self._repeated.setdefault(beginning.name, str(uuid4()))
        try:
            answer = await self._csms.ask(event, message_id if self._csms.resend_keeps_id else None)
        except CsmsOffline:
            await pause(OFFLINE_S)
            return
        except CsmsError as error:
            await self._refused(beginning, message_id, str(error) or type(error).__name__, wake)
            return
        named = answer.csms_id if isinstance(answer, TransactionAnswer) else None
        with self._following(lambda mistake: self._beginning_aside(beginning, message_id, 1, mistake)):
            self._store.beginnings.heard(beginning.name)
            if named is not None:
                self._store.transactions.named(beginning.subject, named)
            if isinstance(answer, TransactionAnswer):
                self._judged(event, answer)
        self._repeated.pop(beginning.name, None)
        self.told.add(event.transaction_id)

    async def _refused(self, beginning: Beginning, message_id: str, cause: str, wake: asyncio.Event) -> None:
        """Again, as often as it may be, or put aside."""
        self._in_vain[beginning.name] += 1
        tries, most = self._in_vain[beginning.name], self._model.read(MESSAGE_ATTEMPTS)
        last = tries >= most
        said = "event=beginning_not_taken %s attempt=%d of=%d kept_aside=%s cause=%s"
        log.warning(said, _named(beginning.event), tries, most, last, cause)
        if not last:
            await self._rest(tries, wake)
            return
        self._beginning_aside(beginning, message_id, tries, cause)
        self._repeated.pop(beginning.name, None)
        self._in_vain.pop(beginning.name, None)

    def _beginning_aside(self, beginning: Beginning, message_id: str, tries: int, cause: str) -> None:
        with self._store.commit():
            self._store.beginnings.heard(beginning.name)
            self._store.outbox.set_aside(Letter(beginning.number, message_id, tries, beginning.event), cause, self._clock.now())

    async def _send(self, letter: Letter, wake: asyncio.Event) -> None:
        event = letter.event
        if isinstance(event, TransactionEvent):
            seq_no = self._store.numbering.told_as(event.transaction_id, event.seq_no)
            event = replace(event, offline=letter.number <= self._late, seq_no=seq_no)
        if not self._csms.says(event):
            with self._store.commit():
                self._delivered(letter)
            return
        self._note_sent(letter)
        try:
            answer = await self._csms.ask(event, letter.message_id if self._csms.resend_keeps_id else None)
        except CsmsOffline:
            await pause(OFFLINE_S)
        except CsmsError as error:
            if _unwanted(event, error):
                self._drop(letter, error)
            else:
                await self._failed(letter, error, wake)
        else:
            self._answered(letter, answer)

    def _note_sent(self, letter: Letter) -> None:
        self.sent[LANES[type(letter.event)]] = letter.number
        if isinstance(letter.event, TransactionEvent):
            over = letter.event.kind is EventKind.ENDED
            (self.told.discard if over else self.told.add)(letter.event.transaction_id)

    def _drop(self, letter: Letter, error: CsmsError) -> None:
        log.info("event=message_unwanted number=%d %s cause=%s", letter.number, _named(letter.event), error)
        with self._store.commit():
            self._store.outbox.delivered(letter.number)

    def _answered(self, letter: Letter, answer: Answer) -> None:
        with self._following(lambda mistake: self._count(letter, mistake)):
            self._delivered(letter)
            self._follow(letter.event, answer)

    @contextmanager
    def _following(self, failed: Callable[[str], object]) -> Iterator[None]:
        """What follows from an answer is part of the same commit: whom the CSMS does not accept would charge on after a power cut.

        Where a mistake of the station's own is in that, the process begins anew, and the message with it; ``failed`` counts that, so that
        neither goes on for ever.
        """
        try:
            with self._store.commit():
                yield
        except StoreError:
            raise
        except Exception as error:
            failed(f"what follows from its answer failed: {type(error).__name__}: {error}")
            raise

    def _follow(self, event: Kept, answer: Answer) -> None:
        if not isinstance(answer, TransactionAnswer):
            return
        if answer.csms_id is not None:
            self._store.transactions.named(_told_of(event), answer.csms_id)
        assert isinstance(event, TransactionEvent), "only a transaction's message is answered with what is known of a token"
        self._judged(event, answer)

    def _delivered(self, letter: Letter) -> None:
        """Inside a commit."""
        self._store.outbox.delivered(letter.number)
        event = letter.event
        if isinstance(event, TransactionEvent):
            self._store.beginnings.told(letter.number, event, self._csms.version, over=self._over)
            if event.kind is EventKind.ENDED:
                self._store.numbering.over(event.transaction_id)

    def _over(self, transaction_id: str) -> bool:
        """Has all of it been told?"""
        return transaction_id not in self.running() and not self._store.outbox.knows(transaction_id)

    def _judged(self, event: TransactionEvent, answer: TransactionAnswer) -> None:
        """What it costs, and what is known of its token."""
        self.priced(event, answer)
        if answer.info is not None:
            self._authorizing.transaction_judged(event, answer.info)
        elif answer.unclear:
            self._authorizing.transaction_unclear(event)

    async def _failed(self, letter: Letter, error: CsmsError, wake: asyncio.Event) -> None:
        """Again, as often as it may be (E13.FR.01, E13.FR.02), or the next one (E13.FR.04)."""
        guaranteed = isinstance(letter.event, SecurityEvent) and isinstance(error, CsmsSilent)
        if not self._count(letter, str(error) or type(error).__name__, guaranteed):
            await self._rest(letter.attempts + 1, wake)

    def _count(self, letter: Letter, cause: str, guaranteed: bool = False) -> bool:
        """One attempt more. Was it the last?"""
        attempts, most = letter.attempts + 1, self._model.read(MESSAGE_ATTEMPTS)
        last = attempts >= max(most, 1)
        with self._store.commit():
            self._store.outbox.tried(letter.number)
            if last and guaranteed:
                self._store.outbox.put_behind(letter.number)
            elif last:
                self._store.outbox.give_up(letter.number, cause, self._clock.now())
        said = "event=message_failed number=%d %s attempt=%d of=%d kept_aside=%s cause=%s"
        log.warning(said, letter.number, _named(letter.event), attempts, most, last and not guaranteed, cause)
        return last

    async def _rest(self, attempts: int, wake: asyncio.Event) -> None:
        """Before the next attempt (E13.FR.03). A shorter interval counts as soon as it is set."""
        since_s = self._clock.monotonic()
        while (left_s := since_s + self._model.read(MESSAGE_ATTEMPT_INTERVAL) * attempts - self._clock.monotonic()) > 0:
            wake.clear()
            await pause(left_s, wake)


def _unwanted(event: Kept, error: CsmsError) -> bool:
    """A CSMS that knows no such events, those of the security extension say: to say it again helps nobody, and the log here has it."""
    return isinstance(event, Untied) and isinstance(error, CsmsRefused) and error.code in ("NotImplemented", "NotSupported")


def _told_of(event: Kept) -> str:
    """The transaction that 1.6 gives an id to."""
    assert isinstance(event, TransactionEvent), "only a transaction's message is answered with what is known of a transaction"
    return event.path.transaction_id


def _named(event: Kept) -> str:
    if isinstance(event, TransactionEvent):
        return f"transaction={event.transaction_id} kind={event.kind} seq_no={event.seq_no}"
    if isinstance(event, ConnectorUnplugged):
        return f"transaction={event.transaction_id} kind=ConnectorUnplugged"
    if isinstance(event, NotifyEvent):
        return f"events={','.join(str(each.id) for each in event.events)}"
    if isinstance(event, MeterValues):
        return f"values_of={event.connector}"
    return f"security_event={event.kind}"
