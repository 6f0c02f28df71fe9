"""Every variable that a CSMS of 2.x can write does something: each names the test that shows what. The keys of 1.6 are in ``test_keys``."""

import ast
import asyncio
import re
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.commands import SetChargingProfile, SetDisplayMessage, SetVariables, Verdict
from chargepoint.domain.device_model import SetResult, VariableKey
from chargepoint.domain.display_messages import DisplayMessage, MessagePriority
from chargepoint.domain.faults import Fault
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import MeterValues, NotifyEvent
from chargepoint.domain.variables import AREAS, Access, Variable
from chargepoint.station.settings import SecuritySettings
from tests.domain.charging import examples
from tests.station.rig import MIDNIGHT, Game, PlayedCsms, play
from tests.station.test_keys import WRITABLE
from tests.station.test_securing import files

ROOT = Path(__file__).parents[2]
OTHERS = {
    "AlignedDataCtrlr.Enabled": "station/test_effects:test_what_is_switched_off_is_not_done",
    "AlignedDataCtrlr.SendDuringIdle": (
        "conformance/v201/test_metering:test_a_transaction_silences_what_is_measured_in_step_with_the_clock_where_it_shall"
    ),
    "AlignedDataCtrlr.SignReadings": "conformance/v201/test_metering:test_the_end_is_signed",
    "AlignedDataCtrlr.TxEndedInterval": "conformance/v201/test_metering:test_the_end_tells_what_was_measured_in_step_with_the_clock",
    "AuthCacheCtrlr.DisablePostAuthorize": "station/test_judging:test_of_a_token_that_is_bad_nobody_is_asked_where_that_is_off",
    "AuthCacheCtrlr.LifeTime": "station/test_judging:test_an_entry_holds_as_long_as_it_says_or_else_as_the_variable_says",
    "AuthCacheCtrlr.Policy": "station/test_effects:test_who_leaves_the_cache_is_up_to_the_policy",
    "AuthCtrlr.DisableRemoteAuthorization": "station/test_judging:test_without_remote_authorisation_only_what_is_known_to_be_good_charges",
    "AuthCtrlr.Enabled": "station/test_judging:test_where_authorisation_is_off_a_card_is_named_and_none_is_needed",
    "AuthCtrlr.MasterPassGroupId": "station/test_master_pass:test_it_ends_what_runs_wherever_it_is_shown",
    "ChargingStation.AllowNewSessionsPendingFirmwareUpdate": (
        "station/test_firmware:test_sessions_may_begin_while_an_installation_waits_where_the_csms_wants_it_so"
    ),
    "ClockCtrlr.NextTimeOffsetTransitionDateTime": ("station/vendors/test_costs:test_local_time_changes_when_it_was_set_to_and_stays_so"),
    "ClockCtrlr.TimeAdjustmentReportingThreshold": "station/test_effects:test_a_jump_of_the_clock_is_noted_from_the_threshold_on",
    "ClockCtrlr.TimeOffset": "station/vendors/test_costs:test_local_time_changes_when_it_was_set_to_and_stays_so",
    "ClockCtrlr.TimeOffset[NextTransition]": "station/vendors/test_costs:test_local_time_changes_when_it_was_set_to_and_stays_so",
    "ClockCtrlr.TimeSource": "station/test_provisioning:test_the_first_source_of_time_that_there_is_counts",
    "CustomIdleFeeAfterStop": (
        "station/vendors/test_costs:test_where_idling_costs_after_the_stop_the_csms_is_told_of_the_unplugging_however_long_it_was_away"
    ),
    "DefaultPrice": "station/vendors/test_costs:test_the_default_price_is_shown_until_the_driver_has_one_of_his_own",
    "DefaultPriceText[*]": "station/vendors/test_costs:test_the_default_price_is_shown_until_the_driver_has_one_of_his_own",
    "DisplayMessageCtrlr.Enabled": "station/test_effects:test_what_is_switched_off_is_not_done",
    "DisplayMessageCtrlr.Language": "station/test_displaying:test_the_language_is_that_of_the_stations_displays",
    "ISO15118Ctrlr.CentralContractValidationAllowed": (
        "station/vendors/test_plug_and_charge:test_a_contract_without_a_root_goes_to_the_csms_only_where_that_is_allowed"
    ),
    "ISO15118Ctrlr.ContractValidationOffline": (
        "station/vendors/test_plug_and_charge:test_offline_a_contract_is_a_card_like_others_if_it_is_valid_and_the_key_says_so"
    ),
    "ISO15118Ctrlr.CountryName": (
        "conformance/v201/test_certificates:test_a_certificate_for_vehicles_is_renewed_and_listed_with_what_is_above_it"
    ),
    "ISO15118Ctrlr.OrganizationName": "station/test_effects:test_a_certificate_for_vehicles_names_the_organisation",
    "ISO15118Ctrlr.PnCEnabled": (
        "station/vendors/test_plug_and_charge:test_without_plug_and_charge_there_is_no_such_vendor_until_a_csms_switches_it_on"
    ),
    "ISO15118Ctrlr.SeccId": (
        "conformance/v201/test_certificates:test_a_certificate_for_vehicles_is_renewed_and_listed_with_what_is_above_it"
    ),
    "ISO15118Ctrlr.V2GCertificateInstallationEnabled": (
        "conformance/v201/test_certificates:test_a_certificate_for_vehicles_is_renewed_and_listed_with_what_is_above_it"
    ),
    "LocalAuthListCtrlr.DisablePostAuthorize": "station/test_judging:test_of_a_token_that_is_bad_nobody_is_asked_where_that_is_off",
    "LocalAuthListCtrlr.Enabled": "station/test_local_list:test_a_list_that_is_off_is_not_supported_and_comes_back_as_it_was",
    "MonitoringCtrlr.Enabled": "station/test_effects:test_what_is_switched_off_is_not_done",
    "MonitoringCtrlr.OfflineQueuingSeverity": "station/test_monitoring:test_what_is_grave_enough_waits_in_order_through_a_power_cut",
    "OCPPCommCtrlr.MaxQueuedMessages": "station/test_effects:test_the_outbox_is_as_long_as_the_csms_wants",
    "OCPPCommCtrlr.NetworkConfigurationPriority": (
        "station/test_networking:test_the_first_of_the_priority_is_dialled_after_a_start_and_the_station_boots_there"
    ),
    "OCPPCommCtrlr.NetworkProfileConnectionAttempts": (
        "station/test_networking:test_each_slot_has_its_attempts_then_what_worked_last_then_all_of_it_again"
    ),
    "OCPPCommCtrlr.OfflineThreshold": (
        "conformance/v201/test_boot:test_what_is_told_after_being_offline_for_longer_or_shorter_than_the_threshold"
    ),
    "OCPPCommCtrlr.PublicKeyWithSignedMeterValue": (
        "station/test_signed_records:test_the_public_key_is_told_as_the_csms_wants_and_can_be_looked_up"
    ),
    "OCPPCommCtrlr.QueueAllMessages": "station/test_queueing:test_meter_values_of_an_idle_evse_wait_for_the_csms_over_a_power_cut",
    "OCPPCommCtrlr.RetryBackOffRandomRange": (
        "conformance/v201/test_network:test_a_lost_connection_is_made_again_each_wait_twice_the_last"
    ),
    "OCPPCommCtrlr.RetryBackOffRepeatTimes": (
        "conformance/v201/test_network:test_a_lost_connection_is_made_again_each_wait_twice_the_last"
    ),
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": (
        "conformance/v201/test_network:test_a_lost_connection_is_made_again_each_wait_twice_the_last"
    ),
    "ReservationCtrlr.Enabled": "conformance/v201/test_reservation:test_a_station_that_takes_no_reservations_rejects_them",
    "SampledDataCtrlr.Enabled": "station/test_effects:test_what_is_switched_off_is_not_done",
    "SampledDataCtrlr.RegisterValuesWithoutPhases": (
        "station/test_metering:test_energy_is_told_of_each_phase_as_soon_as_the_csms_wants_it"
    ),
    "SampledDataCtrlr.SignReadings": "station/test_signed_records:test_what_is_not_to_be_signed_asks_no_meter",
    "SampledDataCtrlr.TxEndedInterval": "conformance/v201/test_metering:test_the_end_tells_what_was_measured_on_the_way",
    "SampledDataCtrlr.TxStartedMeasurands": "conformance/v201/test_metering:test_the_beginning_is_measured",
    "SecurityCtrlr.AllowCSMSTLSWildcards": "station/test_effects:test_whether_a_wildcard_will_do_is_up_to_the_csms",
    "SecurityCtrlr.BasicAuthPassword": "station/test_securing:test_a_new_password_is_answered_first_then_used_and_kept",
    "SecurityCtrlr.CertSigningRepeatTimes": "station/test_renewing:test_a_request_is_repeated_ever_more_slowly_and_not_for_ever",
    "SecurityCtrlr.CertSigningWaitMinimum": "station/test_renewing:test_a_request_is_repeated_ever_more_slowly_and_not_for_ever",
    "SecurityCtrlr.OrganizationName": "conformance/v201/test_security:test_a_new_certificate_is_asked_for_and_used",
    "SecurityCtrlr.SecurityProfile": "station/test_securing:test_the_profile_is_raised_tried_and_kept",
    "SmartChargingCtrlr.Enabled": "station/test_effects:test_what_is_switched_off_is_not_done",
    "SmartChargingCtrlr.ExternalControlSignalsEnabled": (
        "station/test_external_limits:test_a_csms_that_switches_such_signals_off_ends_them_and_they_are_refused_from_then_on"
    ),
    "SmartChargingCtrlr.LimitChangeSignificance": (
        "station/test_external_limits:test_only_a_significant_change_is_told_and_with_its_schedule_where_the_csms_wants_that"
    ),
    "SmartChargingCtrlr.NotifyChargingLimitWithSchedules": (
        "station/test_external_limits:test_only_a_significant_change_is_told_and_with_its_schedule_where_the_csms_wants_that"
    ),
    "TariffCostCtrlr.Currency": "station/test_costing:test_costs_are_shown_as_told_until_the_end_and_kept_with_the_transaction",
    "TariffCostCtrlr.Enabled[Cost]": "station/test_costing:test_costs_are_shown_as_told_until_the_end_and_kept_with_the_transaction",
    "TariffCostCtrlr.Enabled[Tariff]": (
        "station/test_costing:test_the_tariff_of_a_driver_is_shown_as_soon_as_he_is_accepted_and_as_it_changes"
    ),
    "TariffCostCtrlr.TariffFallbackMessage": (
        "station/test_costing:test_the_tariff_of_a_driver_is_shown_as_soon_as_he_is_accepted_and_as_it_changes"
    ),
    "TariffCostCtrlr.TotalCostFallbackMessage": "station/test_costing:test_who_stops_while_nobody_can_say_what_it_costs_is_told_so",
    "TxCtrlr.TxBeforeAcceptedEnabled": (
        "station/test_provisioning:test_whether_somebody_charges_before_the_boot_is_accepted_is_up_to_the_operator"
    ),
    "TxCtrlr.TxStartPoint": "station/test_tx_points:test_every_combination_tells_one_transaction_and_one_of_16",
    "TxCtrlr.TxStopPoint": "station/test_tx_points:test_every_combination_tells_one_transaction_and_one_of_16",
}
"""By the name of the row: the test, as ``folder/file:name``."""
BY_NAME = {"DEFAULT_PRICE_TEXT": "DefaultPriceText,"}
"""Rows that are looked up by their 1.6 name, one for each language."""
FOR_PEOPLE = {"CONNECTOR_PHASE_ROTATION"}
"""What it says is for whoever asks (``test_keys``)."""


