"""``chargepoint bench --scenario`` on the command line."""

from unittest.mock import patch

import pytest

from chargepoint.cli.main import main
from chargepoint.cli.scenarios.catalogue import SCENARIOS
from chargepoint.control import evse
from chargepoint.control.evse import ROWS, Table


def test_the_scenarios_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--scenario", "list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(SCENARIOS)


def test_a_storm_that_breaks_no_rule_ends_with_0_and_tells_what_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--scenario", "storm", "--seed", "5", "--hours", "0.5"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("0.5 h in ", "scans run", "sessions", "energy", "closings", "violations     0", "never raised"))


def test_a_broken_rule_ends_with_1_and_can_be_seen_again(capsys: pytest.CaptureFixture[str]) -> None:
    mutant = Table([row for row in ROWS if (row.source, row.dest) != ("C2", "B2")])
    with patch.object(evse, "TABLE", mutant):
        assert main(["bench", "--scenario", "storm", "--seed", "5", "--hours", "3"]) == 1
    shown = capsys.readouterr().out
    assert "\nseed 5, at " in shown
    assert ": the contacts open within 100 ms of leaving C and D: contacts still closed " in shown
    assert shown.count("\n    ") > 5
    assert "again: chargepoint bench --scenario storm --seed 5 --hours 3\n" in shown


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_hours_are_the_same_however_many_processes_share_them(jobs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--scenario", "storm", "--seed", "2", "--hours", "0.2", "--jobs", jobs]) == 0
    assert capsys.readouterr().out.startswith("seed 2: 0.2 h, ")


@pytest.mark.parametrize(
    "options",
    [
        ["--scenario", "hurricane"],
        ["--scenario", "fleet", "--hours", "3"],
        ["--scenario", "sequences", "--jobs", "2"],
        ["--scenario", "storm", "--hours", "0"],
        ["--scenario", "storm", "--seed", "one"],
        ["--seed", "3"],
    ],
)
def test_wrong_usage_ends_with_2(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = main(["bench", *options])
    except SystemExit as ended:
        status = int(str(ended.code))
    assert status == 2
    assert options[-2] in capsys.readouterr().err
