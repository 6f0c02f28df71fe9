"""The station test cases of the certification of OCPP 2.0.1 (part 5 and its errata), from ``titles.csv`` beside this file, in its order.

Columns: id; title, with the heading that it stands under; profiles, the first one first; condition: ``M`` for mandatory in its profiles,
``removed`` where the errata have taken it out, else the features and facts of a station (ids of part 5 §3.1, §6.1, §7) on which it depends,
profile by profile where they differ; the requirements that part 6 says it covers; why it does not apply to this station, or nothing.
``open.txt`` holds the ids that nobody plays yet: one a line. The errata also speak of stop buttons, inductive charging and plugs without a
lock (2025-09), of which no case's condition is printed: those stand as they were, and hold for this station either way.

The station here: alternating current, sockets with a lock and fixed cables, several EVSEs, cards of ISO 14443 and ISO 15693, no keypad, no
sensor at the parking bay, no ISO 15118 with the vehicle, amperes and watts, a reset of a single EVSE.
"""

import csv
from pathlib import Path

from msgspec import Struct

HERE = Path(__file__).parent
BLOCKS = {
    "A": "security",
    "B": "provisioning",
    "C": "authorisation",
    "D": "local list",
    "E": "transactions",
    "F": "remote control",
    "G": "availability",
    "H": "reservation",
    "I": "tariff and cost",
    "J": "meter values",
    "K": "smart charging",
    "L": "firmware",
    "M": "certificates",
    "N": "diagnostics",
    "O": "display messages",
    "P": "data transfer",
}


class Title(Struct, frozen=True):
    """One row. ``number``: the id, such as ``TC_E_03``."""

    number: str
    title: str
    profiles: tuple[str, ...]
    condition: str
    requirements: tuple[str, ...]
    not_applicable: str = ""

    @property
    def block(self) -> str:
        """Its letter, a key of ``BLOCKS``."""
        return self.number.split("_")[1]

    def mandatory(self, profile: str) -> bool:
        """In this profile, whatever the station is like."""
        return self.conditions[profile] == "M"

    @property
    def conditions(self) -> dict[str, str]:
        """By profile."""
        each = self.condition.split("; ")
        return dict(zip(self.profiles, each * len(self.profiles) if len(each) == 1 else each, strict=True))


def _title(row: dict[str, str]) -> Title:
    profiles, requirements = tuple(row["profiles"].split("; ")), tuple(row["requirements"].split())
    return Title(row["id"], row["title"], profiles, row["condition"], requirements, row["not_applicable"])


def _read() -> tuple[Title, ...]:
    with (HERE / "titles.csv").open(encoding="utf-8", newline="") as file:
        return tuple(map(_title, csv.DictReader(file)))


TITLES: tuple[Title, ...] = _read()
OPEN: tuple[str, ...] = tuple((HERE / "open.txt").read_text(encoding="utf-8").split())
"""Ids that nobody plays yet."""
PROFILES: tuple[str, ...] = (
    *("Core", "Advanced Security", "Local Authorization List Management", "Smart Charging", "Advanced Device Management", "Reservation"),
    *("Advanced User Interface", "ISO 15118 Support"),
)
