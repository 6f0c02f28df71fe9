"""What passes between control and station.

    station                                   control
       ── Hello(version) ─────────────────────▶
       ◀──────────────── Snapshot(boot, EVSEs) ──   first of all, so that nobody has to guess
       ◀──────────── Event(number, EVSE state) ──   numbered from 1 within a boot; replayed until acknowledged
       ── Ack(boot, number) ──────────────────▶   after the station has committed what followed from it
       ◀──────────────── Telemetry(EVSE state) ──   unnumbered, latest wins: readings, about once a second
       ── Permit / Revoke / SitePermit ... ───▶
       ── Indicate / Beep ────────────────────▶   what drivers are to see and hear beside what control sees by itself
       ── Watch(for so long) ─────────────────▶   a technician looks
       ── Record(begin, end) ────────────────▶   have the meter sign a session; asked again until it is answered
       ── Renew ──────────────────────────────▶   leave for a new start of yourself, when every EVSE is idle
       ◀──────────── Signals(EVSE, all it has) ──   unnumbered, latest wins: a few a second, while somebody watches

An event carries the whole state of its EVSE after the fact. So there is one way to understand control, whether by snapshot, by
event or by telemetry: compare with what was known. A message of a kind that one side does not know is ignored, a field it does not
know too, and a field that is missing has a default: both sides work one release apart.
"""

from typing import Literal

from msgspec import Struct

from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import PlugInId
from chargepoint.domain.limits import Limit
from hal.measured import BoardInputs, BoardOutputs, MeterReading, SignedRecord, SwitchedPhases

LINK_VERSION = 1
"""Raised when a message changes its meaning. Neighbouring versions work together."""

MAX_MESSAGE_BYTES = 131_072
"""Bound of one message. The state of an EVSE with everything wrong with it takes about a tenth."""

CpState = Literal["A", "B", "C", "D", "E", "F"]
"""The letter that the pilot's voltage means (IEC 61851-1 Table A.4)."""

IecState = Literal["A", "B1", "B2", "C1", "C2", "D1", "D2", "stopping", "waking", "woken", "fault_f", "fault", "out"]
"""The EVSE's state. Suffix 1: no offer; 2: an offer by PWM. ``stopping``: offer withdrawn, waiting for the EV to let go. ``waking``: a
sleeping EV is shown F or E, ``woken``: then X1, before it is offered current again. ``fault_f``: F for a moment, ``fault``: then X1.
``out``: out of service, F, until a technician clears the fault."""

PermitState = Literal["none", "live", "expired"]
"""``expired``: the lease ran out and the EVSE is at the permit's fallback."""


class Permit(Struct, frozen=True, tag=True):
    """A lease to charge: for one plug-in, up to a current, for a time, and what holds after that."""

    evse: int
    plug_in: PlugInId
    limit_ma: int
    """Upper bound per phase; 0 pauses the session."""
    valid_for_s: float
    """Counted from reception. A permit is renewed well before."""
    then_ma: int
    """Upper bound once the lease has run out: the installer's failsafe current; 0 pauses."""
    source: str = "permit"
    """Who lowered it to ``limit_ma``, in words for people."""
    phases: SwitchedPhases | None = None
    """Over how many phases; ``None``: all that are wired. Where the board cannot switch, it changes nothing."""
    priority: int = 0
    """Where there is not enough for all, a higher one is served before a lower one."""


class SitePermit(Struct, frozen=True, tag=True):
    """An upper bound for all EVSEs together, for a time: what a CSMS or an energy manager leaves of the installation's current.

    When it runs out, the site fuse alone counts again; by then the permits have run out as well, and each EVSE is at its failsafe current.
    """

    limit_ma: int
    """Of the sum over the EVSEs, per phase."""
    valid_for_s: float
    """Counted from reception; 0 ends it."""
    source: str = "station limit"
    """Whose bound it is, in words for people."""


class Revoke(Struct, frozen=True, tag=True):
    """The permit of this plug-in ends: the session is over for this car."""

    evse: int
    plug_in: PlugInId


