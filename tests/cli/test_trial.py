"""``chargepoint trial``: hardware of a candidate, in the simulated world as a process of its own; and what is judged of readings."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.cli import detect, wizard
from chargepoint.cli.detect import Looked
from chargepoint.cli.paths import INSTALLED_STATE, private_directory
from chargepoint.cli.trial import sights
from chargepoint.cli.trying.meters import told
from chargepoint.domain.configuration import EvsePart
from chargepoint.inquiry.trial import Sight, Try
from hal.detect.found import Found
from hal.detect.ports import Port
from hal.measured import MeterReading, TokenSeen
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.server import WorldServer
from simulators.world import World

DEADLINE_S = 60.0
TREE: dict[str, Any] = {
    "station": {"id": "x", "vendor": "A", "model": "B"},
    "site": {"fuse_a": 32},
    "evses": [{"id": 1, "max_current_a": 16, "connectors": [{"id": 1}]}],
    "hal": {"backend": "sim"},
}

PORT = Port("/dev/ttyUSB0", "/dev/serial/by-id/usb-x", device="")
SDM = Found(kind="meters", driver="sdm630", where="/dev/serial/by-id/usb-x unit 1", says="SDM630", entries={"unit": 1})


def question(**fields: Any) -> bytes:
    return msgspec.json.encode(Try(**{"what": "board", "configuration": TREE, **fields})) + b"\n"


@contextmanager
def trial(folder: Path, line: bytes) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "chargepoint", "trial", "--state-dir", str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(line)
    process.stdin.flush()
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(process: "subprocess.Popen[bytes]", state: str) -> Sight:
    assert process.stdout is not None
    for line in process.stdout:
        sight = msgspec.json.decode(line, type=Sight)
        if sight.state == state:
            return sight
    raise AssertionError(process.stderr.read() if process.stderr else "")


In = Callable[[Callable[[World], object]], None]
"""Has something done to the world, where nobody else is at it."""


async def in_world(folder: Path, story: Callable[[In], None]) -> World:
    """``story`` blocks, so it has a thread; the world belongs to the loop."""
    plan = EvsePlan(id=1, phases=3, voltage_v=230.0, connectors=(ConnectorPlan(id=1, cable="socket"),), start_wh=1234)
    world = World([plan], folder / "world", keep=False)
    world.open(time.monotonic())
    server = WorldServer(world, f"{private_directory(folder)}/sim")
    server.open()
    loop = asyncio.get_running_loop()
    try:
        await asyncio.to_thread(story, lambda what: _do(loop, what, world))
        return world
    finally:
        server.close()


def _do(loop: asyncio.AbstractEventLoop, what: Callable[[World], object], world: World) -> None:
    loop.call_soon_threadsafe(what, world)


def test_a_board_is_seen_at_rest_and_tested_and_never_offers(tmp_path: Path) -> None:
    def story(within: In) -> None:
        with trial(tmp_path, question()) as process:
            sight = until(process, "good")
            rows = {row.title: row for row in sight.rows}
            assert "+12.00 V" in rows["pilot"].value
            assert rows["contactor"].value.startswith("open")
            assert rows["own test"].value == "residual current monitor: passed"
            assert all(row.good is not False for row in sight.rows)
            process.send_signal(signal.SIGTERM)
            assert process.wait(DEADLINE_S) == 0

    world = asyncio.run(in_world(tmp_path, story))
    assert world.evses[1].violations == []
    assert not world.evses[1].contacts.closed


def test_a_meter_tells_what_it_measures(tmp_path: Path) -> None:
    def story(within: In) -> None:
        with trial(tmp_path, question(what="meter")) as process:
            rows = {row.title: row.value for row in until(process, "good").rows}
            assert rows["voltage"] == "230.0 / 230.0 / 230.0 V"
            assert rows["energy"] == "1.234 kWh"

    asyncio.run(in_world(tmp_path, story))


def test_nobody_reads_any_more(tmp_path: Path) -> None:
    def story(within: In) -> None:
        with trial(tmp_path, question()) as process:
            until(process, "good")
            assert process.stdout is not None
            os.close(os.dup(process.stdout.fileno()))
            process.stdout.close()
            assert process.wait(DEADLINE_S) == 0

    asyncio.run(in_world(tmp_path, story))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "cannot be read"),
        (b"[]\n", "cannot be read"),
        (json.dumps({"what": "board", "configuration": {"station": {}}}).encode(), "station.id: missing"),
        (question(number=2), "board 2: there is none; expected 1 to 1"),
        (question(seconds=0.5), "needs the bench beneath it"),
        (question(what="reader", seconds=0.5), "needs the bench beneath it"),
    ],
)
def test_what_cannot_be_tried_is_said(line: bytes, said: str, tmp_path: Path) -> None:
    assert any(sight.state == "failed" and said in sight.text for sight in sights(line, tmp_path))


def test_a_card_is_told_without_its_number(tmp_path: Path) -> None:
    def story(within: In) -> None:
        with trial(tmp_path, question(what="reader")) as process:
            assert "hold a card" in until(process, "waiting").text
            while "the reader is there" not in until(process, "waiting").text:
                pass
            within(lambda world: world.present(TokenSeen("04A1B2C3")))
            sight = until(process, "good")
            assert sight.rows[0].value == "***B2C3"
            assert until(process, "good") == sight, "it stays to be seen"

    asyncio.run(in_world(tmp_path, story))


def test_the_installed_station_has_its_trials_made_by_the_service_manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sight = Sight(state="good", text="seen")
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(msgspec.json.decode(await reader.readline(), type=Try))
        writer.write(msgspec.json.encode(sight) + b"\n")
        writer.close()

    async def main() -> list[Sight]:
        async with await asyncio.start_unix_server(serve, tmp_path / "trial"):
            return [each async for each in wizard.attempt(Try(what="board", configuration=TREE), INSTALLED_STATE)]

    monkeypatch.setattr(wizard, "TRIAL", tmp_path / "trial")
    assert asyncio.run(main()) == [sight]
    assert asked[0].what == "board"


@pytest.mark.parametrize(
    ("looked", "said", "rows"),
    [
        ([], "nothing was found at 0 serial ports; plug an adapter in", []),
        ([Looked(PORT)], "nothing was found at 1 serial port; check power, A and B wires", [("/dev/serial/by-id/usb-x", "nobody answers")]),
        ([Looked(PORT, trouble="in use")], "nothing was found at 1 serial port", [("/dev/serial/by-id/usb-x", "in use")]),
        ([Looked(PORT, (SDM,))], "1 found at 1 serial port and elsewhere", []),
    ],
)
def test_a_port_where_nobody_answers_is_named_as_it_has_to_be_typed(
    looked: list[Looked], said: str, rows: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detect, "look", lambda arguments: (looked, []))
    *_, sight, over = sights(question(what="detect", configuration={}), tmp_path)  # nothing has been answered yet
    assert said in sight.text
    assert [(row.title, row.value) for row in sight.rows] == rows
    assert over.state == "over"


PART = msgspec.convert({"id": 1, "max_current_a": 16, "phases": 3, "connectors": [{"id": 1}]}, EvsePart)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"voltage_mv": (230_000, 231_000, 229_000), "current_ma": (0, 0, 30)}, []),
        ({}, []),
        ({"voltage_mv": (230_000, 0, 229_000)}, ["voltage"]),
        ({"voltage_mv": (0, 0, 0), "frequency_hz": 0.0}, ["voltage", "frequency"]),
        ({"voltage_mv": (400_000, 400_000, 400_000)}, ["voltage"]),
        ({"current_ma": (0, 9_000, 0)}, ["current"]),
        ({"frequency_hz": 5.0}, ["frequency"]),
        ({"energy_wh": -1}, ["energy"]),
    ],
)
def test_a_meter_that_cannot_be_right_is_told_apart(fields: dict[str, Any], wrong: list[str]) -> None:
    sight = told(MeterReading(**{"at_s": 1.0, "energy_wh": 5, **fields}), PART, 230.0, 2.0)
    assert [row.title for row in sight.rows if row.good is False] == wrong
    assert sight.state == ("bad" if wrong else "good")
    dead = fields.get("voltage_mv") == (0, 0, 0)
    assert ("behind the contactor" in sight.rows[0].value) == dead, "no supply, or it is wired so"


@pytest.mark.parametrize("driver", ["simpleevse", "openevse"])
def test_a_board_that_is_not_reached_is_told_with_the_reason_of_its_driver(driver: str, tmp_path: Path) -> None:
    evse = {**TREE["evses"][0], "board": {"driver": driver, "port": str(tmp_path / "ttyUSB9")}}
    tree = {name: part for name, part in TREE.items() if name != "hal"} | {"evses": [evse]}
    told = [sight.text for sight in sights(question(configuration=tree, seconds=0.6), tmp_path)]
    assert any("ttyUSB9: not there; plug its adapter in, or correct port" in text for text in told), told
