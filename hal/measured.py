"""Values that cross the hardware boundary: what is measured, and what is wanted. Pure; everybody may import them.

Times called ``at_s`` are readings of the host's monotonic clock, in seconds. Absent is ``None``, never zero.
"""

from typing import Literal

from msgspec import Struct

PILOT_STEADY_PPM = 1_000_000
"""Duty of a pilot without oscillation: constant +12 V at the source (IEC 61851-1 states x1)."""

PILOT_FAULT_PPM = 0
"""Duty of the constant -12 V pilot: the EVSE is not available (IEC 61851-1 state F)."""

PILOT_OFF_PPM = -1
"""No pilot at all, 0 V: what a car reads as state E. Only for boards that can (``Abilities.pilot_off``)."""

Phases = tuple[int | None, int | None, int | None]
"""One value for each of L1, L2, L3; ``None`` where the device does not measure."""

SwitchedPhases = Literal[1, 3]

FaultKind = Literal[
    "connector_lock_failure",
    "ev_communication_error",
    "ground_failure",
    "high_temperature",
    "internal_error",
    "local_list_conflict",
    "over_current_failure",
    "over_voltage",
    "power_meter_failure",
    "power_switch_failure",
    "reader_failure",
    "reset_failure",
    "under_voltage",
    "weak_signal",
    "other",
]


class BoardFault(Struct, frozen=True):
    """What a board diagnoses by itself."""

    name: str
    kind: FaultKind
    vendor_code: str = ""
    info: str = ""


class BoardInputs(Struct, frozen=True, kw_only=True):
    """One measurement of everything that a board senses."""

    at_s: float
    cp_high_mv: int
    """Upper plateau of the control pilot, measured at the EVSE's output."""
    cp_low_mv: int
    """Lower plateau; equal to the upper one while the pilot does not oscillate."""
    contactor_closed: bool | None
    """Feedback of the main contacts: is at least one of them closed? ``None`` where the board has none."""
    plug_locked: bool | None
    """Feedback of the plug lock; ``None`` on a fixed cable or without feedback."""
    pp_ohm: int | None
    """Proximity resistor of the plug in the socket; ``None``: nothing there, or a fixed cable."""
    connector: int = 1
    """Which connector the pilot belongs to, on a board that switches between several."""
    rcd_tripped: bool = False
    """The residual current monitor says so; also while it is being tested."""
    emergency_stop: bool = False
    earth_good: bool | None = None
    """Supervision of the protective earth; ``None`` where the board has none."""
    enclosure_open: bool = False
    tilted: bool = False
    temperature_c: float | None = None
    faults: tuple[BoardFault, ...] = ()


class BoardOutputs(Struct, frozen=True):
    """What control wants of a board."""

    duty_ppm: int
    """High part of the 1 kHz pilot in millionths, 0 (constant -12 V) to 1 000 000 (constant +12 V), or ``PILOT_OFF_PPM``. A board rounds
    down."""
    contactor: bool
    """True: main contacts closed."""
    lock: bool
    """True: plug locked. Ignored on a fixed cable."""
    phases: SwitchedPhases = 3
    """Which main contacts ``contactor`` closes: L1 alone, or all that are wired. Changes only while it is open."""
    rcd_test: bool = False
    """Drives the test input of the residual current monitor."""
    shunt_trip: bool = False
    """Trips the breaker upstream: the last means against a welded contactor."""
    offer_ma: int = 0
    """What ``duty_ppm`` offers per phase, for boards that are told amperes; 0 without PWM."""


class MeterReading(Struct, frozen=True, kw_only=True):
    """One reading of a meter. The energy register never runs backwards and is never rebased."""

    at_s: float
    energy_wh: int
    power_w: int | None = None
    energy_by_phase_wh: Phases = (None, None, None)
    """What went over each phase, where the meter has registers for that; nothing is billed by it."""
    current_ma: Phases = (None, None, None)
    voltage_mv: Phases = (None, None, None)
    frequency_hz: float | None = None
    exported_wh: int | None = None
    """The register of the other direction."""
    reactive_power_var: int | None = None
    """Of all phases together; above zero the EV draws it."""
    power_factor: float | None = None
    """-1 to 1, of all phases together, as the meter says it."""


class SignedRecord(Struct, frozen=True):
    """What a meter has signed of one session: bytes as they came from it, not to be read and written anew."""

    data: bytes
    """The payload that is signed; OCMF: the JSON object between the bars."""
    signature: bytes
    public_key: bytes
    """ASN.1, or of ECDSA on a curve of 256 bits the point alone, 64 bytes."""
    format: str = "OCMF"
    method: str = ""
    """How it is signed, in the words of OCPP (``ECDSA-secp256r1-SHA256``), where ``data`` does not say it itself."""
    quirk: str = ""
    """A known fault of the meter's firmware that whoever passes the record on has to mend: a name of ``chargepoint.domain.ocmf``."""


Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255 each. A lamp that can only be on or off rounds."""

DARK: Colour = (0, 0, 0)

Rhythm = Literal["steady", "blink", "flash", "breathe", "chase"]
"""``blink``: ``on_s`` of ``colour``, ``off_s`` of ``other``, and so on. ``flash``: that so many times (``flashes``), then ``rest_s`` of
``other``. ``breathe``: slowly from ``other`` to ``colour`` and back, once in ``on_s`` and ``off_s`` together; blinking where a lamp knows
only on and off. ``chase``: ``colour`` runs round over ``other``, once in that time; one lamp alone blinks."""

Beeps = tuple[float, ...]
"""Seconds of sound, of silence, of sound, and so on."""


class Light(Struct, frozen=True, kw_only=True):
    """What an indicator shows until it is told otherwise."""

    colour: Colour = DARK
    rhythm: Rhythm = "steady"
    other: Colour = DARK
    on_s: float = 0.5
    off_s: float = 0.5
    flashes: int = 1
    rest_s: float = 0.0
    means: str = ""
    """What it says, in a word; for indicators that can show words, and for people who look at a log."""


class TokenSeen(Struct, frozen=True):
    """A card held to a reader."""

    value: str
    kind: str = "ISO14443"
    evses: tuple[int, ...] | None = None
    """EVSEs that this reader serves; ``None``: all."""
