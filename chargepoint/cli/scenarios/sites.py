"""The sites that scenarios are played on."""

from msgspec.structs import replace

from chargepoint.cli.scenarios.stage import Installed
from chargepoint.control.settings import EvseSettings
from hal.boards.simulated import ABILITIES
from simulators.hardware import ConnectorPlan, EvsePlan


def socket(evse: int, *, rating_ma: int = 32_000, phases: int = 3) -> Installed:
    """A socket with a plug lock."""
    three = phases == 3
    plan = EvsePlan(id=evse, phases=3 if three else 1, connectors=(ConnectorPlan(1, "socket"),))
    return Installed(plan, EvseSettings(evse=evse, rating_ma=rating_ma, phases=phases, sockets=frozenset({1}), abilities=ABILITIES))


def fixed(evse: int, *, rating_ma: int = 32_000, ventilation: bool = True) -> Installed:
    """A fixed cable of 25 A, on three phases."""
    plan = EvsePlan(id=evse, connectors=(ConnectorPlan(1, "fixed"),))
    settings = EvseSettings(evse=evse, rating_ma=rating_ma, ventilation=ventilation, cable_ma=25_000, abilities=ABILITIES)
    return Installed(plan, settings)


def with_settings(installed: Installed, **changes: object) -> Installed:
    """The same hardware, installed otherwise."""
    return Installed(installed.plan, replace(installed.settings, **changes))


THREE = (socket(1), fixed(2), socket(3, rating_ma=16_000, phases=1))
"""A socket with three phases, a fixed cable with ventilation, a socket with one phase."""
FUSE_MA = 50_000
