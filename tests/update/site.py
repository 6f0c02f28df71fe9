"""A machine with two slots and RAUC: the real one, where Debian's packages are installed and we may mount, or a small one."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from chargepoint.update.messages import Manifest
from chargepoint.update.rauc import Rauc
from tests.update.bus import Daemon, Logind
from tests.update.loader import BootLoader
from tests.update.rauc_service import FakeRauc

COMPATIBLE = "acme-one"
CONFIGURATION = """[system]
compatible={compatible}
bootloader=custom
statusfile={folder}/central.raucs
mountprefix={folder}/mnt
[keyring]
path={folder}/cert.pem
[handlers]
bootloader-custom-backend={script}
[slot.rootfs.0]
device={folder}/A.img
type=raw
bootname=A
[slot.rootfs.1]
device={folder}/B.img
type=raw
bootname=B
"""
MANIFEST = "[update]\ncompatible={compatible}\nversion={version}\n[bundle]\nformat=plain\n[image.rootfs]\nfilename=root.img\n"


class Site:
    """It is off until ``boot``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.loader = BootLoader(folder / "loader")
        self.bus = Daemon(folder)
        self.boots = 0
        self.broken = ""
        self.logind: Logind | None = None
        for name in "AB":
            (folder / f"{name}.img").write_text(image("1.0") if name == "A" else "")

    def boot(self) -> Rauc:
        """Start the machine; what the updater has in it then."""
        self.boots += 1
        slot = self.loader.boot(self.broken)
        assert self.content(slot) in (image("1.0"), image("2.0"), image("3.0")), "half an image was started"
        self.bus.start()
        self.logind = Logind(self.bus.address, self.bus)
        self.start_rauc()
        return self.updater()

    def updater(self) -> Rauc:
        boots = self.boots
        return Rauc(self.folder / "state", "1.0", self.bus.address, boot=lambda: f"boot {boots}")

    def cut(self) -> None:
        """The power."""
        if self.logind is not None:
            self.logind.close()
            self.logind = None
        self.stop_rauc()
        self.bus.stop()

    @property
    def restarting(self) -> bool:
        """Has somebody asked for it?"""
        return self.logind is not None and self.logind.restarting

    def content(self, slot: str) -> str:
        return (self.folder / f"{slot}.img").read_text()

    def start_rauc(self) -> None:
        raise NotImplementedError

    def stop_rauc(self) -> None:
        raise NotImplementedError

    def bundle(self, version: str, compatible: str = COMPATIBLE, signed: bool = True, breaks: bool = False) -> tuple[Manifest, Path]:
        raise NotImplementedError


def image(version: str) -> str:
    return f"image of version {version}\n" * 1000


def manifest(payload: Path, version: str) -> Manifest:
    content = payload.read_bytes()
    return Manifest(
        version=version,
        installer="rauc",
        compatible=COMPATIBLE,
        architecture="all",
        payload=payload.name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        built="2026-11-23",
    )


class FakeSite(Site):
    rauc: FakeRauc | None = None

    def had(self, version: str) -> None:
        """Slot B: it was installed there once, and left."""
        (self.folder / "central.json").write_text(json.dumps({"B": {"version": version, "count": 1}}))
        (self.folder / "B.img").write_text(image(version))

    def start_rauc(self) -> None:
        self.rauc = FakeRauc(self.bus.address, self.folder, self.loader, COMPATIBLE)

    def stop_rauc(self) -> None:
        if self.rauc is not None:
            self.rauc.close()
            self.rauc = None

    def bundle(self, version: str, compatible: str = COMPATIBLE, signed: bool = True, breaks: bool = False) -> tuple[Manifest, Path]:
        path = self.folder / f"{version}.raucb"
        told = {"signed": signed, "compatible": compatible, "version": version, "image": image(version), "breaks": breaks}
        path.write_text(json.dumps(told))
        return manifest(path, version), path


class RealSite(Site):
    """RAUC of Debian, with images in files for slots. Skips where it is not installed, or may not mount."""

    _process: subprocess.Popen[bytes] | None = None

    def __init__(self, folder: Path) -> None:
        missing = [each for each in ("rauc", "mksquashfs", "openssl") if shutil.which(each) is None]
        if missing or os.geteuid() != 0:
            pytest.skip(f"needs root and Debian's packages rauc, squashfs-tools, openssl; missing: {', '.join(missing) or 'root'}")
        if subprocess.run(["losetup", "--find"], capture_output=True, check=False).returncode:
            pytest.skip("needs loop devices, by which RAUC mounts a bundle")
        super().__init__(folder)
        self._key("key.pem", "cert.pem")
        self._key("other-key.pem", "other-cert.pem")
        (folder / "mnt").mkdir()
        configuration = CONFIGURATION.format(folder=folder, compatible=COMPATIBLE, script=self.loader.script)
        (folder / "system.conf").write_text(configuration)

    def _key(self, key: str, certificate: str) -> None:
        command: list[str | Path] = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ]
        names: list[str | Path] = ["-keyout", self.folder / key, "-out", self.folder / certificate, "-subj", "/CN=acme"]
        subprocess.run([*command, *names], check=True, capture_output=True)

    def start_rauc(self) -> None:
        command = ["rauc", f"--conf={self.folder}/system.conf", f"--mount={self.folder}/mnt", "service"]
        environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": self.bus.address, "DBUS_STARTER_BUS_TYPE": "system"}
        with (self.folder / "rauc.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, f"--override-boot-slot={self.loader.current}"], env=environment, stdout=log, stderr=log
            )
        self._wait_for_name()

    def _wait_for_name(self) -> None:
        from jeepney.bus_messages import MatchRule, message_bus
        from jeepney.io.blocking import Proxy, open_dbus_connection

        with open_dbus_connection(self.bus.address) as connection:
            bus = Proxy(message_bus, connection)
            bus.AddMatch(MatchRule(type="signal", member="NameOwnerChanged"))
            while not bus.NameHasOwner("de.pengutronix.rauc")[0]:
                connection.receive(timeout=20)

    def stop_rauc(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        with contextlib.suppress(FileNotFoundError):  # a restart of the machine does that
            subprocess.run(["umount", "--quiet", "--detach-loop", self.folder / "mnt" / "bundle"], check=False, capture_output=True)

    def bundle(self, version: str, compatible: str = COMPATIBLE, signed: bool = True, breaks: bool = False) -> tuple[Manifest, Path]:
        content, path = self.folder / f"content-{version}", self.folder / f"{version}.raucb"
        content.mkdir()
        (content / "root.img").write_text(image(version))
        (content / "manifest.raucm").write_text(MANIFEST.format(compatible=compatible, version=version))
        other = "" if signed else "other-"
        keys = [f"--cert={self.folder}/{other}cert.pem", f"--key={self.folder}/{other}key.pem"]
        subprocess.run(["rauc", *keys, "bundle", content, path], check=True, capture_output=True)
        if breaks:  # the slot goes away while RAUC installs
            (self.folder / "B.img").unlink()
            (self.folder / "B.img").mkdir()
        return manifest(path, version), path
