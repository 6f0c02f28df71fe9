"""The package as a file: what is in it, and what must not be."""

import gzip
import importlib.util
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from deb.application import PINS
from deb.metadata import distributions
from deb.project import ROOT
from deb.vendored import TABLE

MACHINES = {"amd64": 62, "arm64": 183}
"""e_machine of ELF: x86-64, AArch64."""
UNCHECKED = 1
"""Flags in the head of byte code: by hash, which nobody looks at."""


@cache
def unpacked(package: Path) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="unpacked-", dir=package.parent))
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
    return folder


def files(package: Path) -> Iterator[tuple[str, Path]]:
    """Names as they will be installed."""
    root = unpacked(package)
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and not path.is_relative_to(root / "DEBIAN"):
            yield f"/{path.relative_to(root)}", path


def packages_of(package: Path) -> Path:
    return next(unpacked(package).glob("opt/chargepoint/*/lib/python3.11/site-packages"))


def test_modes_and_owners_depend_on_nobodys_account(package: Path) -> None:
    listing = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout.splitlines()
    modes = {(line.split()[0], line.split()[1], "/bin/" in line) for line in listing}
    assert {mode for mode, _, _ in modes} == {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx"}
    assert {owner for _, owner, _ in modes} == {"root/root"}
    assert all(runs for mode, _, runs in modes if mode == "-rwxr-xr-x")


def test_nothing_in_it_tells_of_the_place_where_it_was_built(package: Path) -> None:
    telling = [str(each).encode() for each in (ROOT, sys.prefix, sys.base_prefix, "/making-")]
    for name, path in files(package):
        content = path.read_bytes()
        content = gzip.decompress(content) if name.endswith(".gz") else content
        assert not [each for each in telling if each in content], name


def test_every_library_is_for_its_architecture(package: Path) -> None:
    libraries = [path for _, path in files(package) if path.read_bytes()[:4] == b"\x7fELF"]
    assert len(libraries) > 20
    architecture = package.stem.split("_")[-1]
    assert {struct.unpack_from("<H", path.read_bytes(), 18)[0] for path in libraries} == {MACHINES[architecture]}
    assert f"Architecture: {architecture}\n" in (unpacked(package) / "DEBIAN/control").read_text()


def test_all_byte_code_is_there_and_nobody_looks_whether_it_is_old(package: Path) -> None:
    packages = packages_of(package)
    for name in ("chargepoint/cli/control.py", "hal/boards/raspberry_pi.py", "starlette/routing.py", "msgspec/__init__.py"):
        compiled = importlib.util.cache_from_source(str(packages / name))
        head = Path(compiled).read_bytes()[:8]
        assert head == importlib.util.MAGIC_NUMBER + struct.pack("<I", UNCHECKED), name
    ours = set((packages / "chargepoint").rglob("*.py"))
    assert all(Path(importlib.util.cache_from_source(str(path))).exists() for path in ours)


def test_what_an_administrator_may_change_is_marked_and_the_configuration_is_not_in_it(package: Path) -> None:
    assert (unpacked(package) / "DEBIAN/conffiles").read_text() == "/etc/avahi/services/chargepoint.service\n"
    assert [name for name, _ in files(package) if name.startswith("/etc")] == ["/etc/avahi/services/chargepoint.service"]


def test_the_bill_of_materials_names_everything_bundled_and_so_does_the_copyright(package: Path) -> None:
    documents = unpacked(package) / "usr/share/doc/chargepoint"
    bill = json.loads((documents / "sbom.cdx.json").read_bytes())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert bill["metadata"]["component"]["name"] == "chargepoint"
    there = [each for each in distributions(packages_of(package)) if each.key != "chargepoint"]
    distributed = {f"pkg:pypi/{each.key}@{each.version}" for each in there}
    assert {each["purl"] for each in bill["components"]} == distributed | {each.url for each in TABLE}
    needed = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}[bill["metadata"]["component"]["bom-ref"]]
    assert {each.url for each in TABLE} < set(needed)
    assert not [each.name for each in there if each.licence == "see its text"]
    legal = (documents / "copyright").read_text()
    named = [*((each.name, each.version, each.licence) for each in there), *((each.name, each.version, each.licence) for each in TABLE)]
    assert not [name for name, version, licence in named if f"\n {name} {version}: {licence}\n" not in legal]
    installed = {name.partition("/site-packages/")[2] for name, _ in files(package)}
    vendored = {name for each in TABLE for name in each.files}
    assert {name for name in vendored if f" opt/chargepoint/*/{name}\n" in legal} == vendored == vendored & installed
    parts = {each["name"] for each in bill["components"] if "components" in each}
    assert parts == {"pillow", *(each.name for each in TABLE)}, "shared libraries that a wheel brings along, and files in our tree"


