"""Block A: security."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from simulators.csms.authority import Authority
from simulators.csms.behaviour import Behaviour
from simulators.csms.server import Csms
from tests.campaigns.bench import Json
from tests.conformance.keys import Keys
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import LOOK_S, WAIT_S, Lab, LabError
from tests.conformance.v201.moving import PRIORITY, UNREACHABLE, beside, moves, profile, reconnects, resets, sets_profile
from tests.conformance.v201.sites import Change

PASSWORD, NEW_PASSWORD = "Correct-Horse:1+2", "Battery_Staple|3@4"
BASIC = "SecurityCtrlr.BasicAuthPassword"
SUITES = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384")
HANDSHAKE = b"\x16"
SIGNING_WAIT, SIGNING_REPEATS = "SecurityCtrlr.CertSigningWaitMinimum", "SecurityCtrlr.CertSigningRepeatTimes"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def station(keys: Keys, security_profile: int, **variables: str) -> Change:
    """Of this security profile, with a password of 2.0.1's alphabet."""

    def change(tree: Json) -> None:
        keys.station(security_profile)(tree)
        if security_profile in (1, 2):
            tree["ocpp"]["basic_auth_password"] = PASSWORD
        tree["ocpp"]["variables"] += [{"component": "SecurityCtrlr", "variable": name, "value": value} for name, value in variables.items()]

    return change


def basic(tls: ssl.SSLContext | None = None) -> Csms:
    """A CSMS that wants the password."""
    return Csms(versions=("2.0.1",), password=PASSWORD, tls=tls)


async def security_event(lab: Lab, kind: str) -> None:
    """SecurityEventNotification of this type."""
    await lab.hears("SecurityEventNotification", type=kind, within_s=WAIT_S * 2)


# A00: connections


@case("TC_A_01", opens=False)
async def test_a_station_shows_its_name_and_password(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=basic(), change=station(keys, 1))
    await states.booted(lab)
    assert lab.station.authenticated_by == "password"


def only(context: ssl.SSLContext, suite: str) -> ssl.SSLContext:
    """A server that speaks this one and no other."""
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(suite)
    return context


@case("TC_A_04", opens=False)
async def test_both_suites_that_a_station_has_to_know_are_spoken(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=basic(only(keys.server(), SUITES[0])), change=station(keys, 2))
    await moves(lab, basic(only(keys.server(), SUITES[1])))
    await reconnects(lab, connections=0)
    await states.booted(lab)
    assert lab.station.authenticated_by == "password"


@case("TC_A_05", opens=False)
async def test_a_csms_whose_certificate_is_not_valid_is_left_and_told_of(lab: Lab, keys: Keys) -> None:
    past, future = datetime(2020, 1, 1, tzinfo=UTC), datetime(2048, 1, 1, tzinfo=UTC)
    bad: dict[str, Callable[[], ssl.SSLContext]] = {
        "of nobody": lambda: keys.server(authority=Authority("nobody")),
        "over": lambda: keys.server(begin=past, end=past.replace(year=2021)),
        "not valid yet": lambda: keys.server(begin=future),
        "of another host": lambda: keys.server(hosts=("csms.example.com",)),
        "of any host elsewhere": lambda: keys.server(hosts=("*.example.com",)),  # of its own domain: tests/ocpp/test_tls.py
    }
    known = basic(keys.server())
    await lab.open(csms=known, change=station(keys, 2, AllowCSMSTLSWildcards="false"))
    for name, context in bad.items():
        failures = lab.log.count(UNREACHABLE)
        await moves(lab, basic(context()))
        await lab.logs(UNREACHABLE, times=failures + 1)
        assert lab.csms.stations == {}, name
        await moves(lab, known)
        await security_event(lab, "InvalidCsmsCertificate")


@asynccontextmanager
async def old_tls(port: int) -> AsyncIterator[asyncio.Event]:
    """A server that answers every ClientHello with the ServerHello of TLS 1.1; set: a station broke off."""
    hello = b"\x03\x02" + bytes(32) + b"\x00" + b"\xc0\x09" + b"\x00"
    message = b"\x02" + len(hello).to_bytes(3) + hello
    broken_off = asyncio.Event()

    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(4096):
            writer.write(HANDSHAKE + b"\x03\x02" + len(message).to_bytes(2) + message)
            if await reader.read(1) != HANDSHAKE:  # an alert, or nothing more
                broken_off.set()
        writer.close()

    async with await asyncio.start_server(answers, "127.0.0.1", port):
        yield broken_off


