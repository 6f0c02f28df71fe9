"""The table of verbs."""

import subprocess
import sys

import pytest

from chargepoint.cli.main import VERBS, main


def test_help_names_every_verb_without_importing_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(f"    {verb}" in shown for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([verb, "--help"])
    assert ended.value.code == 0
    assert f"usage: chargepoint {verb}" in capsys.readouterr().out


@pytest.mark.parametrize("argv", [[], ["fly"], ["check-config"], ["check-config", "a", "b"], ["--speed"]])
def test_wrong_usage_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: chargepoint")


def test_the_version_is_that_of_the_distribution(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("chargepoint 0.")


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(VERBS, "csms", ("uvicorn_that_is_not_installed", "the bench CSMS alone"))
    assert main(["csms"]) == 1
    assert capsys.readouterr().err == (
        "chargepoint: csms needs the package uvicorn_that_is_not_installed, which is missing; install chargepoint again\n"
    )


def test_one_verb_does_not_load_what_another_needs() -> None:
    """Start-up time and memory of ``control`` are bounded: neither OCPP nor SQLite nor the simulators may come with the command line."""
    program = (
        "import sys, chargepoint.cli.main as m; m.main(['check-config', sys.argv[1]]);"
        "print(sorted({'ocpp', 'sqlite3', 'websockets', 'starlette', 'simulators', 'asyncio'} & set(sys.modules)))"
    )
    example = f"{__file__.rpartition('/')[0]}/example.toml"
    ran = subprocess.run([sys.executable, "-c", program, example], capture_output=True, text=True, timeout=30, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
