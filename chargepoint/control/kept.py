"""What control keeps through power cuts, by itself and without the station: pure values. ``keeping`` has them on disk."""

from collections.abc import Mapping

from msgspec import Struct

from chargepoint.link.messages import ContactorCount
from hal.measured import SwitchedPhases


class KeptFault(Struct, frozen=True):
    """A fault that only a technician clears."""

    name: str
    """As in the fault table."""
    info: str = ""
    """What was seen when it was raised."""


class KeptEvse(Struct, frozen=True):
    """What is kept of one EVSE."""

    latched: tuple[KeptFault, ...] = ()
    contactor: ContactorCount = ContactorCount()
    phases: SwitchedPhases = 3
    """The main contacts that close. A car that is found at the start may have been charging on them."""
    closed: bool = False
    """The contactor was closed when this was written: if a start finds it so, it was opened just now, under load."""
    locked: bool = False
    """The plug was commanded to be locked."""
    held: bool = False
    """The station wanted it held, car or no car."""


Kept = Mapping[int, KeptEvse]
"""By EVSE. One that is not there is factory new."""
