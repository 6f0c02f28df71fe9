"""What else survives where ``keep_world`` is set: car, cable, lock, broken parts, overrides and faults.

A car that is found again stands in state B, as a real one does after a power cut of the whole site.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

from hal.measured import BoardFault
from simulators.electrics import Electrics
from simulators.ev import Demand, Ev
from simulators.hardware import Hardware
from simulators.manners import Manners
from simulators.meter import Override
from simulators.outlet import CABLE_OHM
from simulators.recorder import Session
from simulators.registers import RegisterError, replace_file
from simulators.sleep import Condition

FILE = "world.json"


class KeptEv(Struct, frozen=True):
    """A car."""

    connector: int
    demand: Demand
    arrived_with: Demand
    manners: Manners
    soc_percent: float | None = None
    condition: Condition = "awake"


class KeptEvse(Struct, frozen=True):
    """One EVSE."""

    ev: KeptEv | None = None
    cable: int | None = None
    locked: bool = False
    hardware: Hardware = Hardware()
    override: Override = Override()
    faults: tuple[BoardFault, ...] = ()
    cable_ohm: int = CABLE_OHM
    session: Session = Session()


def kept(evse: Electrics) -> KeptEvse:
    """What there is to keep of an EVSE."""
    ev, outlet = evse.ev, evse.outlet
    car = None if ev is None else KeptEv(ev.connector, ev.demand, ev.arrived_with, ev.manners, ev.soc_percent, ev.condition)
    faults, session = tuple(evse.faults.values()), evse.recorder.session
    return KeptEvse(car, outlet.cable, outlet.lock.position, evse.hardware, evse.meter.override, faults, outlet.cable_ohm, session)


def save(directory: Path, evses: dict[int, Electrics], last: bytes) -> bytes:
    """Replace the file, unless it would say the same as ``last`` time. Returns what it says."""
    content = msgspec.json.encode({str(number): kept(evse) for number, evse in evses.items()})
    if content != last:
        directory.mkdir(parents=True, exist_ok=True)
        replace_file(directory / FILE, content)
    return content


def load(directory: Path) -> dict[int, KeptEvse]:
    """What was kept; nothing without a file. Raises RegisterError."""
    path = directory / FILE
    if not path.exists():
        return {}
    try:
        return {int(number): one for number, one in msgspec.json.decode(path.read_bytes(), type=dict[str, KeptEvse]).items()}
    except (msgspec.DecodeError, ValueError) as error:
        raise RegisterError(f"{path}: not a file of the simulated world ({error}); delete it to start with an empty one") from error


def revive(kept_car: KeptEv, speed: float) -> Ev:
    """The car as it was, in state B."""
    ev = Ev(kept_car.connector, kept_car.arrived_with, kept_car.manners, kept_car.soc_percent, speed)
    ev.found(kept_car.demand, kept_car.condition)
    return ev
