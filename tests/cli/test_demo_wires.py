"""A whole session over real drivers: for every board of the table, and over every kind of wire."""

import re
import subprocess
import sys
from itertools import cycle, islice

import pytest

import hal

BOARDS = [name for name in {place: name for name, place in hal.DRIVERS["boards"].items()}.values() if name != "simulated"]
"""One name for each: what has several stands in the table in the same way by all of them (``tests/hal/conformance``)."""
READERS = [name for name in hal.DRIVERS["readers"] if name != "simulated"]
PAIRS = list(islice(zip(cycle(BOARDS), cycle(READERS), strict=False), max(len(BOARDS), len(READERS))))
"""Every board, and every reader with one of them."""


def played(*options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "chargepoint", "demo", "--once", *options], capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def energy_wh(told: str) -> int:
    found = re.search(r"(\d+) Wh \(register \d+ to \d+ Wh\)", told)
    assert found, told
    return int(found[1])


@pytest.mark.parametrize(("board", "reader"), PAIRS)
def test_a_session_over_the_wires_of_every_board_and_every_reader(board: str, reader: str) -> None:
    told = played("--board", board, "--meter", "sdm630", "--reader", reader)
    assert energy_wh(told) > 20
    hardware = rf"^Hardware  board {board} on .*, meter sdm630 on /dev/ttyUSB1, reader {reader} on /dev/"
    assert re.search(hardware, told, re.MULTILINE), told
    assert "Breaches of the standard seen by the CSMS  none" in told


def test_a_session_with_the_meter_inside_the_board_and_ocpp_2() -> None:
    assert energy_wh(played("--board", "openevse", "--meter", "openevse", "--version", "2.0.1")) > 20


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (("--board", "opnevse"), "--board opnevse: not on the bench; did you mean openevse?"),
        (("--meter", "openevse"), "--meter openevse: it is part of the board openevse; expected --board openevse as well"),
    ],
)
def test_what_cannot_be_played_is_said_at_once(option: tuple[str, ...], text: str) -> None:
    done = subprocess.run([sys.executable, "-m", "chargepoint", "demo", "--once", *option], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"chargepoint: demo: 1 error\n  {text}\n")
