"""Configuration: 019, 021, 040."""

from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import Lab

REQUIRED = {
    *("AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut", "ConnectorPhaseRotation", "GetConfigurationMaxKeys"),
    *("HeartbeatInterval", "LocalAuthorizeOffline", "LocalPreAuthorize", "MeterValuesAlignedData", "MeterValuesSampledData"),
    *("MeterValueSampleInterval", "NumberOfConnectors", "ResetRetries", "StopTransactionOnInvalidId", "StopTxnAlignedData"),
    *("StopTxnSampledData", "SupportedFeatureProfiles", "TransactionMessageAttempts", "TransactionMessageRetryInterval"),
    *("UnlockConnectorOnEVSideDisconnect", "LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength"),
    *("ChargeProfileMaxStackLevel", "ChargingScheduleAllowedChargingRateUnit", "ChargingScheduleMaxPeriods"),
    "MaxChargingProfilesInstalled",
}
"""By the standard, of a station that has all profiles (1.6 §9)."""
PROFILES = {"Core", "FirmwareManagement", "LocalAuthListManagement", "Reservation", "SmartCharging", "RemoteTrigger"}


@case("019")
async def test_all_keys_are_told_and_those_that_are_asked_for(lab: Lab) -> None:
    everything = (await lab.call("GetConfiguration"))["configurationKey"]
    values = {entry["key"]: entry.get("value") for entry in everything}
    assert values.keys() >= REQUIRED
    assert set(str(values["SupportedFeatureProfiles"]).split(",")) == PROFILES
    assert values["NumberOfConnectors"] == "2"
    assert values.get("AuthorizationKey") is None
    asked = await lab.call("GetConfiguration", key=["supportedfeatureprofiles", "NoSuchKey"])
    assert [entry["key"].lower() for entry in asked["configurationKey"]] == ["supportedfeatureprofiles"]
    assert asked["configurationKey"][0]["readonly"] is True
    assert asked["unknownKey"] == ["NoSuchKey"]


@case("021")
async def test_a_changed_key_has_its_new_value_also_after_a_restart(lab: Lab) -> None:
    await lab.configure(MeterValueSampleInterval="37")
    assert await lab.key("MeterValueSampleInterval") == "37"
    lab.passed()
    await lab.says("Accepted", "Reset", type="Hard")
    await lab.booted()
    assert await lab.key("MeterValueSampleInterval") == "37"


@case("040_1")
async def test_a_key_that_nobody_knows_is_not_supported(lab: Lab) -> None:
    await lab.says("NotSupported", "ChangeConfiguration", key="NoSuchKey", value="1")


@case("040_2")
async def test_an_invalid_value_and_a_read_only_key_are_rejected(lab: Lab) -> None:
    before = await lab.key("MeterValueSampleInterval")
    for value in ("-1", "often", ""):
        await lab.says("Rejected", "ChangeConfiguration", key="MeterValueSampleInterval", value=value)
    assert await lab.key("MeterValueSampleInterval") == before
    await lab.says("Rejected", "ChangeConfiguration", key="NumberOfConnectors", value="7")
