"""All checks in the order in which a technician wants to read them."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from msgspec import Struct

from chargepoint.cli.checks import chips, computer, configured, disk, files, ports, processes, standing, validity
from chargepoint.cli.checks.scene import Scene
from chargepoint.domain.findings import Finding

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


def _looked(look: Callable[[Scene], Iterator[Finding]], scene: Scene) -> Iterator[Finding]:
    """A file that goes away or turns bad in the meantime ends no other look."""
    try:
        yield from look(scene)
    except OSError as error:
        text = f"could not be looked at to the end: {error}"
        yield Finding(name=look.__module__.rpartition(".")[2], state="not known", text=text, remedy="Run this once more, as root.")


async def every(scene: Scene) -> AsyncIterator[Checked]:
    """Each as soon as it is known."""
    for area, looks in AREAS.items():
        for look in looks:
            for finding in _looked(look, scene):
                yield Checked(area, finding)
    from chargepoint.cli.checks.way import way_of  # takes a second to load on a slow board: what is above is shown meanwhile
    from chargepoint.ladder import boot, websocket
    from chargepoint.ladder.climb import climb

    way = way_of(scene)
    if way is not None:
        async for finding in climb(way):
            yield Checked(NETWORK, finding)
    elif scene.configuration is not None:
        yield Checked(NETWORK, Finding(name="csms", state="not needed", text="no CSMS is configured"))
    elif scene.uplink is not None and scene.uplink.configured:  # by the configuration that the station began with
        yield Checked(NETWORK, websocket.told(scene.uplink))
        yield Checked(NETWORK, boot.told(scene.uplink))
