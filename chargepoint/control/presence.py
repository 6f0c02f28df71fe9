"""Plug-ins: one begins when a car appears on the pilot and ends when it is gone. E, F and nonsense tell neither."""

from msgspec import Struct

from chargepoint.control.pilot import ENERGISABLE
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import CpState

CONNECTED = ENERGISABLE | {"B"}


class Presence(Struct, frozen=True):
    """Which plug-in there is."""

    plug_in: PlugInId | None = None
    found_at_start: bool = False
    known: bool = False
    """Has the pilot told since control started whether a car is there?"""


NOBODY = Presence(known=True)


def follow(presence: Presence, letter: CpState | None, upcoming: PlugInId) -> Presence:
    """What the pilot's letter makes of it; a plug-in that begins is called ``upcoming``."""
    if letter == "A":
        return NOBODY
    if letter in CONNECTED and presence.plug_in is None:
        return Presence(upcoming, not presence.known, True)
    return presence
