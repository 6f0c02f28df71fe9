"""Does a certificate lead to a root that we trust? RFC 5280 §6, as far as a charge point needs it (1.6-SEC A00.FR.307, A02.FR.06).

    certificate ── signed by ──▶ intermediate ── signed by ──▶ ... ──▶ root

Every link: the signature holds, the signer may sign others and so deep, everybody is valid now, keys and hashes are strong enough. What is
trusted ends the chain, whether it has signed itself or not: a new root that the old one has signed stands on its own once that one is gone
(1.6-SEC §7.1). Names, policies and revocation are not looked at: the trees are the operator's own and flat.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from chargepoint.pki.certificates import Certificate, described, is_ca, issued, objection

DEEPEST = 8


def complaint(
    certificate: Certificate, intermediates: Sequence[Certificate], roots: Sequence[Certificate], now: datetime, early: bool = False
) -> str | None:
    """Why the certificate leads to none of the roots; ``None``: it does. ``early``: it need not be valid yet."""
    if not roots:
        return "there is no root certificate to trust"
    unfit = objection(certificate, now, early)
    if unfit is not None:
        return f"{described(certificate)}: {unfit}"
    return _Climb(intermediates, roots, now).complaint(certificate, 0)


class _Climb:
    """The way from one certificate to a root. Each signer is tried once, so that a message full of certificates that sign each other
    costs nothing."""

    def __init__(self, intermediates: Sequence[Certificate], roots: Sequence[Certificate], now: datetime) -> None:
        self._roots = roots
        self._untried = [*roots, *(each for each in intermediates if each not in roots)]
        self._now = now

    def complaint(self, here: Certificate, below: int) -> str | None:
        """What is wrong with the last way that was tried. ``below``: how many intermediates there are from the beginning to here."""
        if here in self._roots:
            return None
        if below > DEEPEST:
            return f"more than {DEEPEST} certificates on the way to a root"
        found = f"{described(here)}: its issuer {here.issuer.rfc4514_string()[:100]!r} is not trusted"
        for signer in [each for each in self._untried if each.subject == here.issuer and issued(each, here)]:
            if signer not in self._untried:
                continue
            self._untried.remove(signer)
            unfit = _may_sign(signer, below, self._now) or self.complaint(signer, below + 1)
            if unfit is None:
                return None
            found = unfit
        return found


def _may_sign(signer: Certificate, below: int, now: datetime) -> str | None:
    """``below``: how many intermediates are between it and the certificate."""
    unfit = objection(signer, now)
    if unfit is None and not is_ca(signer):
        unfit = "it may not sign certificates (basic constraints)"
    if unfit is None:
        unfit = _signer_extensions(signer, below)
    return None if unfit is None else f"{described(signer)}: {unfit}"


def _signer_extensions(signer: Certificate, below: int) -> str | None:
    for extension in signer.extensions:
        value = extension.value
        if isinstance(value, x509.BasicConstraints) and value.path_length is not None and value.path_length < below:
            return f"it allows {value.path_length} certificates below it, there are {below}"
        if isinstance(value, x509.KeyUsage) and not value.key_cert_sign:
            return "it may not sign certificates (key usage)"
    return None
