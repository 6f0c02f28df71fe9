"""The bench CSMS over real WebSockets, with stations written by hand: who may come in, how it answers, how unkind it can be."""

import asyncio
import base64
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from simulators.csms import BadRequest, Behaviour, CallRefused, Csms, NoAnswer, NotConnected, UnknownStation
from simulators.csms.authority import Authority
from tests.conformance.keys import Keys
from tests.simulators.csms_rig import WAIT_S, FakeStation, event, start

both = pytest.mark.parametrize("version", ["1.6", "2.0.1"])


@asynccontextmanager
async def serving(**options: Any) -> AsyncIterator[Csms]:
    csms = Csms(**options)
    await csms.start()
    try:
        yield csms
    finally:
        await csms.stop()


def with_station(version: str, scene: Callable[[Csms, FakeStation], Awaitable[None]], **options: Any) -> None:
    """Play a scene between the CSMS and one station that has booted."""

    async def play() -> None:
        async with serving() as csms, FakeStation(csms.url, version, **options) as station:
            await station.boot()
            await scene(csms, station)

    asyncio.run(asyncio.wait_for(play(), 60))


def alone(scene: Callable[[Csms], Awaitable[None]], **options: Any) -> None:
    """Play a scene with the CSMS."""

    async def play() -> None:
        async with serving(**options) as csms:
            await scene(csms)

    asyncio.run(asyncio.wait_for(play(), 60))


def test_both_versions_are_served_at_once_and_the_identity_is_percent_decoded() -> None:
    async def scene(csms: Csms) -> None:
        async with FakeStation(csms.url, "1.6", "a%20b") as old, FakeStation(f"{csms.url}/ocpp/deep", "2.0.1", "c%2Fd") as new:
            assert (await old.boot())[2]["status"] == (await new.boot())[2]["status"] == "Accepted"
            assert {name: station.version for name, station in csms.stations.items()} == {"a b": "1.6", "c/d": "2.0.1"}

    alone(scene)


def test_the_station_s_first_choice_that_is_served_is_taken() -> None:
    async def scene(csms: Csms) -> None:
        offers = [["ocpp2.1", "ocpp2.0.1", "ocpp1.6"], ["ocpp1.6", "ocpp2.0.1"]]
        chosen = []
        for offer in offers:
            async with connect(f"{csms.url}/x", subprotocols=[Subprotocol(name) for name in offer], proxy=None) as wire:
                chosen.append(wire.subprotocol)
        assert chosen == ["ocpp2.0.1", "ocpp1.6"]

    alone(scene)


@pytest.mark.parametrize("offer", [["ocpp2.0.1"], ["soap"], []])
def test_with_no_version_in_common_the_handshake_ends_without_one_and_the_connection_is_closed(offer: list[str]) -> None:
    async def scene(csms: Csms) -> None:
        async with connect(f"{csms.url}/x", subprotocols=[Subprotocol(name) for name in offer] or None, proxy=None) as wire:
            assert wire.subprotocol is None
            await asyncio.wait_for(wire.wait_closed(), WAIT_S)
            assert wire.close_code == 1002
        assert csms.stations == {}

    alone(scene, versions=["1.6"])


def test_a_password_is_asked_for_only_when_there_is_one() -> None:
    async def scene(csms: Csms) -> None:
        def header(user: str, password: bytes) -> dict[str, str]:
            return {"Authorization": "Basic " + base64.b64encode(user.encode() + b":" + password).decode()}

        for wrong in ({}, header("cp001", b"guess"), header("cp002", b"0123abcd"), {"Authorization": "Basic %%%"}):
            with pytest.raises(InvalidStatus, match="401"):
                await FakeStation(csms.url, additional_headers=wrong).__aenter__()
        for right in (header("cp001", b"0123abcd"), header("cp001", bytes.fromhex("0123abcd"))):
            async with FakeStation(csms.url, additional_headers=right) as station:
                await station.boot()

    alone(scene, password="0123abcd")


