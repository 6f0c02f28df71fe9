"""A guided self-test at a terminal: what is to be done, what is measured meanwhile, and what somebody types."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from chargepoint.cli import commissioning, selftest
from chargepoint.cli.live_line import LiveLine
from chargepoint.cli.main import PLAIN
from chargepoint.commissioning.guiding import Prompt, Switch, Told
from chargepoint.commissioning.steps import Step

LIVE = "state B, +9.0 / +9.0 V, no offer, contactor open"


class Terminal:
    """Both ends of a pseudo-terminal; the program's is standard input and output."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ours, theirs = os.openpty()
        self._files = [os.fdopen(theirs), os.fdopen(os.dup(theirs), "w")]
        monkeypatch.setattr(sys, "stdin", self._files[0])
        monkeypatch.setattr(sys, "stdout", self._files[1])
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "80")

    def type(self, line: str) -> None:
        """And Enter."""
        os.write(self.ours, f"{line}\n".encode())

    def said(self) -> str:
        """So far."""
        self._files[1].flush()
        return os.read(self.ours, 65_536).decode()

    def close(self) -> None:
        """It is gone."""
        for each in self._files:
            each.close()
        os.close(self.ours)


def test_what_is_measured_changes_in_place_and_a_step_is_left_out_by_a_letter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    terminal = Terminal(monkeypatch)

    async def guided(config: Path, state: Path, evse: int, kind: str, switch: Switch) -> AsyncGenerator[Told, None]:
        for name, line in (("guided_b", "s"), ("closing", "q")):
            for left_s in (180, 179):
                yield Prompt(name=name, title=name, ask=f"Do {name}.", live=LIVE, left_s=left_s)
            terminal.type(line)
            for _ in range(1_000):
                if switch.skipped == name or switch.stopped:
                    break
                await asyncio.sleep(0.01)
            yield Step(evse=1, name=name, title=name, outcome="impossible", text="left out")

    monkeypatch.setattr(commissioning, "guided", guided)
    arguments: Any = type("Arguments", (), {"config": tmp_path, "state_dir": tmp_path, "guided": "adapter"})
    found = asyncio.run(selftest._guided(arguments, 1, selftest.teller()))
    assert [step.name for step in found] == ["guided_b", "closing"]
    said = terminal.said()
    assert selftest.KEYS in said
    assert (said.count("-> Do guided_b."), said.count("-> Do closing.")) == (1, 1)
    assert f"\r\x1b[K   179 s  {LIVE}" in said
    terminal.close()
    assert all(len(line) < 80 for line in said.replace("\x1b[K", "").replace("\r", "\n").splitlines())


def test_a_pipe_gets_no_line_that_changes(capsys: pytest.CaptureFixture[str]) -> None:
    line = LiveLine()
    line.show(LIVE)
    line.clear()
    assert capsys.readouterr().out == ""


def test_a_terminal_without_the_sign_shows_degrees_as_c() -> None:
    assert "25.0 °C, 5 Ω".encode("ascii", PLAIN) == b"25.0 C, 5 ?"
