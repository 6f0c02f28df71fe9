"""The computer itself: clock with battery, supply, heat, memory."""

import fcntl
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from chargepoint.cli.checks import kernel_log
from chargepoint.cli.checks.scene import Scene
from chargepoint.domain.findings import Finding
from chargepoint.ladder import stopwatch

RTC_VL_READ = 0x80047013
RTC_VL_LOW = 0x0F
"""Any of: invalid, low, empty, accuracy lost."""
LOW_UV, APART_S = 2_500_000, 120.0
HOT_C = 80.0
LEAST_FREE = 0.08
NOW, SINCE = {0: "under-voltage", 1: "slowed down by it", 2: "throttled", 3: "throttled by heat"}, 16
"""Bits of ``vcgencmd get_throttled``; 16 higher: since the start."""
SUPPLY = "Measure the supply at the computer's terminals under load, within 5 %; take a stronger one and shorter, thicker wires."
PATIENCE_S = 3.0


def look(scene: Scene) -> Iterator[Finding]:
    """All of it, as far as the computer has it."""
    yield _clock(scene.root)
    yield _supply(scene.root)
    yield from _heat(scene.root)
    yield from _memory(scene.root)


def _clock(root: Path) -> Finding:
    """RTC. Its battery is told by few."""
    folder = root / "sys/class/rtc/rtc0"
    if not folder.exists():
        text = "none with a battery: after a power cut a time server or the CSMS sets the time"
        return Finding(name="clock", state="not needed", text=text)
    remedy = "Replace the battery of the clock: CR2032 or what the board's manual names."
    microvolts = _number(folder / "battery_voltage")
    if microvolts is not None and microvolts < LOW_UV:
        return Finding(name="clock", state="warning", text=f"its battery has {microvolts / 1e6:.2f} V", remedy=remedy)
    if _battery_low(root / "dev/rtc0"):
        return Finding(name="clock", state="warning", text="it says that its battery is low or was empty", remedy=remedy)
    since = _number(folder / "since_epoch")
    now = stopwatch.now()
    if since is not None and abs(since - now.timestamp()) > APART_S:
        text = f"it says {datetime.fromtimestamp(since, UTC):%Y-%m-%d %H:%M:%S}, the system {now:%Y-%m-%d %H:%M:%S} UTC"
        return Finding(
            name="clock",
            state="warning",
            text=text,
            remedy="Once the time is right: sudo hwclock --systohc. If it happens again: its battery.",
        )
    volts = "" if microvolts is None else f", battery {microvolts / 1e6:.2f} V"
    return Finding(name="clock", state="passed", text=f"there is one with a battery, and it agrees with the time of the system{volts}")


def _battery_low(device: Path) -> bool:
    """Of clocks that know, where this user may ask."""
    try:
        with device.open("rb", buffering=0) as clock:
            return bool(struct.unpack("I", fcntl.ioctl(clock, RTC_VL_READ, b"\0" * 4))[0] & RTC_VL_LOW)
    except OSError:
        return False


def _supply(root: Path) -> Finding:
    """Raspberry Pi; others have nothing that would tell."""
    for folder in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        if _text(folder / "name") == "rpi_volt" and _number(folder / "in0_lcrit_alarm"):
            return Finding(name="supply", state="failed", text="under-voltage", remedy=SUPPLY)
    bits = _throttled() if root == Path("/") else None
    now = [words for bit, words in NOW.items() if bits and bits >> bit & 1]
    before = [words for bit, words in NOW.items() if bits and bits >> (bit + SINCE) & 1]
    if now:
        return Finding(name="supply", state="failed", text=f"now: {', '.join(now)}", remedy=SUPPLY, figures={"throttled": bits})
    if before:
        text = f"since the start there was: {', '.join(before)}"
        return Finding(name="supply", state="warning", text=text, remedy=SUPPLY, figures={"throttled": bits})
    said = kernel_log.matching(kernel_log.lines(root) or (), kernel_log.SUPPLY)
    if said:
        return Finding(name="supply", state="warning", text=f"{len(said)} times in the kernel's log: {said[-1][:120]}", remedy=SUPPLY)
    known = bits is not None or any(_text(each / "name") == "rpi_volt" for each in (root / "sys/class/hwmon").glob("hwmon*"))
    text = "no under-voltage since the start" if known else "this computer does not measure its supply"
    return Finding(name="supply", state="passed" if known else "not needed", text=text)


def _throttled() -> int | None:
    program = shutil.which("vcgencmd")
    if program is None:
        return None
    try:
        told = subprocess.run([program, "get_throttled"], capture_output=True, text=True, timeout=PATIENCE_S, check=False).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"throttled=(0x[0-9a-fA-F]+)", told)
    return int(found[1], 16) if found else None


def _heat(root: Path) -> Iterator[Finding]:
    found = [each / 1000 for zone in (root / "sys/class/thermal").glob("thermal_zone*") if (each := _number(zone / "temp")) is not None]
    if not found:
        return
    hot = max(found) >= HOT_C
    remedy = "Shade and ventilate the housing; clean its filters: above 85 °C the processor is slowed down." * hot
    text = f"processor {max(found):.0f} °C"
    yield Finding(name="heat", state="warning" if hot else "passed", text=text, remedy=remedy, figures={"temperature_c": max(found)})


def _memory(root: Path) -> Iterator[Finding]:
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in _text(root / "proc/meminfo").splitlines() if len(line.split()) > 1}
    total, free = sizes.get("MemTotal", 0), sizes.get("MemAvailable", 0)
    if not total:
        return
    killed = kernel_log.matching(kernel_log.lines(root) or (), kernel_log.MEMORY)
    text = f"{free // 1024} of {total // 1024} MiB free" + (
        f"; the kernel has ended processes for want of it: {killed[-1][:100]}" if killed else ""
    )
    tight = free < LEAST_FREE * total or bool(killed)
    remedy = "Look with top, sorted by M, at what uses it, and end what does not belong to the station." * tight
    yield Finding(name="memory", state="warning" if tight else "passed", text=text, remedy=remedy, figures={"free_kib": free})


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _number(path: Path) -> int | None:
    text = _text(path)
    return int(text) if text.lstrip("-").isdecimal() else None
