"""Who may do what.

    viewer       sees how the station is, what happened, what was charged; not how it is set up, nor who came in
    technician   does everything but what is the owner's; may be given for a time
    owner        accounts, backups with secrets, factory reset

``anybody`` is no role: it is what a page says that needs no session.
"""

from typing import Literal

Role = Literal["viewer", "technician", "owner"]
Needs = Literal["anybody", "viewer", "technician", "owner"]

ROLES: tuple[Role, ...] = ("viewer", "technician", "owner")
RANK: dict[Needs, int] = {"anybody": 0, "viewer": 1, "technician": 2, "owner": 3}

MAY: dict[Role, str] = {
    "viewer": "sees how the station is and what happened, changes nothing; no set-up, connection, configuration, backup or security log",
    "technician": "sees everything but accounts; sets up, tests, repairs",
    "owner": "everything, and decides who may what",
}
"""For people."""


def covers(role: Role, needs: Needs) -> bool:
    """Is this role enough?"""
    return RANK[role] >= RANK[needs]


def stricter(one: Needs, other: Needs) -> Needs:
    """Whichever asks for more."""
    return max(one, other, key=RANK.__getitem__)
