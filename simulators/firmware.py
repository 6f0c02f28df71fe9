"""The controller inside a board with a microcontroller of its own: a small IEC 61851-1 machine over the electrics of one EVSE.

The faces of such boards (``simulators.wires``) speak their makers' languages and keep their makers' registers; everything that
happens on the wires to car, contactor and lock happens here:

    face ── set_current_ma, enabled, show_f, supervise, heard ──▶ Firmware ── kick ──▶ Electrics
         ◀── state, offered_ma, contactor_closed, faults ────────          ◀─ inputs ──

What to call from a face:

* ``tick(now)`` every ``TICK_S``: it looks, decides, and kicks the electrics. When the ticks stop, the dead-man opens the contactor.
* ``set_current_ma(ma)``; below 6 A pauses. ``enabled = False`` pauses too (X1); ``show_f = True`` opens at once and holds -12 V.
* ``state`` is the letter A to F that it acts upon; ``faults`` the troubles; ``contactor_closed`` the feedback.
* ``supervise(interval_s, fallback_ma)`` and ``heard(now)``: the board's watchdog on its host; ``missed`` until acknowledged or heard.
* ``alive`` False: no supply, or the controller hangs; the face says nothing then. ``boots`` counts, and ``deaf(now)`` is True while it
  tests itself and serves nobody.
"""

from collections.abc import Collection
from math import inf

from msgspec import Struct
from msgspec.structs import replace

from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardInputs, BoardOutputs, SwitchedPhases
from simulators import pilot
from simulators.electrics import Electrics
from simulators.selftest import SelfTest
from simulators.troubles import TROUBLES, Diagnosis, Retry, Sight, Trouble

TICK_S = 0.02
CAUGHT_UP_S = 1.0
"""A computer with other things to do calls late: turns that were due meanwhile, for so long, are taken at their own times."""
LEAST_MA = 6_000
MOST_BELOW_GAP_MA = 51_000
SETTLED_S = 0.1
"""What is offered since then can be measured."""
CONFIRMED_S = 0.02
"""A letter that neither asks nor asked is believed when it is measured twice."""
DERATED = ((68.0, 4), (65.0, 2))
"""From so many degrees on, this part of the current."""
CABLE_MA = ((60, 0), (140, 63_000), (308, 32_000), (936, 20_000), (2_460, 13_000))
"""Proximity resistor up to so many ohms, and what the cable carries (IEC 61851-1 Annex B); above: nothing."""


class Traits(Struct, frozen=True, kw_only=True):
    """What one make of board has, and does in its own way."""

    maximum_ma: int = 32_000
    settle_s: float = 0.25
    """So long an EV must ask before it is believed."""
    let_go_s: float = 6.0
    """So long an EV that is paused may take to let go, before it is switched off under load."""
    rest_s: float = 2.0
    """Between an opening and the next closing."""
    boot_s: float = 0.0
    """It tests itself for so long when its supply has come."""
    selftest: bool = False
    """Tests its residual current monitor before every closing, and serves nobody meanwhile."""
    retry: Retry | None = None
    """After a residual current; ``None``: when the car has left."""
    ventilation: bool = False
    reads_pp: bool = True
    lock: bool = True
    """Moves the plug lock, by itself unless ``Firmware.lock`` says otherwise. False: leaves it alone."""
    derates: bool = False
    """Lowers the current when it gets hot, and does not only stop."""


