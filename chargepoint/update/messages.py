"""What the updater is asked, and what it answers: one question per connection to its socket, a line of JSON each way.

The file of an ``Offer`` comes with it as an open descriptor (SCM_RIGHTS): whoever offers may read it, and the updater copies it to where
nobody else writes before it looks at it.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

Source = Literal["csms", "page", "command", "usb"]
DRY_RUN = "dry-run"
"""The installer that only plays: it takes bundles for any."""


class Phase(StrEnum):
    """Where an update is. The first five are under way, the others its end."""

    CHECKED = "checked"
    """Signature, device and version are right; nothing has begun. It stays until it is installed, replaced or cancelled."""
    WAITING = "waiting"
    """For the end of every session."""
    INSTALLING = "installing"
    PROVING = "proving"
    """The new version runs, and has to show that it works."""
    TAKING_BACK = "taking-back"
    """It does not work: the version before is installed again."""
    DONE = "done"
    FAILED = "failed"
    """It was not installed, and the version before was never left; or, CP-832, it does not work, and there is no way back."""
    TAKEN_BACK = "taken-back"
    CANCELLED = "cancelled"


UNDER_WAY = (Phase.WAITING, Phase.INSTALLING, Phase.PROVING, Phase.TAKING_BACK)
"""Nothing else is begun meanwhile."""


class Part(Struct, frozen=True):
    """A part of this device and its version."""

    name: str
    """"charge-point software", "operating system", "kernel", "slot A" ..."""
    version: str
    detail: str = ""


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """What a bundle says of itself, signed."""

    format: Literal[1] = 1
    name: Literal["chargepoint"] = "chargepoint"
    version: str
    """As Debian orders versions."""
    installer: Literal["deb", "rauc", "dry-run"]
    compatible: str
    """Which devices may take it: the name of the product line (of ``/etc/chargepoint/compatible``; RAUC has the same idea), or "any"."""
    architecture: str
    """As Debian names it, or "all"."""
    system: str = ""
    """ID and version of the operating system that it is for, "debian 12", say; empty: any, or it brings its own."""
    payload: str
    """Name of the file in the bundle."""
    size: int
    """Its length in bytes."""
    sha256: str
    """Its hash, hexadecimal."""
    built: str
    """Date of the release, ISO 8601."""
    support_until: str = ""
    """So long its maker mends what is insecure, an ISO date; empty: not said."""
    notes: str = ""
    """What is new, plain text."""


class Update(Struct, frozen=True, kw_only=True):
    """The update that is under way, or was last. On disk, and told."""

    id: str
    """Hexadecimal hash of the whole bundle: the same file offered again is the same update."""
    manifest: Manifest
    phase: Phase
    source: Source
    by: str = ""
    """Who offered it: an account, a user of this machine, a request of the CSMS."""
    before: str = ""
    """The version that it replaces."""
    code: str = ""
    """Of the catalogue, where something is wrong or keeps it waiting: "CP-828"."""
    text: str = ""
    """What it waits for, or why it ended like this; for people."""
    since_unix_s: int = 0
    """Begin of its phase."""
    percent: int | None = None
    tries: int = 0
    """So often this phase has been begun: a power cut is not tried for ever."""


class Offer(Struct, frozen=True, kw_only=True, tag_field="ask", tag="offer"):
    """Copy and check a bundle, whose descriptor comes with this. Answer: Offered."""

    source: Source
    by: str = ""
    older: bool = False
    """An older version, or the same again, is wanted."""


class Offered(Struct, frozen=True, kw_only=True):
    """What has become of an offer."""

    accepted: bool
    code: str = ""
    """Why not: of the catalogue."""
    text: str = ""
    update: Update | None = None
    """As it stands: an offer of what is under way, or was last, is told how that went, and is not begun again unless it failed."""


class Install(Struct, frozen=True, kw_only=True, tag_field="ask", tag="install"):
    """Install what has been checked, as soon as no session runs. Answer: Offered, at once."""

    id: str


class Cancel(Struct, frozen=True, kw_only=True, tag_field="ask", tag="cancel"):
    """Not this one; possible until it is being installed. Answer: Offered."""

    id: str


class TakeBack(Struct, frozen=True, kw_only=True, tag_field="ask", tag="take-back"):
    """The version before again, where it is kept. Answer: Offered."""

    by: str = ""


class LookForSticks(Struct, frozen=True, kw_only=True, tag_field="ask", tag="look-for-sticks"):
    """Look for bundles on USB sticks; the newest that fits is offered. Answer: Offered."""

    by: str = ""


class See(Struct, frozen=True, kw_only=True, tag_field="ask", tag="see"):
    """How do things stand? Answer: State."""


Question = Offer | Install | Cancel | TakeBack | LookForSticks | See


class State(Struct, frozen=True, kw_only=True):
    """How things stand."""

    version: str
    installer: str
    """What can be installed here: "deb", "rauc" or "dry-run"."""
    parts: tuple[Part, ...] = ()
    support_until: str = ""
    """Of what runs; empty: not said."""
    update: Update | None = None
    """The one that is under way, or was last."""
    before: str = ""
    """The version that can be gone back to; empty: none is kept."""
    trusted: tuple[str, ...] = ()
    """Whose signatures are taken: subjects of the certificates."""
