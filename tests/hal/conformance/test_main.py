"""The kit from the command line: a technician holds a driver against whatever is connected."""

from pathlib import Path

import pytest

from hal.conformance.__main__ import main


def test_a_reader_that_is_not_there_keeps_no_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["readers", "pn532-uart", f"port={tmp_path}/ttyUSB0"]) == 1
    assert "ttyUSB0: not there; plug its adapter in, or correct port" in capsys.readouterr().err


def test_a_package_that_is_missing_is_said_before_any_rule_is_played(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hal.facts.find_spec", lambda name: None)
    assert main(["boards", "openevse", "port=/dev/ttyUSB0"]) == 1
    said = "openevse: needs the package pyserial, which is not installed here; pip install 'chargepoint[serial]'\n"
    assert capsys.readouterr().err == said


def test_where_nothing_can_be_played_nothing_is_kept(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hal.conformance.readers.RULES", ())
    monkeypatch.setattr("hal.conformance.rules.hold", lambda *_: [])
    assert main(["readers", "rdm6300", "port=/dev/ttyUSB0"]) == 1
    assert capsys.readouterr().out == "no rule can be played without somebody at its other side\n"


@pytest.mark.parametrize("words", [[], ["readers"], ["cars", "x"], ["meters", "sdm630", "port"], ["readers", "rdm6300"]])
def test_wrong_usage_ends_with_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err
