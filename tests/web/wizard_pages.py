"""A house in which the first configuration is made: real checks and drivers, trials that the test plays."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.cli import wizard
from chargepoint.domain.findings import Finding
from chargepoint.inquiry.trial import Device, Row, Sight, Try
from chargepoint.web.ports import Reading
from chargepoint.web.wizard.ports import Progress, WizardPorts
from chargepoint.web.workshop import Workshop
from tests.web.browser import Answer, Browser, Rig

STATION = {
    "id": "cp042",
    "vendor": "Acme",
    "model": "One",
    "serial": "77",
    "label": "XY-12",
    "evses": "1",
    "fuse_a": "32",
    "phases": "3",
    "voltage_v": "230",
    "grid": "TN-S",
}
STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("station", STATION),
    ("board/1", {"driver": "simulated"}),
    ("meter/1", {"driver": "simulated"}),
    ("socket/1", {"kind": "socket", "max_current_a": "16", "failsafe_current_a": "6", "phases": "3"}),
    ("access", {"who": "free", "driver": "none"}),
    ("csms", {"uses": "none"}),
    ("public", {"operator": "Acme Charging", "help_line": "+44 20 7946 0000", "language.en": "on", "language.de": "on"}),
)
"""Good answers to everything, with simulated hardware."""

BOARD = Sight(
    state="good",
    text="the board answers, and all its signals are plausible",
    rows=(
        Row(title="pilot", value="+9.02 V / +9.02 V   B: a car is there", good=True),
        Row(title="proximity", value="220 ohm: a cable for 32 A"),
        Row(title="temperature", value="24.5 C", good=True),
        Row(title="own test", value="residual current monitor: passed", good=True),
    ),
)
SILENT = Sight(state="failed", text="the board has told nothing yet; check its power, its wires, and the port")
FOUND = Sight(
    state="good",
    text="2 found at 1 serial port and elsewhere",
    devices=(
        Device(kind="boards", driver="openevse", where="/dev/ttyUSB0", says="OpenEVSE 7.1.3", entries={"port": "/dev/ttyUSB0"}),
        Device(kind="meters", driver="sdm630", where="/dev/ttyUSB1 unit 3", says="SDM630", entries={"port": "/dev/ttyUSB1", "unit": 3}),
    ),
)


class WizardRig(Rig):
    """``told``: what trials tell, by what is tried; ``rungs``: what the ladder finds; ``progress``: how a file that is applied fares."""

    def __init__(self, folder: Path, accounts: bool = True) -> None:
        super().__init__(folder, Reading(state="missing"), accounts)
        self.told: dict[str, list[Sight]] = {"board": [BOARD], "meter": [BOARD], "reader": [BOARD], "detect": [FOUND]}
        self.asked: list[Try] = []
        self.open = 0
        self.rungs = [Finding(name="tcp", state="passed", text="connected"), Finding(name="websocket", state="passed", text="taken")]
        self.progress = [Progress("saved", "written"), Progress("up", "Control and station are running with it.")]
        self.files: list[str] = []
        self.ports = WizardPorts(
            check=wizard.check,
            drivers=wizard.drivers,
            attempt=self.attempt,
            reach=self.reach,
            apply=self.apply,
            proposals=lambda: {"serial": "100000004F2A", "id": "cp004f2a"},
        )
        self.begin()

    def begin(self) -> None:
        """As after a power cut: nothing is known but what is on the disk."""
        self.house.workshop = Workshop(replace(self.house.ports, wizard=self.ports))

    async def attempt(self, asked: Try) -> AsyncGenerator[Sight, None]:
        self.asked.append(asked)
        self.open += 1
        assert self.open == 1, "two cannot hold one port"
        try:
            for sight in self.told[asked.what]:
                yield sight
            await asyncio.sleep(asked.seconds)
        finally:
            await asyncio.sleep(1)
            self.open -= 1

    async def reach(self, tree: dict[str, Any]) -> AsyncGenerator[Finding, None]:
        for finding in self.rungs:
            yield finding

    async def apply(self, text: str) -> AsyncGenerator[Progress, None]:
        self.files.append(text)
        for each in self.progress:
            yield each

    async def answer(self, browser: Browser, path: str, answers: dict[str, str], act: str = "next") -> Answer:
        """Fill a step in and press a button."""
        await browser.get(f"/wizard/{path}")
        return await browser.post(f"/wizard/{path}", {**answers, "act": act})

    async def all(self, browser: Browser) -> None:
        """Every step, good, and passed over where it would have to be tried."""
        for path, answers in STEPS:
            answer = await self.answer(browser, path, answers, "skip")
            assert answer.status == 303, answer.text
