"""The outbox on its way (OCPP 2.0.1 E12, E13; 1.6 §3.7.1, §4.10): in order, kept until answered, tried as the settings say.

Being offline uses up no attempts. A message that was refused or ignored as often as allowed is put aside, kept, and the queue goes on.
"""

import asyncio
import logging

from msgspec.structs import replace

from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import TransactionAnswer
from chargepoint.domain.variables import MESSAGE_ATTEMPT_INTERVAL, MESSAGE_ATTEMPTS
from chargepoint.station.authorizing import Authorizing
from chargepoint.station.clock import StationClock, pause
from chargepoint.station.csms import Csms, CsmsError, CsmsOffline
from chargepoint.store.outbox import Letter
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
        self._wake = asyncio.Event()

    def open(self) -> None:
        """Connected and accepted: go. Whatever waited until now counts as told offline (E11.FR.07)."""
        if not self._open:
            self._late = self._store.outbox.newest()
        self._open = True
        self._wake.set()

    def shut(self) -> None:
        """The connection is gone."""
        self._open = False

    def nudge(self) -> None:
        """Something was put into the outbox."""
        self._wake.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._wake.clear()
            letter = self._store.outbox.first() if self._open else None
            if letter is None:
                await pause(IDLE_S, self._wake)
            else:
                await self._send(letter)

    async def _send(self, letter: Letter) -> None:
        event = replace(letter.event, offline=letter.number <= self._late)
        if not self._csms.says(event):
            with self._store.commit():
                self._store.outbox.delivered(letter.number)
            return
        try:
            answer = await self._csms.ask(event, letter.message_id if self._csms.resend_keeps_id else None)
        except CsmsOffline:
            await pause(OFFLINE_S)
        except CsmsError as error:
            await self._failed(letter, error)
        else:
            assert isinstance(answer, TransactionAnswer)
            self._answered(letter, answer)

    def _answered(self, letter: Letter, answer: TransactionAnswer) -> None:
        with self._store.commit():
            self._store.outbox.delivered(letter.number)
            if answer.csms_id is not None:
                self._store.transactions.named(letter.event.transaction_id, answer.csms_id)
        if answer.info is not None:
            self._authorizing.transaction_judged(letter.event.transaction_id, answer.info, self._clock.now())

    async def _failed(self, letter: Letter, error: CsmsError) -> None:
        attempts, most = letter.attempts + 1, self._model.read(MESSAGE_ATTEMPTS)
        last = attempts >= max(most, 1)
        with self._store.commit():
            self._store.outbox.tried(letter.number)
            if last:
                self._store.outbox.give_up(letter.number)
        log.warning(
            "event=message_failed transaction=%s seq_no=%d attempt=%d of=%d kept_aside=%s cause=%s",
            letter.event.transaction_id,
            letter.event.seq_no,
            attempts,
            most,
            last,
            error or type(error).__name__,
        )
        if not last:
            await pause(self._model.read(MESSAGE_ATTEMPT_INTERVAL) * attempts)
