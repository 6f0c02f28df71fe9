"""The installer "deb" with the real dpkg, in a root directory of its own."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from chargepoint.pki import files
from chargepoint.update import deb
from chargepoint.update.deb import Deb
from chargepoint.update.dpkg import LOCK_LOOK_S, LOCK_WAIT_S, Dpkg, asked
from chargepoint.update.messages import Manifest
from chargepoint.update.ports import TELL_S, InstallError, Later

SCRIPT = """#!/bin/sh
set -e
echo "{name} {version} $*" >>"$DPKG_ROOT/scripts.log"
if [ -e "$DPKG_ROOT/kill-{name}-{version}" ]; then
    rm "$DPKG_ROOT/kill-{name}-{version}"
    kill -9 $PPID
    sleep 1
fi
if [ -e "$DPKG_ROOT/fail-{name}-{version}" ]; then exit 1; fi
"""
REFUSING = """#!/bin/sh
cat >&2 <<END

chargepoint 3.0 does not accept this station's configuration, so it is not installed:

site.fuse_a: 63: this version serves houses
with at most 50 A

Version $2 stays and goes on as it was. Change the configuration so that both versions accept it, then install again.

END
exit 1
"""
CONTROL = """Package: {package}
Version: {version}
Architecture: all
Maintainer: nobody <nobody@example.invalid>
Description: a package
 of several lines.
 .
 And more.
"""
OPTIONS = ("--force-not-root", "--force-script-chrootless", "--force-unsafe-io", "--force-bad-path")

pytestmark = pytest.mark.skipif(shutil.which("dpkg") is None, reason="needs dpkg")


def quietly(percent: int) -> bool:
    """Nobody charges."""
    return True


class Board:
    """A root directory with the first version, and more versions to come."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        for place in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "etc"):
            (self.root / place).mkdir(parents=True)
        for name in ("status", "available"):
            (self.root / "var/lib/dpkg" / name).touch()
        self.state = folder / "state"
        self.state.mkdir()
        self.paused_s: list[float] = []
        self.boot()
        self.dpkg.change("--install", str(self.package("1.0")))

    def boot(self) -> None:
        self.dpkg = Dpkg(self.state, self.paused_s.append, self.root, (f"--root={self.root}", *OPTIONS))
        self.deb = Deb(self.state, self.dpkg)

    def package(self, version: str, package: str = "chargepoint", preinst: str = "") -> Path:
        stage = self.folder / f"{package}-{version}"
        home = stage / "opt/chargepoint" / version
        (stage / "DEBIAN").mkdir(parents=True)
        home.mkdir(parents=True)
        (home / "application").write_text(f"application {version}")
        (home / "link").symlink_to("application")
        (home / "application").chmod(0o755)
        (stage / "etc").mkdir()
        (stage / "etc/chargepoint.conf").write_text(f"shipped with {version}")
        (stage / "DEBIAN/control").write_text(CONTROL.format(package=package, version=version))
        (stage / "DEBIAN/conffiles").write_text("/etc/chargepoint.conf\n")
        for name in ("preinst", "postinst", "prerm", "postrm"):
            path = stage / "DEBIAN" / name
            path.write_text((name == "preinst" and preinst) or SCRIPT.format(name=name, version=version))
            path.chmod(0o755)
        made = self.folder / f"{package}_{version}_all.deb"
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", stage, made], check=True, capture_output=True)
        shutil.rmtree(stage)
        return made

    def install(self, package: Path, version: str) -> None:
        self.deb.install(manifest(package, version), package, quietly)

    def application(self) -> str:
        """What is there of it: one version."""
        return " ".join(path.read_text() for path in sorted((self.root / "opt/chargepoint").glob("*/application")))


def manifest(package: Path, version: str) -> Manifest:
    content = package.read_bytes()
    return Manifest(
        version=version,
        installer="deb",
        compatible="any",
        architecture="all",
        payload=package.name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        built="",
    )


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


def test_what_is_installed_is_kept_and_can_be_gone_back_to(board: Board) -> None:
    """The first version was installed by hand: its package is made again of its files."""
    (board.root / "etc/chargepoint.conf").write_text("changed here")
    assert (board.deb.running(), board.deb.before()) == ("1.0", "")
    board.install(board.package("2.0"), "2.0")
    assert (board.deb.running(), board.deb.before(), board.application()) == ("2.0", "1.0", "application 2.0")
    board.deb.take_back(quietly)
    assert (board.deb.running(), board.deb.before(), board.application()) == ("1.0", "", "application 1.0")
    home = board.root / "opt/chargepoint/1.0"
    assert (os.readlink(home / "link"), home.joinpath("application").stat().st_mode & 0o777) == ("application", 0o755)
    assert (board.root / "etc/chargepoint.conf").read_text() == "changed here"
    board.deb.take_back(quietly)
    assert board.deb.running() == "1.0"