def test_a_path_without_an_identity_is_not_found() -> None:
    async def scene(csms: Csms) -> None:
        with pytest.raises(InvalidStatus, match="404"):
            await FakeStation(csms.url, identity="").__aenter__()

    alone(scene)


def test_a_newer_connection_replaces_an_older_one_that_hangs() -> None:
    async def scene(csms: Csms) -> None:
        async with FakeStation(csms.url) as older:
            older.socket.transport.pause_reading()
            async with FakeStation(csms.url) as newer:
                await newer.boot()
                assert await csms.call("cp001", "ClearCache", {}) == {"status": "Accepted"}
                older.socket.transport.resume_reading()
                await older.socket.wait_closed()
                assert csms.stations["cp001"].connected
                assert (await newer.call("Heartbeat", {}))[0] == 3
        await csms.until(lambda: not csms.stations["cp001"].connected, WAIT_S)

    alone(scene)


@both
def test_a_call_gets_its_answer_while_one_of_the_station_is_open(version: str) -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        csms.behaviour = Behaviour(silent=frozenset({"Heartbeat"}))
        await station.send(2, "open", "Heartbeat", {})
        assert await csms.call("cp001", "ClearCache", {}) == {"status": "Accepted"}
        assert csms.stations["cp001"].violations == []

    with_station(version, scene)


def test_calls_go_out_one_at_a_time() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        await asyncio.gather(*(csms.call("cp001", "ClearCache", {}) for _ in range(5)))
        frames = [message.frame[0] for message in csms.messages][2:]
        assert frames == [2, 3] * 5

    with_station("1.6", scene)


def test_a_call_fails_by_whose_fault_it_is() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        with pytest.raises(UnknownStation, match="cp999"):
            await csms.call("cp999", "ClearCache", {})
        station.answers["ClearCache"] = None
        with pytest.raises(NoAnswer, match="no answer to ClearCache within"):
            await csms.call("cp001", "ClearCache", {}, timeout_s=0.05)
        asked = asyncio.create_task(csms.call("cp001", "Reset", {"type": "Soft"}))
        station.answers["Reset"] = None
        await csms.until(lambda: csms.messages[-1].action == "Reset", WAIT_S)
        await station.send(4, csms.messages[-1].frame[1], "NotSupported", "no", {})
        with pytest.raises(CallRefused, match="NotSupported: no"):
            await asked
        asked = asyncio.create_task(csms.call("cp001", "Reset", {"type": "Hard"}))
        await csms.until(lambda: csms.messages[-1].payload == {"type": "Hard"}, WAIT_S)
        csms.drop()
        with pytest.raises(NotConnected, match="lost"):
            await asked
        with pytest.raises(NotConnected, match="not connected"):
            await csms.call("cp001", "ClearCache", {})

    with_station("1.6", scene)


def test_frames_that_come_together_are_two_calls_at_once() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        await station.call("Heartbeat", {})
        assert csms.stations["cp001"].violations == []
        masked = station.socket.protocol
        for number in range(2):
            masked.send_text(json.dumps([2, f"p{number}", "Heartbeat", {}]).encode())
        station.socket.transport.write(b"".join(masked.data_to_send()))
        await station.answer()
        await station.answer()
        assert [violation.rule for violation in csms.stations["cp001"].violations] == ["two_calls"]

    with_station("2.0.1", scene)


@both
def test_silence_lateness_and_doubled_answers_come_as_told(version: str) -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        csms.behaviour = Behaviour(silent=frozenset({"Authorize"}), late={"DataTransfer": 0.2}, duplicate=frozenset({"Heartbeat"}))
        token = {"idTag": "A"} if version == "1.6" else {"idToken": {"idToken": "A", "type": "Local"}}
        await station.send(2, "unanswered", "Authorize", token)
        await station.send(2, "late", "DataTransfer", {"vendorId": "x"})
        twice = [await station.call("Heartbeat", {}, "twice"), await station.answer()]
        assert twice[0] == twice[1]
        assert (await station.answer())[1] == "late"
        assert station.frames.empty()

    with_station(version, scene)


