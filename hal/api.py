"""Ports to the hardware.

A *board* is the electrics of one EVSE: control pilot, contactor, plug lock and the sensors around them. A *meter* measures what
one EVSE delivers; an *indicator* is what a driver sees of it. All belong to the control process: the board is read and written once a scan
and must never block; the meter is polled beside the scan and may; the indicator shows a fault, or that a car is charging, whoever else is
gone. *Readers*, *networks* and *wall clocks* belong to the station process; the first two are asynchronous.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Literal, Protocol, TypeGuard

from msgspec import Struct

from hal.measured import Beeps, BoardInputs, BoardOutputs, Light, MeterReading, SignedRecord, TokenSeen


class Abilities(Struct, frozen=True, kw_only=True):
    """What a board is, and can do; known before it is opened."""

    safety: Literal["own", "linux"]
    """``own``: its own microcontroller makes the pilot and opens the contactor on every fault, whatever this host does.
    ``linux``: this host makes the pilot, and hardware interlocks cut the contactor's coil."""
    rcm: bool
    """A residual current monitor (or RCD) cuts the coil, without software."""
    coil_watchdog: bool
    """The coil drops when ``kick`` stops, without software of this host."""
    rcd_test: bool = False
    """The monitor can be tested by ``BoardOutputs.rcd_test``. Where it cannot, the board or the monitor tests itself."""
    proximity: bool = True
    """Its sockets have their proximity contact measured."""
    phase_switching: bool = False
    """Obeys ``BoardOutputs.phases``."""
    pilot_off: bool = False
    """Can take the pilot to 0 V (state E)."""
    shunt_trip: bool = False
    """Can trip a breaker upstream."""
    thermometer: bool = False
    """It has one. A board that does not say so, and tells a temperature all the same, is taken to have one from then on."""
    releases_plug: bool = False
    """Unlocks the plug by itself when the mains fail."""
    fault_state: bool = True
    """Can hold the pilot at -12 V (state F). Where it cannot, +12 V is shown instead, and no sleeping EV is woken by F."""
    contactor: Literal["commanded", "own"] = "commanded"
    """``own``: the board itself closes it for an EV that asks while something is offered, and opens it; ``BoardOutputs.contactor`` is what
    control takes it to do. It may take ``OWN_CONTACTOR_S`` for either, with self-tests of its own before."""
    silent_s: float = 0.15
    """A measurement older than this is none. Above 0.2 s only for a board with ``safety`` of its own, heard over a slow line."""
    settle_s: float = 0.15
    """So long after the pilot was switched a measurement may still be of what was before."""
    start_s: float = 1.0
    """How long it may take for its first measurement."""
    when_lost: Literal["opens", "lowers", "goes_on"] = "opens"
    """What the board does with a session when this host falls silent: opens its contactor, falls back to a current that was set on it
    before, or goes on at the last current. ``lowers`` and ``goes_on`` only for a board with ``safety`` of its own."""


OWN_CONTACTOR_S = 10.0
"""A board whose contactor is its own has closed or opened it within this: 6 s for an EV that does not let go, a residual current
self-test, and a slow line."""


def refusal(abilities: Abilities) -> str | None:
    """Why a board must not be used outside a bench: what is missing; nothing where people are safe without this software."""
    if abilities.safety == "own":
        return None
    missing = [what for what, there in (("residual current monitor", abilities.rcm), ("watchdog", abilities.coil_watchdog)) if not there]
    if not missing:
        return None
    return f"no {' and no '.join(missing)} in its contactor's coil circuit: nothing but software would keep people safe"


class Board(Protocol):
    """The electrics of one EVSE. No method blocks; all but ``open`` are called at the scan's pace."""

    abilities: Abilities

    def open(self) -> None:
        """Take the hardware in its safe state. Raises DeviceError or DriverError."""

    def read(self) -> BoardInputs | None:
        """The newest measurement, or ``None`` before the first. Its ``at_s`` tells its age."""

    def write(self, outputs: BoardOutputs) -> None:
        """Set the outputs. A board that cannot hear shows it by measurements that grow old."""

    def kick(self) -> None:
        """Feed the dead-man: 200 ms after the last kick, at the latest, the contactor is open, whatever this process does."""

    def close(self) -> None:
        """Leave the hardware safe: contactor open."""