def rows() -> Iterator[tuple[str, Variable[Any]]]:
    """Those that can be written, with what the code calls them."""
    for area in AREAS:
        for constant, row in vars(area).items():
            if isinstance(row, Variable) and (row.access is not Access.READ_ONLY or row.writable_16):
                yield constant, row


def test_whatever_can_be_written_has_a_test_of_what_it_does() -> None:
    assert {row.name for _, row in rows() if row.key not in WRITABLE and row.name not in WRITABLE} == set(OTHERS)


@pytest.mark.parametrize("name", OTHERS)
def test_that_test_is_there_and_speaks_of_it(name: str) -> None:
    file, _, test = OTHERS[name].partition(":")
    text = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {test}\(", text, re.MULTILINE), OTHERS[name]
    constant, row = next(each for each in rows() if each[1].name == name)
    component, _, variable = name.partition("[")[0].rpartition(".")
    words = (constant, row.key, f'"{variable}"', f"{variable}=", f".{variable}", f"{variable}__", f"{component}.{variable}")
    assert any(word and word in text for word in words), f"{file} does not mention {name}"


def read_by_the_code() -> set[str]:
    """What is used anywhere outside the table: names, but those that are only imported, and texts."""
    found: set[str] = set()
    for path in (ROOT / "chargepoint").rglob("*.py"):
        if "domain/variables" not in path.as_posix():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Name):
                    found.add(node.id)
                elif isinstance(node, ast.Attribute):
                    found.add(node.attr)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return found