@both
def test_malformed_answers_and_callerrors_come_as_told(version: str) -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        csms.behaviour = Behaviour(malformed={"Heartbeat": "json", "DataTransfer": "schema"}, error={"StatusNotification": "InternalError"})
        with pytest.raises(ValueError, match="Expecting"):
            json.loads(await station.call("Heartbeat", {}))
        assert (await station.call("DataTransfer", {"vendorId": "x"}))[2] == {"nonsense": True}
        status = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
        if version == "2.0.1":
            status = {"evseId": 1, "connectorId": 1, "connectorStatus": "Available", "timestamp": "2026-01-01T00:00:00Z"}
        assert (await station.call("StatusNotification", status))[2] == "InternalError"
        assert csms.stations["cp001"].violations == []

    with_station(version, scene)


def test_entries_of_an_answer_are_as_wanted_and_a_token_is_judged_only_where_there_is_one() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        csms.put_behaviour({"answers": {"TransactionEvent": {"totalCost": 1.5, "idTokenInfo": {"status": "Invalid"}}}})
        first: dict[str, Any] = {"eventType": "Started", "timestamp": "2026-01-01T00:00:00Z", "triggerReason": "Authorized", "seqNo": 0}
        first["transactionInfo"] = {"transactionId": "t1"}
        assert (await station.call("TransactionEvent", first))[2] == {"totalCost": 1.5}
        more = {**first, "eventType": "Updated", "seqNo": 1, "idToken": {"idToken": "04A1", "type": "ISO14443"}}
        assert (await station.call("TransactionEvent", more))[2] == {"totalCost": 1.5, "idTokenInfo": {"status": "Invalid"}}
        with pytest.raises(BadRequest, match="answers"):
            csms.put_behaviour({"answers": {"*": {}}})

    with_station("2.0.1", scene)


def test_an_unanswered_or_malformed_boot_leaves_the_registration_as_it_was() -> None:
    async def scene(csms: Csms) -> None:
        async with FakeStation(csms.url) as station:
            csms.behaviour = Behaviour(malformed={"*": "schema"})
            await station.boot()
            assert csms.stations["cp001"].registration == "none"
            csms.behaviour = Behaviour(boot="Rejected", interval_s=7)
            assert (await station.boot())[2]["interval"] == 7
            assert csms.stations["cp001"].registration == "rejected"

    alone(scene)


def test_dropped_connections_get_no_close_frame_and_may_come_back() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        csms.drop()
        await station.socket.wait_closed()
        assert station.socket.close_code == 1006
        await csms.until(lambda: not csms.stations["cp001"].connected, WAIT_S)
        async with FakeStation(csms.url) as again:
            await again.call("Heartbeat", {})
            assert csms.stations["cp001"].connections == 2
            assert csms.stations["cp001"].violations == []

    with_station("1.6", scene)


@pytest.mark.parametrize("status", [503, 418, 499])
def test_connections_are_refused_with_the_status_that_was_asked_for(status: int) -> None:
    async def scene(csms: Csms) -> None:
        csms.behaviour = Behaviour(refuse=status)
        with pytest.raises(InvalidStatus) as refused:
            await FakeStation(csms.url).__aenter__()
        assert refused.value.response.status_code == status
        csms.kind()
        async with FakeStation(csms.url) as station:
            await station.boot()

    alone(scene)


@both
def test_an_oversized_frame_is_above_one_mebibyte(version: str) -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        said: list[str] = []
        csms.on_line = said.append
        csms.oversize()
        await csms.until(lambda: not csms.stations["cp001"].connected, WAIT_S)
        assert "cp001 ○ disconnected: 1009" in said[-1]

    with_station(version, scene, max_size=2**20)