@case("TC_A_06", opens=False)
async def test_a_csms_with_old_tls_is_left(lab: Lab, keys: Keys) -> None:
    known = basic(keys.server())
    await lab.open(csms=known, change=station(keys, 2))
    await lab.says("Accepted", "Reset", type="Immediate")
    port = int(known.url.rpartition(":")[2])
    await known.stop()
    async with old_tls(port) as broken_off:
        await asyncio.wait_for(broken_off.wait(), WAIT_S)
    known.on_line = lab.lines.append
    lab.passed()
    await known.start(port=port)
    await lab.booted()
    await security_event(lab, "InvalidTLSVersion")
    told = {event.payload["type"] for event in lab.heard("SecurityEventNotification")}
    assert told >= {"ResetOrReboot"} or told >= {"StartupOfTheDevice"}


@case("TC_A_07", opens=False)
async def test_the_station_shows_its_certificate(lab: Lab, keys: Keys) -> None:
    keys.issue_to_station("0001")
    await lab.open(csms=certified(keys, SUITES[0]), change=station(keys, 3))
    assert lab.station.authenticated_by == "certificate 0001", "its serial number"
    await moves(lab, certified(keys, SUITES[1]))
    await reconnects(lab, connections=0)
    await states.booted(lab)
    assert lab.station.authenticated_by == "certificate 0001"


# A01: the password


@case("TC_A_09", opens=False)
async def test_a_new_password_is_used_at_once(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=basic(), change=station(keys, 1))
    connections = lab.station.connections
    await lab.configure({BASIC: NEW_PASSWORD})
    lab.csms.password = NEW_PASSWORD
    await reconnects(lab, connections)
    result = await lab.result(BASIC)
    assert result["attributeStatus"] == "Rejected", "it is never told"
    assert NEW_PASSWORD not in lab.log
    assert PASSWORD not in lab.log


@case("TC_A_10", opens=False)
async def test_a_password_that_is_too_short_is_rejected_and_the_old_one_stays(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=basic(), change=station(keys, 1))
    result = (await lab.write({BASIC: "fifteen-letters"}))[BASIC]
    assert result["attributeStatus"] == "Rejected"
    await states.booted(lab)
    assert lab.station.authenticated_by == "password"


# A02: the certificate


def certified(keys: Keys, suite: str | None = None) -> Csms:
    """A CSMS that wants a certificate, and signs nothing by itself."""
    tls = keys.server(asks_for_certificate=True)
    return Csms(versions=("2.0.1",), tls=tls if suite is None else only(tls, suite))


async def asked(lab: Lab, keys: Keys, status: str = "Accepted") -> str:
    """The station asks for a certificate when it is told to; the request."""
    await lab.open(csms=certified(keys), change=station(keys, 3, OrganizationName="operator"))
    lab.csms.behaviour = Behaviour(answers={"SignCertificate": {"status": status}})
    await lab.says("Accepted", "TriggerMessage", requestedMessage="SignChargingStationCertificate")
    return await _request(lab)


async def _request(lab: Lab) -> str:
    payload = (await lab.hears("SignCertificate")).payload
    assert payload["certificateType"] == "ChargingStationCertificate"
    request = x509.load_pem_x509_csr(payload["csr"].encode())
    assert request.is_signature_valid
    assert request.public_key().key_size >= 224  # type: ignore[union-attr]
    assert {each.value for each in request.subject} == {"operator", "0001"}
    csr: str = payload["csr"]
    return csr


async def signed(lab: Lab, chain: str, wanted: str = "Accepted") -> None:
    await lab.says(wanted, "CertificateSigned", certificateChain=chain, certificateType="ChargingStationCertificate")


@case("TC_A_11", opens=False)
async def test_a_new_certificate_is_asked_for_and_used(lab: Lab, keys: Keys) -> None:
    csr, connections = await asked(lab, keys), lab.station.connections
    await signed(lab, keys.operator.sign(csr))
    await reconnects(lab, connections)
    assert lab.station.authenticated_by == "certificate 0001"


