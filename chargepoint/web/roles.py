"""Who may do what.

    viewer       sees
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
    "viewer": "sees everything, changes nothing",
    "technician": "sets up, tests, repairs",
    "owner": "everything, and decides who may what",
}
"""For people."""


def covers(role: Role, needs: Needs) -> bool:
    """Is this role enough?"""
    return RANK[role] >= RANK[needs]


def stricter(one: Needs, other: Needs) -> Needs:
    """Whichever asks for more."""
    return max(one, other, key=RANK.__getitem__)
