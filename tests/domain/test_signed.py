"""Signed records in the domain: what a record says, how keys are told, what never thins out, and which meters sign."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest

import hal
from chargepoint.domain import ocmf
from chargepoint.domain.authorization import Authorization, Origin
from chargepoint.domain.configuration import SIGNING_METERS
from chargepoint.domain.device_model import DeviceModel, VariableKey, VariableStatus
from chargepoint.domain.ids import IdToken
from chargepoint.domain.metering import MeterValue, ReadingContext, SignedValue, thinned
from hal.api import signs
from tests.station.rig import configuration

AT = datetime(2026, 3, 1, tzinfo=UTC)
WIRE = {"port": "/dev/null"}


def test_every_meter_that_signs_is_known_to_the_configuration() -> None:
    found = []
    for name, place in hal.DRIVERS["meters"].items():
        if place.endswith((":AutoMeter", ":PulseMeter", ":OpenEvseMeter", ":SimulatedMeter", ":heidelberg")):
            continue
        if signs(hal.load("meters", name)(**WIRE)):
            found.append(name)
    assert found == list(SIGNING_METERS)


@pytest.mark.parametrize(
    ("origin", "status", "flags"), [(Origin.LOCAL, True, ["RFID_PLAIN"]), (Origin.REMOTE, True, ["OCPP_RS"]), (Origin.FREE, False, [])]
)
def test_a_record_says_whose_it_is_without_the_number_of_a_card_and_without_bars(origin: Origin, status: bool, flags: list[str]) -> None:
    said = ocmf.says("7f3a", Authorization(IdToken("04A1B2C3"), origin), "one|two 1", ("Acme One", "0001", "1.2"))
    left_to_the_meter = {"PG": "", "MV": "", "MM": "", "MS": "", "MF": "", "RD": []}
    of_the_station = {"FV": "1.0", "GI": "Acme One", "GS": "0001", "GV": "1.2", "CT": "CBIDC", "CI": "one two 1"}
    of_whoever_pays = {"IS": status, "IF": flags, "IT": "LOCAL", "ID": "7f3a"}
    assert json.loads(said) == left_to_the_meter | of_the_station | of_whoever_pays
    assert "|" not in said
    assert "04A1" not in said


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("3059301306072a86", "oca:base16:asn1:3059301306072a86"),
        ("30 59:30 13", "oca:base16:asn1:30593013"),
        ("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE", "oca:base64:asn1:MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"),
        ("oca:base16:asn1:3056", "oca:base16:asn1:3056"),
    ],
)
def test_a_key_is_told_with_what_it_is(printed: str, told: str) -> None:
    assert base64.b64decode(ocmf.told_key(printed)).decode() == told
    assert ocmf.told_key("anything else") == "anything else"
    assert ocmf.told_key("") == ""


def test_the_key_of_the_application_notes_example_is_told_as_there() -> None:
    """Section 5.3; the marker and the beginning of the key."""
    assert ocmf.told_key("3056301006072a8648ce3d020106052b8104000a").startswith("b2NhOmJhc2UxNjphc24xOjMwNTYzMDEw")


def value(number: int, signed: bool = False) -> MeterValue:
    return MeterValue(AT + timedelta(seconds=number), ReadingContext.PERIODIC, (), SignedValue(b"", "OCMF") if signed else None)


def test_what_is_signed_never_thins_out() -> None:
    values = tuple(value(number, signed=number % 7 == 3) for number in range(100))
    left = thinned(values, 20)
    assert len(left) <= 20
    assert [each for each in left if each.signed] == [each for each in values if each.signed]
    assert (left[0], left[-1]) == (values[0], values[-1])
    all_signed = tuple(value(number, signed=True) for number in range(9))
    assert thinned(all_signed, 4) == all_signed


def test_a_station_whose_meters_do_not_sign_has_none_of_the_variables() -> None:
    without, with_them = (DeviceModel(configuration(signs=signs)) for signs in (False, True))
    for component, variable, evse in (
        ("SampledDataCtrlr", "SignReadings", None),
        ("AlignedDataCtrlr", "SignReadings", None),
        ("OCPPCommCtrlr", "PublicKeyWithSignedMeterValue", None),
        ("FiscalMetering", "PublicKey", 1),
        ("", "MeterPublicKey1", None),
        ("", "SampledDataSignReadings", None),
    ):
        key = VariableKey(component=component, variable=variable, evse=evse)
        assert with_them.get(key).status is VariableStatus.ACCEPTED, key
        assert without.get(key).status is not VariableStatus.ACCEPTED, key
    policy = VariableKey(component="OCPPCommCtrlr", variable="PublicKeyWithSignedMeterValue")
    assert with_them.set(policy, "Never").status is VariableStatus.ACCEPTED
    assert with_them.set(policy, "Sometimes").status is VariableStatus.REJECTED
    started = VariableKey(component="SampledDataCtrlr", variable="SignStartedReadings")
    assert with_them.set(started, "true").status is VariableStatus.REJECTED
