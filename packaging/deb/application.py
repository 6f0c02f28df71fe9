"""The application under /opt: a virtual environment that is laid out by hand, as no interpreter of the target can be run here.

What it bundles is kept from one build to the next: the same requirements for the same target are installed and compiled once.
"""

import hashlib
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

from deb import bytecode
from deb.project import ROOT, Project, run
from deb.target import Target

SOURCES = ("chargepoint", "hal", "simulators", "pyproject.toml", "README.md", "LICENSE")
PINS = ROOT / "packaging" / "pins.txt"
KEPT = ROOT / "build" / "bundles"
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input")

SCRIPT = """#!{home}/bin/python3 -I
import sys

from chargepoint.cli.main import main

sys.exit(main())
"""


def bundle(project: Project, target: Target) -> tuple[Path, bool]:
    """Everything of other people's, installed; and whether it has byte code. Kept: do not change it."""
    recipe = [path.read_text(encoding="utf-8") for path in (PINS, Path(__file__), Path(bytecode.__file__))]
    wanted = [*project.requirements, *recipe, *target.pip_options(), bytecode.interpreter(target.python) or ""]
    kept = KEPT / hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:16]
    if not kept.exists():
        making = KEPT / f"making-{os.getpid()}"
        shutil.rmtree(making, ignore_errors=True)
        install = (*PIP, "install", "--target", making, "--no-compile", "--ignore-installed", "--constraint", PINS)
        run([*install, *target.pip_options(), *project.requirements], f"installing for {target.architecture}")
        _prune(making)
        bytecode.compile_all(making, target.python)
        making.rename(kept)
    return kept, bytecode.interpreter(target.python) is not None


def _prune(packages: Path) -> None:
    """What pip leaves of this machine, and what nobody imports."""
    shutil.rmtree(packages / "bin", ignore_errors=True)
    for folder in packages.glob("*/tests"):
        shutil.rmtree(folder)
    for pattern in ("*.so", "*.c"):  # quicker ways for font makers; it does without
        for found in (packages / "fontTools").rglob(pattern):
            found.unlink()
    for found in packages.glob("*.dist-info"):
        for name in ("RECORD", "direct_url.json", "REQUESTED", "INSTALLER"):
            (found / name).unlink(missing_ok=True)


def wheel(project: Project, folder: Path) -> Path:
    """A wheel of our own sources, with the version that is wanted."""
    copy = folder / "sources"
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy2(source, copy / name)
    text = (copy / "pyproject.toml").read_text(encoding="utf-8")
    versioned = re.sub(r'^version = ".*"$', f'version = "{project.version}"', text, count=1, flags=re.MULTILINE)
    (copy / "pyproject.toml").write_text(versioned, encoding="utf-8")
    run([*PIP, "wheel", "--no-deps", "--wheel-dir", folder / "wheels", copy], "building the wheel", SOURCE_DATE_EPOCH=str(project.epoch_s))
    return next((folder / "wheels").glob("*.whl"))


def lay(target: Target, ours: Path, bundled: Path, stage: Path, home: str) -> Path:
    """The environment beneath ``stage`` where ``home`` will be; its directory of packages."""
    place = stage / home.removeprefix("/")
    packages = place / "lib" / f"python{target.python}" / "site-packages"
    shutil.copytree(bundled, packages, copy_function=os.link)
    own = stage / "own"
    with zipfile.ZipFile(ours) as packed:
        packed.extractall(own)
    bytecode.compile_all(own, target.python)
    shutil.copytree(own, packages, dirs_exist_ok=True)
    shutil.rmtree(own)
    for found in packages.glob("chargepoint-*.dist-info/RECORD"):
        found.unlink()
    (place / "pyvenv.cfg").write_text(f"home = /usr/bin\ninclude-system-site-packages = false\nversion = {target.python}\n")
    scripts = place / "bin"
    scripts.mkdir()
    (scripts / "python3").symlink_to(f"/usr/bin/python{target.python}")
    (scripts / "chargepoint").write_text(SCRIPT.format(home=home))
    return packages
