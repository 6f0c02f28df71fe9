"""Certificates that a CSMS shows, in words."""

import ssl
from datetime import datetime

from msgspec import Struct

DAY_S = 86_400
MOST_NAMES = 4


class Shown(Struct, frozen=True):
    """One of a chain."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    """Hosts that it is for."""
    begins: datetime
    ends: datetime

    def days_left(self, now: datetime) -> int:
        """Below 0: it has ended."""
        return int((self.ends - now).total_seconds() // DAY_S)


def read(chain: tuple[bytes, ...]) -> tuple[Shown, ...]:
    """DER, the server's own first. What cannot be read is left out."""
    from chargepoint.pki import certificates
    from chargepoint.pki.errors import PkiError

    found = []
    for der in chain:
        try:
            (each,) = certificates.parse(ssl.DER_cert_to_PEM_cert(der))
        except (PkiError, ValueError):
            continue
        found.append(
            Shown(
                subject=certificates.name_of(each) or each.subject.rfc4514_string()[:60],
                issuer=certificates.issuer_name(each),
                names=certificates.hosts(each),
                begins=each.not_valid_before_utc,
                ends=each.not_valid_after_utc,
            )
        )
    return tuple(found)


def words(chain: tuple[Shown, ...], now: datetime) -> str:
    """For people."""
    if not chain:
        return "no certificate"
    own, above = chain[0], chain[1:]
    names = f" for {', '.join(own.names[:MOST_NAMES])}" if own.names else ""
    through = f", through {', '.join(each.subject for each in above)}" if above else f", issued by {own.issuer}"
    return f"certificate of {own.subject}{names}{through}, {_lasting(own, now)}"


def _lasting(own: Shown, now: datetime) -> str:
    if now < own.begins:
        return f"valid only from {own.begins:%Y-%m-%d}"
    days = own.days_left(now)
    return f"{days} days left" if days >= 0 else f"ended on {own.ends:%Y-%m-%d}"
