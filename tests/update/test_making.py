"""``make bundle``, as a maker types it, and what the installer that only plays makes of it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bundle.__main__ import main
from chargepoint.update.checks import Device
from chargepoint.update.desk import Desk
from chargepoint.update.dry_run import DryRun
from chargepoint.update.messages import Install, Offer, Phase, Update
from chargepoint.update.runner import Runner
from tests.update.bundles import KEY, SIGNER, written
from tests.update.device import OLD, Machine, Power, Site

SIGNED = b"\x30\x82\x04\x94" + bytes(1172)
IMAGE = b"hsqs" + bytes(8188) + SIGNED + len(SIGNED).to_bytes(8, "big")
"""As RAUC makes it: a squashfs, a signature (DER), and how long that is."""
OF_AN_IMAGE = ("--version", "2.0", "--architecture", "all", "--built", "2026-11-23")


class Played(Site):
    """With the installer of developers; station and control go on as the version that runs."""

    def boot(self) -> None:
        super().boot()
        self.player = DryRun(self.folder, OLD)
        tools = self.desk._tools
        device = Device(installer=self.player.name, architecture="amd64", system="debian 12", running=OLD)
        played = type(tools)(**{name: getattr(tools, name) for name in tools.__struct_fields__} | {"device": lambda: device})
        self.desk = Desk(self.journal, self.player, played)
        self.runner = Runner(self.journal, self.player, self.machine, self.desk.payload)


def making(folder: Path, monkeypatch: pytest.MonkeyPatch, file: Path, *more: str) -> int:
    """Its exit status."""
    key, signer = written(folder, KEY.encode(), "signer.key"), written(folder, SIGNER.encode(), "signer.pem")
    words = ["make bundle", file, "--key", key, "--signer", signer, "--out", folder, *more]
    monkeypatch.setattr(sys, "argv", [str(each) for each in words])
    return main()


def package(folder: Path) -> Path:
    """The smallest of our name."""
    if shutil.which("dpkg-deb") is None:
        pytest.skip("needs dpkg-deb: Debian, or its package dpkg")
    control = "Package: chargepoint\nVersion: 2.0+deb12\nArchitecture: amd64\nMaintainer: A <a@example.org>\nDescription: x\n"
    (folder / "stage/DEBIAN").mkdir(parents=True)
    (folder / "stage/DEBIAN/control").write_text(control)
    made = folder / "chargepoint.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", folder / "stage", made], check=True, capture_output=True)
    return made


def played(folder: Path, bundle: Path) -> Update:
    """How it ends."""
    site = Played(folder, Machine(Power()))
    site.boot()
    offered = site.ask(Offer(source="command"), bundle)
    assert offered.update is not None, offered
    assert site.ask(Install(id=offered.update.id)).accepted
    site.until(Phase.DONE, Phase.FAILED, Phase.TAKEN_BACK)
    assert (site.machine.installs, site.machine.installed) == (0, OLD)
    return site.update()


def test_a_package_is_played_to_its_end_and_nothing_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert making(tmp_path, monkeypatch, package(tmp_path)) == 0
    update = played(tmp_path, tmp_path / "chargepoint.cpb")
    assert (update.phase, update.manifest.installer, update.manifest.version) == (Phase.DONE, "deb", "2.0+deb12")
    assert update.text == "only played (installer dry-run): nothing was installed"


def test_so_is_an_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert making(tmp_path, monkeypatch, written(tmp_path, IMAGE, "system.raucb"), *OF_AN_IMAGE) == 0
    assert played(tmp_path, tmp_path / "system.cpb").manifest.installer == "rauc"


def test_what_else_is_checked_is_checked_by_the_player_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = written(tmp_path, IMAGE, "system.raucb")
    for more, said in ((("--compatible", "other"), "of the line 'other'"), (("--architecture", "arm64"), "architecture 'arm64'")):
        assert making(tmp_path, monkeypatch, image, *OF_AN_IMAGE, *more) == 0
        site = Played(tmp_path, Machine(Power()))
        site.boot()
        answer = site.ask(Offer(source="command"), tmp_path / "system.cpb")
        assert (answer.code, said in answer.text) == ("CP-823", True)


@pytest.mark.parametrize(
    "content",
    [b"", b"Hello\n", b"hsqs", bytes(8), IMAGE[:-9], IMAGE[:-8], IMAGE + b"\0", b"x" * 10_000, b"hsqs" + bytes(9_000)],
    ids=range(9),
)
def test_what_is_no_bundle_of_raucs_is_none_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    for name in ("x.raucb", "system.img"):
        assert making(tmp_path, monkeypatch, written(tmp_path, content, name), *OF_AN_IMAGE) == 1
        said = capsys.readouterr().err
        assert said.startswith(f"make bundle: {tmp_path / name} is no bundle of RAUC's: ")
        assert "expected a package (.deb), or what 'rauc bundle' has made" in said
    assert list(tmp_path.glob("*.cpb")) == []
