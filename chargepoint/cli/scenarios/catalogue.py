"""Which scenarios there are. Only the module of the one that is asked for is imported.

A scenario's module offers ``run(options) -> bool``: it prints as it goes, and says whether every rule and every expectation held.
"""

from importlib import import_module
from typing import NamedTuple

from msgspec import Struct


class Options(Struct, frozen=True):
    """What the command line says."""

    seed: int = 1
    hours: float | None = None
    jobs: int = 1


class Scenario(NamedTuple):
    """One of them. ``long``: it can be played for hours, by several processes."""

    module: str
    line: str
    long: bool = False


SCENARIOS = {
    "fleet": Scenario("fleet", "every car of the garage plays a whole session"),
    "sequences": Scenario("sequences", "Table A.6 of IEC 61851-1, sequence by sequence, with measured times"),
    "power-cuts": Scenario("power_cuts", "the power fails at every moment of a session, and with every latched fault"),
    "storm": Scenario("storm", "a storm of faults, 1000 hours of it unless --hours says otherwise", long=True),
}


def run(name: str, options: Options) -> bool:
    """Play one; did everything hold?"""
    played: bool = import_module(f"chargepoint.cli.scenarios.{SCENARIOS[name].module}").run(options)
    return played
