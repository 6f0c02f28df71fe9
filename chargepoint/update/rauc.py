"""Updates of the whole system by RAUC: an image is written to the slot that does not run, and the machine starts from there.

    runs A ── install: B written, B active ── start: restart ──▶ runs B ── confirm: B good
                                                  │                 └───── take back: A active, B bad, restart ──▶ runs A
                                                  └─ B does not come up: the boot loader goes back by itself ───▶ runs A

Whatever ends this process, it is called again and finds out where it is by the slot that runs, by what RAUC says of the slots and by its
note (rauc_note.py). RAUC goes on with an installation without us, and checks the image's signature itself.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from chargepoint.update import restart, slots, system_bus
from chargepoint.update.messages import Manifest, Part
from chargepoint.update.ports import InstallError, Later, Told
from chargepoint.update.rauc_note import Note, Notebook
from chargepoint.update.slots import Slot
from chargepoint.update.system_bus import Bus, BusError

log = logging.getLogger(__name__)

GLANCE_S = 2.0
"""RAUC answers nobody while it reads a bundle. Whoever looks then does without the newest."""
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Rauc:
    """The installer "rauc"."""

    name = "rauc"
    restarts = True

    def __init__(
        self,
        folder: Path,
        shipped: str = "",
        address: str = "",
        boot: Callable[[], str] = lambda: BOOT_ID.read_text(encoding="ascii").strip(),
    ) -> None:
        """``folder``: for its note, kept when slots change. ``shipped``: the version of what runs in a slot that RAUC has never written to,
        as in a device from the factory; older than any if it is not known. ``address``: of the bus, if not the system's. ``boot``: which
        start of the machine this is."""
        self._notes = Notebook(folder)
        self._shipped = shipped or "0"
        self._address = address
        self._boot = boot
        self._seen: tuple[Slot, ...] = ()

    # What is there

    def running(self) -> str:
        """Of the slot that the machine was started from; empty while RAUC does not say which."""
        try:
            return self._version(slots.booted(self._look("see which version runs")))
        except InstallError as error:
            log.warning("event=rauc_unknown error=%r", str(error))
            return ""

    def before(self) -> str:
        """Of the other slot, if the boot loader would take it. What has just been written there was not before."""
        try:
            rest = slots.other(self._look("see which version was before"))
        except InstallError as error:
            log.warning("event=rauc_unknown error=%r", str(error))
            return ""
        note = self._under_way()
        return self._version(rest) if rest.good and not (note and note.slot == rest.name) else ""

    def parts(self) -> tuple[Part, ...]:
        """A line for each slot."""
        try:
            found = self._look("see its slots")
        except InstallError as error:
            return (Part("RAUC", "", str(error)),)
        return tuple(Part(f"slot {each.bootname or each.name}", self._version(each), _state(each)) for each in found)

    def misfit(self, manifest: Manifest) -> str | None:
        """Another device's, or a device that has no slot for it."""
        try:
            slots.other(self._look("see its slots"))
            with self._talk("ask which device this is") as bus:
                ours = slots.compatible(bus)
        except InstallError as error:
            return str(error)
        if manifest.compatible in (ours, "any"):
            return None
        return f"the update is for {manifest.compatible!r}, this device is {ours!r} (compatible in /etc/rauc/system.conf)"

    # What is done

    def install(self, manifest: Manifest, payload: Path, told: Told) -> None:
        """Write it to the other slot and make that the next to start. Raises InstallError, Later; what runs goes on running."""
        with self._talk(f"install version {manifest.version}") as bus:
            bus.follow(slots.RAUC)
            slots.listen(bus, told)
            found = slots.slots(bus)
            runs, target = slots.booted(found), slots.other(found)
            begun = self._under_way()
            if begun and begun.sha256 == manifest.sha256 and begun.slot == runs.name:
                return
            if begun is None or begun.sha256 != manifest.sha256 or target.installed <= begun.count:
                begun = self._write(bus, manifest, payload, told, runs, target)
            if not begun.boot and slots.primary(bus) != target.name:
                slots.mark(bus, "active", target.name)
        told(100)

    def start(self, told: Told) -> None:
        """Restart the machine into what has been written; call it again after that. Raises FellBack if it has come back without it,
        InstallError, Later."""
        with self._talk("start the new version") as bus:
            runs, note, boot = slots.booted(slots.slots(bus)), self._under_way(), self._boot()
            if note is None or note.slot == runs.name:
                return
            if note.boot and note.boot != boot:
                self._stay(bus, note, runs)
                raise note.fallen_back(runs.name)
            if not told(100):
                raise Later
            self._notes.write(replace(note, boot=boot))
            try:
                restart.machine(bus)
            except InstallError:
                self._stay(bus, note, runs)
                raise

    def confirm(self) -> None:
        """Tell the boot loader that the new version is good. Raises InstallError; FellBack if it is not what runs any more."""
        with self._talk("confirm the version that runs") as bus:
            runs, note = slots.booted(slots.slots(bus)), self._under_way()
            if note and note.slot != runs.name:
                self._stay(bus, note, runs)
                raise note.fallen_back(runs.name)
            slots.mark(bus, "good", "booted")
        if note:
            self._notes.write(replace(note, under_way=False))

    def take_back(self, told: Told) -> None:
        """Restart the machine into the other slot, if it has not been; what ran is marked bad. Raises InstallError, Later."""
        with self._talk("go back to the version before") as bus:
            found = slots.slots(bus)
            runs, rest, note = slots.booted(found), slots.other(found), self._notes.read()
            if note and note.before_slot == runs.name and (note.under_way or not rest.good):
                self._stay(bus, note, runs)
            elif rest.good and self._version(rest):
                if not told(0):
                    raise Later
                self._leave(bus, runs, rest)
            else:
                why = f"its version {self._version(rest)} is marked bad" if self._version(rest) else "nothing is known to be in it"
                raise InstallError(f"slot {rest.name} is none to go back to: {why}")

    # How

    def _write(self, bus: Bus, manifest: Manifest, payload: Path, told: Told, runs: Slot, target: Slot) -> Note:
        """From the first byte to the last. Raises InstallError, Later, BusError."""
        slots.check(bus, manifest, payload)
        if not told(0):
            raise Later
        note = self._notes.write(
            Note(
                under_way=True,
                sha256=manifest.sha256,
                version=manifest.version,
                slot=target.name,
                bootname=target.bootname,
                count=target.installed,
                before=self._version(runs),
                before_slot=runs.name,
            )
        )
        slots.install(bus, str(payload))
        slots.listen(bus, told)
        written = next((each for each in slots.slots(bus) if each.name == target.name), target)
        if written.installed > note.count and written.version == manifest.version:
            return note
        why = slots.last_error(bus)
        self._stay(bus, note, runs)
        raise InstallError(f"RAUC has not written version {manifest.version} to slot {target.name}: {why}")

    def _stay(self, bus: Bus, note: Note, runs: Slot) -> None:
        """With the slot that runs, for good: the next start is from here as well."""
        for state, which in (("active", runs.name), ("good", "booted"), ("bad", note.slot)):
            try:
                slots.mark(bus, state, which)
            except BusError as error:
                log.warning("event=rauc_mark_failed state=%s slot=%s error=%r", state, which, str(error))
        self._notes.write(replace(note, under_way=False))

    def _leave(self, bus: Bus, runs: Slot, rest: Slot) -> None:
        """The slot that runs, for the other. Raises InstallError, BusError."""
        self._notes.write(
            Note(
                under_way=True,
                version=self._version(runs),
                slot=runs.name,
                bootname=runs.bootname,
                count=runs.installed,
                before=self._version(rest),
                before_slot=rest.name,
            )
        )
        slots.mark(bus, "active", rest.name)
        slots.mark(bus, "bad", "booted")
        restart.machine(bus)

    def _under_way(self) -> Note | None:
        note = self._notes.read()
        return note if note and note.under_way else None

    def _version(self, slot: Slot) -> str:
        """RAUC knows none of a slot filled in the factory, or where the power was cut just before it wrote it down: our note does."""
        note = self._notes.read()
        if note and slot.booted and note.slot == slot.name and slot.installed <= note.count:
            return note.version
        noted = note.before if note and note.before_slot == slot.name else ""
        return slot.version or noted or (self._shipped if slot.booted else "")

    def _look(self, doing: str) -> tuple[Slot, ...]:
        """The slots; as they were last seen while RAUC is busy. Raises InstallError."""
        try:
            with self._talk(doing) as bus:
                self._seen = slots.slots(bus, GLANCE_S if self._seen else system_bus.CALL_S)
        except InstallError:
            if not self._seen:
                raise
        return self._seen

    @contextmanager
    def _talk(self, doing: str) -> Iterator[Bus]:
        try:
            with system_bus.opened(self._address) as bus:
                yield bus
        except BusError as error:
            raise slots.trouble(error, doing) from error


def _state(slot: Slot) -> str:
    if not slot.bootname:
        return ""
    return f"{'runs' if slot.booted else 'does not run'}, marked {'good' if slot.good else 'bad'}"
