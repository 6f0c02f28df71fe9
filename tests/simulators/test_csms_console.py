"""The console of the bench CSMS, and the program around it."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from simulators.csms import Csms, schemas
from simulators.csms.console import COMMANDS, Console
from simulators.csms.shorthand import SHORTHANDS
from tests.simulators.csms_rig import WAIT_S, FakeStation, event, start

PROGRAM = """
import argparse, sys
from chargepoint.cli import csms
parser = argparse.ArgumentParser()
csms.add_arguments(parser)
sys.exit(csms.run(parser.parse_args()))
"""


async def typed(csms: Csms, *lines: str) -> str:
    """What the console says to these lines."""
    said: list[str] = []
    console = Console(csms, said.append, lambda: said.append("left"))
    for line in lines:
        await console.run(line)
    return "\n".join(said)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
@pytest.mark.parametrize(
    "line",
    [
        "start cp001 1 04A1",
        "stop cp001 17",
        "stop cp001",
        "reset cp001",
        "reset cp001 hard",
        "unlock cp001 1",
        "trigger cp001 Heartbeat",
        "trigger cp001 StatusNotification 1",
        "available cp001 1 off",
        "available cp001 0 on",
        "get cp001",
        "get cp001 AuthCtrlr.Enabled",
        "set cp001 AuthCtrlr.Enabled true",
        "forget cp001",
        "limit cp001 1 10.5",
        "unlimit cp001",
        "unlimit cp001 1",
        "composite cp001 1",
        "reserve cp001 1 04A1 7 2030-01-01T12:00:00Z",
        "reserve cp001 0 04A1 7 2030-01-01T12:00:00Z",
        "cancel cp001 7",
        "list cp001 3 04A1 04B2",
        "list cp001 3",
        "firmware cp001 http://127.0.0.1/image",
        "log cp001 http://127.0.0.1/in security",
        "diagnostics cp001 http://127.0.0.1/in",
        "sign cp001",
    ],
)
def test_each_short_word_sends_a_call_that_holds_the_schema_of_the_version(version: str, line: str) -> None:
    async def play() -> None:
        csms = Csms()
        await csms.start()
        async with FakeStation(csms.url, version) as station:
            await station.boot()
            begin: dict[str, Any] = start() if version == "1.6" else event(0, "Started")
            await station.call("StartTransaction" if version == "1.6" else "TransactionEvent", begin)
            await typed(csms, line)
            ((_, _, action, payload),) = station.calls
            assert schemas.breach(version, action, "request", payload) is None, (action, payload)
        await csms.stop()

    asyncio.run(play())


def test_every_word_is_in_the_help_and_wrong_words_get_the_usage() -> None:
    async def play() -> None:
        csms = Csms()
        told = await typed(csms, "help")
        assert all(f"  {word}" in told for word in (*COMMANDS, *SHORTHANDS, "call"))
        assert "'dance' is no command" in await typed(csms, "dance")
        assert "usage: delay SECONDS" in await typed(csms, "delay")
        assert "usage: start STATION" in await typed(csms, "start")
        assert "usage: call STATION" in await typed(csms, "call")
        assert "'cp009' has never connected" in await typed(csms, "reset cp009")
        assert "no station sends 'Hartbeat'" in await typed(csms, "silent Hartbeat")
        assert "is no JSON" in await typed(csms, "call cp001 Reset {")
        assert "none so far" in await typed(csms, "stations")
        assert await typed(csms, "", "   ") == ""
        assert await typed(csms, "quit") == "left"

    asyncio.run(play())


def test_unkindness_is_typed_word_by_word_and_taken_back_at_once() -> None:
    async def play() -> None:
        csms = Csms()
        await typed(csms, "silent Authorize Heartbeat", "delay 0.5", "late MeterValues", "error StartTransaction", "boot pending 5")
        await typed(
            csms, "error StopTransaction GenericError", "malformed Authorize json", "duplicate *", "refuse 503", "token a blocked G"
        )
        behaviour = csms.behaviour
        assert behaviour.silent == {"Authorize", "Heartbeat"}
        assert (behaviour.delay_s, behaviour.late, behaviour.refuse) == (0.5, {"MeterValues": 45.0}, 503)
        assert behaviour.error == {"StartTransaction": "InternalError", "StopTransaction": "GenericError"}
        assert (behaviour.boot, behaviour.interval_s, behaviour.malformed) == ("Pending", 5, {"Authorize": "json"})
        assert csms.tokens.entries["A"].status == "Blocked"
        await typed(csms, "silent", "refuse")
        assert (csms.behaviour.silent, csms.behaviour.refuse) == (frozenset(), None)
        await typed(csms, "kind")
        assert csms.behaviour == Csms().behaviour

    asyncio.run(play())


def test_what_is_known_is_told() -> None:
    async def play() -> None:
        csms = Csms()
        await csms.start()
        async with FakeStation(csms.url) as station:
            await station.boot()
            await station.call("StartTransaction", start())
            await station.call("Authorize", {})
            station.answers["GetConfiguration"] = {"unknownKey": ["Foo"]}
            assert "cp001  OCPP 1.6  connected, accepted" in await typed(csms, "stations")
            assert "1  cp001 connector 1  04A1  open since 2026-01-01T12:00:00Z" in await typed(csms, "transactions")
            assert 'schema: Authorize "idTag" is a required property' in await typed(csms, "violations cp001")
            assert await typed(csms, "violations cp002") == "  none"
            assert json.loads(await typed(csms, "get cp001 Foo")) == {"unknownKey": ["Foo"]}
        await csms.stop()

    asyncio.run(play())


@pytest.fixture
def program() -> Iterator[Any]:
    """Starts the program with these options; whatever is left of it at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start_it(*options: str, stdin: int = subprocess.PIPE) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", PROGRAM, "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", *options]
        process = subprocess.Popen(argv, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start_it
    for process in started:
        with process:
            process.kill()


def test_the_first_lines_are_the_addresses_and_sigterm_ends_it_in_order(program: Any) -> None:
    process = program()
    first, second = process.stdout.readline(), process.stdout.readline()
    assert re.fullmatch(r"stations  ws://127\.0\.0\.1:\d+/<identity>  OCPP 1\.6, 2\.0\.1\n", first)
    assert re.fullmatch(r"control   http://127\.0\.0\.1:\d+/v1\n", second)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0


def test_commands_may_be_piped(program: Any) -> None:
    process = program("--console", "--version", "2.0.1")
    process.stdin.write("stations\nquit")
    process.stdin.close()
    lines = process.stdout.read().splitlines()
    assert process.wait(WAIT_S) == 0
    assert lines[0].endswith("OCPP 2.0.1")
    assert "  none so far" in lines


def test_without_a_terminal_it_does_not_touch_its_standard_input(program: Any) -> None:
    read_end, write_end = os.pipe()
    os.write(write_end, b"quit\n")
    process = program(stdin=read_end)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert os.read(read_end, 100) == b"quit\n"
    os.close(read_end)
    os.close(write_end)


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--control", "0.0.0.0:9001"], 2, "0.0.0.0 is not a loopback address"),
        (["--listen", "nowhere"], 2, "'nowhere': expected HOST:PORT"),
        (["--listen", "127.0.0.1:65536"], 2, "a port from 0 to 65535"),
        (["--version", "1.5"], 2, "invalid choice"),
        (["--tls", "/nowhere/a.pem", "/nowhere/a.key"], 2, "--tls: /nowhere/a.pem and /nowhere/a.key: [Errno 2]"),
    ],
)
def test_wrong_usage_is_named(program: Any, options: list[str], status: int, words: str) -> None:
    process = program(*options)
    _, error = process.communicate(timeout=WAIT_S)
    assert process.returncode == status
    assert words in error


def test_an_address_that_is_taken_is_named(program: Any) -> None:
    first = program()
    taken = re.search(r"127\.0\.0\.1:\d+", first.stdout.readline())
    assert taken
    second = program("--control", taken[0])
    _, error = second.communicate(timeout=WAIT_S)
    assert second.returncode == 1
    assert f"--control {taken[0]}" in error
    assert "choose another address" in error