def test_whatever_can_be_written_is_read_somewhere() -> None:
    read = read_by_the_code()
    unread = {constant for constant, _ in rows() if BY_NAME.get(constant, constant) not in read}
    assert unread == FOR_PEOPLE


# --- what no other test shows ------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PlayedCsms, "version", "2.0.1")


async def write(game: Game, name: str, value: str) -> None:
    component, _, variable = name.partition(".")
    reply, _ = await game.station.obey(SetVariables(((VariableKey(component=component, variable=variable), value),)))
    assert isinstance(reply, tuple)
    assert isinstance(reply[0], SetResult)
    assert reply[0].status == "Accepted", reply


async def verdict(game: Game, command: Any) -> Verdict:
    reply: Any = (await game.station.obey(command))[0]
    return reply.verdict  # type: ignore[no-any-return]


async def samples(game: Game) -> bool:
    """Is a transaction measured again and again?"""
    await write(game, "SampledDataCtrlr.TxUpdatedInterval", "5")
    game.control.plug()
    await game.swipe()
    game.control.charge()
    await asyncio.sleep(30)
    return any(event.values for event in game.csms.events)


async def measures_by_the_clock(game: Game) -> bool:
    await write(game, "AlignedDataCtrlr.Interval", "60")
    await asyncio.sleep(130)
    return bool(game.csms.of(MeterValues))


