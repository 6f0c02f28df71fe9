"""Takes bundles for any installer, and installs none: for developers, and for trying the ways in."""

from pathlib import Path

import msgspec
from msgspec import Struct

from chargepoint.pki import files
from chargepoint.update.messages import DRY_RUN, Manifest, Part
from chargepoint.update.ports import Told


class Pretended(Struct, frozen=True):
    """What would be installed."""

    running: str
    before: str = ""


class DryRun:
    """``version``: that pretends to run at first."""

    name = DRY_RUN
    restarts = False

    def __init__(self, folder: Path, version: str) -> None:
        self._path = folder / "dry-run.json"
        self._first = Pretended(version)

    def _now(self) -> Pretended:
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Pretended)
        except (FileNotFoundError, msgspec.MsgspecError):
            return self._first

    def _pretend(self, new: Pretended) -> None:
        files.replace(self._path, msgspec.json.encode(new), files.PRIVATE)

    def running(self) -> str:
        """The one that was pretended last."""
        return self._now().running

    def parts(self) -> tuple[Part, ...]:
        """None."""
        return ()

    def misfit(self, manifest: Manifest) -> str | None:
        """All fit."""
        return None

    def install(self, manifest: Manifest, payload: Path, told: Told) -> None:
        """Remember its version."""
        told(50)
        if self._now().running != manifest.version:
            self._pretend(Pretended(manifest.version, self._now().running))
        told(100)

    def start(self, told: Told) -> None:
        """What runs goes on running."""

    def confirm(self) -> None:
        """Nothing."""

    def before(self) -> str:
        """The one before."""
        return self._now().before

    def take_back(self, told: Told) -> None:
        """Forget the newer one."""
        if self._now().before:
            self._pretend(Pretended(self._now().before))
