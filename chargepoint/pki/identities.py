"""The station's own certificates in their directory: ``*.pem`` with matching ``*.key``; the newest that is valid now is used.

    asked.key           the key of the request that is under way; no certificate yet
    <name>.key, .pem    a pair. The key is there before the certificate: a pair is complete or is none.

Newest means the latest beginning (1.6-SEC A02.FR.09); one whose time has not come is taken when it comes (1.6-SEC A02.FR.08).
No key leaves its file (OCPP 2.0.1 A02.FR.05, A03.FR.05).
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from msgspec import Struct

from chargepoint.pki import certificates, chains, files, keys, requests
from chargepoint.pki.certificates import Certificate
from chargepoint.pki.errors import PkiError

log = logging.getLogger(__name__)

ASKED = "asked"
OURS = "station-"
"""Begins the names of pairs that we have asked for ourselves."""
KEPT = 3
"""Pairs that are kept: what is used, and what it has replaced."""


class Wanted(Struct, frozen=True):
    """What a certificate has to be good for."""

    usage: ObjectIdentifier = ExtendedKeyUsageOID.CLIENT_AUTH
    """Where it says at all what it is for."""
    ahead: timedelta | None = None
    """Its time may come so much later; ``None``: whenever (1.6-SEC A02.FR.08). By the errata of 2.0.1 it has to have come (A02.FR.06,
    A03.FR.06), give or take what two clocks differ: their note has a CSMS that signs from "now" on refused by a station that is behind."""


CLOCKS_DIFFER = timedelta(minutes=5)
FOR_CSMS = Wanted()
FOR_VEHICLES = Wanted(ExtendedKeyUsageOID.SERVER_AUTH, CLOCKS_DIFFER)


class Identity(Struct, frozen=True):
    """One pair."""

    name: str
    folder: Path
    chain: tuple[Certificate, ...]
    """Its own certificate first, then intermediates."""

    @property
    def certificate_file(self) -> str:
        """PEM, with its chain."""
        return str(self.folder / f"{self.name}.pem")

    @property
    def key_file(self) -> str:
        """PEM."""
        return str(self.folder / f"{self.name}.key")

    @property
    def expires(self) -> datetime:
        """The end of its validity."""
        return self.chain[0].not_valid_after_utc


class Identities:
    """Reads the directory each time: the integrator may put files there while we run."""

    def __init__(self, folder: Path, password: str | None = None) -> None:
        self._folder = folder
        self._password = password

    def every(self) -> list[Identity]:
        """Every pair, the newest first. Files that are no pair are named in the log and left alone."""
        return sorted(self._pairs(), key=lambda each: each.chain[0].not_valid_before_utc, reverse=True)

    def current(self, now: datetime, without: str = "") -> Identity | None:
        """The newest that is valid now; ``without``: but not this one."""
        return next((each for each in self.every() if each.name != without and certificates.objection(each.chain[0], now) is None), None)

    def named(self, name: str) -> Identity | None:
        """The pair of this name."""
        return next((each for each in self.every() if each.name == name), None)

    def last(self, without: str = "") -> Identity | None:
        """For when none is valid: of those that only their time is against, the one that ends last."""
        fit = (each for each in self.every() if each.name != without)
        timeless = [each for each in fit if certificates.objection(each.chain[0], each.chain[0].not_valid_before_utc) is None]
        return max(timeless, key=lambda each: each.expires, default=None)

    def covered(self, now: datetime) -> datetime | None:
        """Until when there is always one that is valid: one whose time comes before another's ends takes over from it. ``None``: none."""
        every = self.every()
        fit = [each for each in reversed(every) if certificates.objection(each.chain[0], now, early=True) is None]
        if not fit:
            return max((each.expires for each in every), default=None)
        end = fit[0].expires
        for each in fit[1:]:
            if each.chain[0].not_valid_before_utc <= end:
                end = max(end, each.expires)
        return end

    def ask(self, common_name: str, organisation: str, anew: bool, country: str = "") -> str:
        """A signing request with a new key, or with the one of the last request where ``anew`` is false. Raises OSError."""
        place = self._folder / f"{ASKED}.key"
        key = None if anew else self._asked()
        if key is None:
            key = keys.new_key()
            files.replace(place, keys.written(key, self._password), files.PRIVATE)
        return requests.signing_request(key, common_name, organisation, country)

    def take(self, chain_pem: str, roots: tuple[Certificate, ...], common_name: str, now: datetime, wanted: Wanted = FOR_CSMS) -> Identity:
        """The certificate that was asked for: checked, then put beside its key. Raises PkiError (it will not do) or OSError.

        It is for a key that was made here and the serial number of this station, so it is no other station's (A00.FR.427).

        One that is here already is taken as said again by somebody who has not heard the answer.
        """
        chain = certificates.parse(chain_pem)
        known = next((each for each in self.every() if each.chain[0] == chain[0]), None)
        if known is not None:
            return known
        key = self._asked()
        unfit = _objection(chain, roots, common_name, now, wanted)
        if key is None or keys.public_bytes(key) != certificates.public_key_bytes(chain[0]):
            raise PkiError("it is not for the key of the last signing request")
        if unfit is not None:
            raise PkiError(unfit)
        identity = Identity(f"{OURS}{chain[0].fingerprint(hashes.SHA256()).hex()[:16]}", self._folder, chain)
        files.replace(Path(identity.key_file), keys.written(key, self._password), files.PRIVATE)
        certificates.write_bundle(Path(identity.certificate_file), chain)
        files.remove(self._folder / f"{ASKED}.key")
        return identity

    def discard(self, name: str) -> None:
        """A pair that does not work; one that somebody else has put there is only put aside. Raises OSError."""
        if not name.startswith(OURS):
            (self._folder / f"{name}.pem").replace(self._folder / f"{name}.pem.refused")
            return
        files.remove(self._folder / f"{name}.pem")
        files.remove(self._folder / f"{name}.key")

    def prune(self, *used: str) -> None:
        """Only what we have asked for ourselves goes; the three newest stay (1.6-SEC A02.FR.10), and what is used. Raises OSError."""
        for each in [each for each in self.every() if each.name.startswith(OURS)][KEPT:]:
            if each.name not in used:
                self.discard(each.name)

    def keep_only(self, used: str) -> None:
        """Every other pair goes, or is put aside where somebody else has put it there (errata of 2.0.1: A02.FR.10, A03.FR.10). Raises
        OSError."""
        for each in self.every():
            if each.name != used:
                self.discard(each.name)

    def _asked(self) -> keys.PrivateKey | None:
        try:
            return keys.read((self._folder / f"{ASKED}.key").read_bytes(), self._password)
        except FileNotFoundError:
            return None
        except PkiError as error:
            log.warning("event=asked_key_unusable file=%s cause=%s next=new_request", self._folder / f"{ASKED}.key", error)
            return None

    def _pairs(self) -> Iterator[Identity]:
        for path in sorted(self._folder.glob("*.pem")):
            try:
                chain = certificates.parse(path.read_bytes())
                key = keys.read(path.with_suffix(".key").read_bytes(), self._password)
                if keys.public_bytes(key) != certificates.public_key_bytes(chain[0]):
                    raise PkiError("the key belongs to another certificate")
            except (OSError, PkiError) as error:
                log.warning("event=identity_unusable file=%s cause=%s", path, error)
            else:
                yield Identity(path.stem, self._folder, chain)