def test_what_it_knew_it_still_knows_after_a_stop_and_a_start() -> None:
    async def play() -> None:
        csms = Csms()
        await csms.start()
        async with FakeStation(csms.url) as station:
            await station.boot()
            number = (await station.call("StartTransaction", start(), "s"))[2]["transactionId"]
        await csms.stop()
        assert csms.url == ""
        await csms.start()
        async with FakeStation(csms.url) as station:
            assert (await station.call("StartTransaction", start(), "s"))[2]["transactionId"] == number
        assert len(csms.transactions) == 1
        assert csms.stations["cp001"].violations == []
        await csms.stop()

    asyncio.run(play())


def test_a_station_that_dies_without_a_word_is_gone_and_garbage_before_the_handshake_hurts_nobody() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        host, port = csms.url.removeprefix("ws://").split(":")
        for garbage in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/1.1\r\n\r\n", b""):
            with socket.create_connection((host, int(port))) as wire:
                wire.sendall(garbage)
        station.socket.transport.abort()
        await csms.until(lambda: not csms.stations["cp001"].connected, WAIT_S)
        async with FakeStation(csms.url, "2.0.1", "cp002") as other:
            await other.boot()
            assert (await other.call("TransactionEvent", event(0, "Started")))[0] == 3

    with_station("1.6", scene)


def test_every_frame_is_in_the_log_in_order_with_its_direction() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        await csms.call("cp001", "ClearCache", {})
        await station.socket.send("hello")
        await station.call("Heartbeat", {})
        shown = [message.shown() for message in csms.messages]
        assert [(m["number"], m["direction"], m["type"], m["action"]) for m in shown] == [
            (1, "received", "CALL", "BootNotification"),
            (2, "sent", "CALLRESULT", "BootNotification"),
            (3, "sent", "CALL", "ClearCache"),
            (4, "received", "CALLRESULT", "ClearCache"),
            (5, "received", "unreadable", None),
            (6, "received", "CALL", "Heartbeat"),
            (7, "sent", "CALLRESULT", "Heartbeat"),
        ]
        assert [message.number for message in csms.messages.after(5, "cp001")] == [6, 7]
        assert csms.messages.after(0, "cp002") == []

    with_station("1.6", scene)


def test_an_answer_may_be_the_last_thing_before_the_connection_is_cut() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        csms.behaviour = Behaviour(hang_up=frozenset({"StartTransaction"}))
        await station.send(2, "start-1", "StartTransaction", start())
        await asyncio.wait_for(station.socket.wait_closed(), WAIT_S)
        await csms.until(lambda: not csms.stations["cp001"].connected, WAIT_S)
        assert [transaction.id for transaction in csms.transactions] == ["1"]
        assert csms.messages[-1].frame[:2] == [3, "start-1"]

    with_station("1.6", scene)


def test_a_held_answer_comes_on_the_next_connection_and_only_then() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        said: list[str] = []
        csms.on_line = said.append
        csms.behaviour = Behaviour(hold=frozenset({"StartTransaction"}))
        await station.send(2, "start-1", "StartTransaction", start())
        await csms.until(lambda: any("held" in line for line in said), WAIT_S)
        async with FakeStation(csms.url) as again:
            assert (await again.answer())[:2] == [3, "start-1"]
            csms.kind()
            assert (await again.call("StartTransaction", start(), "start-1"))[2]["transactionId"] == 1
        async with FakeStation(csms.url) as later:
            assert (await later.call("Heartbeat", {}))[1] != "start-1"
        assert len(csms.transactions) == 1
        assert csms.stations["cp001"].violations == []

    with_station("1.6", scene)


