"""``chargepoint check-config`` as it looks."""

from pathlib import Path

import pytest

from chargepoint.cli.main import main

EXAMPLE = Path(__file__).parent / "example.toml"


def test_a_good_file_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-config", str(EXAMPLE)]) == 0
    out, err = capsys.readouterr()
    assert (
        out
        == f"""{EXAMPLE}: good
  station cp001: Acme One, fuse 63 A, 3 x 230 V
  EVSE 1: sType2 (socket), at most 32 A, 3 phases, simulated
  EVSE 2: cType2 (fixed), at most 16 A, 1 phase, simulated
  OCPP 1.6: ws://127.0.0.1:9000/cp001, security profile 0
  may charge: tokens that the CSMS accepts
"""
    )
    assert err == f"{EXAMPLE}: warning: ocpp.basic_auth_password: not used with security_profile 0\n"


def test_the_address_is_shown_as_it_is_dialled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "station.toml"
    text = EXAMPLE.read_text().replace("security_profile = 0", "security_profile = 2")
    file.write_text(text.replace("system_trust = false", "system_trust = true"))
    assert main(["check-config", str(file)]) == 0
    assert "wss://127.0.0.1:9000/cp001, security profile 2" in capsys.readouterr().out


def test_all_errors_are_shown_and_the_status_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "station.toml"
    bad.write_text(EXAMPLE.read_text().replace("fuse_a = 63", 'fuse_a = "much"').replace("MeterValueSampleInterval", "Foo"))
    assert main(["check-config", str(bad)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert (
        err
        == f"""chargepoint: {bad}: 2 errors
  site.fuse_a: "much": expected a number above 0, at most 1000 (ampere)
  ocpp.keys.Foo: unknown key
"""
    )
