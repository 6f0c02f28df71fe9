"""Certificates for the vehicle's side over DataTransfer, vendor ``org.openchargealliance.iso15118pnc``: what the CSMS wants of the station.

Source: OCA application note "Using ISO 15118 Plug & Charge with OCPP 1.6" v1.0 (2020-09-16), chapters 2, 4, 6. The messages are those of
OCPP 2.0.1, simplified; they become the same commands as the native ones and go to the same rooms.

    CertificateSigned           certificateChain                            Accepted | Rejected
    InstallCertificate          certificateType V2G or MO root, certificate  Accepted | Rejected | Failed
    DeleteCertificate           certificateHashData                          Accepted | Failed | NotFound
    GetInstalledCertificateIds  certificateType (some, or none for all)     Accepted | NotFound, certificateHashDataChain
    TriggerMessage              no fields: sign the V2G certificate anew    Accepted | Rejected | NotImplemented

DataTransfer is ``Accepted`` where the message could be read, and its data carries the message's own answer; ``Rejected`` where it could
not. With ISO15118PnCEnabled false there is no such vendor. Roots of the CSMS's and the manufacturer's are not managed here (note §2.3):
they are neither listed nor found for deletion.

Sure: all of the above but the answer of DataTransfer itself, which the note leaves open; EVerest and open-ocpp do it so. Doubtful: the note
says that the mere presence of ISO15118PnCEnabled shows support; here it is present and false, since only the vehicle's side is missing.
Tolerated: certificateType in CertificateSigned and requestedMessage in TriggerMessage, which 2.0.1 has and the note's tables have not,
as long as they say what this is about.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import (
    CertificateSigned,
    Command,
    DeleteCertificate,
    GetInstalledCertificateIds,
    InstallCertificate,
    InstalledCertificates,
    Outcome,
    Reply,
    Trigger,
    TriggerMessage,
    Verdict,
)
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.variables.plug_and_charge import PNC_ENABLED
from chargepoint.station.orders import Answered
from chargepoint.station.vendors.payloads import BadData, decoded, decoded_or_empty
from chargepoint.station.vendors.registry import Handled, Handler, Vendor

VENDOR = "org.openchargealliance.iso15118pnc"
ROOTS = (CertificateUse.V2G_ROOT, CertificateUse.MO_ROOT)
LISTED = (*ROOTS, CertificateUse.V2G_CHAIN)

Allowed = tuple[Verdict, ...]
SIGNED: Allowed = (Verdict.ACCEPTED, Verdict.REJECTED)
INSTALLED: Allowed = (Verdict.ACCEPTED, Verdict.FAILED, Verdict.REJECTED)
DELETED: Allowed = (Verdict.ACCEPTED, Verdict.NOT_FOUND, Verdict.FAILED)
TRIGGERED: Allowed = (Verdict.ACCEPTED, Verdict.NOT_IMPLEMENTED, Verdict.REJECTED)
"""What the note's answers can say; whatever else the station says is the last of these."""


class Signed(Struct, frozen=True, rename="camel"):
    """CertificateSigned"""

    certificate_chain: str
    certificate_type: CertificateUse = CertificateUse.V2G


class Install(Struct, frozen=True, rename="camel"):
    """InstallCertificate"""

    certificate_type: CertificateUse
    certificate: str


class HashData(Struct, frozen=True, rename="camel"):
    """CertificateHashDataType"""

    hash_algorithm: HashAlgorithm
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str


class Delete(Struct, frozen=True, rename="camel"):
    """DeleteCertificate"""

    certificate_hash_data: HashData


class Installed(Struct, frozen=True, rename="camel"):
    """GetInstalledCertificateIds"""

    certificate_type: tuple[CertificateUse, ...] = ()


class Triggered(Struct, frozen=True, rename="camel"):
    """TriggerMessage"""

    requested_message: str = Trigger.SIGN_V2G_CERTIFICATE.value


class PlugAndCharge:
    """Hands the messages on. ``obey``: the station's own way to carry out a command."""

    def __init__(self, model: DeviceModel, obey: Callable[[Command], Awaitable[Answered]]) -> None:
        self._model = model
        self._obey = obey

    def vendor(self) -> Vendor:
        """The room as the registry knows it."""
        messages: Mapping[str, Handler] = {
            "CertificateSigned": self._signed,
            "InstallCertificate": self._install,
            "DeleteCertificate": self._delete,
            "GetInstalledCertificateIds": self._installed,
            "TriggerMessage": self._triggered,
        }
        return Vendor(VENDOR, messages, lambda: self._model.read(PNC_ENABLED))

    async def _signed(self, data: Any) -> Handled:
        told = decoded(data, Signed)
        _about(told.certificate_type, CertificateUse.V2G)
        return await self._carry_out(CertificateSigned(told.certificate_chain, told.certificate_type), SIGNED)

    async def _install(self, data: Any) -> Handled:
        told = decoded(data, Install)
        _about(told.certificate_type, *ROOTS)
        return await self._carry_out(InstallCertificate(told.certificate_type, told.certificate), INSTALLED)

    async def _delete(self, data: Any) -> Handled:
        named = decoded(data, Delete).certificate_hash_data
        name = CertificateHash(named.hash_algorithm, named.issuer_name_hash, named.issuer_key_hash, named.serial_number)
        installed, _ = await self._obey(GetInstalledCertificateIds(LISTED))
        if not any(name.same_as(each) for _, each in _found(installed)):
            return Outcome(Verdict.ACCEPTED, data={"status": Verdict.NOT_FOUND.value}), None
        return await self._carry_out(DeleteCertificate(name), DELETED)

    async def _installed(self, data: Any) -> Handled:
        told = decoded_or_empty(data, Installed)
        for use in told.certificate_type:
            _about(use, *LISTED)
        reply, then = await self._obey(GetInstalledCertificateIds(told.certificate_type or LISTED))
        chains = [{"certificateType": use.value, "certificateHashData": name.told()} for use, name in _found(reply)]
        data = {"status": "Accepted", "certificateHashDataChain": chains} if chains else {"status": "NotFound"}
        return Outcome(Verdict.ACCEPTED, data=data), then

    async def _triggered(self, data: Any) -> Handled:
        told = decoded_or_empty(data, Triggered)
        message = Trigger.SIGN_V2G_CERTIFICATE if told.requested_message == Trigger.SIGN_V2G_CERTIFICATE else None
        return await self._carry_out(TriggerMessage(message), TRIGGERED)

    async def _carry_out(self, command: Command, allowed: Allowed) -> Handled:
        reply, then = await self._obey(command)
        assert isinstance(reply, Outcome)
        status = reply.verdict if reply.verdict in allowed else allowed[-1]
        return Outcome(Verdict.ACCEPTED, data={"status": status.value}), then


def _about(use: CertificateUse, *expected: CertificateUse) -> None:
    if use not in expected:
        words = ", ".join(each.value for each in expected)
        raise BadData(f"certificateType: {use.value} is not managed over this vendor's messages; expected {words}")


def _found(reply: Reply) -> list[tuple[CertificateUse, CertificateHash]]:
    """Those that this vendor's messages are about."""
    return [(use, name) for use, name in reply.found if use in LISTED] if isinstance(reply, InstalledCertificates) else []