def _objection(
    chain: tuple[Certificate, ...], roots: tuple[Certificate, ...], common_name: str, now: datetime, wanted: Wanted
) -> str | None:
    """1.6-SEC A02.FR.06: time, properties, hierarchy."""
    own = chain[0]
    unfit = chains.complaint(own, chain[1:], roots, now, early=True) or certificates.naming_objection(own)
    if unfit is None and certificates.is_ca(own):
        unfit = "it may sign other certificates; expected one for a charge point"
    if unfit is None and certificates.name_of(own) != common_name[:64]:
        unfit = f"its common name is {certificates.name_of(own)[:64]!r}; expected {common_name[:64]!r}"
    if unfit is None and wanted.ahead is not None and own.not_valid_before_utc > now + wanted.ahead:
        unfit = f"not valid before {own.not_valid_before_utc:%Y-%m-%d %H:%M}"
    return unfit or _usage_objection(own, wanted.usage)


def _usage_objection(own: Certificate, usage: ObjectIdentifier) -> str | None:
    for extension in own.extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage) and not value.digital_signature:
            return "its key may not sign (key usage)"
        if isinstance(value, x509.ExtendedKeyUsage) and not {usage, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE} & set(value):
            side = "client" if usage == ExtendedKeyUsageOID.CLIENT_AUTH else "server"
            return f"it is not for a TLS {side} (extended key usage)"
    return None
