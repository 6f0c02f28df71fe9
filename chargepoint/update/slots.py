"""What RAUC says of this device: its slots, and how an installation goes. The interface is de.pengutronix.rauc.Installer, as of RAUC 1.5.

A *slot* is a place for an image; bootable ones have a name that the boot loader knows them by. Two of a class take turns: one runs, the
other is written to.
"""

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from chargepoint.update.messages import Manifest
from chargepoint.update.ports import TELL_S, InstallError, Told
from chargepoint.update.system_bus import CALL_S, Bus, BusError, Peer

log = logging.getLogger(__name__)

RAUC = Peer("de.pengutronix.rauc", "/", "de.pengutronix.rauc.Installer")
POLL_S = 1.0
SILENT_S = 1800
"""An image is written in a few minutes. RAUC before 1.10 says nothing meanwhile."""
CHECK_S = 900.0
"""RAUC reads a bundle of the format "plain" from end to end before it says what it is."""


class Slot(Struct, frozen=True, kw_only=True):
    """One of RAUC's slots. What is not known is empty."""

    name: str
    """"rootfs.0"."""
    kind: str
    """Slots of one class take turns: "rootfs"."""
    bootname: str
    booted: bool
    good: bool
    """The boot loader would take it."""
    version: str
    """Of the bundle that was written to it last; empty as well where it came from the factory."""
    installed: int
    """So often RAUC has written to it, begun and ended."""


class Bundle(Struct, frozen=True):
    """What a RAUC bundle says of itself. RAUC has checked its signature."""

    compatible: str
    version: str


def slots(bus: Bus, within_s: float = CALL_S) -> tuple[Slot, ...]:
    """All of them, by name. Raises BusError; so it does while RAUC installs."""
    (rows,) = bus.call(RAUC, "GetSlotStatus", within_s=within_s)
    found = [_slot(name, {key: value for key, (_, value) in told.items()}) for name, told in rows]
    return tuple(sorted(found, key=lambda each: each.name))


def _slot(name: str, told: dict[str, Any]) -> Slot:
    return Slot(
        name=name,
        kind=told.get("class", ""),
        bootname=told.get("bootname", ""),
        booted=told.get("state") == "booted",
        good=told.get("boot-status") == "good",
        version=told.get("bundle.version", "") if told.get("status", "ok") == "ok" else "",
        installed=told.get("installed.count", 0),
    )


def booted(found: tuple[Slot, ...]) -> Slot:
    """The one that runs. Raises InstallError."""
    for each in found:
        if each.booted:
            return each
    names = ", ".join(each.name for each in found) or "none"
    raise InstallError(
        f"RAUC does not know which of its slots ({names}) this system was started from; give the kernel rauc.slot=<bootname> "
        "in the boot loader's command line"
    )


def other(found: tuple[Slot, ...]) -> Slot:
    """The one that takes turns with it. Raises InstallError."""
    runs = booted(found)
    rest = [each for each in found if each is not runs and each.bootname and each.kind == runs.kind]
    if len(rest) == 1:
        return rest[0]
    names = ", ".join(each.name for each in rest) or "no other"
    raise InstallError(
        f"RAUC: beside the slot {runs.name}, which runs, there must be one more of its class {runs.kind!r} with a bootname, but there is "
        f"{names}; see the slots in /etc/rauc/system.conf"
    )


def installing(bus: Bus) -> bool:
    """Does it install something just now? Raises BusError."""
    return bool(bus.value(RAUC, "Operation") != "idle")


def percent(bus: Bus) -> int:
    """How far it is with that. Raises BusError."""
    return max(0, min(100, int(bus.value(RAUC, "Progress")[0])))


def last_error(bus: Bus) -> str:
    """Why it failed. Raises BusError."""
    return str(bus.value(RAUC, "LastError")).strip() or "RAUC gave no reason; see journalctl --unit=rauc"


def compatible(bus: Bus) -> str:
    """Which devices this is one of. Raises BusError."""
    return str(bus.value(RAUC, "Compatible"))


def primary(bus: Bus) -> str:
    """Name of the slot that the boot loader would take next; empty: none."""
    with suppress(BusError):
        return str(bus.call(RAUC, "GetPrimary")[0])
    return ""


def listen(bus: Bus, told: Told) -> None:
    """Until RAUC installs nothing, any more. Raises InstallError, BusError."""
    silent_s, untold_s, most = 0.0, 0.0, 0
    while installing(bus):
        seen = percent(bus)
        grown = most < seen < 100  # 100 is left over from looking into the bundle, or the end
        untold_s += POLL_S
        if grown or untold_s >= TELL_S:
            untold_s, most = 0.0, seen if grown else most
            told(most)
        silent_s = 0.0 if bus.wait(POLL_S) else silent_s + POLL_S
        if silent_s >= SILENT_S:
            raise InstallError(f"RAUC has said nothing for {SILENT_S} s while it installs; restart the machine, then try again")


def check(bus: Bus, manifest: Manifest, payload: Path) -> None:
    """What does not fit is refused before anything is written. Raises InstallError."""
    try:
        inside = _look_into(bus, str(payload))
    except BusError as error:
        if error.absent or error.gone:
            raise
        log.warning("event=rauc_bundle_refused version=%s reason=%r", manifest.version, str(error))
        return  # it refuses to install it as well, and only then RAUC before 1.9 says why
    ours = compatible(bus)
    if inside.compatible != ours:
        raise InstallError(
            f"the image is for {inside.compatible!r}, this device is {ours!r} (compatible in /etc/rauc/system.conf)", "CP-823"
        )
    if inside.version != manifest.version:
        raise InstallError(
            f"the image says that it is version {inside.version!r}, the bundle around it {manifest.version!r}; build both with the same",
            "CP-823",
        )


def _look_into(bus: Bus, path: str) -> Bundle:
    """What a bundle says; RAUC refuses what is not signed for this device's keyring. Raises BusError.

    ``Info`` is older than ``InspectBundle``, and is in every RAUC from 1.0 to this day.
    """
    compatible, version = bus.call(RAUC, "Info", "s", (path,), CHECK_S)
    return Bundle(compatible, version)


def install(bus: Bus, path: str) -> None:
    """Begin to write it to the slot that does not run. Raises BusError."""
    bus.call(RAUC, "InstallBundle", "sa{sv}", (path, {}))


def mark(bus: Bus, state: str, which: str) -> None:
    """ "good", "bad" or "active"; "booted" or a slot's name. Raises BusError."""
    bus.call(RAUC, "Mark", "ss", (state, which))


def trouble(error: BusError, doing: str) -> InstallError:
    """What a person is told."""
    if error.absent:
        return InstallError(f"{doing}: RAUC is not there; install Debian's packages rauc and rauc-service, and see docs/images.md")
    if error.gone:
        return InstallError(f"{doing}: {error}")
    return InstallError(f"{doing}: {error}; see systemctl status rauc and journalctl --unit=rauc")
