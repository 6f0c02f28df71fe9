"""What goes into a bundle, and what its manifest says of it."""

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from deb.project import BuildError, run


class Payload(Struct, frozen=True, kw_only=True):
    """A file with what has to be known of it."""

    file: Path
    installer: str
    version: str
    architecture: str
    system: str
    built: str
    support_until: str

    def manifest(self, compatible: str, notes: str) -> bytes:
        """manifest.json: the same bytes each time."""
        content = self.file.read_bytes()
        said = {
            "format": 1,
            "name": "chargepoint",
            "version": self.version,
            "installer": self.installer,
            "compatible": compatible,
            "architecture": self.architecture,
            "system": self.system,
            "payload": self.file.name,
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "built": self.built,
            "support_until": self.support_until,
            "notes": notes,
        }
        return json.dumps(said, indent=1).encode() + b"\n"


def package(file: Path) -> Payload:
    """A package of ours. Raises BuildError."""
    name, version, architecture = (run(["dpkg-deb", "--field", file, field], str(file)).strip() for field in FIELDS)
    if name != "chargepoint":
        raise BuildError(f"{file} is the package {name}; expected chargepoint")
    release = _release(file, version)
    debian = version.rpartition("+deb")[2] if "+deb" in version else ""
    return Payload(
        file=file,
        installer="deb",
        version=version,
        architecture=architecture,
        system=f"debian {debian}" if debian else "",
        built=release.get("built", ""),
        support_until=release.get("support_until", ""),
    )


FIELDS = ("Package", "Version", "Architecture")


def _release(file: Path, version: str) -> Mapping[str, str]:
    """release.json inside; one of a package before there was any says nothing."""
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", file], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(unpacked)) as tar:
        try:
            found = tar.extractfile(f"./opt/chargepoint/{version}/release.json")
        except KeyError:
            return {}
        assert found is not None
        told: Mapping[str, str] = json.load(found)
    return told


SQUASHFS = b"hsqs"
SIZE_BYTES, MOST_SIGNATURE_BYTES, BLOCK_BYTES = 8, 1 << 16, 4096
"""At the end of a bundle of RAUC's stands the length of its signature, which stands before it."""


def image(file: Path, version: str, architecture: str, built: str, support_until: str) -> Payload:
    """A bundle of RAUC's: it brings a system of its own. Raises BuildError."""
    wrong = _no_image(file)
    if wrong is not None:
        raise BuildError(f"{file} is no bundle of RAUC's: {wrong}; expected a package (.deb), or what 'rauc bundle' has made")
    return Payload(
        file=file, installer="rauc", version=version, architecture=architecture, system="", built=built, support_until=support_until
    )


def _no_image(file: Path) -> str | None:
    """Why it cannot be one; whether the signature is right is RAUC's to say. An encrypted one begins with anything, at whole blocks."""
    with file.open("rb") as content:
        begin, length = content.read(len(SQUASHFS)), content.seek(0, io.SEEK_END)
        if length <= SIZE_BYTES:
            return f"it has only {length} bytes"
        content.seek(-SIZE_BYTES, io.SEEK_END)
        size = int.from_bytes(content.read(), "big")
        payload = length - SIZE_BYTES - size
        if not 0 < size <= MOST_SIGNATURE_BYTES or payload <= 0:
            return "there is no signature at its end"
        content.seek(payload)
        if not _is_signature(content.read(4), size):
            return "what stands at its end is no signature"
    return None if begin == SQUASHFS or payload % BLOCK_BYTES == 0 else f"it begins with {begin!r}, not with {SQUASHFS!r}"


def _is_signature(head: bytes, size: int) -> bool:
    """A DER sequence of this length: RAUC's signatures have more than 255 bytes."""
    return head[:2] == b"\x30\x82" and int.from_bytes(head[2:], "big") + 4 == size
