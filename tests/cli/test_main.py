"""The table of verbs, and how every verb ends."""

import errno
import subprocess
import sys
from argparse import Namespace
from io import BytesIO, TextIOWrapper
from types import SimpleNamespace
from typing import Any

import pytest

from chargepoint.cli.main import VERBS, main
from tests.cli.asking import EXAMPLE


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


def test_a_mistyped_verb_gets_the_nearest_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["statsu"])
    assert ended.value.code == 2
    assert "'statsu': no such verb; did you mean status or station?" in capsys.readouterr().err


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


def played(monkeypatch: pytest.MonkeyPatch, deed: Any) -> None:
    """A verb that does that."""
    verb = SimpleNamespace(HELP="", add_arguments=lambda parser: None, run=deed)
    monkeypatch.setattr("chargepoint.cli.main.import_module", lambda _: verb)


def test_ctrl_c_ends_any_verb_with_1_and_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: Namespace) -> int:
        raise KeyboardInterrupt

    played(monkeypatch, interrupted)
    assert main(["doctor"]) == 1
    assert capsys.readouterr().err == "chargepoint: interrupted\n"


@pytest.mark.parametrize("number", [errno.EPIPE, errno.ENOSPC])
def test_an_error_of_a_file_that_is_not_standard_output_is_not_hidden(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def broken(_: Namespace) -> int:
        raise OSError(number, "of another file")

    played(monkeypatch, broken)
    monkeypatch.setattr("chargepoint.cli.main._nobody_reads", lambda: False)
    monkeypatch.setattr("chargepoint.cli.main._full", lambda: False)
    with pytest.raises(OSError, match="of another file"):
        main(["station"])


@pytest.mark.parametrize(
    ("into", "status", "said"),
    [("| true", 0, ""), (">/dev/full", 1, "standard output: no space left"), (">&-", 0, "")],
    ids=["a reader that has had enough", "a disk that is full", "closed"],
)
def test_standard_output_that_takes_no_more_ends_without_a_traceback(into: str, status: int, said: str) -> None:
    """As of ``chargepoint why | head``."""
    line = f"set -o pipefail; {sys.executable} -m chargepoint check-config {EXAMPLE} {into}"
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=30, check=False)
    assert (ran.returncode, said in ran.stderr, "Traceback" in ran.stderr, "ignored" in ran.stderr) == (status, True, False, False)


def test_what_a_locale_cannot_write_ends_nothing_and_programs_read_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    place = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(place, "ascii"))
    played(monkeypatch, lambda _: print("→ Zürich") or 0)
    assert main(["doctor"]) == 0
    assert place.getvalue().decode("utf-8") == "→ Zürich\n"
