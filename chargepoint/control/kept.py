"""What control keeps through power cuts, by itself and without the station: pure values. ``keeping`` has them on disk."""

from collections.abc import Mapping

from msgspec import Struct

from chargepoint.link.messages import ContactorCount


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


Kept = Mapping[int, KeptEvse]
"""By EVSE. One that is not there is factory new."""