@case("TC_A_14", opens=False)
async def test_a_certificate_of_nobody_is_rejected_and_told_of(lab: Lab, keys: Keys) -> None:
    csr = await asked(lab, keys)
    await signed(lab, Authority("nobody").sign(csr), "Rejected")
    await security_event(lab, "InvalidChargingStationCertificate")


@case("TC_A_15", opens=False)
async def test_a_request_that_the_csms_does_not_take_is_not_repeated(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=certified(keys), change=station(keys, 3))
    await lab.configure({SIGNING_WAIT: "1"})
    await lab.says("Accepted", "TriggerMessage", requestedMessage="SignChargingStationCertificate")
    request = await lab.hears("SignCertificate")
    assert (await lab.answer(request))["status"] == "Rejected"
    with pytest.raises(LabError):
        await lab.hears("SignCertificate", within_s=1.5)


@case("TC_A_23", opens=False)
async def test_a_request_is_repeated_while_no_certificate_comes_each_wait_twice_the_last(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=certified(keys), change=station(keys, 3, OrganizationName="operator"))
    lab.csms.behaviour = Behaviour(answers={"SignCertificate": {"status": "Accepted"}})
    await lab.configure({SIGNING_WAIT: "1", SIGNING_REPEATS: "1"})
    await lab.says("Accepted", "TriggerMessage", requestedMessage="SignChargingStationCertificate")
    csrs, at = [], []
    for _ in range(3):
        csrs.append(await _request(lab))
        at.append(lab.heard("SignCertificate")[-1].at.timestamp())
    first, second = at[1] - at[0], at[2] - at[1]
    assert first >= 1 - LOOK_S
    assert second >= 2 - LOOK_S
    statuses = []
    for csr in csrs:  # each is signed, and whichever the station takes, it takes one: errata 6.2.5
        connections = lab.station.connections
        answer = await lab.call("CertificateSigned", certificateChain=keys.operator.sign(csr), certificateType="ChargingStationCertificate")
        statuses.append(answer["status"])
        if statuses[-1] == "Accepted":
            await reconnects(lab, connections)
    assert set(statuses) <= {"Accepted", "Rejected"}
    assert "Accepted" in statuses


# A05: the security profile


@case("TC_A_19", opens=False)
async def test_the_security_profile_is_raised_and_never_lowered_again(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=basic(), change=station(keys, 1))
    below, url = lab.csms, lab.csms.url
    async with beside(lab, basic(keys.server())) as secure:
        await sets_profile(lab, 2, profile(secure.url, 2), first="2,1")
        await resets(lab, goes_to=secure)
        assert await lab.variable("SecurityCtrlr.SecurityProfile") == "2"
        assert await lab.variable(PRIORITY) == "2"
        before, failures = below.messages.last, lab.log.count(UNREACHABLE)
        assert url != secure.url
        await moves(lab, basic())
        await lab.logs(UNREACHABLE, times=failures + 2)
        assert lab.csms.stations == {}
        assert below.messages.last == before, "nor to where it was before"
        await moves(lab, basic(keys.server()))
        await reconnects(lab, connections=0)


@case("TC_A_20", opens=False)
async def test_a_profile_with_tls_needs_a_root(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=basic(), change=station(keys, 1))
    (root,) = await states.installed_certificates(lab, "CSMSRootCertificate")
    await lab.says("Accepted", "DeleteCertificate", certificateHashData=root["certificateHashData"])
    await sets_profile(lab, 2, profile("wss://127.0.0.1:1/", 2))
    assert (await lab.write({PRIORITY: "2,1"}))[PRIORITY]["attributeStatus"] == "Rejected"
    assert await lab.variable(PRIORITY) == "1"


@case("TC_A_21", opens=False)
async def test_a_profile_with_a_certificate_needs_one(lab: Lab, keys: Keys) -> None:
    for file in keys.identities.iterdir():
        file.unlink()
    await lab.open(csms=basic(keys.server()), change=station(keys, 2))
    await sets_profile(lab, 2, profile("wss://127.0.0.1:1/", 3))
    assert (await lab.write({PRIORITY: "2,1"}))[PRIORITY]["attributeStatus"] == "Rejected"
    assert await lab.variable(PRIORITY) == "1"


@case("TC_A_22", opens=False)
async def test_a_lower_profile_is_rejected(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=basic(keys.server()), change=station(keys, 2))
    await sets_profile(lab, 2, profile("ws://127.0.0.1:1/", 1), wanted="Rejected")