def listed(package: Path) -> list[tuple[str, str, str]]:
    """Mode, owner and name of each file."""
    lines = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout.splitlines()
    return [(words[0], words[1], " ".join(words[5:])) for words in map(str.split, lines)]


def fields(package: Path) -> list[str]:
    return subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_package_that_is_made_again_is_like_the_first_one(board: Board) -> None:
    first = board.folder / "chargepoint_1.0_all.deb"
    board.install(board.package("2.0"), "2.0")
    made = board.state / "before.deb"
    assert listed(first) == listed(made)
    assert sorted(fields(first)) == sorted(fields(made))
    for path in (first, made):
        subprocess.run(["dpkg-deb", "--control", path, board.folder / path.stem], check=True)
    names = sorted(path.name for path in (board.folder / first.stem).iterdir())
    assert names == sorted(path.name for path in (board.folder / made.stem).iterdir() if path.name != "md5sums")
    assert all(
        (board.folder / first.stem / name).read_text() == (board.folder / made.stem / name).read_text()
        for name in names
        if name != "control"
    )


def test_a_version_that_came_by_an_update_is_kept_as_it_came(board: Board) -> None:
    second = board.package("2.0")
    board.install(second, "2.0")
    board.deb.confirm()
    board.install(board.package("3.0"), "3.0")
    assert (board.state / "before.deb").read_bytes() == second.read_bytes()
    assert (board.deb.running(), board.deb.before()) == ("3.0", "2.0")
    board.deb.take_back(quietly)
    assert board.application() == "application 2.0"


