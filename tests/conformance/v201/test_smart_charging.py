"""Block K: profiles are set, replaced, reported and cleared. What the car is offered is read off the pilot by the bench."""

from typing import Any

import pytest

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import Lab
from tests.conformance.v201.profiles import install, nothing, profile, reported, same
from tests.conformance.v201.sites import CABLE, SOCKET

DEFAULT, STATION_MAX, TX = "TxDefaultProfile", "ChargingStationMaxProfile", "TxProfile"
UNITS = [pytest.param("A", 6.0, id="A"), pytest.param("W", 6000 / 690, id="W")]


@pytest.mark.parametrize(("unit", "limit_a"), UNITS)
@case("TC_K_01")
async def test_a_default_profile_of_one_evse(lab: Lab, unit: str, limit_a: float) -> None:
    sent = await install(lab, profile(lab, 1, DEFAULT, unit=unit))
    ((evse, found),) = await reported(lab, number=31, chargingProfileId=[1])
    assert evse == SOCKET
    assert same(found, sent)
    await states.charging(lab)
    await lab.shows(limit_a=pytest.approx(limit_a, abs=0.01))


@case("TC_K_10")
async def test_a_default_profile_of_all_evses(lab: Lab) -> None:
    sent = await install(lab, profile(lab, 1, DEFAULT), evse=0)
    ((evse, found),) = await reported(lab, number=32, chargingProfileId=[1])
    assert evse == 0
    assert same(found, sent)
    await states.charging(lab, evse=CABLE)
    await lab.shows(CABLE, limit_a=6.0)


@pytest.mark.parametrize(("unit", "limit_a"), UNITS)
@case("TC_K_60")
async def test_a_profile_of_the_running_transaction(lab: Lab, unit: str, limit_a: float) -> None:
    transaction = await states.charging(lab)
    sent = await install(lab, profile(lab, 1, TX, kind="Relative", unit=unit, duration=None, transactionId=transaction))
    ((_, found),) = await reported(lab, chargingProfileId=[1])
    assert same(found, sent)
    await lab.shows(limit_a=pytest.approx(limit_a, abs=0.01))


@case("TC_K_02")
async def test_a_profile_of_a_transaction_where_none_runs(lab: Lab) -> None:
    await install(lab, profile(lab, 1, TX, transactionId="UNKNOWN-TRANSACTION-ID"), wanted="Rejected", reason="TxNotFound")


@case("TC_K_11")
async def test_a_profile_of_a_transaction_for_all_evses(lab: Lab) -> None:
    await install(lab, profile(lab, 1, TX), evse=0, wanted="Rejected", reason="InvalidProfile")


@case("TC_K_03")
async def test_a_profile_of_the_station(lab: Lab) -> None:
    sent = await install(lab, profile(lab, 1, STATION_MAX), evse=0)
    ((evse, found),) = await reported(lab, number=33, chargingProfileId=[1])
    assert evse == 0
    assert same(found, sent)
    await states.charging(lab)
    await lab.shows(limit_a=6.0)


@pytest.mark.parametrize("recurrency", ["Daily", "Weekly"])
@case("TC_K_19")
async def test_a_recurring_profile(lab: Lab, recurrency: str) -> None:
    await install(lab, profile(lab, 1, DEFAULT, kind="Recurring", recurrencyKind=recurrency))


@case("TC_K_13", fresh=True)
async def test_a_profile_survives_a_reboot(lab: Lab) -> None:
    sent = await install(lab, profile(lab, 1, DEFAULT))
    await states.booted(lab)
    ((evse, found),) = await reported(lab, number=34, chargingProfileId=[1])
    assert evse == SOCKET
    assert same(found, sent)


@case("TC_K_14")
async def test_an_evse_that_is_not_there(lab: Lab) -> None:
    await install(lab, profile(lab, 1, DEFAULT), evse=3, wanted="Rejected", reason="UnknownEvse")


@case("TC_K_16")
async def test_a_profile_of_a_transaction_that_is_not_known(lab: Lab) -> None:
    await states.charging(lab)
    await install(lab, profile(lab, 1, TX, transactionId="UNKNOWN-TRANSACTION-ID"), wanted="Rejected", reason="TxNotFound")
    await nothing(lab, chargingProfilePurpose=TX)


@case("TC_K_04")
async def test_a_profile_of_the_same_id_replaces(lab: Lab) -> None:
    await install(lab, profile(lab, 1, DEFAULT, (0, 6.0)))
    sent = await install(lab, profile(lab, 1, DEFAULT, (0, 10.0)))
    ((evse, found),) = await reported(lab, number=35, chargingProfileId=[1])
    assert evse == SOCKET
    assert same(found, sent)


