"""Words of text displays, by language: short enough for half of what the narrowest have, beside the number of the EVSE."""

from collections.abc import Mapping
from typing import Literal

from chargepoint.domain import languages
from chargepoint.domain.indications import Shows

Headline = Shows | Literal["ev_paused"]
"""``ev_paused``: the car has stopped by itself, for it is full, or wants nothing now."""

LONGEST = 14

_COLUMNS = ("en", "de", "fr")
_TABLE: Mapping[str, tuple[str, str, str]] = {
    "starting": ("Starting ...", "Startet ...", "Un moment ..."),
    "available": ("Plug in", "Einstecken", "Branchez"),
    "plugged": ("Wait for car", "Warte auf Auto", "Attend voiture"),
    "charging": ("Charging", "Lädt", "En charge"),
    "paused": ("Paused", "Pause", "En pause"),
    "ev_paused": ("Paused by car", "Auto pausiert", "Pause voiture"),
    "fault": ("Out of order", "Störung", "En panne"),
    "emergency": ("Emergency stop", "Not-Halt", "Arrêt urgence"),
    "authorise": ("Show your card", "Karte zeigen", "Carte SVP"),
    "authorising": ("Checking card", "Prüfe Karte", "Vérification"),
    "accepted": ("Card accepted", "Karte gültig", "Carte acceptée"),
    "refused": ("Card refused", "Karte ungültig", "Carte refusée"),
    "plug_in": ("Plug in now", "Nun einstecken", "À brancher"),
    "finished": ("Please unplug", "Bitte abziehen", "Débranchez SVP"),
    "reserved": ("Reserved", "Reserviert", "Réservé"),
    "unavailable": ("Out of service", "Außer Betrieb", "Hors service"),
    "updating": ("Updating ...", "Update läuft", "Mise à jour"),
    "offline": ("Known cards", "Bekannte Karte", "Carte connue"),
    "cost": ("Cost", "Kosten", "Coût"),
}
COMMAS = frozenset({"de", "fr"})
"""Languages that write 3,31."""
OTHERWISE = "en"


def language(tag: str) -> str:
    """The one of ours for a language tag, whatever its region."""
    return languages.known(tag, _COLUMNS) or OTHERWISE


def word(what: Headline | Literal["cost"], language: str) -> str:
    """In one of our languages."""
    return _TABLE[what][_COLUMNS.index(language)]


def number(text: str, language: str) -> str:
    """A decimal number as it is written there."""
    return text.replace(".", ",") if language in COMMAS else text


ALL: Mapping[str, Mapping[str, str]] = {what: dict(zip(_COLUMNS, row, strict=True)) for what, row in _TABLE.items()}
