"""Which charging profiles are taken, what they replace, and what takes them away."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from chargepoint.domain.charging_profile import Purpose, RateUnit
from chargepoint.domain.commands import (
    ClearChargingProfile,
    GetCompositeSchedule,
    RequestStart,
    SetChargingProfile,
    Verdict,
)
from chargepoint.domain.ids import IdToken, PlugInId
from chargepoint.link.messages import Permit
from hal.measured import TokenSeen
from tests.domain.charging import examples
from tests.station.rig import Game, play
from tests.station.test_limiting import RELATIVE, STATION_MAX, TX, charge, composite, obey, permit, profile, set_profile
from tests.station.test_reserving_several import second as happens
from tests.station.test_reserving_several import two


def test_two_connectors_that_evcc_limits_by_one_id_keep_a_limit_each() -> None:
    async def script(game: Game) -> None:
        for connector, amperes in ((1, 6.0), (2, 10.0), (1, 8.0)):
            reply = await obey(game, SetChargingProfile(1, profile((0, amperes)), connector, ids_per_connector=True))
            assert reply.verdict is Verdict.ACCEPTED
        installed = game.station.limiting.book.installed
        assert sorted((each.connector, each.profile.schedule.periods[0].limit) for each in installed) == [(1, 8.0), (2, 10.0)]
        await charge(game)
        assert permit(game) == (8_000, "csms profile 1")
        assert (await obey(game, ClearChargingProfile(id=1))).verdict is Verdict.ACCEPTED
        assert game.station.limiting.book.installed == ()

    play(script)


def test_a_transaction_profile_wants_its_transaction_and_ends_with_it() -> None:
    """OCPP 2.0.1 K02.FR.05."""

    async def script(game: Game) -> None:
        own = profile((0, 12.0), purpose=TX)
        assert await set_profile(game, own) is Verdict.REJECTED, "nothing runs"
        await set_profile(game, profile((0, 9.0), id=2))
        await charge(game)
        assert await set_profile(game, replace(own, transaction_id="18")) is Verdict.REJECTED
        assert await set_profile(game, replace(own, transaction_id="17")) is Verdict.ACCEPTED
        assert permit(game) == (12_000, "csms profile 1")
        assert await set_profile(game, replace(own, id=3)) is Verdict.ACCEPTED, "the same level; without an id the one that runs is meant"
        assert permit(game) == (12_000, "csms profile 3")
        assert [each.profile.id for each in game.station.limiting.book.installed] == [2, 3]
        await game.swipe()
        assert await set_profile(game, own) is Verdict.REJECTED, "it is ending"
        game.control.open(2000)
        await asyncio.sleep(1)
        assert game.transaction is None
        assert [each.profile.id for each in game.station.limiting.book.installed] == [2]
        assert [each.profile.id for each in game.store.profiles.load().values()] == [2]

    play(script)


def test_a_transaction_that_the_csms_has_not_named_yet_takes_profiles_without_an_id_only() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        own = profile((0, 12.0), purpose=TX)
        assert await set_profile(game, replace(own, transaction_id="-1")) is Verdict.REJECTED
        assert await set_profile(game, own) is Verdict.ACCEPTED

    play(script, connected=False, cards=(IdToken("04A1"),))


def test_a_remote_start_brings_its_profile_and_one_of_the_same_level_replaces_it() -> None:
    async def script(game: Game) -> None:
        given = examples.profile((0, 7.0), (60, 11.0), purpose=TX, kind=RELATIVE, id=5)
        reply = await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))
        assert reply.verdict is Verdict.ACCEPTED
        assert game.station.limiting.book.installed == (), "not before the transaction begins"
        await asyncio.sleep(20)
        game.control.plug()
        await asyncio.sleep(0.5)
        assert permit(game) == (7_000, "csms profile 5")
        await asyncio.sleep(60)
        assert permit(game) == (11_000, "csms profile 5"), "counted from the start of the transaction"
        assert await set_profile(game, profile((0, 13.0), purpose=TX, id=6, transaction_id="17")) is Verdict.ACCEPTED
        assert permit(game) == (13_000, "csms profile 6")
        assert len(game.station.limiting.book.installed) == 1

    play(script)


def second(game: Game, card: str = "04B2") -> Any:
    """Another card has a car charged at EVSE 2."""

    async def starts() -> None:
        happens(game, plug_in=PlugInId("boot-1", 2), cp="B", state="B1")
        await asyncio.sleep(0.5)
        await game.swipe(TokenSeen(card))

    return starts()


def limits(game: Game) -> dict[int, int]:
    """The newest permit of each EVSE."""
    return {message.evse: message.limit_ma for message in game.control.heard if isinstance(message, Permit)}


def test_a_transaction_whose_id_the_csms_has_used_twice_still_takes_its_profile() -> None:
    """Some CSMSs call every transaction 0."""

    async def script(game: Game) -> None:
        await charge(game)
        await second(game)
        for evse in (1, 2):
            own = profile((0, 6.0 + evse), purpose=TX, id=evse, transaction_id="17")
            assert await set_profile(game, own, evse) is Verdict.ACCEPTED
        assert limits(game) == {1: 7_000, 2: 8_000}

    two(script)


def test_a_profile_may_overtake_the_id_of_its_transaction() -> None:
    async def script(game: Game) -> None:
        game.csms.connected = False
        await charge(game)
        own = SetChargingProfile(1, profile((0, 12.0), purpose=TX, transaction_id="17"), 1, ids_per_connector=True)
        answer = asyncio.create_task(obey(game, own))
        await asyncio.sleep(0.5)
        game.csms.connected = True
        assert (await answer).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert limits(game) == {1: 12_000}
        assert (await obey(game, SetChargingProfile(1, replace(own.profile, transaction_id="18"), 1, True))).verdict is Verdict.REJECTED

    play(script, cards=(IdToken("04A1"),))


def test_remote_starts_whose_profiles_have_one_id_keep_a_limit_each_and_the_default() -> None:
    async def script(game: Game) -> None:
        await set_profile(game, profile((0, 16.0), id=1), evse=0)
        for evse, card in ((1, "APP1"), (2, "APP2")):
            given = examples.profile((0, 6.0 + evse), purpose=TX, kind=RELATIVE, id=1)
            assert (await obey(game, RequestStart(IdToken(card), evse=evse, profile=given))).verdict is Verdict.ACCEPTED
        game.control.plug()
        happens(game, plug_in=PlugInId("boot-1", 2), cp="B", state="B1")
        await asyncio.sleep(4)
        assert limits(game) == {1: 7_000, 2: 8_000}
        await obey(game, ClearChargingProfile(purpose=TX))
        await asyncio.sleep(0.2)
        assert limits(game) == {1: 16_000, 2: 16_000}

    two(script)


def test_a_default_for_all_connectors_is_replaced_only_where_one_is_given_its_own_although_their_id_is_the_same() -> None:
    """1.6 §3.13.1."""

    async def script(game: Game) -> None:
        await obey(game, SetChargingProfile(0, profile((0, 16.0)), ids_per_connector=True))
        await obey(game, SetChargingProfile(1, profile((0, 10.0)), 1, ids_per_connector=True))
        await charge(game)
        await second(game)
        assert limits(game) == {1: 10_000, 2: 16_000}

    two(script)


@pytest.mark.parametrize("wrong", [{"purpose": Purpose.TX_DEFAULT}, {"transaction_id": "17"}, {"stack_level": 100}])
def test_a_remote_start_with_an_impossible_profile_is_rejected(wrong: dict[str, Any]) -> None:
    async def script(game: Game) -> None:
        given = replace(examples.profile((0, 7.0), purpose=TX, kind=RELATIVE), **wrong)
        reply = await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))
        assert reply.verdict is Verdict.REJECTED
        game.control.plug()
        await asyncio.sleep(1)
        assert game.transaction is None

    play(script)


def test_clearing_is_by_any_filter_and_unknown_where_nothing_matches() -> None:
    async def script(game: Game) -> None:
        await charge(game)
        await set_profile(game, profile((0, 8.0), id=1, stack_level=1))
        await set_profile(game, profile((0, 10.0), id=2), evse=0)
        await set_profile(game, profile((0, 20.0), id=3, purpose=STATION_MAX), evse=0)
        assert (await obey(game, ClearChargingProfile(id=4))).verdict is Verdict.UNKNOWN
        assert (await obey(game, ClearChargingProfile(evse=1, stack_level=0))).verdict is Verdict.UNKNOWN
        assert (await obey(game, ClearChargingProfile(evse=1, stack_level=1))).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert permit(game) == (10_000, "csms profile 2")
        assert (await obey(game, ClearChargingProfile())).verdict is Verdict.ACCEPTED
        await asyncio.sleep(0.2)
        assert permit(game) == (32_000, "permit")
        assert game.store.profiles.load() == {}

    play(script)


def test_the_maxima_are_those_of_the_keys() -> None:
    keys = {
        "MaxChargingProfilesInstalled": "1",
        "ChargeProfileMaxStackLevel": "2",
        "ChargingScheduleMaxPeriods": "1",
        "ChargingScheduleAllowedChargingRateUnit": "Power",
    }

    async def script(game: Game) -> None:
        watts = profile((0, 11_000.0), unit=RateUnit.WATT, stack_level=2)
        assert await set_profile(game, replace(watts, stack_level=3)) is Verdict.REJECTED
        assert await set_profile(game, profile((0, 16.0))) is Verdict.REJECTED
        assert await set_profile(game, profile((0, 1.0), (1, 2.0), unit=RateUnit.WATT)) is Verdict.REJECTED
        assert await set_profile(game, watts, evse=7) is Verdict.REJECTED
        assert await set_profile(game, watts) is Verdict.ACCEPTED
        assert await set_profile(game, watts) is Verdict.ACCEPTED, "a replacement is not one more"
        assert await set_profile(game, replace(watts, id=2, stack_level=1)) is Verdict.REJECTED
        assert await composite(game) == [(0, 11_000.0)]
        for refused in (GetCompositeSchedule(1, 60, RateUnit.AMPERE), GetCompositeSchedule(7, 60), GetCompositeSchedule(1, -1)):
            assert (await obey(game, refused)).verdict is Verdict.REJECTED

    play(script, keys=keys)


def test_room_is_kept_for_the_profile_of_a_remote_start_and_a_replacement_never_needs_any(tmp_path: Path) -> None:
    async def full(game: Game) -> None:
        given = examples.profile((0, 7.0), purpose=TX, kind=RELATIVE, id=5)
        for number in (1, 2):
            assert await set_profile(game, profile((0, 10.0), id=number, stack_level=number)) is Verdict.ACCEPTED
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))).verdict is Verdict.ACCEPTED
        assert await set_profile(game, profile((0, 10.0), id=3, stack_level=3)) is Verdict.REJECTED, "the third is promised"
        game.control.plug()
        await asyncio.sleep(0.5)
        assert permit(game) == (7_000, "csms profile 5")
        assert await set_profile(game, profile((0, 10.0), id=3, stack_level=3)) is Verdict.REJECTED
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))).verdict is Verdict.REJECTED

    async def fewer(game: Game) -> None:
        """The installer has lowered the maximum."""
        assert await set_profile(game, profile((0, 9.0), id=9, stack_level=9)) is Verdict.REJECTED
        assert await set_profile(game, profile((0, 9.0), id=2, stack_level=9)) is Verdict.ACCEPTED, "the same id"
        assert await set_profile(game, profile((0, 8.0), id=9, stack_level=9)) is Verdict.ACCEPTED, "the same place"
        assert sorted(each.profile.id for each in game.station.limiting.book.installed) == [1, 9]

    play(full, tmp_path / "store.sqlite", keys={"MaxChargingProfilesInstalled": "3"})
    play(fewer, tmp_path / "store.sqlite", keys={"MaxChargingProfilesInstalled": "1"})


def test_without_the_feature_profile_nothing_is_taken_and_a_remote_start_goes_without() -> None:
    async def script(game: Game) -> None:
        for command in (SetChargingProfile(1, profile()), ClearChargingProfile(), GetCompositeSchedule(1, 60)):
            assert (await obey(game, command)).verdict is Verdict.NOT_SUPPORTED
        given = examples.profile((0, 7.0), purpose=TX, kind=RELATIVE)
        assert (await obey(game, RequestStart(IdToken("APP"), evse=1, profile=given))).verdict is Verdict.ACCEPTED
        game.control.plug()
        await asyncio.sleep(1)
        assert permit(game) == (32_000, "permit")

    play(script, keys={"SupportedFeatureProfiles": "Core,RemoteTrigger"})
