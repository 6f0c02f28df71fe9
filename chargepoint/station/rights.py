"""Who may ask for what at the inquiry socket. To be let in is enough for most; keys, and what replaces everything, are for these:

    root, the station's own user, the user whose the pages' part of the state directory is

The kernel says who asks. The group of technicians has its answers without passwords, and the pages with a login of its own.
"""

import os
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from chargepoint.inquiry.keeping import FactoryReset, Parts, ResetSeen, Restore, Restored, TakeBackup, Taken

REFUSED = "user {caller} may not ask for this; do it on the pages as owner, or as root (sudo)"


def trusted(state_dir: Path) -> frozenset[int]:
    """Their numbers."""
    try:
        pages = {(state_dir / "web").stat().st_uid}
    except OSError:
        pages = set()
    return frozenset({0, os.geteuid()} | pages)


def refusal(question: object, caller: int, trusted: Collection[int]) -> Struct | None:
    """What whoever asks is told instead; ``None``: he may."""
    if caller in trusted:
        return None
    message = REFUSED.format(caller=caller)
    match question:
        case TakeBackup(passphrase=passphrase) if passphrase:
            return Taken(parts=Parts(), refused=message)
        case Restore():
            return Restored(outcome="refused", message=message)
        case FactoryReset():
            return ResetSeen(outcome="refused", message=message)
    return None
