"""What control remembers from one scan to the next, and what one scan is given and gives. All frozen: a scan makes a new one."""

from collections.abc import Mapping

from msgspec import Struct

from chargepoint.control.ceiling import Ceiling
from chargepoint.control.derating import COLD, Derating
from chargepoint.control.kept import Kept, KeptEvse
from chargepoint.control.lock import Lock
from chargepoint.control.permit import Lease
from chargepoint.control.phases import ALL, Poles
from chargepoint.control.pilot import Pilot
from chargepoint.control.presence import Presence
from chargepoint.control.proximity import UNREAD, Cable
from chargepoint.control.safety import NOTHING_MEASURED
from chargepoint.control.selftest import SelfTest
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.control.site import Share
from chargepoint.control.supply import Flow
from chargepoint.control.watch import Watching
from chargepoint.domain.faults import Fault
from chargepoint.domain.limits import Limit
from chargepoint.link.messages import ClearOutcome, ContactorCount, EvseState, ExerciseOutcome, IecState, RecordOutcome
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs, MeterReading

SAFE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)


class EvseInputs(Struct, frozen=True):
    """What was read for one EVSE."""

    board: BoardInputs | None
    reading: MeterReading | None
    """The newest of the meter that could be believed, however old."""
    doubt: str = ""
    """Why what the meter answers now cannot be believed."""
    record: RecordOutcome | None = None
    """How far the meter's signed record is."""


class Inputs(Struct, frozen=True):
    """What one scan is given."""

    evses: Mapping[int, EvseInputs]
    late_s: float = 0.0
    """By how much this scan began after its deadline."""
    halting: bool = False
    """Control has been asked to end: nothing is granted any more."""
    overloaded: bool = False
    """More than one deadline in ten was missed during the last 10 s."""


Outputs = Mapping[int, BoardOutputs]
"""What one scan gives: the outputs of every board, by EVSE."""


class Standing(Struct, frozen=True):
    """What the active faults come to."""

    faults: tuple[Fault, ...] = ()
    names: frozenset[str] = frozenset()
    open: bool = False
    """One of them opens the contactor."""
    pause: bool = False
    """One of them withdraws the offer."""
    shows_f: bool = False
    """One of those that open is the station's own."""
    locked_out: bool = False
    """One of them waits for a technician."""
    latched_s: float | None = None
    """The oldest that will not go by itself has been active since then."""


SOUND = Standing()


class Opening(Struct, frozen=True):
    """The last opening of the contactor."""

    at_s: float = float("-inf")
    pause_s: float = 0.0
    """Before the next offer, if the offer ended with it."""
    under_load: bool = False


class Exercising(Struct, frozen=True):
    """A technician has an output moved (``chargepoint.control.exercising``)."""

    what: str
    wish: str
    began_s: float
    until_s: float


class Evse(Struct, frozen=True, kw_only=True):
    """One EVSE."""

    settings: EvseSettings
    pilot: Pilot = Pilot()
    presence: Presence = Presence()
    cable: Cable = UNREAD
    lease: Lease | None = None
    lock: Lock = Lock()
    hold_until_s: float = float("-inf")
    """The station wants the plug to stay locked until then, car or no car."""
    share: Share = Share()
    limits: tuple[Limit, ...] = ()
    """The lowest first; without expiry, which changes with every renewal."""
    watching: Watching = Watching()
    standing: Standing = SOUND
    selftest: SelfTest = SelfTest()
    flow: Flow = Flow()
    derating: Derating = COLD
    poles: Poles = ALL
    state: IecState = "A"
    state_since_s: float = 0.0
    wakeable: bool = False
    """The EV has not asked since this offer began, and has not been woken."""
    simplified: bool = False
    """This EV asked for current before any was offered (IEC 61851-1 A.2.3)."""
    offered: bool = False
    """This EV has been offered current."""
    energised_s: float | None = None
    """It was given some then, or may have had some until then; ``None``: never."""
    opening: Opening = Opening()
    moved_s: float = float("-inf")
    """When the contactor was last commanded to move."""
    locked_s: float = float("-inf")
    """When the plug was last commanded to be locked."""
    driven_s: float = float("-inf")
    """When the pilot was last switched between X1, PWM, F and off."""
    outputs: BoardOutputs = SAFE
    board: BoardInputs = NOTHING_MEASURED
    """The newest measurement, however old."""
    silent: bool = True
    """It is too old to say anything about now, or came after a silence that was too long."""
    missed: bool = False
    """The scan before this one had none of its own time."""
    reading: MeterReading | None = None
    contactor: ContactorCount = ContactorCount()
    cleared: ClearOutcome | None = None
    exercise: Exercising | None = None
    exercised: ExerciseOutcome | None = None
    record: RecordOutcome | None = None
    kept: KeptEvse = KeptEvse()
    shown: EvseState
    """As last told, without reading and expiries."""

    @property
    def closed(self) -> bool:
        """The contactor is, or may be, closed."""
        return self.outputs.contactor or (self.board.contactor_closed is True and not self.silent)

    @property
    def on_socket(self) -> bool:
        """Is the pilot's connector a socket?"""
        return self.board.connector in self.settings.sockets

    @property
    def cable_in(self) -> bool | None:
        """Is a cable's plug in the socket? ``None``: a fixed cable, a proximity contact that is not measured, or nothing heard of late."""
        if not self.on_socket or not self.settings.abilities.proximity:
            return None
        if self.presence.plug_in is not None:
            return True
        return None if self.silent else self.board.pp_ohm is not None

    def held(self, now: float) -> bool:
        """Does the station want the plug to stay locked though nobody may charge? In an empty socket there is nothing to hold."""
        return now < self.hold_until_s and self.cable_in is not False


class ControlState(Struct, frozen=True):
    """The whole station."""

    boot: str
    started_s: float
    site: SiteSettings
    evses: Mapping[int, Evse]
    kept: Kept
    """What has to survive a power cut; another object only when something of it has changed."""
    ceiling: Ceiling | None = None
    """What the station leaves of the site's current."""
    plug_ins: int = 0
    """So many have begun since control started."""
