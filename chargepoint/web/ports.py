"""What the pages need from elsewhere, as functions: the composition (``chargepoint.cli.web``) has them.

Whoever writes a page that needs more adds a field here, with a type and one sentence, and fills it there.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from chargepoint.domain.configuration import Configuration
from chargepoint.domain.findings import Finding
from chargepoint.inquiry.hardware import Shown
from chargepoint.web.commissioning.ports import CommissioningPorts
from chargepoint.web.keeping import KeepingPorts
from chargepoint.web.updates import UpdatePorts
from chargepoint.web.wizard.ports import WizardPorts


class Reading(Struct, frozen=True, kw_only=True):
    """What there is of a configuration."""

    state: Literal["missing", "broken", "good"]
    configuration: Configuration | None = None
    errors: tuple[str, ...] = ()
    """As ``chargepoint check-config`` says them."""


async def unprinted(evse: int, name: str) -> bytes | str:
    """Where nobody can print."""
    return "run chargepoint signs on the station instead"


def unclimbed() -> AsyncGenerator[Finding, None]:
    """Where nobody can climb: no rung."""

    async def nothing() -> AsyncGenerator[Finding, None]:
        return
        yield

    return nothing()


class Ports(Struct, frozen=True, kw_only=True):
    """Functions of the composition, and where things are."""

    config: Path
    """The configuration file, whether or not it is there."""
    folder: Path
    """The part of the state directory that belongs to the pages."""
    inquiry: str
    """Where the station is asked."""
    log: str = ""
    """Where the other processes tell what they log; empty: nowhere."""
    read: Callable[[Path], Reading]
    """The configuration. Takes some milliseconds."""
    wizard: WizardPorts | None = None
    """What makes the first configuration; ``None``: it is made elsewhere."""
    updates: UpdatePorts | None = None
    """The updater; ``None``: there is none."""
    keeping: KeepingPorts | None = None
    """Backup, restore, factory reset; ``None``: not here."""
    signs: Callable[[int, str], Awaitable[bytes | str]] = unprinted
    """A file of ``chargepoint signs`` for an EVSE, made elsewhere; or what went wrong."""
    climb: Callable[[], AsyncGenerator[Finding, None]] = unclimbed
    """The ladder to the CSMS, each rung as soon as it is known; nothing where there is no CSMS."""
    signals: Callable[[Configuration, Shown, int], tuple[tuple[str, str], ...] | None] = lambda configuration, told, evse: None
    """Title and text of each signal of an EVSE; ``None``: control has told nothing of it."""
    commissioning: CommissioningPorts | None = None
    """What tests the installation; ``None``: nothing does here."""
