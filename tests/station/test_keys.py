"""Every standard configuration key of 1.6's core (§9.1, errata 3.80 to 3.91): access, what is taken, and where its effect is shown.

A key that can be changed does what it says; each row names the test that shows it, or the reason why there is nothing to be shown. The
two keys of lamps, BlinkRepeat and LightIntensity, are not there: this station has none that it could set (both are optional).
"""

import asyncio
from importlib import import_module

import pytest
from msgspec import Struct

from chargepoint.domain.commands import GetVariables, SetVariables
from chargepoint.domain.configuration import Configuration, ConnectorPart, EvsePart, OcppPart, SitePart, StationPart
from chargepoint.domain.device_model import DeviceModel, GetResult, SetResult, VariableKey, VariableStatus
from chargepoint.domain.notifications import Heartbeat
from tests.station.rig import Game, play

BOOLEANS = (("true", "false", "TRUE", " false "), ("", "1", "yes"))
COUNTS = (("0", "1", "86400"), ("-1", "", "1.5", "many"))
FROM_ONE = (("1", "86400"), ("0", "-1", "", "x"))
LISTS = (
    ("", "Energy.Active.Import.Register", "Voltage , Current.Import", "Voltage.L1,Voltage.L2,Voltage.L3"),
    ("SoC", "Energy.Active.Import.Register,SoC", "Voltage,Voltage", "Voltage.L9"),
)


class Row(Struct, frozen=True):
    """One key that can be changed."""

    values: tuple[tuple[str, ...], tuple[str, ...]]
    """Taken, refused."""
    shown: str
    """``module:test``, or a reason."""


HERE = "tests.station"
WRITABLE: dict[str, Row] = {
    "AllowOfflineTxForUnknownId": Row(
        BOOLEANS, f"{HERE}.test_authorizing:test_offline_what_is_known_counts_and_what_is_known_to_be_bad_never_charges"
    ),
    "AuthorizationCacheEnabled": Row(BOOLEANS, f"{HERE}.test_reporting:test_cache_lets_a_known_card_charge_offline_until_it_is_cleared"),
    "AuthorizeRemoteTxRequests": Row(
        BOOLEANS, f"{HERE}.test_authorizing:test_a_remote_start_is_judged_by_list_and_cache_first_if_it_is_to_be_judged_at_all"
    ),
    "ClockAlignedDataInterval": Row(
        COUNTS, f"{HERE}.test_transacting:test_periodic_values_count_from_the_start_and_aligned_ones_from_midnight"
    ),
    "ConnectionTimeOut": Row(
        FROM_ONE, f"{HERE}.test_plugging:test_a_car_that_nobody_authorises_in_time_is_finishing_and_a_card_shown_later_starts_it"
    ),
    "ConnectorPhaseRotation": Row(
        (("0.RST,1.RTS", "1.Unknown", "0.NotApplicable, 1.TSR"), ("RST", "1.XYZ", "9.RST", "1.RST,1.RTS")),
        "it tells a CSMS how the installer wired the connectors; phases are told from the meter's point of view either way (§4.7)",
    ),
    "HeartbeatInterval": Row(FROM_ONE, f"{HERE}.test_keys:test_the_heartbeat_comes_at_its_interval_and_a_new_one_counts_at_once"),
    "LocalAuthorizeOffline": Row(
        BOOLEANS, f"{HERE}.test_authorizing:test_offline_what_is_known_counts_and_what_is_known_to_be_bad_never_charges"
    ),
    "LocalPreAuthorize": Row(BOOLEANS, f"{HERE}.test_authorizing:test_online_only_a_valid_token_spares_the_question_and_the_answer_counts"),
    "MaxEnergyOnInvalidId": Row(
        COUNTS, f"{HERE}.test_plugging:test_a_deauthorised_driver_gets_the_energy_to_drive_away_and_the_transaction_stays_open"
    ),
    "MessageTimeout": Row(FROM_ONE, "tests.ocpp.test_session:test_silence_is_told_after_the_time_out_and_the_late_answer_is_ignored"),
    "MeterValuesAlignedData": Row(
        LISTS, f"{HERE}.test_metering:test_in_1_6_aligned_values_of_the_end_are_taken_at_the_interval_of_the_others"
    ),
    "MeterValuesSampledData": Row(
        LISTS, f"{HERE}.test_metering:test_in_1_6_the_values_of_the_end_are_taken_at_the_interval_of_the_others_between_begin_and_end"
    ),
    "MeterValueSampleInterval": Row(COUNTS, f"{HERE}.test_metering:test_a_new_interval_takes_effect_at_once"),
    "MinimumStatusDuration": Row(
        COUNTS, f"{HERE}.test_reporting:test_a_state_shorter_than_minimum_status_duration_is_not_told_but_a_fault_is"
    ),
    "ResetRetries": Row(
        COUNTS,
        f"{HERE}.test_resetting:test_transactions_that_do_not_end_are_given_as_many_more_tries_as_the_key_says_then_it_restarts_all_the_same",
    ),
    "StopTransactionOnEVSideDisconnect": Row(
        BOOLEANS,
        f"{HERE}.test_plugging:test_unplugged_at_the_car_it_waits_with_the_plug_locked_and_goes_on_with_the_next_car_on_that_cable",
    ),
    "StopTransactionOnInvalidId": Row(BOOLEANS, f"{HERE}.test_transacting:test_token_withdrawn_by_the_answer_to_the_start"),
    "StopTxnAlignedData": Row(LISTS, f"{HERE}.test_metering:test_in_1_6_aligned_values_of_the_end_are_taken_at_the_interval_of_the_others"),
    "StopTxnSampledData": Row(
        LISTS, f"{HERE}.test_metering:test_in_1_6_the_values_of_the_end_are_taken_at_the_interval_of_the_others_between_begin_and_end"
    ),
    "TransactionMessageAttempts": Row(
        (("1", "9"), ("0", "-1", "x")), f"{HERE}.test_delivery:test_retries_come_at_the_interval_times_the_number_of_attempts"
    ),
    "TransactionMessageRetryInterval": Row(COUNTS, f"{HERE}.test_delivery:test_retries_come_at_the_interval_times_the_number_of_attempts"),
    "UnlockConnectorOnEVSideDisconnect": Row(
        BOOLEANS, f"{HERE}.test_plugging:test_unplugged_at_the_car_it_ends_and_the_plug_stays_until_its_driver_shows_the_token"
    ),
    "WebSocketPingInterval": Row(COUNTS, "tests.ocpp.test_client:test_a_missing_pong_ends_the_connection"),
}
READ_ONLY: dict[str, str] = {
    "ConnectorPhaseRotationMaxLength": "2",
    "GetConfigurationMaxKeys": "100",
    "MeterValuesAlignedDataMaxLength": "18",
    "MeterValuesSampledDataMaxLength": "18",
    "NumberOfConnectors": "1",
    "StopTransactionMaxMeterValues": "60",
    "StopTxnAlignedDataMaxLength": "18",
    "StopTxnSampledDataMaxLength": "18",
    "SupportedFeatureProfiles": "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
    "SupportedFeatureProfilesMaxLength": "6",
}
ABSENT = ("BlinkRepeat", "LightIntensity")