def test_where_the_disk_is_full_nothing_is_left_of_it_but_what_was_kept(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    """In each moment at which something is written here; dpkg itself takes back what it has begun."""

    def fails(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    second = board.package("2.0")
    for owner, name in ((deb, "_link"), (files, "replace"), (board.dpkg, "change")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, fails)
            with pytest.raises(OSError, match="No space left"):
                board.install(second, "2.0")
        assert sorted(path.name for path in board.state.iterdir()) == ["before.deb", "dpkg.log"]
    board.install(second, "2.0")
    assert (board.deb.running(), board.deb.before()) == ("2.0", "1.0")


def test_a_version_that_somebody_installs_after_a_failure_is_what_is_kept(board: Board) -> None:
    """The bundle that failed is offered again, after that."""
    refusing, third = board.package("3.0", preinst=REFUSING), board.folder / "mended"
    shutil.copy(refusing, third)
    with pytest.raises(InstallError):
        board.install(third, "3.0")
    assert sorted(path.name for path in board.state.iterdir()) == ["before.deb", "dpkg.log"]
    board.dpkg.change("--install", str(board.package("1.5")))
    with pytest.raises(InstallError):
        board.install(third, "3.0")
    assert asked("dpkg-deb", "--field", str(board.state / "before.deb"), "Version") == "1.5"


def test_what_was_kept_before_a_power_cut_counts_only_as_long_as_nobody_installs_another(board: Board) -> None:
    second = board.package("2.0")
    (board.root / "kill-preinst-2.0").touch()
    with pytest.raises(InstallError):
        board.install(second, "2.0")
    (board.state / "begun").write_text(manifest(second, "2.0").sha256)
    (board.state / "next.deb").write_bytes(second.read_bytes())
    board.boot()
    board.dpkg.change("--install", str(board.package("1.5")))
    board.install(second, "2.0")
    assert (board.deb.running(), board.deb.before()) == ("2.0", "1.5")


def test_a_version_that_refuses_the_configuration_says_why_and_nothing_has_happened(board: Board) -> None:
    with pytest.raises(InstallError, match=r"site\.fuse_a: 63: this version serves houses with at most 50 A$") as refused:
        board.install(board.package("3.0", preinst=REFUSING), "3.0")
    assert refused.value.code == "CP-827"
    assert (board.deb.running(), board.application()) == ("1.0", "application 1.0")


@pytest.mark.parametrize("script", ["prerm-1.0", "preinst-2.0", "postrm-1.0", "postinst-2.0"])
def test_a_power_cut_in_the_middle_is_followed_by_one_whole_version(board: Board, script: str) -> None:
    """dpkg is killed in each of the scripts that it runs on its way, and everything begins anew."""
    second = board.package("2.0")
    (board.root / f"kill-{script}").touch()
    with pytest.raises(InstallError):
        board.install(second, "2.0")
    assert board.deb.running() in ("", "1.0")
    board.boot()
    assert board.deb.is_for_this_machine()
    board.deb.settle()
    assert board.deb.before() in ("", "1.0")
    board.install(second, "2.0")
    assert (board.deb.running(), board.deb.before(), board.application()) == ("2.0", "1.0", "application 2.0")
    assert asked("dpkg", f"--admindir={board.dpkg.admin}", "--audit") == ""


@pytest.mark.parametrize("script", ["prerm-1.0", "preinst-2.0", "postrm-1.0", "postinst-2.0"])
def test_instead_of_that_it_can_be_taken_back(board: Board, script: str) -> None:
    (board.root / f"kill-{script}").touch()
    with pytest.raises(InstallError):
        board.install(board.package("2.0"), "2.0")
    board.boot()
    board.deb.take_back(quietly)
    assert board.deb.running() == "1.0"
    assert board.application().startswith("application 1.0"), "what is left of the other is swept by the package's own postinst"


@pytest.mark.parametrize("script", ["prerm-2.0", "preinst-1.0", "postrm-2.0", "postinst-1.0"])
def test_a_power_cut_on_the_way_back_is_followed_by_the_way_back(board: Board, script: str) -> None:
    board.install(board.package("2.0"), "2.0")
    (board.root / f"kill-{script}").touch()
    with pytest.raises(InstallError):
        board.deb.take_back(quietly)
    board.boot()
    board.deb.settle()
    board.deb.take_back(quietly)
    assert (board.deb.running(), board.application()) == ("1.0", "application 1.0")


def test_what_dpkg_can_finish_is_finished_when_the_updater_begins(board: Board) -> None:
    (board.root / "kill-postinst-2.0").touch()
    with pytest.raises(InstallError):
        board.install(board.package("2.0"), "2.0")
    assert board.deb.running() == ""
    board.boot()
    board.deb.settle()
    assert board.deb.running() == "2.0"


def test_a_version_whose_script_fails_is_not_what_runs_and_what_was_before_is_known(board: Board) -> None:
    (board.root / "fail-postinst-2.0").touch()
    with pytest.raises(InstallError, match=r"dpkg ended with status 1: .*post-installation script") as failed:
        board.install(board.package("2.0"), "2.0")
    assert failed.value.code == "CP-826"
    assert (board.deb.running(), board.deb.before()) == ("", "1.0")
    board.deb.take_back(quietly)
    assert board.deb.running() == "1.0"


def test_a_package_that_is_not_what_the_manifest_says_is_not_installed(board: Board) -> None:
    for package, version in ((board.package("2.0", "other"), "2.0"), (board.package("2.0"), "2.1")):
        with pytest.raises(InstallError, match="its manifest says chargepoint") as refused:
            board.install(package, version)
        assert refused.value.code == "CP-823"
    junk = board.folder / "junk.deb"
    junk.write_bytes(b"junk")
    with pytest.raises(InstallError, match="its manifest says"):
        board.install(junk, "2.0")
    assert "other" not in (board.root / "scripts.log").read_text()


def test_where_somebody_charges_once_the_lock_is_free_nothing_is_changed(board: Board) -> None:
    second = board.package("2.0")
    with pytest.raises(Later):
        board.deb.install(manifest(second, "2.0"), second, lambda percent: percent < 40)
    assert (board.deb.running(), board.application()) == ("1.0", "application 1.0")
    board.install(second, "2.0")
    with pytest.raises(Later):
        board.deb.take_back(lambda percent: False)
    assert board.deb.running() == "2.0"


def test_a_run_that_takes_long_is_told_meanwhile(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chargepoint.update.dpkg.TELL_S", 0.01)
    told: list[int] = []

    def note(percent: int) -> bool:
        told.append(percent)
        return True

    second = board.package("2.0")
    board.deb.install(manifest(second, "2.0"), second, note)
    assert told.count(40) > 2
    assert told[-1] == 40, "a station that has begun anew is not kept quiet once more"


def test_the_lock_of_another_program_is_waited_for_and_not_for_ever(board: Board) -> None:
    holding = (
        "import fcntl,os,sys; f=os.open(sys.argv[1], os.O_RDWR | os.O_CREAT); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    )
    asked_s: list[float] = []

    def asked_again() -> bool:
        asked_s.append(sum(board.paused_s))
        return True

    for name in ("lock-frontend", "lock"):
        with subprocess.Popen(["python3", "-c", holding, board.dpkg.admin / name], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            assert other.stdin is not None
            other.stdout.readline()
            board.paused_s.clear()
            asked_s.clear()
            with pytest.raises(InstallError, match="another program holds dpkg's lock"):
                board.dpkg.change("--configure", "--pending", quiet=asked_again)
            assert sum(board.paused_s) >= LOCK_WAIT_S - LOCK_LOOK_S
            assert all(later - earlier <= TELL_S for earlier, later in pairwise([*asked_s, LOCK_WAIT_S]))
            other.stdin.close()
    assert board.dpkg.change("--configure", "--pending").status == 0
    with open(board.dpkg.admin / "lock", "w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
