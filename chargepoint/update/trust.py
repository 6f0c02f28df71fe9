"""Whose bundles are taken: signed by a certificate for signing code that leads to one of the roots in these files.

The files belong to root: one of the device's owner, one of the maker that comes with the package. Neither pages nor station can write them.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from chargepoint.pki import certificates, firmware
from chargepoint.pki.errors import PkiError
from chargepoint.update.bundle import Head


class Trust:
    """``files``: PEM bundles of roots, read each time."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)

    def subjects(self) -> tuple[str, ...]:
        """Who is trusted, for people; a file that cannot be read counts as none."""
        found: list[str] = []
        for path in self._files:
            try:
                found += [each.subject.rfc4514_string() for each in certificates.read_bundle(path)]
            except OSError as error:
                found.append(f"unreadable: {error}")
        return tuple(found)

    def complaint(self, head: Head, now: datetime, built: datetime) -> str | None:
        """Why a bundle is not trusted; ``None``: it is. ``built``: when the running release was made, see ``moment``."""
        try:
            roots = [each for path in self._files for each in certificates.read_bundle(path)]
        except OSError as error:
            return str(error)
        if not roots:
            places = " or ".join(map(str, self._files))
            return f"nobody is trusted here: put the root certificate of who makes the bundles into {places}"
        unfit = firmware.certificate_complaint(head.signer, certificates.pem(roots), moment(head.signer, now, built))
        if unfit is not None:
            return f"who has signed it is not trusted: {unfit}; this station's clock says {now:%Y-%m-%d %H:%M} UTC"
        return firmware.signature_complaint(head.signer, head.signature, hashlib.sha256(head.manifest_json).hexdigest())


def moment(signer: str, now: datetime, built: datetime) -> datetime:
    """When certificates have to be valid: now. A clock before the running release was built has not been set; then a certificate may begin
    whenever it likes, and must not have ended by then."""
    if now >= built:
        return now
    try:
        return max([built, *(each.not_valid_before_utc for each in certificates.parse(signer))])
    except PkiError:
        return built
