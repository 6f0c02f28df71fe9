"""Chips that a board has by their name and not by a file of its own: PWM, converters of the kernel, GPIO."""

from collections.abc import Iterator
from pathlib import Path

from chargepoint.cli import devices
from chargepoint.cli.checks.scene import Scene
from chargepoint.cli.devices import Named
from chargepoint.domain.findings import Finding, failing
from hal.facts import extra_for

SWITCH_ON = "On a Raspberry Pi, check in its boot configuration that the serial port, SPI or PWM is switched on."
NAMED = {"pwm": ("sys/class/pwm", "pwmchip*", "device"), "iio": ("sys/bus/iio/devices", "iio:device*", "name")}
"""Entry of a board -> folder, pattern, and what of it has the name: the target of a link, or the contents of a file."""
OVER_GPIOD = "raspberry-pi"
"""The extra of drivers that move lines by /dev/gpiochip*."""


def look(scene: Scene) -> Iterator[Finding]:
    """One finding for each."""
    if scene.configuration is None:
        return
    root = Path("/" if scene.places is None else scene.places.root)
    for named in devices.boards(scene.configuration):
        if devices.driver(scene.configuration, named.table) != devices.SIMULATED:
            yield from _of(named, root)


def _of(named: Named, root: Path) -> Iterator[Finding]:
    import hal

    for entry, place in NAMED.items():
        wanted = named.entries.get(entry)
        if isinstance(wanted, str) and wanted:
            yield _found(f"{wanted} ({named.path}.{entry})", list(_matching(root, *place, wanted)))
    facts = hal.about(named.kind, named.driver)
    if facts is not None and extra_for(facts, named.entries) == OVER_GPIOD and "gpio_chip" not in named.entries:
        yield _found(f"GPIO ({named.path})", sorted(each.name for each in (root / "dev").glob("gpiochip*")))


def _matching(root: Path, folder: str, pattern: str, what: str, wanted: str) -> Iterator[str]:
    for chip in sorted((root / folder).glob(pattern)):
        part = chip / what
        try:
            text = part.read_text().strip() if part.is_file() else str(part.resolve())
        except OSError:
            continue
        if wanted in text:
            yield chip.name


def _found(where: str, chips: list[str]) -> Finding:
    if not chips:
        missing = failing("ports", "port_missing", f"{where}: no such chip")
        return Finding(name=missing.name, state="failed", text=missing.text, remedy=SWITCH_ON, code=missing.code)
    return Finding(name="ports", state="passed", text=f"{where}: {', '.join(chips)}")
