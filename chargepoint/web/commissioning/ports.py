"""What the pages about commissioning need from elsewhere."""

from collections.abc import AsyncGenerator, Callable

from msgspec import Struct

from chargepoint.commissioning.guide import With
from chargepoint.commissioning.guiding import Switch, Told
from chargepoint.commissioning.report import Facts
from chargepoint.commissioning.steps import Step


class CommissioningPorts(Struct, frozen=True, kw_only=True):
    """Functions of ``chargepoint.cli.commissioning``."""

    steps: Callable[[int | None], AsyncGenerator[Step, None]]
    """The self-test of an EVSE; ``None``: of everything."""
    guided: Callable[[int, With, Switch], AsyncGenerator[Told, None]]
    facts: Callable[[], Facts]
    """Blocks for a moment."""
    digest: Callable[[], str]
    """Of the configuration file as it is now."""
