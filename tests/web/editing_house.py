"""A house with a configuration file on the disk, real checks and drivers, and a station that the test plays."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from chargepoint.cli import web, wizard
from chargepoint.inquiry.keeping import ResetSeen
from chargepoint.web.house import House
from chargepoint.web.keeping import BackupError, KeepingPorts, Looked, Proof, Told
from chargepoint.web.wizard.ports import Progress, WizardPorts
from tests.web.browser import Browser, Rig
from tests.web.station import Station

FILE = """# whose it is
[station]
id = "cp001"
vendor = "Acme"
model = "One"

[site]
fuse_a = 63

[[evses]]
id = 1
max_current_a = 32
phase_pause_s = 90
connectors = [ { id = 1, type = "sType3" } ]

[[evses]]
id = 2
max_current_a = 16
connectors = [ { id = 1, type = "cType2", cable = "fixed" } ]

[ocpp]
csms_url = "ws://10.0.0.1:9000"
security_profile = 1
basic_auth_password = "correct horse battery"
keys = { MeterValueSampleInterval = "60" }

[hal]
backend = "sim"

[web]
"""
LOOKED = Looked(
    station="cp<9>",
    made="2026-11-23T08:00:00+00:00",
    release="0.1.0",
    contents=(("cards", "3 cards"),),
    problems=(("variables", "Foo: this station has none"),),
    text=FILE,
)


class EditingRig(Rig):
    """``applied``: files that were put in place; ``looks``: what a backup comes to, or why it is none."""

    def __init__(self, folder: Path, text: str = FILE, name: str = "station.toml") -> None:
        self.file = folder / name
        self.file.write_text(text)
        super().__init__(folder, web.read_for_pages(self.file))
        self.applied: list[str] = []
        self.comes_up = True
        self.kept: list[tuple[str, Any]] = []
        self.looks: Looked | str = LOOKED
        keeping = KeepingPorts(back_up=self.back_up, look=self.look, change=self.change, restore=self.restore, reset=self.reset)
        whole = WizardPorts(
            check=wizard.check,
            drivers=wizard.drivers,
            attempt=lambda asked: self.nothing(),
            reach=lambda tree: self.nothing(),
            apply=lambda text: self.nothing(),
            proposals=dict,
        )
        ports = replace(self.house.ports, config=self.file, read=web.read_for_pages, wizard=whole, keeping=keeping)
        known = self.house
        self.house = House(ports, known.clock, known.hosts)
        self.house.hashing = self.hashing
        from chargepoint.web import application

        self.app = application.technicians(self.house)
        self.station = Station(self, SeeReset=ResetSeen(outcome="listed"))

    async def nothing(self) -> AsyncGenerator[Any, None]:
        return
        yield

    async def change(self, text: str, by: str, proof: Proof) -> Told:
        self.applied.append(text)
        before = self.file.read_text()
        self.file.write_text(text)
        yield Progress("saved", "It is written.")
        if self.comes_up:
            yield Progress("up", "Control and station are running with it.")
        else:
            self.file.write_text(before)
            yield Progress("put back", "The configuration before is in its place again.")

    async def back_up(self, passphrase: str, by: str) -> tuple[str, bytes, tuple[str, ...]]:
        self.kept.append((by, passphrase))
        if passphrase == "short":
            raise BackupError("the passphrase has 5 characters")
        return "cp001.cpbackup.json", b"{}", ()

    async def look(self, data: bytes, passphrase: str) -> Looked:
        if isinstance(self.looks, str):
            raise BackupError(self.looks)
        return self.looks

    async def restore(self, looked: Looked, by: str, proof: Proof) -> Told:
        self.kept.append((by, looked))
        yield Progress("up", "Everything is restored.")

    async def reset(self, by: str, lose: bool) -> Told:
        self.kept.append((by, lose))
        yield Progress("up", "Everything is gone.")

    async def upload(self, browser: Browser, path: str, data: bytes, name: str = "b.json", **fields: str) -> Any:
        """As a browser sends a file."""
        parts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
        parts.append(f'--x\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{browser.token}\r\n'.encode())
        parts.append(f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n--x--\r\n")
        return await browser.ask("POST", path, b"".join(parts), {"content-type": "multipart/form-data; boundary=x"})
