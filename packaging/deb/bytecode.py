"""Byte code, made with the package: the root of a station may be read-only.

Its format belongs to one version of Python, so the target's interpreter has to be here, of whatever architecture; where it is not, the
package has none, and makes it when it is installed (packaging/scripts/postinst)."""

import shutil
import subprocess
import sys
from pathlib import Path

from deb.project import run

PROGRAM = """
import py_compile, sys
from pathlib import Path
packages, place = Path(sys.argv[1]), sys.argv[2]
for source in sorted(packages.rglob("*.py")):
    said = f"{place}/{source.relative_to(packages)}"
    try:
        py_compile.compile(str(source), dfile=said, doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except py_compile.PyCompileError:
        pass
"""
"""What cannot be compiled is a template, or for another version of Python; nobody imports it."""

PLACE = "/opt/chargepoint/current/lib/python{}/site-packages"
"""Where the source is, as tracebacks say it."""


def interpreter(version: str) -> str | None:
    """The program of this version, if it is here, and more than a name."""
    if version == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    found = shutil.which(f"python{version}")
    works = found is not None and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0
    return found if works else None


def compile_all(packages: Path, version: str) -> bool:
    """Was it made? All of it by one process, in one order, so that it is the same each time."""
    python = interpreter(version)
    if python is None:
        return False
    run([python, "-I", "-c", PROGRAM, packages, PLACE.format(version)], "compiling byte code", PYTHONHASHSEED="0")
    return True
