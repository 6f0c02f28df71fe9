"""Words of text displays: short enough for half of what the narrowest have, beside the number of the EVSE. Here they are in English, which
is their id in the catalogues of texts; in other languages they have the same bound."""

from collections.abc import Mapping
from typing import Literal, Protocol

from chargepoint.domain.indications import Shows

Headline = Shows | Literal["ev_paused"]
"""``ev_paused``: the car has stopped by itself, for it is full, or wants nothing now."""

LONGEST = 14
CONTEXT = "display"
"""In the catalogues: the same English words may be something else on a page."""

WORDS: Mapping[str, str] = {
    "starting": "Starting ...",
    "available": "Plug in",
    "plugged": "Wait for car",
    "charging": "Charging",
    "paused": "Paused",
    "ev_paused": "Paused by car",
    "fault": "Out of order",
    "emergency": "Emergency stop",
    "authorise": "Show your card",
    "authorising": "Checking card",
    "accepted": "Card accepted",
    "refused": "Card refused",
    "plug_in": "Plug in now",
    "finished": "Please unplug",
    "reserved": "Reserved",
    "unavailable": "Out of service",
    "updating": "Updating ...",
    "offline": "Known cards",
    "cost": "Cost",
}


class Wording(Protocol):
    """One language (``chargepoint.texts.Texts``)."""

    def text(self, msgid: str, context: str = "") -> str:
        """In this language."""
        ...

    def decimal(self, text: str) -> str:
        """A decimal number as it is written there."""
        ...


def word(what: Headline | Literal["cost"], wording: Wording) -> str:
    """In one of our languages."""
    return wording.text(WORDS[what], CONTEXT)
