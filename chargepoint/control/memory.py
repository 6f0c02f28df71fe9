"""What control remembers from one scan to the next, and what one scan is given and gives. All frozen: a scan makes a new one."""

from collections.abc import Mapping

from msgspec import Struct

from chargepoint.control.lock import Lock
from chargepoint.control.permit import Lease
from chargepoint.control.pilot import Pilot
from chargepoint.control.presence import Presence
from chargepoint.control.safety import NOTHING_MEASURED
from chargepoint.control.settings import EvseSettings, SiteSettings
from chargepoint.control.site import Share
from chargepoint.control.watch import Watch
from chargepoint.domain.limits import Limit
from chargepoint.link.messages import EvseState, IecState
from hal.measured import PILOT_STEADY_PPM, BoardInputs, BoardOutputs, MeterReading

SAFE = BoardOutputs(duty_ppm=PILOT_STEADY_PPM, contactor=False, lock=False)


class EvseInputs(Struct, frozen=True):
    """What was read for one EVSE."""

    board: BoardInputs | None
    reading: MeterReading | None
    """The newest of the meter, however old."""


class Inputs(Struct, frozen=True):
    """What one scan is given."""

    evses: Mapping[int, EvseInputs]
    late_s: float = 0.0
    """By how much this scan began after its deadline."""
    halting: bool = False
    """Control has been asked to end: nothing is granted any more."""


Outputs = Mapping[int, BoardOutputs]
"""What one scan gives: the outputs of every board, by EVSE."""


class Evse(Struct, frozen=True, kw_only=True):
    """One EVSE."""

    settings: EvseSettings
    pilot: Pilot = Pilot()
    presence: Presence = Presence()
    lease: Lease | None = None
    lock: Lock = Lock()
    share: Share = Share()
    limits: tuple[Limit, ...] = ()
    watches: tuple[Watch, ...] = ()
    faulted: bool = False
    state: IecState = "A"
    state_since_s: float = 0.0
    opened_s: float = float("-inf")
    """When the contactor was last commanded open. At the start it is known to be open: the first closing needs no rest."""
    outputs: BoardOutputs = SAFE
    board: BoardInputs = NOTHING_MEASURED
    """The newest measurement, however old."""
    silent: bool = True
    """It is too old to say anything about now."""
    reading: MeterReading | None = None
    shown: EvseState
    """As last told, without the reading."""

    @property
    def closed(self) -> bool:
        """The contactor is, or may be, closed."""
        return self.outputs.contactor or (self.board.contactor_closed is True and not self.silent)


class ControlState(Struct, frozen=True):
    """The whole station."""

    boot: str
    started_s: float
    site: SiteSettings
    evses: Mapping[int, Evse]
    plug_ins: int = 0
    """So many have begun since control started."""