async def tells_of_faults(game: Game) -> bool:
    game.control.fail(Fault("pilot_short", "ev_communication_error"))
    await asyncio.sleep(5)
    return bool(game.csms.of(NotifyEvent))


async def takes_messages(game: Game) -> bool:
    message = DisplayMessage(id=1, priority=MessagePriority.ALWAYS_FRONT, format="UTF8", content="Welcome")
    return await verdict(game, SetDisplayMessage(message)) is Verdict.ACCEPTED


async def takes_profiles(game: Game) -> bool:
    profile = examples.profile((0, 10.0), start=MIDNIGHT - timedelta(minutes=1))
    return await verdict(game, SetChargingProfile(1, profile)) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("SampledDataCtrlr.Enabled", samples),
        ("AlignedDataCtrlr.Enabled", measures_by_the_clock),
        ("MonitoringCtrlr.Enabled", tells_of_faults),
        ("DisplayMessageCtrlr.Enabled", takes_messages),
        ("SmartChargingCtrlr.Enabled", takes_profiles),
    ],
)
@pytest.mark.parametrize("enabled", ["true", "false"])
def test_what_is_switched_off_is_not_done(name: str, does: Callable[[Game], Coroutine[Any, Any, bool]], enabled: str) -> None:
    async def script(game: Game) -> None:
        await write(game, name, enabled)
        assert await does(game) == (enabled == "true")

    play(script)


@pytest.mark.parametrize(("policy", "stays"), [("LRU", "ac"), ("FIFO", "bc")])
def test_who_leaves_the_cache_is_up_to_the_policy(policy: str, stays: str) -> None:
    async def script(game: Game) -> None:
        await write(game, "AuthCacheCtrlr.Policy", policy)
        game.store.tokens.capacity = 2
        known = game.station.access.known
        for name in "abac":
            if name == "a" and known.find(IdToken("a")):
                known.used(IdToken("a"))
            else:
                known.heard(IdToken(name), TokenInfo(AuthorizationStatus.ACCEPTED))
            await asyncio.sleep(60)
        assert "".join(name for name in "abc" if known.find(IdToken(name))) == stays

    play(script)


@pytest.mark.parametrize(("threshold", "noted"), [("29", 1), ("30", 0)])
def test_a_jump_of_the_clock_is_noted_from_the_threshold_on(threshold: str, noted: int) -> None:
    async def script(game: Game) -> None:
        await write(game, "ClockCtrlr.TimeAdjustmentReportingThreshold", threshold)
        clock = game.station.clock
        clock.correct(clock.now() + timedelta(seconds=30))
        kinds = [each.kind for each in game.store.security_log.every()]
        assert kinds.count("SettingSystemTime") == noted

    play(script)


def test_the_outbox_is_as_long_as_the_csms_wants() -> None:
    async def script(game: Game) -> None:
        await write(game, "OCPPCommCtrlr.MaxQueuedMessages", "1234")
        assert game.store.outbox.most() == 1234

    play(script)


def test_whether_a_wildcard_will_do_is_up_to_the_csms(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        for value in ("true", "false"):
            await write(game, "SecurityCtrlr.AllowCSMSTLSWildcards", value)
            assert game.station.security.securing.access().wildcards == (value == "true")

    play(script, keys={"SecurityProfile": "2", "AuthorizationKey": "00" * 16}, security=files(tmp_path))


def test_a_certificate_for_vehicles_names_the_organisation(tmp_path: Path) -> None:
    async def script(game: Game) -> None:
        await write(game, "ISO15118Ctrlr.OrganizationName", "operator")
        request = x509.load_pem_x509_csr(game.station.security.for_vehicles.request(anew=True).encode())
        assert "operator" in {each.value for each in request.subject}

    play(script, security=SecuritySettings(for_vehicles=str(tmp_path)))