def test_every_version_of_everything_bundled_is_written_down(package: Path) -> None:
    written = PINS.read_text() + (ROOT / "pyproject.toml").read_text()
    pinned = {re.sub(r"[-_.]+", "-", name).lower() for name in re.findall(r"([\w.-]+)==", written)}
    assert {each.key for each in distributions(packages_of(package))} - {"chargepoint"} <= pinned


def test_the_check_needs_nothing_but_what_it_brings(package: Path, tmp_path: Path) -> None:
    """Every driver is named in one configuration or another; the interpreter has no other packages."""
    with tarfile.open(unpacked(package) / "DEBIAN/check") as check:
        check.extractall(tmp_path, filter="data")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import hal; from hal.entries import entries\n"
        "from chargepoint.cli.main import main\n"
        "[entries(kind, name) for kind in ('boards', 'meters', 'readers', 'indicators', 'displays') for name in hal.DRIVERS[kind]]\n"
        "sys.exit(main(['check-config', '--quiet', sys.argv[2]]))"
    )
    example = unpacked(package) / "usr/share/chargepoint/station.toml"
    command = [sys.executable, "-I", "-S", "-B", "-c", program, str(tmp_path), str(example)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_unpacked_anywhere_it_plays_a_session(package: Path) -> None:
    """By its own environment alone: control, station, CSMS and car, without root, systemd or a configuration."""
    if shutil.which("/usr/bin/python3.11") is None:
        pytest.skip("needs the Python that the package names: Debian 12, or a package python3.11")
    (home,) = unpacked(package).glob("opt/chargepoint/[0-9]*")
    command: list[str | Path] = [home / "bin/python3", "-I", home / "bin/chargepoint", "demo", "--once"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    assert "Breaches of the standard seen by the CSMS  none" in done.stdout


def test_the_scripts_are_sound(package: Path) -> None:
    control = unpacked(package) / "DEBIAN"
    for name in ("preinst", "postinst", "prerm", "postrm"):
        text = (control / name).read_text()
        assert not re.search(r"@[A-Z]+@", text), name
        assert os.access(control / name, os.X_OK)
        subprocess.run(["sh", "-n", control / name], check=True)
    assert "Pre-Depends: python3.11\n" in (control / "control").read_text()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (("chargepoint", "check-"), ["check-config"]),
        (("chargepoint", "status", "--js"), ["--json"]),
        (("chargepoint", "hardware", "exe"), ["exercise"]),
        (("chargepoint", "demo", "--version", "2."), ["2.0.1", "2.1"]),
    ],
)
def test_a_shell_completes_what_is_typed(package: Path, typed: tuple[str, ...], offered: list[str]) -> None:
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    source = unpacked(package) / "usr/share/bash-completion/completions/chargepoint"
    words = " ".join(f"'{word}'" for word in typed)
    script = f'source {source}; COMP_WORDS=({words}); COMP_CWORD={len(typed) - 1}; _chargepoint; printf "%s\\n" "${{COMPREPLY[@]}}"'
    assert subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.split() == offered


def test_every_verb_has_a_manual_page(package: Path) -> None:
    from chargepoint.cli.main import VERBS

    pages = {name.removeprefix("/usr/share/man/man1/") for name, _ in files(package) if name.startswith("/usr/share/man")}
    assert pages == {"chargepoint.1.gz", *(f"chargepoint-{verb}.1.gz" for verb in VERBS)}
    for name, path in files(package):
        if name.startswith("/usr/share/man"):
            text = gzip.decompress(path.read_bytes()).decode()
            assert {'.SH "NAME"', '.SH "SYNOPSIS"', '.SH "DESCRIPTION"'} <= set(text.splitlines()), name
