"""The bench's side of every wire that the configuration names: simulated devices for real drivers (``[hal] backend = "wires"``)."""

import json
from pathlib import Path
from typing import Any

from chargepoint.cli import devices, fitting
from chargepoint.cli.configuration import tree_of
from chargepoint.cli.devices import SIMULATED
from chargepoint.cli.errors import CliError, ConfigurationError
from chargepoint.cli.schema import shown
from chargepoint.domain.configuration import Configuration
from hal.errors import DriverError
from simulators.http_server import is_loopback
from simulators.wires.harness import Harness, Wanted


def lay(configuration: Configuration, harness: Harness) -> None:
    """Put a simulated device behind every driver. Raises ConfigurationError where there is none for it, or it stands elsewhere."""
    wrong = []
    for named in devices.all_devices(configuration):
        if named.driver == SIMULATED:
            continue
        part, host = named.kind.removesuffix("s"), named.table.get("host")
        if isinstance(host, str) and not is_loopback(host):
            wrong.append(
                f"{named.path}.host: {shown(host)}: on the bench a device is on this machine; expected 127.0.0.1, and a free tcp_port"
            )
            continue
        if lacks := fitting.missing(configuration, named):
            wrong.append(f"{named.path}.driver: {lacks}")
            continue
        try:
            harness.fit(Wanted(part, named.number, named.kind, named.driver, named.entries, named.evses))
        except KeyError:
            wrong.append(f"{named.path}.driver: {shown(named.driver)}: the bench has no simulated device for it")
        except (DriverError, ValueError) as error:
            wrong.append(f"{named.path}: {error}")
    if wrong:
        raise ConfigurationError(tuple(wrong))


def put_up(harness: Harness) -> None:
    """Open all of it. Raises CliError."""
    try:
        harness.open()
    except OSError as error:
        raise CliError(f"wires: {error.strerror or error} ({error.filename or 'TCP port'}); end what else uses it") from error


def with_wires(config: Path, into: Path) -> Path:
    """The same configuration with ``[hal] backend = "wires"``, as a file of its own that only its owner can read."""
    tree: Any = tree_of(config)
    if isinstance(tree, dict) and isinstance(tree.setdefault("hal", {}), dict):
        tree["hal"]["backend"] = "wires"
    into.parent.mkdir(parents=True, exist_ok=True)
    into.touch(mode=0o600)
    into.write_text(json.dumps(tree, default=str), encoding="utf-8")
    return into