class HoldPlug(Struct, frozen=True, tag=True):
    """Keep the cable's plug locked in its socket for a time, whether a car hangs on it or not: for whoever unplugs at the EV, and for a
    driver whose token was withdrawn. When it runs out, the plug is free as at the end of any session; so a dead station keeps no cable.
    """

    evse: int
    valid_for_s: float
    """Counted from reception; 0 ends it."""


class Unlock(Struct, frozen=True, tag=True):
    """Try to release the plug now. The answer is an event whose state has ``unlock`` with the same ``wish``."""

    evse: int
    connector: int
    wish: str


class ClearFault(Struct, frozen=True, tag=True):
    """A technician says that a latched fault has been dealt with. The answer is an event whose state has ``cleared`` with the same wish."""

    evse: int
    name: str
    wish: str


class Watch(Struct, frozen=True, tag=True):
    """Somebody looks at the hardware: tell all signals for a time. A lease, which he renews."""

    valid_for_s: float
    """Counted from reception; at most a minute is given."""


class Renew(Struct, frozen=True, tag=True):
    """Leave for a new start of yourself as soon as nobody charges at any EVSE: there is a new version, or a new configuration. Nothing is
    answered; the next snapshot has another ``boot``. It is forgotten with a restart, which is what it is for."""


class Record(Struct, frozen=True, tag=True):
    """The meter is to sign what it measures of a session, from ``begin`` to ``end``. The answer is an event whose state has ``record`` with
    the same wish. Whoever asks again is answered the same again, also by another process of control; so whoever has not heard asks again.
    """

    evse: int
    wish: str
    """Of the session, for ever: the id of its transaction. ``says`` contains it."""
    act: Literal["begin", "end"]
    says: str = ""
    """What the record is to say about the session (``hal.api.SignedMeter``)."""
    unix_s: int = 0
    """The time of day, for the meter's clock."""
    from_utc_min: int = 0


class Exercise(Struct, frozen=True, tag=True):
    """A technician wants to see one output move. The answer is an event whose state has ``exercised`` with the same wish: at once where it
    is refused, else when it has ended."""

    evse: int
    what: str
    """A row of ``chargepoint.control.exercising``."""
    wish: str


class Indicate(Struct, frozen=True, tag=True):
    """What else than its own view control is to show to drivers at this EVSE, for a time; then it shows its own view again. A fault and a
    pressed emergency stop are shown whatever the station says. For that time the station is taken to be there as well: without it no EVSE
    is shown as free."""

    evse: int
    shows: str
    """One of ``chargepoint.domain.indications.ON_LEASE``; of another release's words none is shown. Empty: nothing else, but the station is
    there."""
    valid_for_s: float
    """Counted from reception; 0 ends it."""


class Beep(Struct, frozen=True, tag=True):
    """A sound, once."""

    evse: int
    sound: str
    """A name of ``chargepoint.domain.indications.SOUNDS``; another one is not heard."""


class Hello(Struct, frozen=True, tag=True):
    """First message of the station on every connection."""

    version: int = LINK_VERSION


class Ack(Struct, frozen=True, tag=True):
    """All events up to ``number`` of this boot have been committed."""

    boot: str
    number: int


class UnlockOutcome(Struct, frozen=True):
    """How the last wish to unlock ended."""

    wish: str
    unlocked: bool


class ClearOutcome(Struct, frozen=True):
    """How the last wish to clear a fault ended."""

    wish: str
    cleared: bool
    reason: str = ""
    """Why not."""


class ExerciseOutcome(Struct, frozen=True):
    """How the last wish to exercise an output ended. What was seen, or why not, is for people."""

    wish: str
    end: Literal["good", "bad", "ended", "refused"]
    """``good``, ``bad``: what was measured fits, or does not. ``ended``: before its time, or nothing can be measured of it."""
    text: str = ""


class RecordOutcome(Struct, frozen=True):
    """How far the record of the last session is that was to be signed. Kept through power cuts before it is told."""

    wish: str
    state: Literal["working", "open", "signed", "failed"]
    """``working``: the meter is being asked, to begin or to end it."""
    record: SignedRecord | None = None
    """Once it is signed."""
    reason: str = ""
    """Why it failed."""
    public_key: bytes = b""
    """What the signature will be verified with, as the meter tells it when the record is opened."""