def test_chaos_treats_its_share_of_the_messages_unkindly_and_the_same_for_the_same_seed() -> None:
    random = [Random(7), Random(7)]
    drawn = [[Behaviour(chaos=0.5).drawn("Heartbeat", each).manner("Heartbeat") for _ in range(400)] for each in random]
    assert drawn[0] == drawn[1]
    unkind = [manner for manner in drawn[0] if manner != Behaviour().manner("Heartbeat")]
    assert 100 < len(unkind) < 250
    kinds = {(m.silent, m.late, m.copies, m.hang_up, m.held) for m in unkind}
    assert len(kinds) == 5
    assert Behaviour(chaos=1.0).drawn("Heartbeat", Random(1)) != Behaviour(chaos=1.0)


def test_what_a_station_tells_beside_transactions_is_kept() -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        await station.call("SecurityEventNotification", {"type": "StartupOfTheDevice", "timestamp": "2026-01-01T00:00:00Z"})
        await station.call("SignedFirmwareStatusNotification", {"status": "Installed", "requestId": 3})
        await station.call("DiagnosticsStatusNotification", {"status": "Uploaded"})
        (event,) = csms.stations["cp001"].security_events
        assert event.type == "StartupOfTheDevice"
        told = [(notice.action, notice.status, notice.request) for notice in csms.stations["cp001"].notices]
        assert told == [("SignedFirmwareStatusNotification", "Installed", 3), ("DiagnosticsStatusNotification", "Uploaded", None)]

    with_station("1.6", scene)


@both
def test_a_certificate_is_signed_by_whoever_signs_here(version: str) -> None:
    authority = Authority()
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "cp001")])
    csr = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    request = csr.public_bytes(serialization.Encoding.PEM).decode()

    async def scene(csms: Csms) -> None:
        async with FakeStation(csms.url, version) as station:
            await station.boot()
            assert (await station.call("SignCertificate", {"csr": request}))[2] == {"status": "Accepted"}
            await csms.until(lambda: any(message.action == "CertificateSigned" for message in csms.messages), WAIT_S)
            assert (await station.call("SignCertificate", {"csr": "nonsense"}))[2] == {"status": "Accepted"}
        (_, action, payload), *others = [call[1:] for call in station.calls]
        certificate = x509.load_pem_x509_certificate(payload["certificateChain"].encode())
        certificate.verify_directly_issued_by(authority.certificate)
        assert (action, others, certificate.subject) == ("CertificateSigned", [], name)
        assert [violation.rule for violation in csms.stations["cp001"].violations] == ["certificate"]

    alone(scene, sign=authority.sign)


def test_tls_asks_for_a_certificate_where_it_is_told_to_and_names_who_came(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    client = ssl.create_default_context(cafile=tmp_path / "keys" / "csms.pem")

    async def scene(csms: Csms) -> None:
        with pytest.raises((ssl.SSLError, ConnectionError, WebSocketException)):
            async with FakeStation(csms.url, ssl=client) as station:
                await station.socket.wait_closed()
                raise ConnectionError("closed at once")
        identities = tmp_path / "keys" / "identities"
        client.load_cert_chain(identities / "station.pem", identities / "station.key")
        async with FakeStation(csms.url, ssl=client) as station:
            await station.boot()
            assert csms.stations["cp001"].authenticated_by == "certificate cp001"

    alone(scene, tls=keys.server(asks_for_certificate=True))


@both
def test_data_of_a_vendor_is_answered_as_it_was_told(version: str) -> None:
    async def scene(csms: Csms, station: FakeStation) -> None:
        csms.put_behaviour({"data_transfer": {"com.example": {"status": "Accepted", "data": "yes"}}})
        assert (await station.call("DataTransfer", {"vendorId": "com.example"}))[2] == {"status": "Accepted", "data": "yes"}
        assert (await station.call("DataTransfer", {"vendorId": "com.example.other"}))[2] == {"status": "UnknownVendorId"}
        with pytest.raises(BadRequest, match="data_transfer"):
            csms.put_behaviour({"data_transfer": {"com.example": {"status": "Maybe"}}})

    with_station(version, scene)
