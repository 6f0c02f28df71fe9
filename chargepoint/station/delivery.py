"""The outbox on its way (OCPP 2.0.1 E12, E13, A04; 1.6 §3.7.1, §4.10): in order, kept until answered, tried as the settings say.

Transactions and security events have a lane each. A lane waits for the answer to its first message, and never for the other lane: what
the one holds up by being refused again and again does not hold up the other. On the wire one CALL is open at a time anyway.

Being offline uses up no attempts. A message that was refused or ignored as often as allowed is put aside, kept, and the lane goes on. What
was put aside can be sent again: it gets back its old place, before everything that waits. A security event that is only ignored is never
put aside: it goes behind the others and is tried again, for its delivery is guaranteed (1.6-SEC A04.FR.02).
"""

import asyncio
import logging
from collections.abc import Callable

from msgspec.structs import replace

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import Answer, ConnectorUnplugged, Kept, SecurityEvent, TransactionAnswer
from chargepoint.domain.transaction import EventKind, TransactionEvent
from chargepoint.domain.variables import MAX_QUEUED_MESSAGES, MESSAGE_ATTEMPT_INTERVAL, MESSAGE_ATTEMPTS
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError, CsmsOffline, CsmsRefused, CsmsSilent
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
        self.sent: dict[Lane, int] = {}
        """The number of what each lane sent last."""
        self.told: set[str] = set()
        """Transactions of which something has been sent, and not the end."""
        store.outbox.most = lambda: model.read(MAX_QUEUED_MESSAGES)

    def open(self) -> None:
        """Connected and accepted: go. Whatever waited until now counts as told offline (E11.FR.07)."""
        if not self._open:
            self._late = self._store.outbox.newest()
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

    async def run(self, lane: Lane) -> None:
        """For ever."""
        wake = self._wakes[lane]
        while True:
            wake.clear()
            letter = self._store.outbox.first(lane) if self._open else None
            if letter is None:
                await pause(IDLE_S, wake)
            else:
                await self._send(letter, wake)

    async def _send(self, letter: Letter, wake: asyncio.Event) -> None:
        event = letter.event
        if isinstance(event, TransactionEvent):
            event = replace(event, offline=letter.number <= self._late)
        if not self._csms.says(event):
            with self._store.commit():
                self._store.outbox.delivered(letter.number)
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
        named = answer.csms_id if isinstance(answer, TransactionAnswer) else None
        with self._store.commit():
            self._store.outbox.delivered(letter.number)
            if named is not None:
                self._store.transactions.named(_subject(letter.event), named)
        if isinstance(answer, TransactionAnswer) and answer.info is not None:
            assert isinstance(letter.event, TransactionEvent), "only a transaction's message is answered with what is known of a token"
            self._authorizing.transaction_judged(letter.event, answer.info)

    async def _failed(self, letter: Letter, error: CsmsError, wake: asyncio.Event) -> None:
        attempts, most = letter.attempts + 1, self._model.read(MESSAGE_ATTEMPTS)
        last, cause = attempts >= max(most, 1), str(error) or type(error).__name__
        guaranteed = isinstance(letter.event, SecurityEvent) and isinstance(error, CsmsSilent)
        with self._store.commit():
            self._store.outbox.tried(letter.number)
            if last and guaranteed:
                self._store.outbox.put_behind(letter.number)
            elif last:
                self._store.outbox.give_up(letter.number, cause, self._clock.now())
        log.warning(
            "event=message_failed number=%d %s attempt=%d of=%d kept_aside=%s cause=%s",
            letter.number,
            _named(letter.event),
            attempts,
            most,
            last and not guaranteed,
            cause,
        )
        if not last:
            await self._rest(attempts, wake)

    async def _rest(self, attempts: int, wake: asyncio.Event) -> None:
        """Before the next attempt. A shorter interval counts as soon as it is set."""
        since_s = self._clock.monotonic()
        while (left_s := since_s + self._model.read(MESSAGE_ATTEMPT_INTERVAL) * attempts - self._clock.monotonic()) > 0:
            wake.clear()
            await pause(left_s, wake)


def _unwanted(event: Kept, error: CsmsError) -> bool:
    """A CSMS without the security extension does not know security events: to say it again helps nobody, and the log here has it."""
    return isinstance(event, SecurityEvent) and isinstance(error, CsmsRefused) and error.code in ("NotImplemented", "NotSupported")


def _subject(event: Kept) -> str:
    assert isinstance(event, TransactionEvent), "only a transaction's message is answered with what is known of a transaction"
    return event.transaction_id


def _named(event: Kept) -> str:
    if isinstance(event, TransactionEvent):
        return f"transaction={event.transaction_id} kind={event.kind} seq_no={event.seq_no}"
    if isinstance(event, ConnectorUnplugged):
        return f"transaction={event.transaction_id} kind=ConnectorUnplugged"
    return f"security_event={event.kind}"
