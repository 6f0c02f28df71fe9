"""What the pages need from elsewhere, as functions: the composition (``chargepoint.cli.web``) has them.

Whoever writes a page that needs more adds a field here, with a type and one sentence, and fills it there.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from chargepoint.domain.configuration import Configuration
from chargepoint.web.wizard.ports import WizardPorts


class Reading(Struct, frozen=True, kw_only=True):
    """What there is of a configuration."""

    state: Literal["missing", "broken", "good"]
    configuration: Configuration | None = None
    errors: tuple[str, ...] = ()
    """As ``chargepoint check-config`` says them."""


class Ports(Struct, frozen=True, kw_only=True):
    """Functions of the composition, and where things are."""

    config: Path
    """The configuration file, whether or not it is there."""
    folder: Path
    """The part of the state directory that belongs to the pages."""
    inquiry: str
    """Where the station is asked."""
    read: Callable[[Path], Reading]
    """The configuration. Takes some milliseconds."""
    wizard: WizardPorts | None = None
    """What makes the first configuration; ``None``: it is made elsewhere."""