class ContactorCount(Struct, frozen=True):
    """What a contactor has gone through. Kept through power cuts."""

    closings: int = 0
    under_load: int = 0
    """Openings while the EV still asked for current: by a fault, by unplugging, or after 6 s without an answer."""


class EvseState(Struct, frozen=True, kw_only=True):
    """All that control knows of one EVSE."""

    evse: int
    plug_in: PlugInId | None = None
    """``None``: no car."""
    plug_known: bool = True
    """False: control has just started, and nothing has been measured that tells whether a car is there. Then ``plug_in`` means nothing."""
    connector: int = 1
    found_at_start: bool = False
    """The car was there when control booted: the same as before, as far as anybody can tell."""
    cp: CpState = "A"
    state: IecState = "A"
    contactor_closed: bool = False
    """By feedback where there is one, else as commanded."""
    locked: bool | None = None
    cable: bool | None = None
    """Is there a cable's plug in the socket, with or without a car? ``None``: a fixed cable, or a proximity contact that is not read."""
    faults: tuple[Fault, ...] = ()
    permit: PermitState = "none"
    offered_ma: int = 0
    """What the pilot offers now; 0 without PWM."""
    limits: tuple[Limit, ...] = ()
    """Every limit that holds now, the lowest first."""
    reading: MeterReading | None = None
    """The newest of the meter, with its age in ``at_s``."""
    unlock: UnlockOutcome | None = None
    cleared: ClearOutcome | None = None
    phases: SwitchedPhases = 3
    """How many phases the contactor closes, or will close."""
    phase_switching: bool = False
    """Can the contactor close one phase or three, as a permit asks?"""
    phases_stay: bool = False
    """For this car it has been switched as often as may be: it closes what it closes now, whatever a permit asks."""
    phases_drawn: int | None = None
    """On how many phases the meter sees current; ``None`` without current."""
    contactor: ContactorCount = ContactorCount()
    temperature_c: float | None = None
    """The newest of the board; with readings only, for it changes all the time."""
    exercised: ExerciseOutcome | None = None
    record: RecordOutcome | None = None
    """In snapshots and events; telemetry is silent about it."""


class Snapshot(Struct, frozen=True, tag=True):
    """First message of control on every connection: everything, as it is now. The events not yet acknowledged follow."""

    boot: str
    at_s: float
    evses: tuple[EvseState, ...]
    number: int = 0
    """The last event that this snapshot contains. Whoever has not committed it yet is sent the events up to it first to last."""
    version: int = LINK_VERSION
    dropped: int = 0
    """Events of this boot that the full ring had to forget; their sum is in the state."""
    release: str = ""
    """Version of the software that this process runs; empty: one that does not tell yet."""


class Event(Struct, frozen=True, tag=True):
    """Something changed: the state of its EVSE right after."""

    boot: str
    number: int
    at_s: float
    state: EvseState


class Telemetry(Struct, frozen=True, tag=True):
    """Readings between events."""

    boot: str
    at_s: float
    state: EvseState


class Signals(Struct, frozen=True, tag=True, kw_only=True):
    """Every signal of one EVSE as it was in the scan at ``at_s``. Ages are differences to that, for all times are of one clock."""

    evse: int
    at_s: float
    state: IecState
    cp: CpState | None
    """What the newest measurement of the pilot means; ``None``: nothing."""
    inputs: BoardInputs | None
    """The newest of the board, however old; ``None``: none yet."""
    outputs: BoardOutputs
    """What control wants of the board since this scan."""
    reading: MeterReading | None
    """The newest of the meter that could be believed."""
    doubt: str = ""
    """Why what the meter answers now cannot be believed."""
    cable_ma: int | None = None
    """What the cable in the socket carries, by its coding."""
    exercise: str = ""
    """What is being exercised now."""
    shows: str = ""
    """What its indicator tells (``chargepoint.domain.indications.Shows``); empty where there is none."""


Down = Permit | SitePermit | Revoke | HoldPlug | Unlock | ClearFault | Indicate | Beep | Watch | Record | Exercise | Renew | Hello | Ack
Up = Snapshot | Event | Telemetry | Signals
