"""The bundle itself: a plain tar, its members in their order (chargepoint.update.bundle reads it)."""

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from chargepoint.update.bundle import BundleError, read_head
from deb.project import BuildError


def write(into: Path, manifest: bytes, signature: bytes, signer: bytes, payload: Path) -> None:
    """Make it, whole or not at all. Raises OSError; ValueError: a name that is too long for a plain tar; BuildError: no station would
    take it."""
    into.parent.mkdir(parents=True, exist_ok=True)
    new = into.with_suffix(".new")
    with tarfile.open(new, "w", format=tarfile.USTAR_FORMAT) as tar:
        put(tar, (("manifest.json", manifest), ("manifest.sig", signature), ("signer.pem", signer)))
        with payload.open("rb") as content:
            tar.addfile(_entry(payload.name, payload.stat().st_size), content)
    try:
        with new.open("rb") as made:
            read_head(made.fileno())
    except BundleError as error:
        new.unlink()
        raise BuildError(f"no station would take this bundle: {error}") from error
    new.replace(into)


def put(tar: tarfile.TarFile, members: Sequence[tuple[str, bytes]]) -> None:
    """Plain files of nobody's."""
    for name, content in members:
        tar.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644
    return entry
