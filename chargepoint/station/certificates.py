"""Certificates (OCPP 2.0.1 A02, A03, M03 to M05; 1.6-SEC, the same use cases).

    roots           installed, listed and deleted by the CSMS, in the files that the configuration names
    our own         asked for when the CSMS says so, or a month before the one in use ends; checked when it comes; used from the next
                    connection on, where ``Securing`` sees whether it works

What knows certificates is loaded when one is first handled: a station that has none never does.
"""

import logging
import os
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import (
    CertificateSigned,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    InstalledCertificates,
    Outcome,
    Verdict,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.variables.security import (
    ADDITIONAL_ROOT_CHECK,
    CERTIFICATE_CHAIN_SIZE,
    CERTIFICATE_ENTRIES,
    CERTIFICATES_INSTALLED,
    ORGANIZATION_NAME,
    SECURITY_PROFILE,
)
from chargepoint.station.clock import StationClock
from chargepoint.station.orders import Answered, FollowUp, Orders
from chargepoint.station.security_log import Note
from chargepoint.station.settings import SecuritySettings

if TYPE_CHECKING:
    from chargepoint.pki.certificates import Certificate
    from chargepoint.pki.identities import Identities, Identity
    from chargepoint.pki.trust import TrustStore

log = logging.getLogger(__name__)

ROOTS = (CertificateUse.CSMS_ROOT, CertificateUse.MANUFACTURER_ROOT, CertificateUse.V2G_ROOT, CertificateUse.MO_ROOT)
BEGIN, END = b"-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
WARN_AHEAD = timedelta(days=30)
"""A certificate that ends so soon is renewed (A03.FR.02), or named in the log."""


Chain = tuple[CertificateHash, tuple[CertificateHash, ...]]
"""A certificate, and those above it but for the root."""


class Certificates:
    """The files, and what the CSMS may do to them."""

    use = CertificateUse.CHARGING_STATION

    def __init__(self, settings: SecuritySettings, common_name: str, model: DeviceModel, clock: StationClock, note: Note) -> None:
        self._settings = settings
        self._common_name = common_name
        self._model = model
        self._clock = clock
        self._note = note
        self._chain: tuple[bytes, ...] = ()
        self.came: Callable[[str], FollowUp] = lambda name: None
        """A new certificate of our own is there, under this name; what is to be done once the CSMS has the answer."""
        self.chains: Callable[[], list[Chain]] = list
        """Those for vehicles."""
        self.delete_chain: Callable[[CertificateHash], bool] = lambda name: False
        """True: there was one of them with this name."""
        model.show(CERTIFICATES_INSTALLED, lambda: str(self._installed()))

    def orders(self) -> Orders:
        """What the CSMS may want."""
        return {
            InstallCertificate: lambda command: (self.install(command), None),
            DeleteCertificate: lambda command: (self.delete(command), None),
            GetInstalledCertificateIds: lambda command: (self.installed(command), None),
        }

    @cached_property
    def trust(self) -> "TrustStore":
        """Roots by use."""
        from chargepoint.pki.trust import TrustStore

        return TrustStore({use: Path(file) for use, file in self._settings.trust.items()}, stay=(CertificateUse.MANUFACTURER_ROOT,))

    @cached_property
    def own(self) -> "Identities | None":
        """Our own, for the CSMS; ``None``: there is no place for them."""
        from chargepoint.pki.identities import Identities

        return Identities(Path(self._settings.identity), self._settings.key_password()) if self._settings.identity else None

    def current(self, without: str = "") -> "Identity | None":
        """Our own that is to be used now. Raises OSError."""
        return self.own.current(self._clock.now(), without) if self.own else None

    def to_show(self, without: str = "", name: str = "") -> "Identity | None":
        """With what a connection is made: with the one of this name, else with what is to be used now. Without any that is valid, with the
        one that ended last: whether that will do is for the CSMS to say (A00.FR.430). Raises OSError."""
        if self.own is None:
            return None
        return (self.own.named(name) if name else None) or self.current(without) or self.own.last(without)

    def verified(self, chain: tuple[bytes, ...]) -> None:
        """A connection stands, and this is how the CSMS was verified; nothing: without TLS. A root that has been replaced goes."""
        self._chain = chain
        if not chain or not self._model.read(ADDITIONAL_ROOT_CHECK):
            return
        try:
            if self.trust.settle(CertificateUse.CSMS_ROOT, chain):
                self._changed(f"{CertificateUse.CSMS_ROOT}: the new one has worked, the old one is removed")
        except (OSError, ValueError) as error:
            log.warning("event=root_not_replaced cause=%s", error)

    def newest_root(self) -> str:
        """Another CSMS is verified with the new root alone (M05.FR.15); empty: any root that is installed will do, as it will again when
        the station goes back to the CSMS before (M05.FR.16). Raises OSError."""
        file = Path(self._settings.trust.get(CertificateUse.CSMS_ROOT, ""))
        if not self._model.read(ADDITIONAL_ROOT_CHECK) or not file.is_file():
            return ""
        roots = file.read_text("ascii").split(END)
        return f"{roots[0]}{END}" if len(roots) > 2 else ""

    # Roots

    def install(self, command: InstallCertificate) -> Outcome:
        """M05: what stands in its file is told as Accepted (M05.FR.02)."""
        from chargepoint.pki.errors import NoRoom

        replaces = command.use is CertificateUse.CSMS_ROOT and self._model.read(ADDITIONAL_ROOT_CHECK)
        now = self._clock.now()
        try:
            most = self._model.read(CERTIFICATE_ENTRIES) - self._for_vehicles()
            if replaces:
                new = self.trust.succeed(command.use, command.pem, now, most, self._chain)
            else:
                new = self.trust.install(command.use, command.pem, now, most)
        except OSError as error:
            log.error("event=certificate_not_installed use=%s cause=%s", command.use, error)
            return Outcome(Verdict.FAILED, "InternalError", "the file of certificates could not be read or written")
        except NoRoom as error:
            log.warning("event=certificate_not_installed use=%s cause=%s", command.use, error)
            return Outcome(Verdict.REJECTED, "OutOfStorage", str(error))
        except ValueError as error:
            kind = "InvalidCsmsCertificate" if command.use is CertificateUse.CSMS_ROOT else "ReconfigurationOfSecurityParameters"
            self._note(kind, f"{command.use} not installed: {error}")
            return Outcome(Verdict.REJECTED, "InvalidCertificate", str(error)[:500])
        self._changed(f"{command.use} installed: {_described(new)}")
        return Outcome(Verdict.ACCEPTED)

    def installed(self, command: GetInstalledCertificateIds) -> InstalledCertificates:
        """M03."""
        found: list[tuple[CertificateUse, CertificateHash]] = []
        try:
            for use, name in self.trust.names(command.uses):
                fields = (name.issuer_name_hash, name.issuer_key_hash, name.serial_number)
                found.append((CertificateUse(use), CertificateHash(HashAlgorithm(name.algorithm), *fields)))
            chains = self.chains() if not command.uses or CertificateUse.V2G_CHAIN in command.uses else []
        except (OSError, ValueError) as error:
            log.error("event=certificates_unreadable cause=%s", error)
            chains = []
        found += [(CertificateUse.V2G_CHAIN, name) for name, _ in chains]
        return InstalledCertificates(tuple(found), dict(chains))

    def delete(self, command: DeleteCertificate) -> Outcome:
        """M04: never our own (M04.FR.06), nor the root that this connection stands on (M04.FR.03); M04.FR.02, M04.FR.04."""
        from chargepoint.pki.certificates import CertId, der

        name = CertId(command.hash.algorithm.value, *structs.astuple(command.hash)[1:])
        try:
            found = self.trust.find(name)
            if not found:
                if self.delete_chain(command.hash):
                    return Outcome(Verdict.ACCEPTED)
                own = self._is_own(name)
                return Outcome(Verdict.FAILED, "Unspecified", "the station's own is not deleted") if own else Outcome(Verdict.NOT_FOUND)
            if any(use == CertificateUse.CSMS_ROOT and der(each) in self._chain for use, each in found):
                return Outcome(Verdict.FAILED, "Unspecified", "this connection was verified with it")
            for use, each in found:
                self.trust.remove(use, each)
                self._changed(f"{use} deleted: {_described(each)}")
        except (OSError, ValueError) as error:
            log.error("event=certificate_not_deleted cause=%s", error)
            return Outcome(Verdict.FAILED, "InternalError", "the file could not be changed")
        return Outcome(Verdict.ACCEPTED)

    def _is_own(self, name: object) -> bool:
        from chargepoint.pki.certificates import CertId, is_named

        assert isinstance(name, CertId)
        for each in self.own.every() if self.own else ():
            issuer = each.chain[1] if len(each.chain) > 1 else self.trust.issuer(each.chain[0])
            if is_named(each.chain[0], issuer, name):
                return True
        return False

    def _installed(self) -> int:
        """CertificateEntries: as many as may be listed."""
        return _counted(map(Path, self._settings.trust.values())) + self._for_vehicles()

    def _for_vehicles(self) -> int:
        folder = Path(self._settings.for_vehicles or os.devnull)
        return _counted(folder.glob("*.pem")) if folder.is_dir() else 0

    # Our own

    def request(self, anew: bool) -> str:
        """A signing request; ``anew``: with a new key (A02.FR.02, A02.FR.03, A03.FR.03). Raises OSError."""
        if self.own is None:
            raise FileNotFoundError("no directory for certificates of the station's own; expected [security] identity")
        return self.own.ask(self._common_name, self._model.read(ORGANIZATION_NAME), anew)

    def signed(self, command: CertificateSigned, strict: bool) -> Answered:
        """``strict``: it has to be valid already (errata of 2.0.1: A02.FR.06, A03.FR.06).

        1.6-SEC A02.FR.06 to 09; OCPP 2.0.1 A02.FR.07, A02.FR.16, A03.FR.07, A03.FR.16.
        """
        from chargepoint.pki.identities import CLOCKS_DIFFER, Wanted

        most = self._model.read(CERTIFICATE_CHAIN_SIZE)
        try:
            if len(command.chain_pem) > most:
                raise ValueError(f"{len(command.chain_pem)} characters; at most {most} are taken")
            if self.own is None:
                raise ValueError("the station has no directory for it; expected [security] identity")
            wanted = Wanted(ahead=CLOCKS_DIFFER if strict else None)
            identity = self.own.take(command.chain_pem, self._operators_roots(), self._common_name, self._clock.now(), wanted)
        except OSError as error:
            log.error("event=certificate_not_kept cause=%s", error)
            return Outcome(Verdict.REJECTED, "InternalError", "the files of certificates could not be read or written"), None
        except ValueError as error:
            self._note("InvalidChargingStationCertificate", str(error))
            return Outcome(Verdict.REJECTED, "InvalidCertificate", str(error)[:500]), None
        self._changed(f"new certificate of this station: {_described(identity.chain[0])}")
        return Outcome(Verdict.ACCEPTED), self.came(identity.name)

    def _operators_roots(self) -> "tuple[Certificate, ...]":
        """Of the operator's hierarchy: where the system's roots vouch for the CSMS, they vouch for us."""
        if not self._settings.system_trust:
            return self.trust.roots(CertificateUse.CSMS_ROOT)
        from chargepoint.pki.trust import system_roots

        return (*self.trust.roots(CertificateUse.CSMS_ROOT), *system_roots())

    # The end of their time

    def ending(self) -> list["Ending"]:
        """What ends within a month of what the security profile uses: our own first (A03.FR.02). Raises OSError, ValueError."""
        now, found, profile = self._clock.now(), [], self._model.read(SECURITY_PROFILE)
        end = self.own.covered(now) if profile >= 3 and self.own else None
        if end is not None and end - now <= WARN_AHEAD:
            found.append(Ending(True, "this station's own", end))
        if profile >= 2:
            roots = self.trust.ending(CertificateUse.CSMS_ROOT, now, WARN_AHEAD)
            found += [Ending(False, _described(each), each.not_valid_after_utc) for each in roots]
        return found

    def _changed(self, what: str) -> None:
        self._note("ReconfigurationOfSecurityParameters", what)


class Ending(Struct, frozen=True):
    """A certificate whose time runs out."""

    ours: bool
    what: str
    at: datetime


def _counted(files: Iterable[Path]) -> int:
    """Certificates, by their first lines: what knows certificates is not needed for it."""
    return sum(file.read_bytes().count(BEGIN) for file in files if file.is_file())


def _described(certificate: "Certificate") -> str:
    from chargepoint.pki.certificates import described

    return described(certificate)
