"""Questions in their order, and what is found: with a screen that a test plays."""

import asyncio
import io
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from chargepoint.cli import wizard
from chargepoint.cli.setting_up import looking, walk
from chargepoint.cli.setting_up.screen import Back, Screen
from chargepoint.cli.setting_up.sitting import Sitting
from chargepoint.cli.wizard import wizard_ports
from chargepoint.inquiry.trial import Device, Sight, Try
from chargepoint.web.wizard import steps
from tests.pki.authority import Authority


class Scripted(Screen):
    """Nobody sits there: lines come from a list."""

    def __init__(self, lines: list[str]) -> None:
        from rich.console import Console

        self.shown = io.StringIO()
        super().__init__(Console(file=self.shown, width=80, highlight=False, emoji=False, markup=False))
        self.lines = lines

    def line(self, prompt: str, *, secret: bool = False) -> str:
        typed = self.lines.pop(0)
        self.console.file.write(f"  {prompt}> {typed}\n")
        if typed == "<":
            raise Back
        return typed


def test_what_is_found_is_offered_and_asked_for_no_further_than_need_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = (
        Device(kind="boards", driver="openevse", where="/dev/ttyUSB0", says="8.2.3", entries={"port": "/dev/ttyUSB0"}),
        Device(kind="meters", driver="sdm630", where="/dev/ttyUSB1, unit 3", says="SDM630", entries={"port": "/dev/ttyUSB1", "unit": 3}),
    )
    looks: list[str] = []

    async def attempt(asked: Try) -> AsyncGenerator[Sight, None]:
        looks.append(asked.what)
        yield (
            Sight(state="good", text="2 found", devices=found) if asked.what == "detect" else Sight(state="bad", text="a phase is missing")
        )

    async def all_of(begin: looking.Begin) -> list[Sight]:
        return [each async for each in begin()]

    monkeypatch.setattr(looking, "look", lambda screen, begin, **_: asyncio.run(all_of(begin))[-1])
    ports = msgspec.structs.replace(wizard_ports(tmp_path / "new.toml", tmp_path / "state"), attempt=attempt)
    screen = Scripted(["cp1", "", "Acme", "One", "", "1", "32", "3", "230", ""])  # the station
    screen.lines += ["y", "1", "", "n", "y", "3"]  # look; the one found; its port; nothing seldom; try; go on without
    screen.lines += ["1", "", "", "", "n", "n", "<"]  # the meter, found by the same look: port, baud, unit; not tried; back to it
    sitting = Sitting(tmp_path / "new.toml", tmp_path / "state", ports, screen)
    with pytest.raises(IndexError):
        walk.walk(sitting)
    assert looks == ["detect", "board"]
    assert {"driver": "openevse", "entry.port": "/dev/ttyUSB0"}.items() <= sitting.draft.of("board/1").items()
    assert {"driver": "sdm630", "entry.port": "/dev/ttyUSB1", "entry.unit": "3"}.items() <= sitting.draft.of("meter/1").items()
    assert "openevse at /dev/ttyUSB0" in screen.shown.getvalue()
    assert screen.shown.getvalue().count("Meter of EVSE 1") == 2
    tried = sitting.draft.trial("board/1")
    assert tried is not None
    assert (tried.good, tried.text) == (False, "a phase is missing")


def test_a_root_of_the_csms_s_own_is_looked_at_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_text(Authority("Acme root").pem)
    screen = Scripted(["", "wss://x/ocpp", "", "", "long enough to be good", "nothing.pem", str(tmp_path / "root.pem"), "n"])
    sitting = Sitting(tmp_path / "new.toml", tmp_path / "state", wizard_ports(tmp_path / "new.toml", tmp_path / "state"), screen)
    place = steps.find(sitting.draft, "csms")
    assert place is not None
    walk.step(sitting, place)
    assert "nothing.pem: no such file" in screen.shown.getvalue()
    assert sitting.tree()["security"]["trust"]["csms"].startswith(str(tmp_path / "certificates/csms-"))


def test_no_two_drivers_have_the_same_title() -> None:
    for kind in ("boards", "meters", "readers"):
        titles = [line.title for line in wizard.drivers() if line.kind == kind]
        assert len(set(titles)) == len(titles)
