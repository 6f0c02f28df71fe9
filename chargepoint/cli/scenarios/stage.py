"""The stage: the simulated world, control's real scan and a played station under one virtual clock. No asyncio, no sleep.

    time passes to the next scan ─▶ world events, actions and meter polls in their order, each at its own moment
    scan                         ─▶ boards read, ``step``, boards written and kicked, told
    rest?                        ─▶ the next scan of the grid at which anything can be different (``rest``); else the next scan

Observers see every moment at which something may have changed: ``look`` after each event, action and scan, ``scanned`` after each scan.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any, Protocol

from msgspec import Struct

from chargepoint.cli.scenarios.agenda import Agenda
from chargepoint.cli.scenarios.clock import Clock, scan_from, scan_s
from chargepoint.cli.scenarios.durations import durations
from chargepoint.cli.scenarios.happenings import Happenings
from chargepoint.cli.scenarios.player import Player
from chargepoint.cli.scenarios.polls import PolledMeter
from chargepoint.cli.scenarios.rest import Rest
from chargepoint.control import scan
from chargepoint.control.kept import Kept, KeptEvse, KeptFault
from chargepoint.control.memory import ControlState, EvseInputs, Inputs
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.link.messages import EvseState
from simulators.electrics import Electrics
from simulators.hardware import EvsePlan
from simulators.memory import MemoryBoard
from simulators.verbs import Entries
from simulators.world import World

MAX_JUMP_S = 60.0
KEEP_S = 0.02
"""From a change of what control keeps to having it on disk."""


class Installed(Struct, frozen=True):
    """One EVSE: as the world builds it, and as control knows it."""

    plan: EvsePlan
    settings: EvseSettings


class Observer(Protocol):
    """Sees what happens on a stage."""

    def look(self, now: float) -> None:
        """Something may have changed in the world."""

    def given(self, wishes: Sequence[scan.Wish], now: float) -> None:
        """Control is about to hear these."""

    def scanned(self, now: float) -> None:
        """A scan has run, and the world has its outputs."""

    def power(self, on: bool, now: float) -> None:
        """Control ends with its supply, or starts anew."""


class Verb(Protocol):
    """A verb of the bench, on one EVSE."""

    def __call__(self, world: World, evse: Electrics, entries: Entries, now: float) -> None:
        """Apply it."""


class Stage:
    """``jumps`` False: every scan of the grid runs. ``state`` is ``None`` while control is dead."""

    def __init__(self, installed: Sequence[Installed], fuse_ma: int, *, jumps: bool = True) -> None:
        self.clock = Clock()
        self.began_s = self.clock.now_s
        self.agenda = Agenda(self.clock)
        self.happenings = Happenings(self.clock)
        self.player = Player(self.agenda, self.happenings, self.clock)
        self.settings = {each.settings.evse: each.settings for each in installed}
        self.world = World([each.plan for each in installed])
        self.site = SiteSettings(fuse_ma=fuse_ma)
        self.observers: list[Observer] = []
        self.state: ControlState | None = None
        self.kept: Kept = {}
        self.boots = self.scans = 0
        self.late_s = 0.0
        """By how much the next scan will be late."""
        self.overloaded = False
        self.memory_lost: set[int] = set()
        """EVSEs for which no technician has said yet that he has looked."""
        self._jumps = jumps
        self._rest = Rest(durations(self.settings.values()))
        self._boards: dict[int, MemoryBoard] = {}
        self.meters: dict[int, PolledMeter] = {}
        self._inputs = Inputs({})
        self._number = 0
        self._quiet_s = self._rested_s = -inf
        self.world.open(self.clock.now_s)
        self.start()

    # What others do

    def do(self, evse: int, verb: Verb, **entries: Any) -> None:
        """A verb of the bench, now."""
        self.happenings.add(evse, f"{getattr(verb, '__name__', verb)} {entries or ''}")
        self.world.advance(self.clock.now_s)
        verb(self.world, self.world.evses[evse], entries, self.clock.now_s)
        self.world.changed(self.clock.now_s)
        self.look()

    def told(self, evse: int) -> EvseState:
        """An EVSE as control told it last."""
        return self.player.told.get(evse, EvseState(evse=evse, plug_known=False))

    def cut(self) -> None:
        """A power cut of the controller: control dies, and its boards have no supply."""
        self.kill()
        self.happenings.add(None, "the power is cut")
        self.world.switch_power(False)
        self.world.changed(self.clock.now_s)
        self.look()

    def restore(self) -> None:
        """The supply is back, and control starts."""
        self.happenings.add(None, "the power is back")
        self.world.switch_power(True)
        self.world.changed(self.clock.now_s)
        self.start()

    def kill(self) -> None:
        """Control dies, as it stands."""
        self.state = None
        self._boards, self.meters = {}, {}
        self.player.take()
        for observer in self.observers:
            observer.power(False, self.clock.now_s)

    def lose_memory(self) -> None:
        """What control keeps cannot be read when it starts next."""
        self.memory_lost = set(self.settings)
        self.happenings.add(None, "what control keeps is spoilt")
        self.kept = {evse: KeptEvse((KeptFault("memory_lost"),)) for evse in self.settings}

    def start(self) -> None:
        """Control starts, with what it had kept."""
        self.boots += 1
        now = self.clock.now_s
        self.state = scan.initial(self.settings.values(), self.site, f"boot-{self.boots}", now, self.kept)
        self._boards = {evse: MemoryBoard(self.world, evse, self.clock) for evse in self.settings}
        self.meters = {evse: PolledMeter(self.world, evse, self.clock) for evse in self.settings}
        for board in self._boards.values():
            board.open()
        self._number, self._quiet_s, self._inputs = scan_from(now) - 1, -inf, Inputs({})
        self.happenings.forget()
        for observer in self.observers:
            observer.power(True, now)

    # Time

    def run(self, lasts_s: float) -> None:
        """Let time pass."""
        end_s = self.clock.now_s + lasts_s
        self._quiet_s = -inf  # whatever was done to the world between two runs is seen by the next scan
        while self.clock.now_s < end_s:
            number = self._due() if self.state is not None else None
            if number is None:
                self._pass_to(min(end_s, self.agenda.next_s, self.world.next_event_s))
            elif scan_s(number) > end_s:
                self._hold(number)
                self._pass_to(end_s)
            else:
                self._hold(number)
                self._pass_to(scan_s(number))
                if self.state is not None and self.clock.now_s == scan_s(number):
                    self._scan(number)

    def look(self) -> None:
        """Have the observers look."""
        for observer in self.observers:
            observer.look(self.clock.now_s)

    def _due(self) -> int:
        """The next scan that has to run. Before an event it is the last one that does not see it: an age counts from there."""
        upcoming = self._number + 1
        if not self._jumps or self.player.has_wishes or self._quiet_s <= self.clock.now_s:
            return upcoming
        changes_s = min(evse.next_change_s if heard(evse) else evse.next_event_s for evse in self.world.evses.values())
        news_s = min((meter.due_s for meter in self.meters.values() if not meter.steady), default=inf)
        ages_s = min((meter.due_s for meter in self.meters.values() if meter.doubted), default=inf)
        events_s = min(changes_s, news_s, self.agenda.next_s)
        number = scan_from(min(events_s, ages_s, self._quiet_s, self.clock.now_s + MAX_JUMP_S))
        return max(upcoming, number - 1 if events_s <= scan_s(number) else number)

    def _hold(self, number: int) -> None:
        """The scans that are left out would have kicked the boards."""
        if number > self._number + 1:
            for evse in self.world.evses.values():
                if heard(evse):
                    evse.keep_kicked(scan_s(number - 1))

    def _pass_to(self, until_s: float) -> None:
        """Events, actions and polls up to a moment, in their order."""
        alive = self.state
        while True:
            event_s, action_s = self.world.next_event_s, self.agenda.next_s
            at_s = min(event_s, action_s, until_s)
            self._poll_until(at_s)
            self.clock.now_s = at_s
            self.world.advance(at_s)
            if event_s <= at_s:
                self.look()
            if action_s <= at_s:
                self.agenda.perform()
                self.look()
            elif at_s >= until_s:
                return
            if (alive is None) != (self.state is None):
                return

    def _poll_until(self, at_s: float) -> None:
        for meter in self.meters.values():
            if meter.due_s <= at_s and self._jumps and meter.steady and not meter.doubted:
                meter.skip_to(at_s)
            while meter.due_s <= at_s:
                self.clock.now_s = meter.due_s
                self.world.advance(meter.due_s)
                meter.poll()

    # One scan

    def _scan(self, number: int) -> None:
        assert self.state is not None
        now = scan_s(number)
        wishes = self.player.take()
        for observer in self.observers:
            observer.given(wishes, now)
        read = {evse: EvseInputs(board.read(), self.meters[evse].reading) for evse, board in self._boards.items()}
        inputs = Inputs(read, self.late_s, overloaded=self.overloaded)
        before, self.late_s = self.state, 0.0
        self.state, outputs, changed = scan.step(before, inputs, wishes, now)
        self.scans += 1
        for evse, board in self._boards.items():
            board.write(outputs[evse])
            board.kick()
        if scan.kept(self.state) != scan.kept(before):
            self._keep(scan.kept(self.state))
        self._tell(changed)
        for observer in self.observers:
            observer.scanned(now)
        went_on = self.agenda.look()
        settled = self._jumps and not (changed or went_on or wishes)
        anchors = self._anchors(before, inputs, now) if settled else None
        self._number, self._inputs, self._quiet_s = number, inputs, -inf
        if anchors is not None:
            self._settle(anchors, now)

    def _settle(self, anchors: set[float], now: float) -> None:
        """Control is at rest. If it might have moved since it was so last, the age of the next readings may matter to it."""
        if self._rest.until_s(anchors, self._rested_s) <= now:
            for meter in self.meters.values():
                meter.doubt()
        self._rested_s, self._quiet_s = now, self._rest.until_s(anchors, now)

    def _tell(self, changed: Sequence[EvseState]) -> None:
        for state in changed:
            known = self.player.told.get(state.evse)
            if known is None or known.contactor_closed != state.contactor_closed:
                self.meters[state.evse].wake()
            self.happenings.tell(state)
        self.player.hear(changed)

    def _keep(self, kept: Kept) -> None:
        """What control keeps is on disk a little later, unless the power fails before that."""
        boot = self.boots

        def write() -> None:
            if self.state is not None and self.boots == boot:
                self.kept = kept

        self.agenda.at(self.clock.now_s + KEEP_S, write)

    def _anchors(self, before: ControlState, inputs: Inputs, now: float) -> set[float] | None:
        """The moments that control remembers; ``None``: it is not at rest."""
        if any(evse.hardware.board == "late" for evse in self.world.evses.values()):
            return None
        moved = {scan_s(self._number): now, **_moved(self._inputs.evses, inputs.evses)}
        anchors = self._rest.anchors(before, self.state, moved)
        return None if anchors is None else anchors - self._fresh(inputs)

    def _fresh(self, inputs: Inputs) -> set[float]:
        """Moments of readings that will soon be replaced by younger ones."""
        return {read.reading.at_s for evse, read in inputs.evses.items() if read.reading is not None and self.meters[evse].alive}


def heard(evse: Electrics) -> bool:
    """Does its board hear what control says?"""
    return evse.powered and evse.hardware.board != "lost"


def _moved(before: Mapping[int, EvseInputs], after: Mapping[int, EvseInputs]) -> dict[float, float]:
    """What has become of the moments of measurements and readings."""
    moved: dict[float, float] = {}
    for evse, old in before.items():
        new = after[evse]
        if old.board is not None and new.board is not None:
            moved[old.board.at_s] = new.board.at_s
        if old.reading is not None and new.reading is not None and old.reading.at_s != new.reading.at_s:
            moved[old.reading.at_s] = new.reading.at_s
    return moved
