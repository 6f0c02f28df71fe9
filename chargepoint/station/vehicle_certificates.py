"""Certificates that this station shows to vehicles (ISO 15118): asked for, checked, listed and deleted as the CSMS wants it (OCPP 2.0.1
A02, A03, M03, M04).

Their roots are the V2G roots that are installed. Whoever brings the vehicle's side takes the newest that is valid (A02.FR.15, A03.FR.15).
"""

import logging
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import CertificateSigned, Outcome, Verdict
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.notifications import GetCertificateStatus
from chargepoint.domain.variables.plug_and_charge import COUNTRY_NAME, SECC_ID, V2G_CERTIFICATES, V2G_ORGANIZATION_NAME
from chargepoint.domain.variables.security import CERTIFICATE_CHAIN_SIZE, ORGANIZATION_NAME
from chargepoint.station.certificates import WARN_AHEAD, Certificates, Chain, Ending
from chargepoint.station.clock import StationClock
from chargepoint.station.orders import Answered, FollowUp
from chargepoint.station.security_log import Note
from chargepoint.station.settings import SecuritySettings

if TYPE_CHECKING:
    from chargepoint.pki.certificates import Certificate
    from chargepoint.pki.identities import Identities, Identity

log = logging.getLogger(__name__)


class VehicleCertificates:
    """``own``: what is known of all the other certificates, their roots among them."""

    use = CertificateUse.V2G

    def __init__(
        self, settings: SecuritySettings, common_name: str, model: DeviceModel, clock: StationClock, note: Note, own: Certificates
    ) -> None:
        self._settings = settings
        self._common_name = common_name
        self._model = model
        self._clock = clock
        self._note = note
        self._own = own
        self.came: FollowUp = None
        """A new one is there; what is to be done once the CSMS has the answer."""
        own.chains, own.delete_chain = self.chains, self.delete

    @property
    def enabled(self) -> bool:
        """May they be asked for?"""
        return bool(self._settings.for_vehicles) and self._model.read(V2G_CERTIFICATES)

    @cached_property
    def pairs(self) -> "Identities":
        """Them and their keys."""
        from chargepoint.pki.identities import Identities

        return Identities(Path(self._settings.for_vehicles), self._settings.key_password())

    def every(self) -> "list[Identity]":
        """The newest first; none is looked for where there is no directory."""
        return self.pairs.every() if self._settings.for_vehicles and Path(self._settings.for_vehicles).is_dir() else []

    @property
    def _name(self) -> str:
        return self._model.read(SECC_ID) or self._common_name

    def request(self, anew: bool) -> str:
        """A signing request; ``anew``: with a new key (A02.FR.02, A02.FR.03, A03.FR.02, A03.FR.03). Raises OSError."""
        organisation = self._model.read(V2G_ORGANIZATION_NAME) or self._model.read(ORGANIZATION_NAME)
        country = self._model.read(COUNTRY_NAME)
        return self.pairs.ask(self._name, organisation, anew, country)

    def signed(self, command: CertificateSigned, strict: bool) -> Answered:
        """A02.FR.06, A02.FR.07, A02.FR.16, A03.FR.06, A03.FR.07, A03.FR.16"""
        from chargepoint.pki.certificates import described
        from chargepoint.pki.identities import FOR_VEHICLES

        most = self._model.read(CERTIFICATE_CHAIN_SIZE)
        try:
            if len(command.chain_pem) > most:
                raise ValueError(f"{len(command.chain_pem)} characters; at most {most} are taken")
            roots = self._own.trust.roots(CertificateUse.V2G_ROOT)
            identity = self.pairs.take(command.chain_pem, roots, self._name, self._clock.now(), FOR_VEHICLES)
            self.pairs.prune(identity.name)
        except OSError as error:
            log.error("event=certificate_not_kept cause=%s", error)
            return Outcome(Verdict.REJECTED, "InternalError", "the files of certificates could not be read or written"), None
        except ValueError as error:
            self._note("InvalidChargingStationCertificate", str(error))
            return Outcome(Verdict.REJECTED, "InvalidCertificate", str(error)[:500]), None
        self._note("ReconfigurationOfSecurityParameters", f"new certificate for vehicles: {described(identity.chain[0])}")
        return Outcome(Verdict.ACCEPTED), self.came

    def ending(self) -> list[Ending]:
        """Within a month (A03.FR.02). Raises OSError, ValueError."""
        now, every = self._clock.now(), self.every() if self.enabled else []
        end = self.pairs.covered(now) if every else None
        return [Ending(True, "the certificate for vehicles", end)] if end is not None and end - now <= WARN_AHEAD else []

    def chains(self) -> list[Chain]:
        """Each with its intermediates (M03.FR.05). Raises OSError."""
        return [(names[0], tuple(names[1:])) for names in (self._names(each) for each in self.every())]

    def _names(self, identity: "Identity") -> list[CertificateHash]:
        return [self._named(each, identity) for each in _below_root(identity)]

    def _named(self, certificate: "Certificate", identity: "Identity") -> CertificateHash:
        from chargepoint.pki.certificates import cert_id, issued

        issuer = next((each for each in identity.chain if each != certificate and issued(each, certificate)), None)
        name = cert_id(certificate, issuer or self._own.trust.issuer(certificate))
        return CertificateHash(HashAlgorithm(name.algorithm), name.issuer_name_hash, name.issuer_key_hash, name.serial_number)

    def statuses(self) -> list[GetCertificateStatus]:
        """What is to be asked of the newest that is valid, and of those above it (M06.FR.06, M06.FR.07). Raises OSError."""
        from chargepoint.pki.certificates import responder

        now = self._clock.now()
        newest = self.pairs.current(now) if self.every() else None
        return [] if newest is None else [GetCertificateStatus(self._named(each, newest), responder(each)) for each in _below_root(newest)]

    def delete(self, name: CertificateHash) -> bool:
        """The pair whose certificate is named so, or one above it: without that the pair is of no use (M04.FR.08). Raises OSError."""
        found = [each for each in self.every() if any(name.same_as(one) for one in self._names(each))]
        for each in found:
            self.pairs.discard(each.name)
            self._note("ReconfigurationOfSecurityParameters", "a certificate for vehicles is deleted")
        return bool(found)


def _below_root(identity: "Identity") -> "list[Certificate]":
    """Itself, whoever has signed it, and those above it."""
    own, *above = identity.chain
    return [own, *(each for each in above if each.issuer != each.subject)]