METER_SILENT_S = 5.0
"""A reading older than this is none. A meter that has to be silent for longer at times says so: ``silent_s``, an attribute of its class."""


class Meter(Protocol):
    """What measures one EVSE. ``read`` may block for at most its own time-out (under 2 s)."""

    def open(self) -> None:
        """Find the meter. Raises DeviceError or DriverError."""

    def read(self) -> MeterReading:
        """Read it now. Raises DeviceError."""

    def close(self) -> None:
        """Let go of it."""


class LaggingMeter(Meter, Protocol):
    """A meter whose register lags behind what it has counted, to spare its disk, say. The other ones have no such method."""

    def be_exact(self) -> None:
        """Somebody wants to know it exactly: the next reading says all that has been counted by then."""


class SignedMeter(Meter, Protocol):
    """A meter that signs what it measured of a session. ``says``: what the record is to say about the session, in the meter's own form
    (OCMF: a JSON object); its clock is set to ``unix_s``. All of it may take several seconds: it is for another thread than the one that
    reads the meter, at the same time. That thread opens nothing and closes nothing."""

    def public_key(self) -> bytes:
        """What its signatures are verified with. Raises DeviceError."""

    def open_record(self) -> str | None:
        """What the record that is open now is to say, empty if the meter has forgotten; ``None``: none is open. Raises DeviceError."""

    def begin_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> None:
        """A session begins. Raises DeviceError."""

    def end_record(self, says: str, unix_s: int, from_utc_min: int = 0) -> SignedRecord:
        """It ends. Raises DeviceError."""

    def last_record(self) -> SignedRecord | None:
        """What was signed last, read once more: the record of a session that ended while nobody could listen. ``None``: there is none, or
        none any more. Raises DeviceError."""


def signs(meter: object) -> TypeGuard[SignedMeter]:
    """Is it one that does?"""
    return hasattr(meter, "begin_record")


class Geometry(Struct, frozen=True, kw_only=True):
    """What an indicator has to show with; known before it is opened."""

    pixels: int = 1
    """Lamps that can differ from each other, in a row or a ring."""
    leds: tuple[Literal["red", "green", "blue", "white"], ...] = ("red", "green", "blue")
    """Of each of them. A white one alone shows every colour."""
    dims: bool = True
    """False: on and off only, so that breathing becomes blinking."""
    beeps: bool = False
    """It has a sounder."""


class Indicator(Protocol):
    """What a driver sees of an EVSE: lamps, and perhaps a sounder. Once it is open no method blocks or raises: an indicator that is gone is
    no reason to stop a car."""

    geometry: Geometry

    def open(self) -> None:
        """Dark. Raises DriverError."""

    def show(self, light: Light) -> None:
        """This, from now on. The same one again changes nothing, so that its rhythm goes on."""

    def beep(self, beeps: Beeps) -> None:
        """Once. Without a sounder nothing happens."""

    def close(self) -> None:
        """Dark, and let go of it."""


class TokenReader(Protocol):
    """A card reader. The iterator ends only with a DeviceError; whoever iterates starts it anew. One whose device does not answer ends
    within 3 s: one that lasts longer is taken to work."""

    def tokens(self) -> AsyncIterator[TokenSeen]:
        """Every card as it is presented."""


class Display(Protocol):
    """Lines of text for whoever stands before it. It belongs to the station process."""

    columns: int
    rows: int

    async def show(self, lines: Sequence[str], *, lit: bool = True) -> None:
        """These lines, from now on, and no others; what does not fit is cut, and what it cannot write is written as near as it can.
        ``lit``: its backlight, where it has one. The same again costs next to nothing. Opens the device where it is not open. Raises
        DeviceError: it is gone, and the next call looks for it again."""

    def close(self) -> None:
        """Dark, and let go of it."""


class Network(Protocol):
    """The uplink, as far as this host can tell."""

    def changes(self) -> AsyncIterator[bool]:
        """True when the uplink is there, False when it is gone; the present state first."""


class WallClock(Protocol):
    """The host's idea of the time of day."""

    def now_s(self) -> float:
        """Seconds since 1970-01-01T00:00Z."""
