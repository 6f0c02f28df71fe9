"""What the installed services may not do, and a configuration wants all the same.

The package runs control without a network, and lets each service write beneath its own part of the state directory alone. Elsewhere these
are only remarks."""

from collections.abc import Iterator
from itertools import chain

from chargepoint.cli import devices
from chargepoint.cli.devices import Named
from chargepoint.cli.paths import INSTALLED_STATE
from chargepoint.cli.schema import Problem, shown
from chargepoint.domain.configuration import Configuration

DROP_IN = "/usr/share/chargepoint/control-network.conf"
PLACE = "/etc/systemd/system/chargepoint-control.service.d/network.conf"


def warnings(configuration: Configuration) -> Iterator[Problem]:
    """One for each device."""
    if configuration.simulated:
        return
    for named in chain(devices.boards(configuration), devices.meters(configuration), devices.indicators(configuration)):
        if "host" in named.table:
            text = (
                f"{shown(named.table['host'])}: the installed control has no network; where the package runs it, "
                f"install -D -m 644 {DROP_IN} {PLACE} && systemctl daemon-reload, narrow it to this address, and start control anew"
            )
            yield Problem(f"{named.path}.host", text)
        yield from _kept(named)


def _kept(named: Named) -> Iterator[Problem]:
    """Files that a driver of control's keeps."""
    keep, ours = named.table.get("keep"), f"{INSTALLED_STATE}/control/"
    if isinstance(keep, str) and keep.startswith("/") and not keep.startswith(ours):
        yield Problem(f"{named.path}.keep", f"{shown(keep)}: the installed control writes beneath {ours} alone; name a file there")
