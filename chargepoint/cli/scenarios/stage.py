"""The stage: the simulated world, control's real scan and a played station under one virtual clock. No asyncio, no sleep.

    time passes to the next scan ─▶ world events, actions and meter polls in their order, each at its own moment
    scan                         ─▶ boards read, ``step``, boards written and kicked, told
    at rest?                     ─▶ the next scan of the grid that can find anything new (``quiet``); else the very next

Observers see every moment at which something may have changed: ``look`` after each event and action, ``scanned`` after each scan.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from chargepoint.cli.scenarios.agenda import Agenda
from chargepoint.cli.scenarios.clock import Clock, scan_from, scan_s
from chargepoint.cli.scenarios.happenings import Happenings
from chargepoint.cli.scenarios.player import Player
from chargepoint.cli.scenarios.process import Process
from chargepoint.cli.scenarios.quiet import Quiet, heard
from chargepoint.control.scan import Wish
from chargepoint.control.settings import EvseSettings
from chargepoint.link.messages import EvseState
from simulators.electrics import Electrics
from simulators.hardware import EvsePlan
from simulators.verbs import Entries
from simulators.world import World


class Installed(Struct, frozen=True):
    """One EVSE: as the world builds it, and as control knows it."""

    plan: EvsePlan
    settings: EvseSettings


class Observer(Protocol):
    """Sees what happens on a stage."""

    def look(self, now: float) -> None:
        """Something may have changed in the world."""

    def given(self, wishes: Sequence[Wish], now: float) -> None:
        """Control is about to hear these."""

    def scanned(self, now: float) -> None:
        """A scan has run, and the world has its outputs."""

    def power(self, on: bool, now: float) -> None:
        """Control ends, with its supply or without, or starts anew."""


class Verb(Protocol):
    """A verb of the bench, on one EVSE."""

    def __call__(self, world: World, evse: Electrics, entries: Entries, now: float) -> None:
        """Apply it."""


class Stage:
    """``jumps`` False: every scan of the grid runs."""

    def __init__(self, installed: Sequence[Installed], fuse_ma: int, *, jumps: bool = True) -> None:
        self.clock = Clock()
        self.began_s = self.clock.now_s
        self.agenda = Agenda(self.clock)
        self.happenings = Happenings(self.clock)
        self.player = Player(self.agenda, self.happenings, self.clock)
        self.settings = {each.settings.evse: each.settings for each in installed}
        self.world = World([each.plan for each in installed])
        self.fuse_ma = fuse_ma
        self.control = Process(self.world, self.clock, self.settings, fuse_ma, self.later)
        self.observers: list[Observer] = []
        self._jumps = jumps
        self._quiet = Quiet(self.settings.values(), self.world)
        self._number = 0
        """Of the scan that ran last."""
        self.world.open(self.clock.now_s)
        self.start()

    # What others do

    def do(self, evse: int, verb: Verb, **entries: Any) -> None:
        """A verb of the bench, now."""
        self.happenings.add(evse, f"{getattr(verb, '__name__', verb)} {entries or ''}")
        self.world.advance(self.clock.now_s)
        verb(self.world, self.world.evses[evse], entries, self.clock.now_s)
        self._changed()

    def later(self, after_s: float, action: Callable[[], None]) -> None:
        """Have something done."""
        self.agenda.at(self.clock.now_s + after_s, action)

    def told(self, evse: int) -> EvseState:
        """An EVSE as control told it last."""
        return self.player.told.get(evse, EvseState(evse=evse, plug_known=False))

    def cut(self) -> None:
        """A power cut of the controller: control dies, and its boards have no supply."""
        self.kill()
        self.happenings.add(None, "the power is cut")
        self.world.switch_power(False)
        self._changed()

    def restore(self) -> None:
        """The supply is back, and control starts."""
        self.happenings.add(None, "the power is back")
        self.world.switch_power(True)
        self._changed()
        self.start()

    def kill(self) -> None:
        """Control dies."""
        self.control.kill()
        self.player.take()
        for observer in self.observers:
            observer.power(False, self.clock.now_s)

    def start(self) -> None:
        """Control starts."""
        self.control.start()
        self._number = scan_from(self.clock.now_s) - 1
        self._quiet.restart()
        self.happenings.forget()
        for observer in self.observers:
            observer.power(True, self.clock.now_s)

    @property
    def alive(self) -> bool:
        """Is there a control?"""
        return self.control.state is not None

    # Time

    def run(self, lasts_s: float) -> None:
        """Let time pass. What was done to the world before this is seen by the next scan."""
        end_s = self.clock.now_s + lasts_s
        self._quiet.until_s = self.clock.now_s
        while self.clock.now_s < end_s:
            if not self.alive:
                self._pass_to(min(end_s, self.agenda.next_s, self.world.next_event_s))
                continue
            number = min(self._due(), scan_from(end_s))
            self._hold(number)
            self._pass_to(min(scan_s(number), end_s))
            if self.alive and self.clock.now_s == scan_s(number):
                self._scan(number)

    def _due(self) -> int:
        """The next scan that has to run. Before an event it is the last one that does not see it: an age counts from there."""
        upcoming, now = self._number + 1, self.clock.now_s
        if not self._jumps or self.player.has_wishes or self._quiet.until_s <= now:
            return upcoming
        events_s, next_s = self._quiet.next_s(self.control.meters.values(), self.agenda.next_s, now)
        number = scan_from(next_s)
        return max(upcoming, number - 1 if events_s <= scan_s(number) else number)

    def _hold(self, number: int) -> None:
        """The scans that are left out would have kicked the boards."""
        if number > self._number + 1:
            for evse in self.world.evses.values():
                if heard(evse):
                    evse.keep_kicked(scan_s(number - 1))

    def _pass_to(self, until_s: float) -> None:
        """Events, actions and polls up to a moment, in their order; no further than to control's death or start."""
        alive = self.alive
        while alive == self.alive:
            event_s, action_s = self.world.next_event_s, self.agenda.next_s
            at_s = min(event_s, action_s, until_s)
            self._poll_until(at_s)
            self.clock.now_s = at_s
            self.world.advance(at_s)
            if event_s <= at_s:
                self._look()
            if action_s <= at_s:
                self.agenda.perform()
                self._look()
            elif at_s >= until_s:
                return

    def _poll_until(self, at_s: float) -> None:
        for meter in self.control.meters.values():
            if meter.due_s <= at_s and self._jumps and meter.steady and not meter.doubted:
                meter.skip_to(at_s)
            while meter.due_s <= at_s:
                self.clock.now_s = meter.due_s
                self.world.advance(meter.due_s)
                meter.poll()

    def _scan(self, number: int) -> None:
        now, before_s = scan_s(number), scan_s(self._number)
        wishes = self.player.take()
        for observer in self.observers:
            observer.given(wishes, now)
        scanned = self.control.scan(wishes, now)
        self._number = number
        self._tell(scanned.told)
        for observer in self.observers:
            observer.scanned(now)
        went_on = self.agenda.look()
        if self._jumps and self.alive:
            settled = not (scanned.told or wishes or went_on)
            self._quiet.follow(scanned, self.control.meters, before_s, now, settled=settled)

    def _tell(self, changed: Sequence[EvseState]) -> None:
        for state in changed:
            if self.told(state.evse).contactor_closed != state.contactor_closed:
                self.control.meters[state.evse].wake()
            self.happenings.tell(state)
        self.player.hear(changed)

    def _changed(self) -> None:
        """Somebody changed the world."""
        self.world.changed(self.clock.now_s)
        self._look()

    def _look(self) -> None:
        for observer in self.observers:
            observer.look(self.clock.now_s)
