"""What an OpenEVSE is, over the controller inside it: what it keeps, what it has lost when it boots, what it counts.

``Build`` says what its firmware was compiled with. ``Saved.writes`` counts what wears its memory out.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from simulators.electrics import Electrics
from simulators.firmware import Firmware, Traits
from simulators.troubles import Retry, Trouble

LEAST_A, HARDWARE_A, SAVED_A = 6, 80, 32
KNOWS_S = 0.25
"""So long after it booted, or was woken, it does not know yet what is plugged in."""
TICKS = 65_536
"""Milliseconds in which its arithmetic of sixteen bits runs over."""
STATES: Mapping[Trouble, int] = {
    "diode": 0x05,
    "gfci": 0x06,
    "ground": 0x07,
    "stuck_relay": 0x08,
    "selftest": 0x09,
    "over_temperature": 0x0A,
    "over_current": 0x0B,
    "not_closed": 0x0E,
    "ventilation": 0x04,
    "lock": 0x00,
}
LETTERS = {"A": 0x01, "B": 0x02, "C": 0x03, "D": 0x04}
AVR = Traits(maximum_ma=80_000, let_go_s=3.0, boot_s=2.0, selftest=True, retry=Retry(6, 300.0), derates=True)


class Build(Struct, frozen=True, kw_only=True):
    """What its firmware was compiled with, and what it keeps from before."""

    heartbeat: bool = True
    auth_lock: bool = False
    boot_lock: bool = False
    plug_lock: bool = False
    pp_ampacity: bool = False
    traits: Traits = AVR


class Saved(Struct):
    """Its EEPROM."""

    maximum_a: int = SAVED_A
    flags: int = 0x0021
    """Level 2, no automatic level."""
    interval_s: int = 0
    fallback_a: int = 0
    total_wh: int = 0
    writes: int = 0


class Board:
    """One of them."""

    def __init__(self, evse: Electrics, build: Build = Build()) -> None:  # noqa: B008  (frozen)
        self.saved = Saved()
        self.firmware = Firmware(evse, _traits(build))
        self.pilot_a = SAVED_A
        self.lcd = [" " * 16, " " * 16]
        self.seen_pilot = LETTERS["A"]
        self.build = build
        self.mv = 240_000
        self.trigger = 0
        self.locked = False
        """By auth lock or boot lock: it waits for its host's word."""
        self.manual = False
        self.connected = self.connected_before = self.ended = False
        self.session_ws = 0.0
        self.began_s = self.now_s = self.knows_s = 0.0
        self._register_wh = evse.meter.register_wh

    # What it does by itself

    def boot(self, now: float) -> None:
        """Power has come, or it was reset: what is not saved is lost."""
        self.pilot_a, self.trigger, self.session_ws = self.saved.maximum_a, 0, 0.0
        self.connected = self.connected_before = self.ended = self.manual = False
        self.locked = self.build.boot_lock
        self.began_s, self.knows_s = now, now + self.build.traits.boot_s + KNOWS_S
        self.firmware.lock = None
        self.firmware.supervise(self.window_s, self.saved.fallback_a * 1000, now)
        self.apply()

    def follow(self, now: float) -> None:
        """The controller has ticked."""
        self.now_s = now
        firmware = self.firmware
        if not firmware.show_f and firmware.enabled:
            self.seen_pilot = LETTERS.get(firmware.state, 0x00)
        if not firmware.show_f:
            self._meet(firmware.state != "A", now)
        if firmware.missed and self.trigger != 2:
            self.trigger, self.pilot_a = 2, min(self.pilot_a, max(LEAST_A, self.saved.fallback_a))
        self.pilot_a = min(self.pilot_a, self.maximum_a)
        self._count()
        self.apply()

    @property
    def maximum_a(self) -> int:
        """As saved, and in B and C what the cable carries, where it was built to look."""
        cable_ma = self.firmware.cable_ma if self.build.pp_ampacity and self.state in (0x02, 0x03) else None
        return self.saved.maximum_a if cable_ma is None else min(self.saved.maximum_a, cable_ma // 1000)

    @property
    def state(self) -> int:
        """EVSE state of ``$GS``."""
        firmware = self.firmware
        if firmware.show_f:
            return 0xFF
        if not firmware.enabled:
            return 0xFE
        if self.now_s < self.knows_s and not firmware.faults:
            return 0x00
        return next((STATES[trouble] for trouble in STATES if trouble in firmware.faults), LETTERS.get(firmware.state, 0x00))

    @property
    def flags(self) -> int:
        """Volatile flags of ``$GS``."""
        firmware = self.firmware
        bits = (
            (0x0002, firmware.locked_out),
            (0x0008, self.locked and self.build.auth_lock),
            (0x0020, firmware.trips("ground") > 0),
            (0x0040, firmware.contactor_closed),
            (0x0080, firmware.trips("gfci") > 0),
            (0x0100, self.connected),
            (0x0200, self.ended),
            (0x0400, self.connected_before),
            (0x4000, self.locked and self.build.boot_lock),
            (0x8000, self.manual),
        )
        return sum(bit for bit, on in bits if on)

    def wake(self) -> None:
        """Out of the sleeping and the disabled state; what is plugged in it has to find out anew."""
        if self.firmware.show_f or not self.firmware.enabled:
            self.knows_s = self.now_s + KNOWS_S
        self.firmware.enabled, self.firmware.show_f = True, False

    # Small things

    @property
    def window_s(self) -> float:
        """After so long without its host it falls back."""
        return self.saved.interval_s * 1000 % TICKS / 1000

    def save(self, name: str, value: int) -> None:
        """Into its EEPROM, if it is another value."""
        if getattr(self.saved, name) != value:
            self.saved.writes += 1
            setattr(self.saved, name, value)

    def apply(self) -> None:
        """The controller offers what was set, unless a lock holds it."""
        self.firmware.set_current_ma(0 if self.locked else self.pilot_a * 1000)

    def _meet(self, there: bool, now: float) -> None:
        """A car comes: a session begins. It leaves: its energy is saved."""
        if there == self.connected:
            return
        self.connected = there
        if there:
            self.session_ws, self.began_s, self.ended = 0.0, now, False
        else:
            self.ended = self.connected_before = True
            self.save("total_wh", self.saved.total_wh + int(self.session_ws / 3600))

    def _count(self) -> None:
        """Its current transformer is around L1, and its voltage is what it was told."""
        evse = self.firmware.evse
        energy_wh, self._register_wh = evse.meter.register_wh - self._register_wh, evse.meter.register_wh
        flow_ma, volt_mv = evse.feed.flow_ma, evse.feed.supply_mv
        watts = sum(ma * mv for ma, mv in zip(flow_ma, volt_mv, strict=True))
        if watts:
            self.session_ws += energy_wh * 3600 * flow_ma[0] * self.mv / watts


def _traits(build: Build) -> Traits:
    return replace(build.traits, lock=build.plug_lock, reads_pp=build.pp_ampacity)
