"""Text displays over a terminal: what stands on them after what the driver has sent."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hal.displays import serial_text
from hal.displays.codes import PRESETS
from hal.displays.serial_text import SerialTextDisplay
from hal.errors import DeviceError, DriverError
from simulators.wires.display import DisplayFace
from simulators.wires.line import Line
from simulators.wires.pty import PtyWire
from simulators.wires.thread import Beside, beside

DEADLINE_S = 10.0


class Rig:
    """A display, and its driver."""

    def __init__(self, loop: Beside, wire: PtyWire, face: DisplayFace, driver: SerialTextDisplay) -> None:
        self.loop, self.wire, self.face, self.driver = loop, wire, face, driver
        self.heard = 0
        hears = face.heard

        def count(data: bytes, now: float) -> Any:
            self.heard += len(data)
            return hears(data, now)

        face.heard = count  # type: ignore[method-assign]

    async def reads(self, *lines: bytes) -> None:
        """Wait until this stands on it."""
        ends_s = asyncio.get_running_loop().time() + DEADLINE_S
        while [line.rstrip() for line in self.face.screen.lines] != list(lines):
            assert asyncio.get_running_loop().time() < ends_s, self.face.screen.lines
            await asyncio.sleep(0.01)


@contextmanager
def rig(folder: Path, preset: str, columns: int, rows: int, **entries: Any) -> Iterator[Rig]:
    with beside() as loop:
        face = DisplayFace(preset, columns, rows)
        wire = PtyWire(Line(), folder / "dev/ttyUSB3")
        wire.line.add(face)
        loop.call(wire.open)
        try:
            yield Rig(
                loop, wire, face, SerialTextDisplay(port=f"{folder}/dev/ttyUSB3", preset=preset, columns=columns, rows=rows, **entries)
            )
        finally:
            loop.call(wire.close)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial_text, "BOOT_S", 0.01)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(("columns", "rows"), [(16, 2), (20, 4)])
def test_each_make_shows_its_lines_and_changes_only_what_has_changed(preset: str, columns: int, rows: int, tmp_path: Path) -> None:
    lines = ["1 Charging", "7.4kW 12.34kWh", "2 Plug in", "0.45 EUR/kWh"][:rows]

    async def script(at: Rig) -> None:
        await at.driver.show(["wait"])
        await at.driver.show(lines)
        await at.reads(*(line.encode() for line in lines))
        before = at.heard
        await at.driver.show(lines)
        await at.driver.show([lines[0], "7.5kW 12.35kWh", *lines[2:]])
        await at.reads(lines[0].encode(), b"7.5kW 12.35kWh", *(line.encode() for line in lines[2:]))
        assert at.heard - before < 2 * columns
        at.driver.close()
        await at.reads(*[b""] * rows)

    with rig(tmp_path, preset, columns, rows) as at:
        asyncio.run(script(at))


@pytest.mark.parametrize("preset", ["serlcd", "matrix-orbital"])
def test_its_light_goes_on_and_off(preset: str, tmp_path: Path) -> None:
    async def script(at: Rig) -> None:
        for number, lit in enumerate([True, False, True]):
            await at.driver.show([f"{number}"], lit=lit)
            await at.reads(b"%d" % number, b"")
            assert at.face.screen.lit is lit
        at.driver.close()
        await at.reads(b"", b"")
        assert at.face.screen.lit is False

    with rig(tmp_path, preset, 16, 2) as at:
        asyncio.run(script(at))


def test_a_display_that_was_dark_for_a_moment_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def script(at: Rig) -> None:
        await at.driver.show(["Charging"])
        await at.reads(b"Charging", b"")
        at.loop.call(at.face.screen.clear)
        await at.driver.show(["Charging"])
        monkeypatch.setattr(serial_text, "WHOLE_S", 0.0)
        await at.driver.show(["Charging"])
        await at.reads(b"Charging", b"")

    with rig(tmp_path, "serlcd", 16, 2) as at:
        asyncio.run(script(at))


def test_an_adapter_that_goes_is_an_error_in_words_and_all_is_written_when_it_is_back(tmp_path: Path) -> None:
    async def script(at: Rig) -> None:
        await at.driver.show(["Charging"])
        at.loop.call(at.wire.unplug)
        for expected in ("plug it in again", "plug its adapter in"):
            with pytest.raises(DeviceError, match=expected):
                await at.driver.show(["Charging"])
        at.loop.call(at.face.screen.clear)
        at.loop.call(at.wire.plug)
        await at.driver.show(["Charging"])
        await at.reads(b"Charging", b"")

    with rig(tmp_path, "matrix-orbital", 16, 2) as at:
        asyncio.run(script(at))


def test_another_make_is_told_by_its_codes(tmp_path: Path) -> None:
    codes = {"begin": "FE 58", "lines": ["FE 47 01 02", "FE 47 01 01"], "light": "FE 42 00", "dark": "FE 46"}

    async def script(at: Rig) -> None:
        await at.driver.show(["below", "above"])
        await at.reads(b"above", b"below")

    with rig(tmp_path, "matrix-orbital", 16, 2, **codes) as at:
        asyncio.run(script(at))


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"preset": "nokia"}, "preset 'nokia': expected one of serlcd, matrix-orbital, vt100"),
        ({"columns": 4}, "columns 4: expected 8 to 40"),
        ({"rows": 9}, "rows 9: expected 1 to 8"),
        ({"lines": ["FE80"]}, "lines: 1 codes; expected 2"),
        ({"begin": "FG"}, "begin 'FG': expected bytes"),
    ],
)
def test_entries_that_do_not_fit_are_refused_when_it_is_made(entries: dict[str, Any], message: str) -> None:
    with pytest.raises(DriverError, match=message):
        SerialTextDisplay(port="/dev/ttyUSB3", **entries)
