"""Other versions of a package that is there: made from its own files, in a moment, without building anything anew."""

import io
import re
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

Change = Callable[[Path], None]
"""What is different, in the unpacked package."""

STRICTER = """

def _stricter(configuration):
    yield Problem("site.fuse_a", f"{configuration.site.fuse_a:g}: this version serves houses with at most 20 A; expected 20 or less")


RULES = (*RULES, _stricter)
"""


def variant(package: Path, version: str, change: Change = lambda stage: None) -> Path:
    """The same, as ``version`` (without a suffix), beside it, with a change."""
    before, after, stage = _begun(package, version)
    subprocess.run(["dpkg-deb", "--raw-extract", package, stage], check=True)
    home = stage / "opt/chargepoint"
    (home / before).rename(home / after)
    change(stage)
    (told,) = home.glob("*/lib/*/site-packages/chargepoint-*.dist-info")
    told = told.rename(told.with_name(f"chargepoint-{version}.dist-info"))
    (told / "METADATA").write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", (told / "METADATA").read_text(), count=1))
    for path in (home / after / "bin/chargepoint", home / after / "release.json"):
        path.write_text(path.read_text().replace(before, after))
    return _packed(stage, package, before, after)


def broken(stage: Path) -> None:
    """Its station ends at once."""
    for path in stage.glob("opt/chargepoint/*/lib/python3.*/site-packages/chargepoint/cli/**/station.*"):
        path.unlink()


def strict(package: Path, version: str) -> Path:
    """It accepts no configuration of today's, and has no files: it must not come so far."""
    before, after, stage = _begun(package, version)
    stage.mkdir()
    subprocess.run(["dpkg-deb", "--control", package, stage / "DEBIAN"], check=True)
    check = stage / "DEBIAN/check"
    check.write_bytes(_stricter(check.read_bytes()))
    for name in ("md5sums", "conffiles"):
        (stage / "DEBIAN" / name).unlink()
    return _packed(stage, package, before, after)


def _begun(package: Path, version: str) -> tuple[str, str, Path]:
    """Both versions, with their suffix, and a place to work in."""
    before = package.name.split("_")[1]
    return before, f"{version}+{before.partition('+')[2]}", package.with_name(f"making-{version}")


def _packed(stage: Path, package: Path, before: str, after: str) -> Path:
    for path in (stage / "DEBIAN").iterdir():
        if path.name != "check":
            path.write_text(path.read_text().replace(before, after))
    made = package.with_name(package.name.replace(before, after))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", stage, made], check=True, capture_output=True)
    shutil.rmtree(stage)
    return made


def _stricter(check: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(check)) as before, tarfile.open(fileobj=made, mode="w:gz", compresslevel=1) as after:
        for entry in before:
            content = before.extractfile(entry)
            assert content is not None
            data = content.read() + (STRICTER.encode() if entry.name == "chargepoint/cli/rules.py" else b"")
            entry.size = len(data)
            after.addfile(entry, io.BytesIO(data))
    return made.getvalue()
