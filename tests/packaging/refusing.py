"""A version of the package whose rules have become stricter. It has no files: it must not come so far."""

import io
import subprocess
import tarfile
from pathlib import Path

STRICTER = """

def _stricter(configuration):
    yield Problem("site.fuse_a", f"{configuration.site.fuse_a:g}: this version serves houses with at most 50 A; expected 50 or less")


RULES = (*RULES, _stricter)
"""


def refusing(package: Path, folder: Path) -> Path:
    """Made of another one."""
    stage = folder / "stage"
    stage.mkdir()
    subprocess.run(["dpkg-deb", "--control", package, stage / "DEBIAN"], check=True)
    (stage / "DEBIAN/check").write_bytes(_stricter((stage / "DEBIAN/check").read_bytes()))
    for name in ("md5sums", "conffiles"):
        (stage / "DEBIAN" / name).unlink()
    for path in (stage / "DEBIAN").iterdir():
        if path.name != "check":
            path.write_text(path.read_text().replace("99.0", "100.0"))
    made = folder / "chargepoint_100.0.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Zgzip", "--build", stage, made], check=True, capture_output=True)
    return made


def _stricter(check: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(check)) as before, tarfile.open(fileobj=made, mode="w:gz") as after:
        for entry in before:
            content = before.extractfile(entry)
            assert content is not None
            data = content.read() + (STRICTER.encode() if entry.name == "chargepoint/cli/rules.py" else b"")
            entry.size = len(data)
            after.addfile(entry, io.BytesIO(data))
    return made.getvalue()
