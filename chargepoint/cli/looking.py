"""What pages show that is known to the command line: the way to the CSMS, and the signals of the hardware in words."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from chargepoint.cli.errors import CliError
from chargepoint.domain.configuration import Configuration
from chargepoint.domain.findings import Finding
from chargepoint.inquiry.hardware import Shown
from hal.errors import HalError


async def climbed(config: Path, state_dir: Path) -> AsyncGenerator[Finding, None]:
    """The ladder of the configuration that is in the file; nothing where it names no CSMS. Half a minute at most."""
    from chargepoint.cli.checks.scene import survey
    from chargepoint.cli.checks.way import way_of
    from chargepoint.ladder.climb import climb

    try:
        scene = await asyncio.to_thread(survey, config, state_dir)
        way = way_of(scene)
        if way is not None:
            async for finding in climb(way):
                yield finding
    except (CliError, HalError, OSError) as error:
        remedy = "Run chargepoint doctor as root on the station."
        yield Finding(name="ladder", state="not known", text=f"the way cannot be looked at from here: {error}", remedy=remedy)


def signals(configuration: Configuration, told: Shown, evse: int) -> tuple[tuple[str, str], ...] | None:
    """As ``chargepoint hardware`` shows them. ``None``: control has told nothing of this EVSE."""
    from chargepoint.cli.inspect import views
    from chargepoint.cli.signals import rows

    view = next((each for each in views(configuration, told) if each.part.id == evse), None)
    if view is None:
        return None
    found: list[tuple[str, str]] = []
    for title, text in rows(view):
        if title:
            found.append((title, text))
        else:
            before, said = found.pop()
            found.append((before, f"{said}; {text}"))
    return tuple(found)
