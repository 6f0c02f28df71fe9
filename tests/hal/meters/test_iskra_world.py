"""Records of the simulated WM3M4, signed for real: read over its wire by the driver, and verified with its public key."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

import hal
from chargepoint.domain import ocmf
from hal.errors import DeviceError
from hal.measured import SignedRecord
from hal.meters.iskra import SigningMeter
from simulators.electrics import Electrics
from simulators.hardware import EvsePlan, Hardware
from simulators.wires.iskra import SigningFace
from simulators.wires.table import Place
from simulators.world import World
from tests.hal.bus.rig import on_pty

SAYS = json.dumps({"FV": "1.0", "IT": "LOCAL", "ID": "7f3a", "CI": "cp001 1 Straße"}, ensure_ascii=False)
UNIX_S = 1_795_301_400


def verified(told: bytes, key_hex: str) -> Any:
    """What a record says, if its signature is that of the key. Raises InvalidSignature."""
    head, data, tail = told.split(b"|", 2)
    assert head == b"OCMF"
    key = load_der_public_key(bytes.fromhex(key_hex))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(bytes.fromhex(json.loads(tail)["SD"]), data, ec.ECDSA(hashes.SHA256()))
    return json.loads(data)


@contextmanager
def meter(folder: Path) -> Iterator[tuple[SigningMeter, Electrics]]:
    world = World([EvsePlan(id=1, start_wh=12_345)])
    world.open(0.0)
    evse = world.evses[1]
    with on_pty(folder, SigningFace(Place(world, {}, evse))) as bus:
        made: SigningMeter = hal.load("meters", "iskra-wm3m4")(**{**bus.entries, "gap_s": 0.01})
        yield made, evse


def test_what_it_signs_is_verified_with_its_public_key(tmp_path: Path) -> None:
    with meter(tmp_path) as (made, _):
        made.open()
        assert made.read().energy_wh == 12_345
        assert made.open_record() is None
        made.begin_record(SAYS, UNIX_S, 60)
        assert made.open_record() == SAYS
        assert made.last_record() is None
        record = made.end_record(SAYS, UNIX_S + 60, 60)
        assert made.open_record() is None
        assert made.last_record() == record
        says = verified(ocmf.text(record), ocmf.printed_key(made.public_key()))
        assert (says["ID"], [reading["TX"] for reading in says["RD"]], says["RD"][0]["RV"]) == ("7f3a", ["B", "E"], 12.345)
        assert says["RD"][0]["TM"].startswith("2026-11-21T23:50:00,000+0100"), "the time that it was told, in the zone that it was told"


def test_after_a_power_failure_it_has_forgotten_and_is_told_again(tmp_path: Path) -> None:
    with meter(tmp_path) as (made, evse):
        made.begin_record(SAYS, UNIX_S)
        evse.recorder.lose_power()
        assert made.open_record() == ""
        assert verified(ocmf.text(made.end_record(SAYS, UNIX_S)), ocmf.printed_key(made.public_key()))["ID"] == "7f3a"


def test_what_goes_wrong_with_signing_is_said_in_words(tmp_path: Path) -> None:
    with meter(tmp_path) as (made, evse):
        made.begin_record(SAYS, UNIX_S)
        evse.fit(Hardware(signing="fails"), 0.0)
        with pytest.raises(DeviceError, match="cannot sign a record: status 254, state 1"):
            made.end_record(SAYS, UNIX_S)
        evse.fit(Hardware(signing="lost"), 0.0)
        assert made.end_record(SAYS, UNIX_S).data == b""
        assert made.last_record() is None
        evse.fit(Hardware(signing="silent"), 0.0)
        with pytest.raises(DeviceError, match="no answer"):
            made.open_record()
        assert made.read().energy_wh == 12_345, "it measures all the same"


def test_leading_zeros_of_its_firmware_are_taken_out_and_nothing_else_is_touched() -> None:
    proper = ec.generate_private_key(ec.SECP256R1()).sign(b"data", ec.ECDSA(hashes.SHA256()))
    raw = bytes.fromhex("300A0203000001020300FF80")
    assert ocmf.text(SignedRecord(b"{}", raw, b"", quirk="der_zeros")) == b'OCMF|{}|{"SD":"3008020101020300FF80"}'
    for signature in (proper, b"", b"\x30", raw[:-1], bytes.fromhex("3003020500")):
        assert (
            ocmf.text(SignedRecord(b"{}", signature, b"", quirk="der_zeros"))
            == b'OCMF|{}|{"SD":"' + signature.hex().upper().encode() + b'"}'
        )
    assert ocmf.text(SignedRecord(b"{}", raw, b"")).endswith(raw.hex().upper().encode() + b'"}'), (
        "of another meter it is passed on as it is"
    )
