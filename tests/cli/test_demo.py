"""``chargepoint demo --once`` as a newcomer runs it: real processes, real sockets."""

import re
import subprocess
import sys

import pytest


def demo(*options: str) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [sys.executable, "-m", "chargepoint", "demo", "--once", *options], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(("version", "telling"), [("1.6", "StopTransaction"), ("2.0.1", "TransactionEvent")])
def test_demo_plays_one_session_and_sums_it_up(version: str, telling: str) -> None:
    played = demo("--version", version)
    assert played.returncode == 0, played.stdout + played.stderr
    energy = re.search(r"(\d+) Wh \(register 0 to (\d+) Wh\)", played.stdout)
    assert energy
    assert int(energy[1]) == int(energy[2]) > 20
    assert re.search(rf"OCPP messages  \d+, all answered: .*{telling}", played.stdout)
    assert "Breaches of the standard seen by the CSMS  none" in played.stdout


def test_demo_names_the_step_that_did_not_happen() -> None:
    played = demo("--csms-silent-after", "Authorize")
    assert played.returncode == 1
    assert "FAILED: the CSMS has answered the start of the transaction" in played.stdout


def test_demo_refuses_what_no_station_ever_says() -> None:
    played = demo("--csms-silent-after", "Nonsense")
    assert played.returncode == 2
    assert "Nonsense" in played.stderr
