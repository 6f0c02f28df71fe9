"""Certificates for the vehicle's side travel in DataTransfer and end in the same commands as all others (plug-and-charge note)."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from chargepoint.domain.authorization import AuthorizationStatus, TokenInfo
from chargepoint.domain.certificates import CertificateHash, CertificateUse, HashAlgorithm
from chargepoint.domain.commands import (
    CertificateSigned,
    Command,
    DataTransfer,
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
from chargepoint.domain.device_model import DeviceModel, VariableKey, VariableStatus
from chargepoint.domain.ids import IdToken
from chargepoint.domain.notifications import DataTransferAnswer, DataTransferOut, Notification, SignAnswer, SignCertificate
from chargepoint.domain.variables.plug_and_charge import PNC_ENABLED
from chargepoint.ocpp.dialect import Site, load
from chargepoint.station.csms import CsmsRefused, CsmsSilent
from chargepoint.station.orders import Answered
from chargepoint.station.vendors.contracts import Contract, Contracts, Ocsp
from chargepoint.station.vendors.plug_and_charge import VENDOR, PlugAndCharge
from chargepoint.station.vendors.registry import Registry
from tests.domain.examples import configuration
from tests.station.rig import Game, PlayedCsms, play

V16 = load("1.6", Site())
NAME = CertificateHash(HashAlgorithm.SHA512, "715f1f", "b7ce00", "12354")
HASH_DATA = {"hashAlgorithm": "SHA512", "issuerNameHash": "715f1f", "issuerKeyHash": "b7ce00", "serialNumber": "12354"}
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


class Csms(PlayedCsms):
    """Answers DataTransfer as the test says."""

    def __init__(self, reply: Callable[[DataTransferOut], DataTransferAnswer]) -> None:
        self.reply = reply
        self.said: list[DataTransferOut] = []

    async def ask(self, notification: Notification, message_id: str | None = None) -> Any:
        assert isinstance(notification, DataTransferOut)
        self.said.append(notification)
        return self.reply(notification)


def model(**keys: str) -> DeviceModel:
    return DeviceModel(configuration(keys={"ISO15118PnCEnabled": "true"} | keys))


def hear(message: str, data: Any, reply: Reply, **keys: str) -> tuple[Outcome, list[Command]]:
    """What the room answers, and which commands it gave."""
    given: list[Command] = []

    async def obey(command: Command) -> Answered:
        given.append(command)
        return reply, None

    registry = Registry(Csms(lambda _: DataTransferAnswer("Accepted")))
    registry.register(PlugAndCharge(model(**keys), obey).vendor())
    text = data if data is None or isinstance(data, str) else json.dumps(data)
    outcome, _ = asyncio.run(registry.obey(DataTransfer(VENDOR, message, text)))
    assert isinstance(outcome, Outcome)
    return outcome, given


@pytest.mark.parametrize(
    ("message", "data", "command", "reply", "answer"),
    [
        (
            "CertificateSigned",
            {"certificateChain": PEM},
            CertificateSigned(PEM, CertificateUse.V2G),
            Outcome(Verdict.ACCEPTED),
            {"status": "Accepted"},
        ),
        (
            "CertificateSigned",
            {"certificateChain": "?", "certificateType": "V2GCertificate"},
            CertificateSigned("?", CertificateUse.V2G),
            Outcome(Verdict.INVALID_CERTIFICATE),
            {"status": "Rejected"},
        ),
        (
            "InstallCertificate",
            {"certificateType": "MORootCertificate", "certificate": PEM},
            InstallCertificate(CertificateUse.MO_ROOT, PEM),
            Outcome(Verdict.FAILED),
            {"status": "Failed"},
        ),
        (
            "GetInstalledCertificateIds",
            {"certificateType": ["V2GCertificateChain", "V2GRootCertificate"]},
            GetInstalledCertificateIds((CertificateUse.V2G_CHAIN, CertificateUse.V2G_ROOT)),
            InstalledCertificates(((CertificateUse.V2G_CHAIN, NAME), (CertificateUse.CSMS_ROOT, NAME))),
            {
                "status": "Accepted",
                "certificateHashDataChain": [{"certificateType": "V2GCertificateChain", "certificateHashData": HASH_DATA}],
            },
        ),
        (
            "GetInstalledCertificateIds",
            None,
            GetInstalledCertificateIds((CertificateUse.V2G_ROOT, CertificateUse.MO_ROOT, CertificateUse.V2G_CHAIN)),
            InstalledCertificates(),
            {"status": "NotFound"},
        ),
        ("TriggerMessage", None, TriggerMessage(Trigger.SIGN_V2G_CERTIFICATE), Outcome(Verdict.ACCEPTED), {"status": "Accepted"}),
        (
            "TriggerMessage",
            {"requestedMessage": "SignV2GCertificate"},
            TriggerMessage(Trigger.SIGN_V2G_CERTIFICATE),
            Outcome(Verdict.REJECTED),
            {"status": "Rejected"},
        ),
        (
            "TriggerMessage",
            {"requestedMessage": "Heartbeat"},
            TriggerMessage(None),
            Outcome(Verdict.NOT_IMPLEMENTED),
            {"status": "NotImplemented"},
        ),
    ],
)
def test_a_message_becomes_a_command_and_its_outcome_the_data_of_the_answer(
    message: str, data: Any, command: Command, reply: Reply, answer: dict[str, Any]
) -> None:
    outcome, given = hear(message, data, reply)
    assert given == [command]
    assert outcome == Outcome(Verdict.ACCEPTED, data=answer)
    payload = V16.encode_reply("DataTransfer", DataTransfer(VENDOR), outcome)
    assert V16.schemas.check_response("DataTransfer", payload) is None
    assert json.loads(payload["data"]) == answer


@pytest.mark.parametrize(
    ("use", "verdict", "status", "deletes"),
    [
        (CertificateUse.MO_ROOT, Verdict.ACCEPTED, "Accepted", True),
        (CertificateUse.V2G_ROOT, Verdict.REJECTED, "Failed", True),
        (CertificateUse.CSMS_ROOT, Verdict.ACCEPTED, "NotFound", False),
    ],
)
def test_only_certificates_for_the_vehicle_are_deleted(use: CertificateUse, verdict: Verdict, status: str, deletes: bool) -> None:
    given: list[Command] = []

    async def obey(command: Command) -> Answered:
        given.append(command)
        installed = InstalledCertificates(((use, NAME),))
        return (installed if isinstance(command, GetInstalledCertificateIds) else Outcome(verdict)), None

    registry = Registry(says("Accepted"))
    registry.register(PlugAndCharge(model(), obey).vendor())
    data = {"certificateHashData": HASH_DATA | {"issuerNameHash": "715F1F"}}
    outcome, _ = asyncio.run(registry.obey(DataTransfer(VENDOR, "DeleteCertificate", json.dumps(data))))
    assert outcome == Outcome(Verdict.ACCEPTED, data={"status": status})
    assert any(isinstance(command, DeleteCertificate) for command in given) is deletes


@pytest.mark.parametrize(
    ("message", "data"),
    [
        ("CertificateSigned", None),
        ("CertificateSigned", {"certificateChain": PEM, "certificateType": "ChargingStationCertificate"}),
        ("InstallCertificate", {"certificateType": "CSMSRootCertificate", "certificate": PEM}),
        ("InstallCertificate", {"certificate": PEM}),
        ("DeleteCertificate", {"certificateHashData": HASH_DATA | {"hashAlgorithm": "MD5"}}),
        ("DeleteCertificate", "not JSON"),
        ("GetInstalledCertificateIds", {"certificateType": ["ManufacturerRootCertificate"]}),
        ("TriggerMessage", "[]"),
    ],
)
def test_what_is_not_for_the_vehicle_or_cannot_be_read_is_rejected_and_given_to_nobody(message: str, data: Any) -> None:
    outcome, given = hear(message, data, Outcome(Verdict.ACCEPTED))
    assert (outcome.verdict, bool(outcome.info), given) == (Verdict.REJECTED, True, [])


def test_without_plug_and_charge_there_is_no_such_vendor_until_a_csms_switches_it_on() -> None:
    outcome, given = hear("TriggerMessage", None, Outcome(Verdict.ACCEPTED), ISO15118PnCEnabled="false")
    assert (outcome, given) == (Outcome(Verdict.UNKNOWN_VENDOR), [])
    plain = DeviceModel(configuration())
    assert plain.read(PNC_ENABLED) is False
    assert plain.set(VariableKey(component="ISO15118Ctrlr", variable="PnCEnabled"), "true").status is VariableStatus.ACCEPTED


def test_a_station_without_a_side_for_vehicles_says_so_and_one_with_it_signs() -> None:
    async def script(game: Game) -> None:
        station, signed = game.station, list[bool]()
        reply, _ = await station.obey(DataTransfer(VENDOR, "TriggerMessage"))
        assert reply == Outcome(Verdict.ACCEPTED, data={"status": "NotImplemented"})
        reply, _ = await station.obey(DataTransfer(VENDOR, "CertificateSigned", {"certificateChain": PEM}))
        assert reply == Outcome(Verdict.ACCEPTED, data={"status": "Rejected"})

        async def sign() -> None:
            signed.append(await station.vendors.contracts.sign("CSR"))

        tasks: list[asyncio.Task[None]] = []
        station.triggers.serve(Trigger.SIGN_V2G_CERTIFICATE, lambda _: tasks.append(asyncio.create_task(sign())))
        game.csms.answer = lambda notification: SignAnswer(isinstance(notification, SignCertificate))
        reply, then = await station.obey(DataTransfer(VENDOR, "TriggerMessage"))
        assert reply == Outcome(Verdict.ACCEPTED, data={"status": "Accepted"})
        assert then is not None
        then()
        await game.until(lambda: signed)
        assert game.csms.of(SignCertificate) == [SignCertificate("CSR", CertificateUse.V2G)]

    play(script, keys={"ISO15118PnCEnabled": "true"})


# --- what the vehicle's side asks --------------------------------------------------------------------------------------------------------

CONTRACT = Contract(emaid="DEICECMONTAQA5", certificate_pem=PEM, ocsp=(Ocsp(NAME, "http://ocsp.example"),) * 5, valid=True)
UNCHECKED = Contract(emaid="DEICECMONTAQA5", certificate_pem=PEM, valid=None)
FORGED = Contract(emaid="DEICECMONTAQA5", certificate_pem=PEM, valid=False)


def contracts(csms: Csms, online: bool = True, **keys: str) -> Contracts:
    async def judge(token: IdToken) -> TokenInfo:
        assert token == IdToken("DEICECMONTAQA5", "eMAID")
        return TokenInfo(AuthorizationStatus.ACCEPTED)

    return Contracts(model(**keys), csms, Registry(csms), lambda: online, judge)


def says(outer: str, **data: Any) -> Csms:
    return Csms(lambda _: DataTransferAnswer(outer, json.dumps(data)))


def judged(contract: Contract, csms: Csms, online: bool = True, **keys: str) -> str:
    return asyncio.run(contracts(csms, online, **keys).authorize(contract)).status


def test_a_valid_contract_is_put_to_the_csms_with_what_it_needs_to_look_it_up() -> None:
    csms = says("Accepted", idTokenInfo={"status": "Accepted", "cacheExpiryDateTime": "2026-03-02T00:00:00Z"}, certificateStatus="Accepted")
    info = asyncio.run(contracts(csms).authorize(CONTRACT))
    assert info.status is AuthorizationStatus.ACCEPTED
    assert info.expires is not None
    ocsp = HASH_DATA | {"responderURL": "http://ocsp.example"}
    data = {"idToken": {"idToken": "DEICECMONTAQA5"}, "iso15118CertificateHashData": [ocsp] * 4}
    assert csms.said == [DataTransferOut(VENDOR, "Authorize", data)]


def test_a_contract_without_a_root_goes_to_the_csms_only_where_that_is_allowed() -> None:
    csms = says("Accepted", idTokenInfo={"status": "Blocked"})
    assert judged(UNCHECKED, csms) == "Invalid"
    assert csms.said == []
    assert judged(UNCHECKED, csms, CentralContractValidationAllowed="true") == "Blocked"
    assert csms.said[0].data == {"idToken": {"idToken": "DEICECMONTAQA5"}, "certificate": PEM}


def test_offline_a_contract_is_a_card_like_others_if_it_is_valid_and_the_key_says_so() -> None:
    nobody = says("Accepted")
    assert judged(CONTRACT, nobody, online=False) == "NotAtThisTime"
    assert judged(CONTRACT, nobody, online=False, ContractValidationOffline="true") == "Accepted"
    assert judged(UNCHECKED, nobody, online=False, ContractValidationOffline="true") == "NotAtThisTime"
    assert judged(FORGED, nobody) == judged(CONTRACT, nobody, ISO15118PnCEnabled="false") == "Invalid"
    assert nobody.said == []


@pytest.mark.parametrize(
    ("csms", "status"),
    [
        (says("Accepted", idTokenInfo={"status": "Accepted"}, certificateStatus="CertificateRevoked"), "Invalid"),
        (says("UnknownVendorId"), "Unknown"),
        (says("Rejected", idTokenInfo={"status": "Accepted"}), "Unknown"),
        (says("Accepted", idTokenInfo={"status": "Perhaps"}), "Unknown"),
        (Csms(lambda _: DataTransferAnswer("Accepted")), "Unknown"),
        (Csms(lambda _: DataTransferAnswer("Accepted", {"idTokenInfo": {"status": "Expired"}})), "Expired"),
    ],
)
def test_whatever_the_csms_does_not_say_is_not_allowed(csms: Csms, status: str) -> None:
    assert judged(CONTRACT, csms) == status


def test_a_csms_that_is_silent_allows_nothing() -> None:
    def silent(_: DataTransferOut) -> DataTransferAnswer:
        raise CsmsSilent

    assert judged(CONTRACT, Csms(silent)) == "Unknown"


def test_requests_of_the_vehicle_and_for_ocsp_come_back_with_what_was_asked() -> None:
    got = asyncio.run(
        contracts(says("Accepted", status="Accepted", exiResponse="gJg=")).ev_certificate("urn:iso:15118:2:2013:MsgDef", "Install", "AAA=")
    )
    assert got == "gJg="
    asked = Ocsp(NAME, "http://ocsp.example")
    csms = says("Accepted", status="Accepted", ocspResult="MII=")
    assert asyncio.run(contracts(csms).certificate_status(asked)) == "MII="
    assert csms.said[0].data == {"ocspRequestData": HASH_DATA | {"responderURL": "http://ocsp.example"}}
    with pytest.raises(CsmsRefused, match="Failed: GetCertificateStatus: nothing came with it"):
        asyncio.run(contracts(says("Accepted", status="Failed")).certificate_status(asked))


# --- the request to sign, in 1.6 ---------------------------------------------------------------------------------------------------------


def test_a_request_to_sign_for_vehicles_travels_in_data_transfer() -> None:
    request = V16.encode(SignCertificate("CSR", CertificateUse.V2G))
    assert request is not None
    assert request.action == "DataTransfer"
    assert request.payload == {
        "vendorId": VENDOR,
        "messageId": "SignCertificate",
        "data": '{"csr":"CSR","certificateType":"V2GCertificate"}',
    }
    assert V16.schemas.check_request("DataTransfer", request.payload) is None


@pytest.mark.parametrize(
    ("payload", "accepted"),
    [
        ({"status": "Accepted", "data": '{"status":"Accepted"}'}, True),
        ({"status": "Accepted", "data": '{"status":"Rejected"}'}, False),
        ({"status": "UnknownVendorId"}, False),
        ({"status": "Accepted"}, False),
        ({"status": "Accepted", "data": "[" * 100_000}, False),
        ({"status": "Accepted", "data": '"Accepted"'}, False),
    ],
)
def test_it_will_be_signed_only_if_both_layers_say_so(payload: dict[str, Any], accepted: bool) -> None:
    assert V16.decode_answer(SignCertificate("CSR", CertificateUse.V2G), payload) == SignAnswer(accepted)
