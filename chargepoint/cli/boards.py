"""What the boards are, known without opening one: may they be used, and can they do what the configuration asks of them?

This loads the class of each driver, so only those verbs ask that drive boards or check a configuration.
"""

from collections.abc import Iterator

import hal
from chargepoint.cli.schema import Problem, shown
from chargepoint.domain.configuration import Configuration, Device, EvsePart
from hal.api import Abilities, refusal
from hal.errors import DriverError

SIMULATED = "simulated"


def driver(configuration: Configuration, device: Device) -> str:
    """The driver that is used for a device, whatever its table says."""
    return SIMULATED if configuration.hal.backend == "sim" else str(device.get("driver"))


def abilities(configuration: Configuration, evse: EvsePart) -> Abilities:
    """What the board of an EVSE is, and can do. Raises DriverError, and ImportError where its driver lacks a package."""
    name = driver(configuration, evse.board)
    found = getattr(hal.load("boards", name), "abilities", None)
    if not isinstance(found, Abilities):
        raise DriverError(f"board driver {name!r}: does not say what its board can do (abilities); use a version made for this release")
    return found


def objections(configuration: Configuration) -> Iterator[Problem]:
    """Boards that must not be used, and what they cannot do. A rule (``chargepoint.cli.rules``); unknown drivers have another."""
    for number, evse in enumerate(configuration.evses):
        path, name = f"evses[{number}].board", driver(configuration, evse.board)
        if name not in hal.DRIVERS["boards"] and name not in hal.names("boards"):
            continue
        try:
            can = abilities(configuration, evse)
        except ImportError as error:
            yield Problem(f"{path}.driver", f"{shown(name)}: cannot be loaded here ({error}); install what it needs")
        except DriverError as error:
            yield Problem(f"{path}.driver", str(error))
        else:
            yield from _unfit(f"evses[{number}]", evse, name, can)


def _unfit(path: str, evse: EvsePart, name: str, can: Abilities) -> Iterator[Problem]:
    reason = refusal(can)
    if reason is not None and evse.board.get("bench") is not True:
        yield Problem(f"{path}.board", f"{shown(name)}: {reason}; use another board, or set bench = true where nobody can touch it")
    if evse.wake_up == "E" and not can.pilot_off:
        text = f'"E": the board {shown(name)} cannot switch its pilot off; expected "F" or "off"'
        yield Problem(f"{path}.wake_up", text, (f"{path}.board",))


def unsafe(configuration: Configuration) -> Iterator[Problem]:
    """Boards that are used only because of their ``bench = true``: a warning at every start."""
    for number, evse in enumerate(configuration.evses):
        reason = refusal(abilities(configuration, evse))
        if reason is not None:
            name = shown(driver(configuration, evse.board))
            yield Problem(f"evses[{number}].board", f"{name}: {reason}; bench = true: only where nobody can touch it")
