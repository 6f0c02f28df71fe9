"""A Raspberry Pi, or any Linux board, with pilot hardware of its own: this host makes the pilot, measures it, and moves the contactor.

    control ── write, kick ──▶ contactor, kick of the watchdog                      at once, in the scan's thread
                           └─▶ newest outputs ──▶ worker, every 10 ms: pilot ── measure ── lock
            ◀── read ─────────────────────────── newest measurement, with its age

From the EV's letting go to the contactor's open contacts there are 100 ms (IEC 61851-1 Table A.6, 8.1): a measurement begins at most 10 ms
after the change and takes 5; scans come every 20 ms, and the second one that sees it opens; contacts need 15 to 30: 70 to 85 ms at most.

People's safety does not rest on this program: whatever it does, the residual current monitor and the watchdog, both in the coil's circuit,
open the contactor. Without them the board is refused (``hal.api.refusal``).
"""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from hal.api import Abilities
from hal.boards import raspberry_pi_plan as plans
from hal.boards.raspberry_pi_facts import DRIVER
from hal.boards.raspberry_pi_rig import Rig, lock_of
from hal.bus.one_wire import Thermometer
from hal.bus.worker import Worker
from hal.errors import DeviceError, HalError
from hal.measured import PILOT_FAULT_PPM, PILOT_STEADY_PPM, BoardInputs, BoardOutputs

__all__ = ["DRIVER", "RaspberryPiBoard"]

log = logging.getLogger(__name__)

TURN_S = 0.010
LEAST_REST_S = 0.002
KICKED_S = 0.15
"""Without a kick for so long nothing is offered, and no coil is energised."""
AGAIN_S = 1.0
"""What fails for so long is closed, and opened anew so often."""
WARMTH_S = 10.0
JOIN_S = 0.5
SAFE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)


class RaspberryPiBoard:
    """``hal.api.Board``. Entries as in ``DRIVER``."""

    abilities: Abilities = plans.abilities({})

    def __init__(self, *, evse: int = 1, root: str = "/", bench: bool = False, **entries: Any) -> None:
        self.abilities = plans.abilities(entries)
        self.plan = plans.plan(entries, root)
        lock_of(self.plan)
        self._evse, self._root, self._bench = evse, root, bench
        self._clock: Callable[[], float] = time.monotonic
        self._rig: Rig | None = None
        self._inputs: BoardInputs | None = None
        self._outputs = SAFE
        self._wanted_lock: bool | None = None
        self._kicked_s = self._good_s = self._tried_s = float("-inf")
        self._failing: str | None = None
        self._undriven: OSError | None = None
        """Why the last kick has moved nothing."""
        self._warmth_c: float | None = None
        self._worker: Worker | None = None
        self._warmth: Worker | None = None

    @classmethod
    def abilities_with(cls, entries: Mapping[str, Any]) -> Abilities:
        """What one with these entries can do. Raises DriverError."""
        return plans.abilities(entries)

    def open(self) -> None:
        """Take lines, PWM and converter in their safe state, and begin to measure. Raises DeviceError or DriverError."""
        if self._worker is not None:
            return
        self._rig = self._opened()
        self._worker = Worker(f"board evse {self._evse}", self.turn, urgent=True)
        self._worker.start()
        if self.plan.thermometer == "ds18b20":
            self._warmth = Worker(f"thermometer evse {self._evse}", self._warm)
            self._warmth.start()

    def read(self) -> BoardInputs | None:
        """The newest measurement."""
        return self._inputs

    def write(self, outputs: BoardOutputs) -> None:
        """Kept until the next kick, which drives the coils; pilot and lock follow at the next turn."""
        self._outputs = outputs

    def kick(self) -> None:
        """Coils as they are wanted, and an edge for the watchdog."""
        self._kicked_s = self._clock()
        self._wanted_lock = self._outputs.lock
        if (rig := self._rig) is not None:
            try:
                rig.drive(self._outputs)
            except OSError as error:
                self._undriven = error
            else:
                self._undriven = None

    def close(self) -> None:
        """Coils off at once; pilot as it is to be left. A motor lock stays where it is."""
        rig = self._rig
        if rig is not None:
            rig.release()
        for worker in (self._worker, self._warmth):
            if worker is not None:
                worker.leave(JOIN_S)
        rig, self._rig, self._worker, self._warmth = self._rig, None, None, None
        if rig is not None:
            rig.close()

    def turn(self) -> float:
        """Once round in the worker: pilot, measurement, lock; how long to rest after it."""
        began_s = self._clock()
        try:
            if self._rig is None:
                self._rig = self._opened()
            self._measure(self._rig, began_s)
        except (HalError, OSError) as error:
            return self._failed(str(error), began_s)
        except Exception:  # rim of the thread: the board that is silent becomes a fault
            if self._failing is None:
                log.exception("event=board_broken evse=%d", self._evse)
            return self._failed("see above", began_s)
        self._good_s = began_s
        if self._failing is not None:
            log.info("event=board_back evse=%d", self._evse)
            self._failing = None
        return max(LEAST_REST_S, TURN_S - (self._clock() - began_s))

    def _measure(self, rig: Rig, now: float) -> None:
        alive = now - self._kicked_s <= KICKED_S
        if self._undriven is not None:
            raise self._undriven
        duty_ppm = self._outputs.duty_ppm if alive else PILOT_STEADY_PPM
        if not alive:
            rig.release()
        rig.pilot(duty_ppm)
        measured = rig.measure(PILOT_FAULT_PPM < duty_ppm < PILOT_STEADY_PPM, self._wanted_lock if alive else None, now)
        self._inputs = self._with_warmth(measured)

    def _with_warmth(self, measured: BoardInputs) -> BoardInputs:
        if self._warmth is None:
            return measured
        return replace(measured, temperature_c=self._warmth_c)

    def _opened(self) -> Rig:
        self._tried_s = self._clock()
        self._undriven = None
        try:
            return Rig(self.plan, self._evse, self._root)
        except OSError as error:
            raise DeviceError(f"{plans.WHO} evse {self._evse}: {error.strerror or error}; is its hardware still there?") from error

    def _failed(self, error: str, now: float) -> float:
        if self._failing is None:
            log.warning("event=board_failed evse=%d error=%r", self._evse, error)
        self._failing = error
        if self._rig is None:
            return AGAIN_S
        self._rig.rest()
        if now - self._good_s > AGAIN_S and now - self._tried_s > AGAIN_S:
            rig, self._rig = self._rig, None
            with suppress(OSError):  # it is opened anew whatever becomes of the old one
                rig.close()
        return TURN_S

    def _warm(self) -> float:
        """Once round in the thermometer's worker."""
        try:
            self._warmth_c = Thermometer(str(self.plan.thermometer_at or "28-"), root=self._root, who=plans.WHO).read_c()
        except DeviceError as error:
            if self._warmth_c is not None:
                log.warning("event=thermometer_failed evse=%d error=%r", self._evse, str(error))
            self._warmth_c = None
        return WARMTH_S
