"""What an OpenEVSE says of itself (RAPI 5), in the words of this package. Pure.

``$GS`` answers ``es elapsed ps vflags``: its own state, seconds of the session, the state that the EV shows, and flags.
"""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from hal.boards.talking import Letter
from hal.measured import BoardFault, FaultKind

Mode = Literal["awake", "asleep", "disabled"]

UNKNOWN, SLEEPING, DISABLED = 0x00, 0xFE, 0xFF
A, B, C, D = 0x01, 0x02, 0x03, 0x04

RELAY_CLOSED = 0x0040
EV_CONNECTED = 0x0100
SESSION_ENDED = 0x0200
AUTH_LOCKED = 0x0008
BOOT_LOCK = 0x4000
HARD_FAULT = 0x0002

LEVEL_2 = 0x0001
BUTTON_OFF = 0x8000

ABSENT = -2560
"""What ``$GP`` says of a thermometer that is not fitted, in tenths of a degree."""


class Check(NamedTuple):
    """A safety check of the board's, by the flag of ``$GE`` that says it is off."""

    flag: int
    name: str
    switch: str
    """Its letter in ``$FF``."""


CHECKS = (
    Check(0x0002, "diode", "D"),
    Check(0x0008, "ground", "G"),
    Check(0x0010, "relay", "R"),
    Check(0x0200, "gfci_selftest", "F"),
    Check(0x0400, "temperature", "T"),
)


class Row(NamedTuple):
    """A state of the board that is a fault."""

    name: str
    kind: FaultKind
    info: str


FAULTS: Mapping[int, Row] = {
    0x05: Row("diode_check_failed", "ev_communication_error", "the EV's diode is not seen"),
    0x06: Row("gfci_tripped", "ground_failure", "residual current; the board tries again by itself, so many times as it was built for"),
    0x07: Row("no_ground", "ground_failure", "the protective earth is not seen"),
    0x08: Row("stuck_relay", "power_switch_failure", "mains behind the relay though it is open"),
    0x09: Row("gfci_selftest_failed", "ground_failure", "the residual current monitor does not trip by its test"),
    0x0A: Row("over_temperature", "high_temperature", "the board has stopped until it has cooled down"),
    0x0B: Row("over_current", "over_current_failure", "the EV drew more than it was offered"),
    0x0C: Row("fault_0c", "internal_error", "state 0C, which is reserved"),
    0x0D: Row("fault_0d", "internal_error", "state 0D, which is reserved"),
    0x0E: Row("relay_not_closed", "power_switch_failure", "no mains behind the relay though it is closed"),
}
LETTERS: Mapping[int, Letter] = {A: "A", B: "B", C: "C", D: "D"}


class Status(Struct, frozen=True, kw_only=True):
    """One answer to ``$GS``."""

    at_s: float
    """When it was asked."""
    state: int
    pilot: int
    flags: int

    @property
    def mode(self) -> Mode:
        """Does it offer current to EVs?"""
        return {SLEEPING: "asleep", DISABLED: "disabled"}.get(self.state, "awake")  # type: ignore[return-value]

    @property
    def faulted(self) -> bool:
        """Has it stopped because of a fault, and holds the contactor open by itself?"""
        return self.state in FAULTS

    @property
    def relay_closed(self) -> bool:
        """Its relay is closed."""
        return bool(self.flags & RELAY_CLOSED)

    @property
    def ev_connected(self) -> bool:
        """An EV is connected, also while it sleeps."""
        return bool(self.flags & EV_CONNECTED)

    @property
    def letter(self) -> Letter | None:
        """IEC 61851-1 state; ``None`` while it does not know. Asleep it does not look whether the EV asks: an open relay is taken for B."""
        if self.state == DISABLED:
            return "F"
        if self.state == SLEEPING:
            return "C" if self.relay_closed else "B" if self.ev_connected else "A"
        if self.state == UNKNOWN:
            return None
        return LETTERS.get(self.pilot, "B" if self.ev_connected else "A")


def status(data: tuple[str, ...], at_s: float) -> Status:
    """The data of ``$OK`` to ``$GS``. Raises ValueError."""
    state, _, pilot, flags = data[:4]
    return Status(at_s=at_s, state=int(state, 16), pilot=int(pilot, 16), flags=int(flags, 16))


def temperature_c(data: tuple[str, ...]) -> float | None:
    """The hottest thermometer of ``$GP``; ``None`` without any. Raises ValueError."""
    tenths = [int(one) for one in data if int(one) != ABSENT]
    return max(tenths) / 10 if tenths else None


def missing_checks(flags: int, without: Collection[str]) -> tuple[Check, ...]:
    """Safety checks that are off by the flags of ``$GE``, and which the installer has not decided to do without."""
    return tuple(check for check in CHECKS if flags & check.flag and check.name not in without)


def checks_fault(flags: int, missing: tuple[Check, ...]) -> BoardFault:
    """It is not safe to charge with it as it is set."""
    off = ", ".join(check.name for check in missing)
    switches = ", ".join(f"$FF {check.switch} 1" for check in missing)
    return BoardFault(
        "safety_checks_off", "internal_error", f"{flags:04X}", f"its settings switch off: {off}; switch them on by {switches}"
    )


def state_fault(found: Status, trips: tuple[int, ...]) -> BoardFault | None:
    """What its state says is wrong, if anything. ``trips``: its counters of residual current, earth and stuck relay."""
    row = FAULTS.get(found.state)
    if row is None:
        return None
    hard = "; it stays until its power is switched off and on" if found.flags & HARD_FAULT else ""
    counted = f"; so far {trips[0]} residual current, {trips[1]} earth, {trips[2]} relay" if len(trips) == 3 else ""
    return BoardFault(row.name, row.kind, f"{found.state:02X}", f"{row.info}{hard}{counted}")
