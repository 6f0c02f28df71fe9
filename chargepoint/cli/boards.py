"""What the boards are, known without opening one: may they be used, and can they do what the configuration asks of them?

This loads the class of each driver, so only those verbs ask that drive boards or check a configuration.
"""

from collections.abc import Iterator

import hal
from chargepoint.cli.devices import NOT_FOR_DRIVERS, SIMULATED, driver
from chargepoint.cli.schema import Problem, shown
from chargepoint.domain.configuration import Configuration, EvsePart
from hal.api import Abilities, refusal
from hal.errors import DriverError


def abilities(configuration: Configuration, evse: EvsePart) -> Abilities:
    """What the board of an EVSE is, and can do, with these entries. Raises DriverError."""
    name = driver(configuration, evse.board)
    made = hal.load("boards", name)
    found = getattr(made, "abilities", None)
    if name != SIMULATED and (with_entries := getattr(made, "abilities_with", None)) is not None:
        found = with_entries({entry: value for entry, value in evse.board.items() if entry not in NOT_FOR_DRIVERS})
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
        except DriverError as error:
            yield Problem(f"{path}.driver", str(error))
        else:
            yield from _unfit(f"evses[{number}]", evse, name, can, simulated=configuration.simulated)


def _unfit(path: str, evse: EvsePart, name: str, can: Abilities, *, simulated: bool) -> Iterator[Problem]:
    reason = None if simulated else refusal(can)
    if reason is not None and evse.board.get("bench") is not True:
        yield Problem(f"{path}.board", f"{shown(name)}: {reason}; use another board, or set bench = true where nobody can touch it")
    if evse.wake_up == "E" and not can.pilot_off:
        text = f'"E": the board {shown(name)} cannot switch its pilot off; expected "F" or "off"'
        yield Problem(f"{path}.wake_up", text, (f"{path}.board",))


def unsafe(configuration: Configuration) -> Iterator[Problem]:
    """Boards that are used only because of their ``bench = true``: a warning at every start."""
    for number, evse in enumerate(configuration.evses):
        reason = None if configuration.simulated else refusal(abilities(configuration, evse))
        if reason is not None:
            name = shown(driver(configuration, evse.board))
            yield Problem(f"evses[{number}].board", f"{name}: {reason}; bench = true: only where nobody can touch it")
