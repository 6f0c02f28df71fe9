"""One turn of control: hear, read, compute, write, tell. It knows no clock, so it runs under a virtual one as well."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

from msgspec import structs

from chargepoint.control import fault_log, showing, telemetry
from chargepoint.control.events import Ring
from chargepoint.control.idle import idle
from chargepoint.control.memory import ControlState, EvseInputs, Inputs
from chargepoint.control.meters import Latest
from chargepoint.control.panel import Panel
from chargepoint.control.scan import Wish, states, step
from chargepoint.control.showing import Watched
from chargepoint.control.signing import Signing, refused
from chargepoint.control.telemetry import Told
from chargepoint.control.told import as_sent
from chargepoint.domain.faults import Fault
from chargepoint.link.messages import (
    Ack,
    Beep,
    EvseState,
    Hello,
    Indicate,
    Record,
    RecordOutcome,
    Renew,
    Snapshot,
    Telemetry,
    Watch,
)
from chargepoint.link.ports import ControlEnd
from chargepoint.link.release import RELEASE
from hal.api import Board, Indicator

log = logging.getLogger(__name__)

BURST = 32
"""Events sent in one scan; a replay of many takes several."""


def signing(signer: Signing) -> bool:
    """Has it a record in hand?"""
    return signer.outcome is not None and signer.outcome.state == "working"


class Cycle:
    """Control between its boards, its meters and the link. ``scan`` is all there is to call."""

    def __init__(
        self,
        state: ControlState,
        boards: Mapping[int, Board],
        meters: Mapping[int, Latest],
        end: ControlEnd,
        indicators: Mapping[int, Indicator] = MappingProxyType({}),
        signers: Mapping[int, Signing] = MappingProxyType({}),
    ) -> None:
        self.state = state
        self.ring = Ring(state.boot)
        self._boards = boards
        self._meters = meters
        self._signers = signers
        self._refused: dict[int, RecordOutcome] = {}
        """Where a record was wanted and the meter does not sign."""
        self._end = end
        self._panel = Panel(indicators)
        self._greet = False
        self._watched = Watched()
        self._told = {evse: Told() for evse in state.evses}
        self._faults: dict[int, tuple[Fault, ...]] = dict.fromkeys(state.evses, ())
        """As logged last."""
        self.renewing = False
        """The station wants control to start anew, as soon as it can."""

    @property
    def closed(self) -> bool:
        """Is, or may be, any contactor closed?"""
        return any(evse.closed for evse in self.state.evses.values())

    def idle(self, now: float) -> bool:
        """May control leave at this moment? Nor does it while a meter signs."""
        return idle(self.state, now) and not any(signing(signer) for signer in self._signers.values())

    def scan(self, now: float, late_s: float = 0.0, halting: bool = False, overloaded: bool = False) -> None:
        """Once through, at the monotonic time ``now``."""
        wishes = self._hear(now)
        read = {evse: self._read(evse, board) for evse, board in self._boards.items()}
        self.state, outputs, changed = step(self.state, Inputs(read, late_s, halting, overloaded), wishes, now)
        for evse, board in self._boards.items():
            board.write(outputs[evse])
            board.kick()
        for state in changed:
            self._note(state, now)
        self._panel.show(self.state.evses, now)
        self._tell(now)
        self._show(read, now)

    def _hear(self, now: float) -> list[Wish]:
        """Sort what the station said; the wishes are left."""
        wishes: list[Wish] = []
        for message in self._end.receive():
            match message:
                case Hello():
                    self._greet = True
                    self.ring.rewind()
                case Ack():
                    self.ring.ack(message.boot, message.number)
                case Watch():
                    self._watched = showing.heed(message, now)
                case Renew():
                    self.renewing = True
                case Record():
                    self._sign(message, now)
                case Indicate() | Beep():
                    self._panel.heed(message, now)
                case _:
                    wishes.append(message)
        return wishes

    def _sign(self, wish: Record, now: float) -> None:
        signer = self._signers.get(wish.evse)
        if signer is not None:
            signer.heed(wish, now)
        else:
            self._refused[wish.evse] = refused(wish)

    def _read(self, evse: int, board: Board) -> EvseInputs:
        meter, signer = self._meters[evse], self._signers.get(evse)
        record = self._refused.get(evse) if signer is None else signer.outcome
        return EvseInputs(board.read(), meter.reading, meter.doubt, record)

    def _note(self, state: EvseState, now: float) -> None:
        """An EVSE has changed: number it, log it; when its contactor moved, have the meter read."""
        self.ring.add(state, now)
        told = telemetry.note(self._told[state.evse], state, now)
        if told is not self._told[state.evse]:
            self._told[state.evse] = told
            self._meters[state.evse].wake()
        fault_log.note(state.evse, self._faults[state.evse], state.faults)
        self._faults[state.evse] = state.faults
        log.info(
            "event=evse number=%d evse=%d state=%s cp=%s car=%s contactor=%s offered_ma=%d permit=%s limit=%s locked=%s faults=%s",
            self.ring.number,
            state.evse,
            state.state,
            state.cp,
            _car(state),
            "closed" if state.contactor_closed else "open",
            state.offered_ma,
            state.permit,
            state.limits[0].source if state.limits else None,
            state.locked,
            ",".join(fault.name for fault in state.faults) or None,
        )

    def _tell(self, now: float) -> None:
        """Snapshot, events, telemetry: each only when everything before it has been handed over."""
        if self._greet:
            snapshot = Snapshot(self.state.boot, now, states(self.state), self.ring.number, dropped=self.ring.dropped, release=RELEASE)
            self._greet = not self._end.send(snapshot)
        for _ in range(BURST):
            event = None if self._greet else self.ring.due()
            if event is None or not self._end.send(event):
                break
            self.ring.sent()
        if not self._greet and self.ring.due() is None:
            self._tell_readings(now)

    def _tell_readings(self, now: float) -> None:
        for number, evse in self.state.evses.items():
            told = self._told[number]
            if telemetry.too_soon(told, now):
                continue
            state = structs.replace(as_sent(evse), record=None)
            if telemetry.due(told, state, now) and self._end.send(Telemetry(self.state.boot, now, state)):
                self._told[number] = telemetry.after(told, state, now)

    def _show(self, read: Mapping[int, EvseInputs], now: float) -> None:
        """To somebody who looks. What cannot be sent is never sent: the next is newer."""
        if self._greet or not showing.due(self._watched, now):
            return
        self._watched = Watched(self._watched.until_s, now)
        for number, evse in self.state.evses.items():
            self._end.send(showing.signals(evse, read[number], now, self._panel.shows(number)))


def _car(state: EvseState) -> str:
    """For the log: which plug-in there is."""
    if not state.plug_known:
        return "unknown"
    return "none" if state.plug_in is None else str(state.plug_in.number)
