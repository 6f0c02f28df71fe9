"""Network connection profiles: what is fit, and the order of attempts."""

import pytest
from msgspec.structs import replace

from chargepoint.domain.network import LAST_GOOD, NetworkProfile, downgrade_objection, objection, round_of

FIT = NetworkProfile(url="wss://csms.example.com/ocpp", security_profile=2, message_timeout_s=30, version="OCPP20")


@pytest.mark.parametrize(
    "change",
    [
        {"url": ""},
        {"url": "csms.example.com"},
        {"url": "https://csms.example.com"},
        {"url": "ws://"},
        {"url": "ws://csms:99999/"},
        {"url": "ws://[::1"},
        {"url": "ws://csms/a b"},
        {"url": "ws://csms/ocpp#x"},
        {"version": "OCPP12"},
        {"version": "OCPP15"},
        {"transport": "SOAP"},
        {"security_profile": 4},
        {"security_profile": -1},
        {"message_timeout_s": 0},
        {"message_timeout_s": -5},
        {"message_timeout_s": 1 << 40},
        {"vpn": True},
        {"apn": True},
    ],
)
def test_what_cannot_be_served_is_refused_with_a_reason(change: dict[str, object]) -> None:
    found = objection(replace(FIT, **change))
    assert found is not None
    assert found.code == "InvalidNetworkConf"
    assert "csms" not in found.words, "a URL may hold a password"


@pytest.mark.parametrize("change", [{}, {"version": "OCPP16"}, {"url": "ws://10.0.0.1:9000"}, {"interface": "Wireless3"}])
def test_what_is_fit_is_taken(change: dict[str, object]) -> None:
    assert objection(replace(FIT, **change)) is None


@pytest.mark.parametrize(
    ("wanted", "in_force", "allowed", "refused"),
    [
        (1, 1, False, False),
        (3, 1, False, False),
        (1, 2, False, True),
        (2, 3, False, True),
        (2, 3, True, False),
        (1, 3, True, True),
        (1, 2, True, True),
        (0, 1, True, True),
    ],
)
def test_a_lower_security_profile_is_only_taken_from_3_to_2_and_where_that_is_allowed(
    wanted: int, in_force: int, allowed: bool, refused: bool
) -> None:
    found = downgrade_objection(wanted, in_force, allowed)
    assert (found is not None) is refused
    assert found is None or found.code == "NoSecurityDowngrade"


def test_a_round_tries_each_slot_so_often_and_what_worked_last_in_the_end() -> None:
    assert round_of([2, 1], 2) == [2, 2, 1, 1, LAST_GOOD, LAST_GOOD]
    assert round_of([2, 1], 1, first=1) == [1, 2, LAST_GOOD], "the one that was connected comes first"
    assert round_of([2], 1, first=3) == [3, 2, LAST_GOOD]
    assert round_of([], 0) == [LAST_GOOD]
