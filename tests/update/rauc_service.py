"""A small RAUC: its interface on D-Bus as published (de.pengutronix.rauc.Installer.xml), behaving as RAUC 1.8 does.

A bundle is JSON: {"signed": ..., "compatible": ..., "version": ..., "image": ...}. It installs one step at each look at ``Operation`` and
says so by a signal; who kills it in the middle leaves slots and boot loader as they then are, as the power would.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.update.bus import Refused, Service
from tests.update.loader import BootLoader

FAILED = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code30"
Answer = tuple[str | None, tuple[Any, ...]]


class FakeRauc(Service):
    name, path, interface = "de.pengutronix.rauc", "/", "de.pengutronix.rauc.Installer"

    def __init__(self, address: str, folder: Path, loader: BootLoader, compatible: str) -> None:
        self._folder, self._loader, self._compatible = folder, loader, compatible
        self._status_file = folder / "central.json"
        self._status: dict[str, Any] = json.loads(self._status_file.read_text()) if self._status_file.exists() else {}
        self._steps: Iterator[int] | None = None
        self._values: dict[str, tuple[str, Any]] = {
            "Operation": ("s", "idle"),
            "LastError": ("s", ""),
            "Progress": ("(isi)", (0, "", 0)),
            "Compatible": ("s", compatible),
            "BootSlot": ("s", loader.current),
        }
        super().__init__(address)

    def do_Get(self, interface: str, name: str) -> Answer:  # noqa: N802
        assert interface == self.interface
        return "v", (self._values[name],)

    def after(self, member: str) -> None:
        if member == "Get" and self._steps is not None:
            self._step(self._steps)

    def do_GetSlotStatus(self) -> Answer:  # noqa: N802
        self._only_when_idle()
        return "a(sa{sv})", ([(f"rootfs.{number}", self._slot(number, name)) for number, name in enumerate("AB")],)

    def _slot(self, number: int, name: str) -> dict[str, tuple[str, Any]]:
        told: dict[str, tuple[str, Any]] = {
            "class": ("s", "rootfs"),
            "device": ("s", str(self._folder / f"{name}.img")),
            "type": ("s", "raw"),
            "bootname": ("s", name),
            "state": ("s", "booted" if self._loader.current == name else "inactive"),
            "boot-status": ("s", self._loader.state(name)),
        }
        if status := self._status.get(name):
            told |= {"bundle.version": ("s", status["version"]), "status": ("s", "ok"), "installed.count": ("u", status["count"])}
        return told

    def do_GetPrimary(self) -> Answer:  # noqa: N802
        self._only_when_idle()
        return "s", (f"rootfs.{'AB'.index(self._loader.primary)}",)

    def do_Mark(self, state: str, which: str) -> Answer:  # noqa: N802
        self._only_when_idle()
        name = self._loader.current if which == "booted" else "AB"[int(which.removeprefix("rootfs."))]
        if state == "active":
            self._loader.activate(name)
        else:
            self._loader.mark(name, state)
        return "ss", (f"rootfs.{'AB'.index(name)}", f"marked slot {name} as {state}")

    def do_Info(self, path: str) -> Answer:  # noqa: N802
        self._only_when_idle()
        bundle = json.loads(Path(path).read_text())
        if not bundle["signed"]:
            raise Refused(FAILED, "rauc info error")
        return "ss", (bundle["compatible"], bundle["version"])

    def do_InstallBundle(self, path: str, options: dict[str, Any]) -> Answer:  # noqa: N802
        self._only_when_idle()
        assert options == {}
        self._values["Operation"] = ("s", "installing")
        self._values["LastError"] = ("s", "")
        self._steps = self._install(json.loads(Path(path).read_text()))
        return None, ()

    def _install(self, bundle: dict[str, Any]) -> Iterator[int]:
        target = "B" if self._loader.current == "A" else "A"
        image, slot = bundle["image"], self._folder / f"{target}.img"
        yield 20
        if not bundle["signed"]:
            raise OSError("signature verification failed: Verify error: self-signed certificate")
        self._loader.mark(target, "bad")
        yield 40
        slot.write_text("")
        yield 50
        slot.write_text(image[: len(image) // 2])
        yield 60
        if bundle.get("breaks"):
            raise OSError("Failed updating slot: No space left on device")
        slot.write_text(image)
        yield 80
        self._loader.activate(target)
        yield 90
        count = self._status.get(target, {}).get("count", 0) + 1
        self._status[target] = {"version": bundle["version"], "count": count}
        self._status_file.write_text(json.dumps(self._status))
        yield 100

    def _step(self, steps: Iterator[int]) -> None:
        try:
            self._values["Progress"] = ("(isi)", (next(steps), "Updating slots", 1))
        except StopIteration:
            self._end(0)
        except OSError as error:
            self._values["LastError"] = ("s", str(error))
            self._end(1)
        self._tell("org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as", (self.interface, {}, []))

    def _end(self, result: int) -> None:
        self._steps = None
        self._values["Operation"] = ("s", "idle")
        self._tell(self.interface, "Completed", "i", (result,))

    def _tell(self, interface: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        from jeepney import DBusAddress, new_signal

        self.connection.send(new_signal(DBusAddress("/", interface=interface), member, signature, body))

    def _only_when_idle(self) -> None:
        if self._steps is not None:
            raise Refused(FAILED, "already processing a different method")
