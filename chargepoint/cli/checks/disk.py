"""Room on the disk with the state, and how worn it is."""

import os
from collections.abc import Iterator
from pathlib import Path

from chargepoint.cli.checks import kernel_log
from chargepoint.cli.checks.scene import Scene
from chargepoint.domain.findings import Figures, Finding, failing

MIB = 1 << 20
TIGHT, FULL_BYTES, TIGHT_BYTES = 0.05, 8 * MIB, 100 * MIB
WORN = {**{step: f"{(step - 1) * 10} to {step * 10} % used" for step in range(1, 11)}, 11: "used beyond what it was made for"}
"""EXT_CSD DEVICE_LIFE_TIME_EST of eMMC (JESD84-B51 §7.4)."""
WORN_OUT = 9
PRE_EOL = {2: "80 % of its spare blocks are used", 3: "90 % of its spare blocks are used"}
REPLACE = "Replace it soon, and copy the state directory: the memory wears out and becomes read-only in the end."


def look(scene: Scene) -> Iterator[Finding]:
    """Room, wear, errors."""
    folder = next((each for each in (scene.state_dir, *scene.state_dir.parents) if os.access(each, os.F_OK)), Path("/"))
    yield from _room(folder)
    yield from wear(folder, scene.root)
    yield from _errors(scene)


def _room(folder: Path) -> Iterator[Finding]:
    disk = os.statvfs(folder)
    free, size = disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize
    text = f"{free / MIB:,.0f} MiB of {size / MIB:,.0f} MiB free at {folder}".replace(",", " ")
    figures: Figures = {"free_bytes": free, "size_bytes": size, "free_inodes": disk.f_favail}
    few_files = bool(disk.f_files) and disk.f_favail < disk.f_files * TIGHT
    text += f"; only {disk.f_favail} more files may be made" if few_files else ""
    if free < FULL_BYTES or (few_files and disk.f_favail == 0):
        yield failing("room", "disk_full", text, figures=figures)
    elif free < min(TIGHT_BYTES, TIGHT * size) or few_files:
        yield failing("room", "disk_full", text, state="warning", figures=figures)
    else:
        yield Finding(name="room", state="passed", text=text, figures=figures)
    if os.statvfs("/").f_flag & os.ST_RDONLY:
        yield Finding(name="root disk", state="passed", text="mounted read-only, which is fine: only the state directory is written")


def wear(folder: Path, root: Path) -> Iterator[Finding]:
    """Of the eMMC that the folder is on; other disks do not tell without rights."""
    device = os.stat(folder).st_dev
    place = root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}"
    if not place.exists():
        return
    disk = place.resolve()
    told = next((each / "device" for each in (disk, disk.parent) if (each / "device/life_time").exists()), None)
    if told is None:
        card = "; an SD card wears out unseen: keep a backup, and replace it every few years" * disk.name.startswith("mmc")
        text = f"{disk.name} does not say how worn it is{card}"
        yield Finding(name="wear", state="not needed", text=text)
        return
    steps = [int(word, 16) for word in (told / "life_time").read_text().split()]
    end = told / "pre_eol_info"
    spare = int(end.read_text(), 16) if end.exists() else 0
    worst = max(steps, default=0)
    text = f"eMMC {WORN.get(worst, 'does not say how much of it is used')}{', ' + PRE_EOL[spare] if spare in PRE_EOL else ''}"
    bad = worst >= WORN_OUT or spare in PRE_EOL
    figures: Figures = {"life_time_step": worst, "pre_eol": spare}
    yield Finding(name="wear", state="warning" if bad else "passed", text=text, remedy=REPLACE * bad, figures=figures)


def _errors(scene: Scene) -> Iterator[Finding]:
    lines = kernel_log.lines(scene.root)
    if lines is None:
        remedy = "Run this as root, or look with sudo dmesg for errors of mmc, sd and ext4."
        yield Finding(name="disk errors", state="not known", text="the kernel's log may not be read by this user", remedy=remedy)
        return
    found = kernel_log.matching(lines, kernel_log.DISK)
    if found:
        text = f"{len(found)} in the kernel's log since it started; the last: {found[-1][:160]}"
        yield Finding(name="disk errors", state="warning", text=text, remedy=REPLACE, figures={"errors": len(found)})
    else:
        yield Finding(name="disk errors", state="passed", text="none in the kernel's log")
