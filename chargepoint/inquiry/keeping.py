"""What a backup keeps of the station, how it comes back, and the factory reset.

Never in a backup: transactions, and messages on their way. Restored on another board they would be told, and billed, twice. Nor charging
profiles: only a CSMS sets them, knows them by id, and sets them again.
"""

from typing import Literal

from msgspec import Struct, field

from chargepoint.domain.authorization import TokenInfo

MOST_LISTED = 100
"""Unsent transactions that are named one by one."""


class KeptCard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of the station's own cards."""

    number: str
    kind: str = ""
    name: str = ""
    added: str = ""
    """ISO 8601."""


class KeptList(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The local authorisation list: what the CSMS said of each token."""

    version: int
    entries: dict[str, TokenInfo]


class Parts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything of the station's that anybody may keep who may see the station's cards."""

    variables: dict[str, str] = field(default_factory=dict)
    """What the CSMS, or a technician, has changed; by the device model's names."""
    cards: tuple[KeptCard, ...] = ()
    local_list: KeptList | None = None
    certificates: dict[str, str] = field(default_factory=dict)
    """PEM, by place below ``certificates/``. No keys."""


class Secrets(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is sealed only."""

    keys: dict[str, str] = field(default_factory=dict)
    """Private keys, PEM, by place."""
    variables: dict[str, str] = field(default_factory=dict)
    """Passwords, and the security profile that goes with them."""
    marks: dict[str, str] = field(default_factory=dict)
    """What the configuration file said of these when they were changed (``store.credentials``)."""

    def __repr__(self) -> str:
        return f"Secrets(keys={len(self.keys)}, variables={sorted(self.variables)})"


class TakeBackup(Struct, frozen=True, kw_only=True, tag_field="ask", tag="take-backup"):
    """What is there to be kept?"""

    passphrase: str = ""
    """With one: private keys and passwords as well, sealed with it."""
    bound: str = ""
    """What the sealed part belongs to."""
    by: str = ""

    def __repr__(self) -> str:
        return f"TakeBackup(by={self.by!r}, secrets={bool(self.passphrase)})"


class Taken(Struct, frozen=True, kw_only=True):
    """``sealed``: JSON of ``chargepoint.pki.sealed.Sealed`` over JSON of ``Secrets``; empty: not asked for."""

    parts: Parts
    sealed: str = ""
    left_out: tuple[str, ...] = ()
    """What did not fit, for people."""
    refused: str = ""
    """Why nothing was taken: keys and passwords are not for everybody who may ask."""


class Restore(Struct, frozen=True, kw_only=True, tag_field="ask", tag="restore"):
    """Take the place of what there is: kept first, put in place at the next start, which whoever asks has to see to (``Restart``)."""

    parts: Parts
    secrets: Secrets | None = None
    by: str = ""


class Restored(Struct, frozen=True, kw_only=True):
    """``refused``: nothing was kept."""

    outcome: Literal["kept", "refused"]
    message: str


class Unsent(Struct, frozen=True, kw_only=True):
    """A transaction of which something has not reached the CSMS."""

    transaction: str
    messages: int
    given_up: int = 0


class SeeReset(Struct, frozen=True, tag_field="ask", tag="see-reset"):
    """What would a factory reset lose, and what stands in its way?"""


class FactoryReset(Struct, frozen=True, kw_only=True, tag_field="ask", tag="factory-reset"):
    """Everything of the station's goes at its next start, before anything is opened. Asked again with the same token it is done once."""

    token: str
    lose_unsent: bool = False
    by: str = ""


class ResetSeen(Struct, frozen=True, kw_only=True):
    """``begun``: it is on the disk, and nothing brings it back. ``done``: with this token it was done."""

    outcome: Literal["listed", "refused", "begun", "done"]
    message: str = ""
    running: tuple[int, ...] = ()
    """EVSEs where somebody charges."""
    unsent: tuple[Unsent, ...] = ()
    more: int = 0
    """So many transactions besides those that are listed."""
    messages: int = 0
    """All in all."""
