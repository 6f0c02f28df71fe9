"""What a new profile replaces, and what a request clears."""

import pytest

from chargepoint.domain.charging.installed import Installed, cleared_by, replaces
from chargepoint.domain.charging_profile import Purpose
from chargepoint.domain.commands import ClearChargingProfile
from tests.domain.charging.examples import installed, profile

STATION = installed(profile(id=1, stack_level=3))
FIRST = installed(profile(id=1, stack_level=3), 1, connector=1)
SECOND = installed(profile(id=1, stack_level=3), 2, connector=1)
TX = installed(profile(id=2, stack_level=3, purpose=Purpose.TX), 1, transaction_id="ours")
OTHER_TX = installed(profile(id=2, stack_level=3, purpose=Purpose.TX), 2, transaction_id="other")
MAX = installed(profile(id=3, stack_level=3, purpose=Purpose.STATION_MAX))


@pytest.mark.parametrize(
    ("new", "old", "per_connector", "gone"),
    [
        (FIRST, FIRST, True, True),
        (installed(profile(id=9, stack_level=3), 1, connector=1), FIRST, False, True),
        (installed(profile(id=9, stack_level=4), 1, connector=1), FIRST, False, False),
        (installed(profile(id=9, stack_level=3), 1, connector=2), FIRST, False, False),
        (installed(profile(id=9, stack_level=3), 1, connector=1), STATION, False, False),
        (installed(profile(id=9, stack_level=3, purpose=Purpose.TX), 1, transaction_id="ours"), TX, False, True),
        (installed(profile(id=9, stack_level=3, purpose=Purpose.TX), 1, transaction_id="other"), TX, False, False),
        (installed(profile(id=2, stack_level=5), 2), TX, True, True),
        (SECOND, FIRST, False, True),
        (SECOND, FIRST, True, False),
        (installed(profile(id=1, stack_level=4), 2, connector=1), FIRST, True, True),
        (FIRST, STATION, True, False),
        (FIRST, STATION, False, True),
        (OTHER_TX, TX, True, False),
        (OTHER_TX, TX, False, True),
        (STATION, FIRST, True, True),
    ],
)
def test_the_same_id_or_the_same_level_and_purpose_at_the_same_place_replaces(
    new: Installed, old: Installed, per_connector: bool, gone: bool
) -> None:
    """OCPP 2.0.1 K01.FR.05."""
    assert replaces(new, old, ids_per_connector=per_connector) is gone


ALL = (STATION, FIRST, SECOND, TX, MAX)


@pytest.mark.parametrize(
    ("request_", "gone"),
    [
        (ClearChargingProfile(), ALL),
        (ClearChargingProfile(id=1), (STATION, FIRST, SECOND)),
        (ClearChargingProfile(id=1, evse=2, connector=7, purpose=Purpose.TX, stack_level=0), (STATION, FIRST, SECOND)),
        (ClearChargingProfile(id=4), ()),
        (ClearChargingProfile(evse=0), (STATION, MAX)),
        (ClearChargingProfile(evse=1), (FIRST, TX)),
        (ClearChargingProfile(evse=1, connector=1), (FIRST,)),
        (ClearChargingProfile(purpose=Purpose.TX_DEFAULT), (STATION, FIRST, SECOND)),
        (ClearChargingProfile(purpose=Purpose.TX_DEFAULT, evse=1), (FIRST,)),
        (ClearChargingProfile(stack_level=3), ALL),
        (ClearChargingProfile(stack_level=4), ()),
    ],
)
def test_an_id_alone_clears_and_otherwise_everything_has_to_match(request_: ClearChargingProfile, gone: tuple[Installed, ...]) -> None:
    assert tuple(each for each in ALL if cleared_by(request_, each)) == gone
