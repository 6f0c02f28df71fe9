"""All checks in the order in which a technician wants to read them."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from msgspec import Struct

from chargepoint.cli.checks import chips, computer, configured, disk, files, ports, processes, standing, validity
from chargepoint.cli.checks.scene import Scene
from chargepoint.cli.checks.way import way_of
from chargepoint.domain.findings import Finding
from chargepoint.ladder.climb import climb

AREAS: Mapping[str, tuple[Callable[[Scene], Iterator[Finding]], ...]] = {
    "configuration": (configured.look, configured.look_for_packages),
    "devices": (ports.look, chips.look),
    "processes": (processes.look,),
    "computer": (computer.look, disk.look, files.look),
    "station": (standing.look, validity.look),
}
NETWORK = "network"
"""The ladder, last: it takes longest."""


class Checked(Struct, frozen=True):
    """One finding, and where it belongs."""

    area: str
    finding: Finding


async def every(scene: Scene) -> AsyncIterator[Checked]:
    """Each as soon as it is known."""
    for area, looks in AREAS.items():
        for look in looks:
            for finding in look(scene):
                yield Checked(area, finding)
    way = way_of(scene)
    if way is not None:
        async for finding in climb(way):
            yield Checked(NETWORK, finding)
    elif scene.configuration is not None:
        yield Checked(NETWORK, Finding(name="csms", state="not needed", text="no CSMS is configured"))