class Firmware:
    """One such controller. Settings that are meant to survive a power cut belong to the face, which sets them again at every boot."""

    def __init__(self, evse: Electrics, traits: Traits = Traits()) -> None:  # noqa: B008  (frozen)
        self.evse = evse
        self.traits = traits
        self.current_ma = traits.maximum_ma
        self.checks: Collection[Trouble] = TROUBLES
        self.lock: bool | None = None
        """Where the host wants the plug lock; ``None``: the board moves it by itself."""
        self.phases: SwitchedPhases = 3
        self.enabled = True
        self.show_f = False
        self.boots = 0
        self.state = "A"
        self.missed = False
        """The host has been silent for longer than agreed; the fallback current holds."""
        self.seen: BoardInputs | None = None
        """The newest measurement."""
        self._diagnosis = Diagnosis(traits.retry)
        self._test: SelfTest | None = None
        self._measured, self._measured_s = "A", -inf
        self._commanded = False
        self._changed_s = -inf
        self._stopping_s = inf
        self._offer_s = inf
        self._deaf_s = -inf
        self._interval_s, self._fallback_ma, self._heard_s = 0.0, 0, -inf
        self._running = False
        self._ticked_s = -inf

    # What a face sets

    def set_current_ma(self, current_ma: int) -> None:
        """What may be offered per phase; below 6 A: nothing."""
        self.current_ma = min(current_ma, self.traits.maximum_ma)

    def supervise(self, interval_s: float, fallback_ma: int, now: float) -> None:
        """From now on, expect ``heard`` at least once per interval, or fall back to this current; an interval of 0 ends that."""
        self._interval_s, self._fallback_ma = interval_s, fallback_ma
        self.heard(now)

    def heard(self, now: float) -> None:
        """The host lives."""
        self._heard_s = now

    def clear(self, trouble: Trouble) -> None:
        """Let go of it by command; it is found again at once if it is still there."""
        self._diagnosis.held.discard(trouble)

    def power_cycle(self, now: float) -> None:
        """Start anew, as after a power cut."""
        self.evse.attach(now)
        self.boots += 1
        self._diagnosis.boot()
        self._test, self._commanded, self._running = None, False, True
        self._stopping_s = self._offer_s = inf
        self.enabled, self.show_f, self.missed = True, False, False
        self._heard_s, self._deaf_s = now, now + self.traits.boot_s

    # What a face shows

    @property
    def alive(self) -> bool:
        """Has it supply, and does it run?"""
        return self.evse.powered and self.evse.hardware.board != "lost"

    def deaf(self, now: float) -> bool:
        """Does it test itself, and serve nobody meanwhile?"""
        return self._test is not None or now < self._deaf_s

    @property
    def due_s(self) -> float:
        """When it wants the next tick."""
        return self._ticked_s + TICK_S

    @property
    def faults(self) -> frozenset[Trouble]:
        """What is wrong."""
        return frozenset(self._diagnosis.held)

    @property
    def locked_out(self) -> bool:
        """Will only switching its supply off and on help?"""
        return self._diagnosis.locked_out

    def trips(self, trouble: Trouble) -> int:
        """How often this has been found, ever."""
        return self._diagnosis.trips[trouble]

    @property
    def contactor_closed(self) -> bool:
        """By its feedback, or, without one, as commanded."""
        closed = None if self.seen is None else self.seen.contactor_closed
        return self._commanded if closed is None else closed

    @property
    def offered_ma(self) -> int:
        """What the pilot says per phase; 0 without PWM."""
        return self.willing_ma if self.state in "BCD" and not self.show_f else 0

    @property
    def willing_ma(self) -> int:
        """What it would offer to an EV: the least of what was set, of fallback, cable and heat; 0 for nothing."""
        if not self.enabled or self.show_f or self.faults:
            return 0
        bounds = [self.current_ma, self.traits.maximum_ma]
        if self.missed:
            bounds.append(self._fallback_ma)
        if (cable_ma := self.cable_ma) is not None:
            bounds.append(cable_ma)
        return self._derated(min(bounds)) if min(bounds) >= LEAST_MA else 0

    @property
    def cable_ma(self) -> int | None:
        """What the plugged cable carries; ``None``: not measured, or a fixed one."""
        ohm = None if self.seen is None or not self.traits.reads_pp else self.seen.pp_ohm
        if ohm is None:
            return None
        return next((carries for up_to, carries in CABLE_MA if ohm <= up_to), 0)

    # What it does

    def tick(self, now: float) -> None:
        """Look, decide, act."""
        while now - CAUGHT_UP_S < self.due_s < now:
            self._turn(self.due_s)
        self._turn(now)

    def _turn(self, now: float) -> None:
        self._ticked_s = now
        self.evse.advance(now)
        if not self.alive:
            self._running = False
            return
        if not self._running:
            self.power_cycle(now)
        self.seen = self.evse.inputs(now)
        self._watch_host(now)
        if now >= self._deaf_s:
            self._follow(pilot.letter(self.seen.cp_high_mv), now)
        self._diagnosis.look(self._sight(self.seen, now), self.checks, now)
        self._run_test(self.seen, now)
        self._command(self._decide(self.seen, now), now)
        self.evse.kick(self._outputs(), now, now)

    def _watch_host(self, now: float) -> None:
        if self._interval_s and now - self._heard_s > self._interval_s:
            self.missed = True

    def _follow(self, letter: str, now: float) -> None:
        """Slow into C and D, fast out of them."""
        if letter != self._measured:
            self._measured, self._measured_s = letter, now
        asks, asked = letter in "CD", self.state in "CD"
        settle_s = self.traits.settle_s if asks and not asked else 0.0 if asked and not asks else CONFIRMED_S
        if letter != self.state and now - self._measured_s >= settle_s:
            self.state = letter

    def _sight(self, seen: BoardInputs, now: float) -> Sight:
        self._offer_s = inf if not self.offered_ma else min(self._offer_s, now)
        steady = now - self._offer_s >= SETTLED_S
        flow_ma = max(self.evse.feed.flow_ma)
        offered_ma = self.offered_ma if steady else 0
        testing = self._test is not None
        return Sight(seen, self.state, offered_ma, flow_ma, self._commanded, testing, self.traits.ventilation, self._diagnosis.held)

    def _run_test(self, seen: BoardInputs, now: float) -> None:
        if self._test is None:
            return
        outcome = self._test.follow(seen.rcd_tripped, now)
        if outcome == "failed":
            self._diagnosis.find("selftest", now)
        if outcome != "running":
            self._test = None
            self._command(self._may_close(seen), now)

    def _decide(self, seen: BoardInputs, now: float) -> bool:
        """Where the contactor should be."""
        if self._commanded:
            return self._stays_closed(now)
        rested = now - self._changed_s >= self.traits.rest_s and now >= self._deaf_s
        if not rested or self._test is not None or not self._may_close(seen) or now - self._offer_s < SETTLED_S:
            return False
        if self.traits.selftest and "selftest" in self.checks:
            self._test = SelfTest(now)
            return False
        return True

    def _stays_closed(self, now: float) -> bool:
        if self.state not in "CD" or self.faults or self.show_f:
            return False
        self._stopping_s = inf if self.offered_ma else min(self._stopping_s, now)
        return now - self._stopping_s < self.traits.let_go_s

    def _may_close(self, seen: BoardInputs) -> bool:
        held = not self.traits.lock or seen.plug_locked is not False
        return self.state in "CD" and self.offered_ma > 0 and held

    def _command(self, closed: bool, now: float) -> None:
        if closed != self._commanded:
            self._commanded, self._changed_s, self._stopping_s = closed, now, inf

    def _outputs(self) -> BoardOutputs:
        before = self.evse.outputs
        return replace(
            before,
            duty_ppm=PILOT_FAULT_PPM if self.show_f else duty_ppm(self.offered_ma),
            contactor=self._commanded,
            lock=self._lock() if self.traits.lock else before.lock,
            phases=before.phases if self._commanded else self.phases,
            rcd_test=self._test is not None and self._test.stage == "pulling",
            offer_ma=self.offered_ma,
        )

    def _lock(self) -> bool:
        if self.lock is not None and not self._commanded:
            return self.lock
        return self._commanded or (self.state in "CD" and self.offered_ma > 0)

    def _derated(self, current_ma: int) -> int:
        celsius = None if self.seen is None or not self.traits.derates else self.seen.temperature_c
        part = 1 if celsius is None else next((part for from_c, part in DERATED if celsius >= from_c), 1)
        return max(LEAST_MA, current_ma // part)


def duty_ppm(offer_ma: int) -> int:
    """High part of the pilot for an offer, in millionths; steady for none (IEC 61851-1 Table A.7)."""
    if offer_ma < LEAST_MA:
        return PILOT_STEADY_PPM
    return offer_ma * 50 // 3 if offer_ma <= MOST_BELOW_GAP_MA else offer_ma * 4 + 640_000
