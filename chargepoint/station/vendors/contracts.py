"""What the vehicle's side of ISO 15118 asks of a CSMS over 1.6: to authorise a contract, to fetch a contract certificate, to look up OCSP,
to have the station's own certificate for vehicles signed.

Source: OCA application note "Using ISO 15118 Plug & Charge with OCPP 1.6", chapters 3.2, 4.4, 5, 6; OCPP 2.0.1 C07, M01, M02, M06.
This station is AC without ISO 15118 hardware: nobody calls this yet. Whoever brings the hardware does, and checks contract
certificates itself against the roots that the CSMS installed; what it found is ``Contract.valid``.

    online, valid                      Authorize with the OCSP data
    online, no root to check it with   Authorize with the certificate, if CentralContractValidationAllowed; else Invalid
    offline                            the rules for cards, if valid and ContractValidationOffline; else NotAtThisTime
"""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, TypeVar

from msgspec import Struct

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.certificates import CertificateHash, CertificateUse
from chargepoint.domain.device_model import DeviceModel
from chargepoint.domain.ids import IdToken
from chargepoint.domain.local_time import moment
from chargepoint.domain.notifications import SignAnswer, SignCertificate
from chargepoint.domain.variables.plug_and_charge import CENTRAL_CONTRACT_VALIDATION, CONTRACT_VALIDATION_OFFLINE, PNC_ENABLED
from chargepoint.station.csms import Csms, CsmsError, CsmsRefused
from chargepoint.station.vendors.payloads import BadData, decoded
from chargepoint.station.vendors.plug_and_charge import VENDOR
from chargepoint.station.vendors.registry import Registry

T = TypeVar("T")

MOST_HASHES = 4


class Ocsp(Struct, frozen=True):
    """OCSPRequestDataType: a certificate, and who knows whether it is still good."""

    name: CertificateHash
    responder_url: str


class Contract(Struct, frozen=True, kw_only=True):
    """A contract certificate that a vehicle showed."""

    emaid: str
    certificate_pem: str
    """With its chain."""
    ocsp: tuple[Ocsp, ...] = ()
    """Of each certificate of the chain but the root, up to four."""
    valid: bool | None
    """As far as it could be checked here; ``None``: there is no root to check it with."""


class _Info(Struct, frozen=True, rename="camel"):
    status: AuthorizationStatus
    cache_expiry_date_time: str | None = None
    expiry_date: str | None = None


class _Authorized(Struct, frozen=True, rename="camel"):
    id_token_info: _Info
    certificate_status: str = "Accepted"


class _Exi(Struct, frozen=True, rename="camel"):
    status: str
    exi_response: str = ""


class _OcspResult(Struct, frozen=True, rename="camel"):
    status: str
    ocsp_result: str = ""


class Contracts:
    """``judge``: what holds for a token by the rules for nobody to ask. ``online``: could the CSMS be asked?"""

    def __init__(
        self,
        model: DeviceModel,
        csms: Csms,
        registry: Registry,
        online: Callable[[], bool],
        judge: Callable[[IdToken], Awaitable[TokenInfo]],
    ) -> None:
        self._model = model
        self._csms = csms
        self._registry = registry
        self._online = online
        self._judge = judge

    async def authorize(self, contract: Contract) -> TokenInfo:
        """May this contract charge? (C07). What the CSMS does not say, it does not allow."""
        token = IdToken(contract.emaid, "eMAID")
        if not self._model.read(PNC_ENABLED) or contract.valid is False:
            return TokenInfo(AuthorizationStatus.INVALID)
        if not self._online():
            if not self._model.read(CONTRACT_VALIDATION_OFFLINE) or not contract.valid:
                return TokenInfo(AuthorizationStatus.NOT_AT_THIS_TIME)
            return await self._judge(token)
        if contract.valid is None and not self._model.read(CENTRAL_CONTRACT_VALIDATION):
            return TokenInfo(AuthorizationStatus.INVALID)
        data: dict[str, Any] = {"idToken": {"idToken": contract.emaid}}
        if contract.valid is None:
            data["certificate"] = contract.certificate_pem
        if contract.ocsp:
            data["iso15118CertificateHashData"] = [_ocsp(each) for each in contract.ocsp[:MOST_HASHES]]
        try:
            answer = await self._ask("Authorize", data, _Authorized)
        except CsmsError:
            return TokenInfo(AuthorizationStatus.UNKNOWN)
        if answer.certificate_status != "Accepted":
            return TokenInfo(AuthorizationStatus.INVALID)
        expires = answer.id_token_info.cache_expiry_date_time or answer.id_token_info.expiry_date
        return TokenInfo(answer.id_token_info.status, expires=moment(expires) if expires else None)

    async def ev_certificate(self, schema_version: str, action: Literal["Install", "Update"], exi_request: str) -> str:
        """M01, M02: the vehicle's request, base64 of EXI, becomes the response for it. Raises CsmsError."""
        data = {"iso15118SchemaVersion": schema_version, "action": action, "exiRequest": exi_request}
        answer = await self._ask("Get15118EVCertificate", data, _Exi)
        return _content("Get15118EVCertificate", answer.status, answer.exi_response)

    async def certificate_status(self, asked: Ocsp) -> str:
        """M06: the OCSP response, base64 of DER. Raises CsmsError."""
        answer = await self._ask("GetCertificateStatus", {"ocspRequestData": _ocsp(asked)}, _OcspResult)
        return _content("GetCertificateStatus", answer.status, answer.ocsp_result)

    async def sign(self, csr_pem: str) -> bool:
        """A02, A03: will the CSMS have it signed? One that will not is not asked again until it triggers it (note §2.1). Raises CsmsError.

        The certificate comes as CertificateSigned of use V2G.
        """
        answer = await self._csms.ask(SignCertificate(csr_pem, CertificateUse.V2G))
        assert isinstance(answer, SignAnswer)
        return answer.accepted

    async def _ask(self, message: str, data: dict[str, Any], kind: type[T]) -> T:
        """The message's own answer out of the data of DataTransfer. Raises CsmsError, whatever was wrong with it."""
        answer = await self._registry.ask(VENDOR, message, data)
        if answer.status != "Accepted":
            raise CsmsRefused(answer.status, f"DataTransfer {message}")
        try:
            return decoded(answer.data, kind)
        except BadData as error:
            raise CsmsRefused("FormationViolation", f"DataTransfer {message}: {error}") from error


def _content(message: str, status: str, content: str) -> str:
    if status != "Accepted" or not content:
        raise CsmsRefused(status, f"{message}: nothing came with it")
    return content


def _ocsp(asked: Ocsp) -> dict[str, str]:
    return asked.name.told() | {"responderURL": asked.responder_url}
