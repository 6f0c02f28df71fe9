"""The station's side of the link: applies what control says, once each, and tells it who may charge."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from chargepoint.link.messages import Ack, Down, Event, EvseState, Hello, Signals, Snapshot, Up
from chargepoint.link.ports import LinkClosed, StationEnd
from chargepoint.station.clock import pause
from chargepoint.station.transacting import Transacting
from chargepoint.store.store import Store

log = logging.getLogger(__name__)

RETRY_S = 0.1
"""Control starts within half a second; knocking on a local socket costs nothing."""
SILENT_S = 10.0
"""Control is started anew within seconds. When it stays away longer, every EVSE is out of order, whatever it told last."""
HUNG_S = 30.0
"""Control tells readings every ten seconds at least. When it says nothing for longer, it hangs, though its socket is open."""
QUEUE = 200
"""Wishes waiting for the socket. When it is full the oldest goes: permits are renewed anyway."""


class ControlLink:
    """Connects for ever. A snapshot that contains events not heard yet waits until they have been replayed."""

    def __init__(self, connect: Callable[[], Awaitable[StationEnd]], store: Store, transacting: Transacting) -> None:
        self._connect = connect
        self._store = store
        self._transacting = transacting
        self._outgoing: deque[Down] = deque(maxlen=QUEUE)
        self._wake = asyncio.Event()
        self._held: Snapshot | None = None
        self._first_boot: str | None = None
        self._power_cut = False
        self._heard_s: float | None = None
        self._speaks = False
        """Has it said anything since the last tick?"""
        self.connected = False
        self.boot = ""
        """Of the control process that was heard last."""
        self.release = ""
        """Its version; empty: it does not tell."""
        self._greeted = ""
        self.began: Callable[[bool, str], None] = lambda first, release: None
        """Another control process than before is heard: is it the first one here, and its version."""
        self.on_state: Callable[[EvseState], None] = lambda state: None
        self.on_signals: Callable[[Signals], None] = lambda signals: None

    def tell(self, message: Down) -> None:
        """Say something to control. Without a link it is not said: when control is back it is told afresh who may charge."""
        if self.connected:
            self._outgoing.append(message)
            self._wake.set()

    def tick(self, now_s: float) -> None:
        """Once a second: is control there?"""
        if self._speaks or self._heard_s is None:
            self._heard_s = now_s
        self._speaks = False
        patience_s = HUNG_S if self.connected else SILENT_S
        self._transacting.control_silent(self._heard_s if now_s - self._heard_s >= patience_s else None)

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                end = await self._connect()
            except (OSError, LinkClosed):
                await pause(RETRY_S)
                continue
            try:
                await self._converse(end)
            except LinkClosed as error:
                log.warning("event=control_gone cause=%r", str(error))
            finally:
                self.connected = False
                self._held = None
                end.close()
            await pause(RETRY_S)

    async def _converse(self, end: StationEnd) -> None:
        await end.send(Hello())
        talking = asyncio.get_running_loop().create_task(self._talk(end))
        try:
            await self._listen(end)
        finally:
            talking.cancel()

    async def _talk(self, end: StationEnd) -> None:
        try:
            while True:
                self._wake.clear()
                while self._outgoing:
                    await end.send(self._outgoing.popleft())
                await self._wake.wait()
        except LinkClosed:
            return  # the listener hears it too

    async def _listen(self, end: StationEnd) -> None:
        while True:
            message = await end.receive()
            self._speaks = True
            self._hear(message)
            if isinstance(message, Event):
                await end.send(Ack(message.boot, message.number))

    def _hear(self, message: Up) -> None:
        if isinstance(message, Snapshot):
            self._greet(message)
        elif isinstance(message, Event):
            self._event(message)
        elif isinstance(message, Signals):
            self.on_signals(message)
        elif self._held is None:
            self._apply(message.state, message.at_s, message.boot)

    def _greet(self, snapshot: Snapshot) -> None:
        heard = self._store.facts.heard()
        if heard is not None and snapshot.boot not in (heard[0], self._greeted):
            self.began(self._first_boot is None, snapshot.release)
        self._greeted = snapshot.boot
        if self._first_boot is None:
            self._first_boot = snapshot.boot
            self._power_cut = heard is not None and heard[0] != snapshot.boot
        elif snapshot.boot != self._first_boot:
            self._power_cut = False
        already = heard[1] if heard is not None and heard[0] == snapshot.boot else 0
        log.info("event=control_found boot=%s number=%d heard=%d dropped=%d", snapshot.boot, snapshot.number, already, snapshot.dropped)
        if snapshot.number > already:
            self._held = snapshot
        else:
            self._complete(snapshot)

    def _event(self, event: Event) -> None:
        heard = self._store.facts.heard()
        if heard is None or heard[0] != event.boot or event.number > heard[1]:
            with self._store.commit():
                self._apply(event.state, event.at_s, event.boot)
                self._store.facts.hear(event.boot, event.number)
        if self._held is not None and event.number >= self._held.number:
            held, self._held = self._held, None
            self._complete(held)

    def _complete(self, snapshot: Snapshot) -> None:
        """All that control knows is known here: from now on wishes may be told."""
        with self._store.commit():
            for state in snapshot.evses:
                self._apply(state, snapshot.at_s, snapshot.boot)
            self._store.facts.hear(snapshot.boot, snapshot.number)
        self.boot, self.release = snapshot.boot, snapshot.release
        self.connected = True
        self._outgoing.clear()
        self._transacting.restate()

    def _apply(self, state: EvseState, at_s: float, boot: str) -> None:
        self._transacting.hear(state, at_s, boot, self._power_cut)
        self.on_state(state)
