"""Does a bundle fit this device? Pure: what is known of both, and the first thing that speaks against it."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from chargepoint.update.messages import DRY_RUN, Manifest
from chargepoint.update.versions import compare

SPARE_BYTES = 32 << 20
"""Stays free: the station's records need room as well."""


class Device(Struct, frozen=True, kw_only=True):
    """What a bundle has to be made for."""

    installer: str
    compatible: str = ""
    """Name of its product line; empty: it has none, and only bundles for "any" fit."""
    architecture: str = ""
    system: str = ""
    """ "debian 12", say."""
    running: str = ""
    """The version that runs; empty: not known, then every version is a newer one."""


class Refusal(Struct, frozen=True):
    """Why not."""

    code: str
    text: str


def refusal(manifest: Manifest, device: Device, older: bool) -> Refusal | None:
    """The first that does not fit; ``None``: all does. ``older``: an older version, or the same again, is wanted."""
    return next((Refusal("CP-823", text) for text in _unfit(manifest, device)), None) or (None if older else _older(manifest, device))


def _unfit(manifest: Manifest, device: Device) -> Iterator[str]:
    if device.installer not in (manifest.installer, DRY_RUN):
        yield f"it is for the installer {manifest.installer!r}; this device has {device.installer!r}"
    if manifest.compatible not in ("any", device.compatible):
        ours = f"is of {device.compatible!r}" if device.compatible else "has no line"
        yield f"it is for devices of the line {manifest.compatible[:80]!r}; this one {ours} (/etc/chargepoint/compatible)"
    if manifest.architecture not in ("all", device.architecture):
        yield f"it is for the architecture {manifest.architecture[:40]!r}; this device has {device.architecture!r}"
    if manifest.system not in ("", device.system):
        yield f"it is for {manifest.system[:40]!r}; this device runs {device.system!r}"


def _older(manifest: Manifest, device: Device) -> Refusal | None:
    if not device.running or compare(manifest.version, device.running) > 0:
        return None
    what = "the version that runs already" if compare(manifest.version, device.running) == 0 else f"older than {device.running}, which runs"
    return Refusal("CP-822", f"{manifest.version} is {what}; install it only if you mean it (--older)")


def crowded(needs: Mapping[str, int], free: Mapping[str, int]) -> Refusal | None:
    """Is there room? Both by the name of a place, in bytes."""
    for place, need in needs.items():
        if free[place] < need + SPARE_BYTES:
            wanted, there = (need + SPARE_BYTES) >> 20, free[place] >> 20
            return Refusal("CP-824", f"{place} has {there} MiB free, the update needs {wanted} MiB; delete what is not needed (df -h, du)")
    return None
