"""Bundles for tests, right ones and wrong ones."""

import base64
import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulators.csms.authority import Authority, signature

MAKER = Authority("maker of stations", organization="Acme")
SIGNER, KEY = MAKER.issue("release signing")
PAYLOAD = bytes(range(256)) * 40 + b"end"


def manifest(payload: bytes = PAYLOAD, **changes: Any) -> bytes:
    """Fits everywhere, unless it is changed."""
    said = {
        "format": 1,
        "name": "chargepoint",
        "version": "2.0",
        "installer": "dry-run",
        "compatible": "any",
        "architecture": "all",
        "payload": "payload.bin",
        "size": len(payload),
        "sha256": hashlib.sha256(payload).hexdigest(),
        "built": "2026-11-22",
    }
    return json.dumps({**said, **changes}).encode()


def sealed(said: bytes, key: str = KEY) -> bytes:
    """A signature."""
    return base64.b64encode(signature(key, said))


def members(
    said: bytes, payload: bytes = PAYLOAD, name: str = "payload.bin", signer: str = SIGNER, key: str = KEY
) -> list[tuple[str, bytes]]:
    """In their order."""
    return [("manifest.json", said), ("manifest.sig", sealed(said, key)), ("signer.pem", signer.encode()), (name, payload)]


def packed(found: Sequence[tuple[str, bytes]], kind: bytes = tarfile.REGTYPE, form: int = tarfile.USTAR_FORMAT) -> bytes:
    """A tar of them. ``kind``: of the last."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=form) as tar:
        for place, (name, content) in enumerate(found):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            if place == len(found) - 1:
                entry.type = kind
                entry.linkname = "/etc/passwd" if kind in (tarfile.LNKTYPE, tarfile.SYMTYPE) else ""
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def bundle(payload: bytes = PAYLOAD, **changes: Any) -> bytes:
    """A whole one, right but for what is changed in its manifest."""
    said = manifest(payload, **changes)
    return packed(members(said, payload, name=changes.get("payload", "payload.bin")))


def written(folder: Path, content: bytes, name: str = "update.cpb") -> Path:
    """As a file."""
    path = folder / name
    path.write_bytes(content)
    return path