@case("TC_K_37")
async def test_a_remote_start_brings_its_profile(lab: Lab) -> None:
    await lab.configure({"AuthCtrlr.AuthorizeRemoteStart": "true"})
    await states.ev_connected_pre_session(lab)
    sent = profile(lab, 7, TX, kind="Relative", duration=None)
    body = {"idToken": states.token(), "remoteStartId": 41, "evseId": SOCKET, "chargingProfile": sent}
    await lab.says("Accepted", "RequestStartTransaction", **body)
    await lab.hears("Authorize", idToken=states.token())
    event = await lab.event({"Started", "Updated"}, triggerReason="RemoteStart", remoteStartId=41, evse=SOCKET)
    await states.energy_transfer_started(lab, plugged=True)
    assert states.transaction_of(event) == states.ongoing(lab)
    ((_, found),) = await reported(lab, chargingProfileId=[7])
    assert same(found, sent)
    await lab.shows(limit_a=6.0)


# What is reported


async def two(lab: Lab) -> None:
    """One of the station and one of the socket, of the same level."""
    await install(lab, profile(lab, 1, STATION_MAX, level=1), evse=0)
    await install(lab, profile(lab, 2, DEFAULT, level=1))


REPORTS = [
    pytest.param({"evse": 0}, [(0, 1)], id="station", marks=case("TC_K_29")),
    pytest.param({"evse": SOCKET}, [(SOCKET, 2)], id="evse", marks=case("TC_K_30")),
    pytest.param({}, [(0, 1), (SOCKET, 2)], id="all", marks=case("TC_K_31")),
    pytest.param({"chargingProfileId": [1]}, [(0, 1)], id="id", marks=case("TC_K_32")),
    pytest.param({"evse": SOCKET, "stackLevel": 1}, [(SOCKET, 2)], id="level", marks=case("TC_K_33")),
    pytest.param({"evse": SOCKET, "chargingLimitSource": ["CSO"]}, [(SOCKET, 2)], id="source", marks=case("TC_K_34")),
    pytest.param({"evse": SOCKET, "chargingProfilePurpose": DEFAULT, "stackLevel": 1}, [(SOCKET, 2)], id="both", marks=case("TC_K_36")),
]


@pytest.mark.parametrize(("criteria", "wanted"), REPORTS)
async def test_what_matches_is_reported(lab: Lab, criteria: dict[str, object], wanted: list[tuple[int, int]]) -> None:
    await two(lab)
    found = await reported(lab, number=51, **criteria)  # type: ignore[arg-type]
    assert [(evse, each["id"]) for evse, each in found] == wanted
    for source in ("EMS", "SO", "Other"):
        await nothing(lab, evse=SOCKET, chargingLimitSource=[source])


@case("TC_K_35")
async def test_what_is_of_a_purpose_is_reported_while_a_car_charges(lab: Lab) -> None:
    await two(lab)
    await states.charging(lab)
    found = await reported(lab, number=52, evse=SOCKET, chargingProfilePurpose=DEFAULT)
    assert [(evse, each["id"]) for evse, each in found] == [(SOCKET, 2)]


# What is cleared


@case("TC_K_05")
async def test_a_profile_is_cleared_by_its_id(lab: Lab) -> None:
    await two(lab)
    await lab.says("Accepted", "ClearChargingProfile", chargingProfileId=2)
    await nothing(lab, chargingProfileId=[2])
    assert [each["id"] for _, each in await reported(lab, stackLevel=1)] == [1]


@case("TC_K_06")
async def test_a_profile_is_cleared_by_level_and_purpose_while_a_car_charges(lab: Lab) -> None:
    await install(lab, profile(lab, 1, DEFAULT, level=1))
    await states.charging(lab)
    await lab.shows(limit_a=6.0)
    criteria: dict[str, Any] = {"chargingProfilePurpose": DEFAULT, "stackLevel": 1}
    await lab.says("Accepted", "ClearChargingProfile", chargingProfileCriteria=criteria)
    await nothing(lab, **criteria)
    await lab.shows(limit_a=32.0, contactor="closed")


@case("TC_K_07")
async def test_a_level_and_purpose_that_nothing_has(lab: Lab) -> None:
    await install(lab, profile(lab, 1, DEFAULT, level=1))
    criteria = {"chargingProfilePurpose": STATION_MAX, "stackLevel": 0}
    await lab.says("Unknown", "ClearChargingProfile", chargingProfileCriteria=criteria)
    assert len(await reported(lab, chargingProfilePurpose=DEFAULT)) == 1


@case("TC_K_08")
async def test_there_is_nothing_to_be_cleared(lab: Lab) -> None:
    await lab.says("Unknown", "ClearChargingProfile", chargingProfileId=1)


@case("TC_K_24")
async def test_profiles_of_several_evses_are_cleared_by_level_and_purpose(lab: Lab) -> None:
    await install(lab, profile(lab, 1, DEFAULT, level=1))
    await install(lab, profile(lab, 2, DEFAULT, level=1), evse=CABLE)
    criteria: dict[str, Any] = {"chargingProfilePurpose": DEFAULT, "stackLevel": 1}
    await lab.says("Accepted", "ClearChargingProfile", chargingProfileCriteria=criteria)
    await nothing(lab, **criteria)