def key(name: str) -> VariableKey:
    """A key of 1.6."""
    return VariableKey(component="", variable=name)


def model(cable: str = "socket") -> DeviceModel:
    """Of a station with one connector."""
    connector = ConnectorPart(id=1, cable="fixed" if cable == "fixed" else "socket")
    return DeviceModel(
        Configuration(
            station=StationPart(id="cp001", vendor="Acme", model="One"),
            site=SitePart(fuse_a=63),
            evses=(EvsePart(id=1, max_current_a=32, connectors=(connector,)),),
            ocpp=OcppPart(csms_url="ws://127.0.0.1:1"),
        )
    )


@pytest.mark.parametrize("name", WRITABLE)
def test_a_key_that_can_be_changed_takes_its_values_and_no_others_under_any_spelling(name: str) -> None:
    known, row = model(), WRITABLE[name]
    assert known.get(key(name)).reason_code == "", "it is not read-only"
    for value in row.values[0]:
        assert known.set(key(name.upper()), value).status is VariableStatus.ACCEPTED, value
        kept = known.get(key(name.lower())).value
        assert kept is not None
        assert [item.strip().lower() for item in value.split(",")] == kept.lower().split(",")
        for bad in row.values[1]:
            assert known.set(key(name), bad).status is VariableStatus.REJECTED, bad
            assert known.get(key(name)).value == kept, "what was refused changes nothing"


@pytest.mark.parametrize("name", WRITABLE)
def test_what_a_key_does_is_shown_somewhere(name: str) -> None:
    module, _, test = WRITABLE[name].shown.partition(":")
    assert " " in module or hasattr(import_module(module), test), WRITABLE[name].shown


@pytest.mark.parametrize(("name", "value"), READ_ONLY.items())
def test_a_key_that_cannot_be_changed_says_so_and_is_not(name: str, value: str) -> None:
    known = model()
    result = known.get(key(name))
    assert (result.value, result.reason_code) == (value, "ReadOnly")
    assert known.set(key(name), value).status is VariableStatus.REJECTED


def test_lamps_that_are_not_there_have_no_keys() -> None:
    assert [model().set(key(name), "1").status for name in ABSENT] == [VariableStatus.UNKNOWN_VARIABLE] * 2


def test_a_fixed_cable_is_never_unlocked_and_that_cannot_be_changed() -> None:
    """Errata 3.85."""
    known, name = model("fixed"), key("UnlockConnectorOnEVSideDisconnect")
    assert (known.get(name).value, known.get(name).reason_code) == ("false", "ReadOnly")
    assert [known.set(name, value).status for value in ("true", "false")] == [VariableStatus.REJECTED] * 2


def test_no_more_keys_are_read_at_once_than_the_station_says_and_unknown_ones_are_named() -> None:
    async def script(game: Game) -> None:
        asked = tuple(key(name) for name in ("heartbeatinterval", "NoSuchKey", *["NumberOfConnectors"] * 110))
        results, _ = await game.station.obey(GetVariables(asked))
        assert isinstance(results, tuple)
        assert len(results) == 100
        first, second = results[:2]
        assert isinstance(first, GetResult)
        assert isinstance(second, GetResult)
        assert (first.status, second.status) == (VariableStatus.ACCEPTED, VariableStatus.UNKNOWN_VARIABLE)
        everything, _ = await game.station.obey(GetVariables(()))
        assert isinstance(everything, tuple)
        assert {result.key.variable for result in everything if isinstance(result, GetResult)} >= {*WRITABLE, *READ_ONLY}

    play(script)


def test_the_heartbeat_comes_at_its_interval_and_a_new_one_counts_at_once() -> None:
    """B01.FR.04"""

    async def script(game: Game) -> None:
        await asyncio.sleep(610)
        assert len(game.csms.of(Heartbeat)) == 2, "as the answer to the boot said: 300 s"
        results, _ = await game.station.obey(SetVariables(((key("HeartbeatInterval"), "10"),)))
        assert isinstance(results, tuple)
        assert isinstance(results[0], SetResult)
        await asyncio.sleep(45)
        assert len(game.csms.of(Heartbeat)) == 7, "the time that has passed already counts"

    play(script)
