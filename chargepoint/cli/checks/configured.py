"""Is there a configuration, is it good, and are the packages of its drivers here?"""

from collections.abc import Iterator

import hal
from chargepoint.cli import boards, devices, fitting
from chargepoint.cli.checks.scene import DENIED, Scene
from chargepoint.cli.configuration import warnings
from chargepoint.cli.schema import nearest
from chargepoint.domain.findings import Finding, failing
from hal.errors import DriverError

NAME = "file"
MOST = 12
"""Errors that are shown."""
KINDS = (
    ("cannot be read", "configuration_unreadable"),
    ("not UTF-8", "configuration_unreadable"),
    ("not TOML", "configuration_malformed"),
    ("not JSON", "configuration_malformed"),
    ("unknown driver", "driver_unknown"),
    ("set bench = true", "configuration_unsafe"),
    ("above max_current_a", "configuration_contradiction"),
    ("the site has", "configuration_contradiction"),
    ("already the id of", "configuration_contradiction"),
    ("there is no such EVSE", "configuration_contradiction"),
    ("unknown", "configuration_unknown_entry"),
    ("missing", "configuration_missing_entry"),
)
"""What an error says -> its name in the catalogue; any other: a wrong value."""
OF_THE_FILE = ("configuration_unreadable", "configuration_malformed")
"""As a whole, and of no entry, so that it has to be named."""


def look(scene: Scene) -> Iterator[Finding]:
    """The configuration."""
    if scene.configuration is None and not scene.errors:
        yield failing(NAME, "configuration_missing", f"{scene.config}: there is none yet")
        return
    if scene.hidden:
        yield Finding(name=NAME, state="not known", text=f"{scene.config}: this user may not read it", remedy=DENIED)
        return
    for error in scene.errors[:MOST]:
        kind = next((kind for words, kind in KINDS if words in error), "configuration_wrong_value")
        yield failing(NAME, kind, f"{scene.config}: {error}" if kind in OF_THE_FILE else error)
    if len(scene.errors) > MOST:
        text = f"{len(scene.errors) - MOST} more errors"
        yield Finding(name=NAME, state="failed", text=text, remedy=f"Run chargepoint check-config {scene.config}.")
    if scene.configuration is None:
        return
    for unsafe in _unsafe(scene):
        yield failing(NAME, "configuration_unsafe", str(unsafe), state="warning")
    for text in map(str, warnings(scene.configuration)):
        remedy = "Change that entry if it is not meant."
        yield Finding(name=NAME, state="warning", text=text, remedy=remedy)
    count = len(scene.configuration.evses)
    text = f"{scene.config}: good, station {scene.configuration.station.id}, {count} EVSE{'s' * (count > 1)}"
    yield Finding(name=NAME, state="passed", text=text)


def _unsafe(scene: Scene) -> Iterator[object]:
    assert scene.configuration is not None
    try:
        yield from boards.unsafe(scene.configuration)
    except DriverError:
        return  # what its drivers need is said by ``look_for_packages``


def look_for_packages(scene: Scene) -> Iterator[Finding]:
    """What the named drivers need."""
    if scene.configuration is None:
        return
    good = []
    for named in devices.all_devices(scene.configuration):
        driver = devices.driver(scene.configuration, named.table)
        if driver not in hal.DRIVERS[named.kind] and driver not in hal.names(named.kind):
            yield failing("drivers", "driver_unknown", f"{named.path}: {driver!r}{nearest(driver, list(hal.DRIVERS[named.kind]))}")
        elif lacks := fitting.missing(scene.configuration, named):
            yield failing("drivers", "package_missing", f"{named.path}: {lacks}")
        elif driver not in good:
            good.append(driver)
    if good:
        yield Finding(name="drivers", state="passed", text=f"all that {', '.join(good)} need{'s' * (len(good) == 1)} is installed")
