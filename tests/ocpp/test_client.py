"""The client against a CSMS on real sockets."""

import asyncio
import contextlib
import json
import logging
import socket
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidMessage, InvalidStatus
from websockets.http11 import Response
from websockets.utils import accept_key

from chargepoint.domain.notifications import Heartbeat, HeartbeatAnswer
from chargepoint.ocpp.backoff import BackOffRule
from chargepoint.ocpp.client import OcppClient
from chargepoint.ocpp.connection import MAX_MESSAGE_BYTES, dial
from chargepoint.ocpp.problems import problem
from chargepoint.ocpp.settings import OcppSettings
from chargepoint.ocpp.wire import WireClosed
from chargepoint.station.csms import Access, CsmsOffline
from tests.ocpp.rig import FakeCsms, FakeStation, until

CERTIFICATES = Path(__file__).with_name("certificates")
QUICK = BackOffRule(0.02, 0.0, 0)
NEVER = BackOffRule(1000.0, 0.0, 0)


@dataclass
class Rig:
    """A client that runs, its station and its uplink."""

    client: OcppClient
    station: FakeStation
    uplink: "asyncio.Queue[bool]"
    task: "asyncio.Task[None]" = field(init=False)

    async def connected(self) -> None:
        await until(lambda: self.client.connected)

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})


@contextlib.asynccontextmanager
async def running(url: str, *, with_uplink: bool = False, **settings: Any) -> AsyncIterator[Rig]:
    station, uplink = FakeStation(), asyncio.Queue[bool]()

    async def changes() -> AsyncIterator[bool]:
        while True:
            yield await uplink.get()

    values: dict[str, Any] = {"identity": "cp 1", "versions": ("1.6",), "reconnect": lambda: QUICK} | settings
    client = OcppClient(OcppSettings(url=url, **values), station, changes if with_uplink else None)
    rig = Rig(client, station, uplink)
    rig.task = asyncio.create_task(client.run())
    try:
        yield rig
    finally:
        await rig.leave()


def play(scene: Callable[[FakeCsms], Awaitable[None]], **listening: Any) -> None:
    async def main() -> None:
        async with FakeCsms().listening(**listening) as csms:
            await scene(csms)

    asyncio.run(main())


def test_it_connects_asks_and_says_goodbye() -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(csms.url) as rig:
            with pytest.raises(CsmsOffline):
                await rig.client.ask(Heartbeat())
            await rig.connected()
            assert csms.connections[0].request is not None
            assert csms.connections[0].request.path == "/ocpp/cp%201"
            assert csms.connections[0].request.headers.get("Authorization") is None
            assert isinstance(await rig.client.ask(Heartbeat(), "m-1"), HeartbeatAnswer)
            assert csms.received == [[2, "m-1", "Heartbeat", {}]]
        await until(lambda: csms.closes)
        assert csms.closes == [1000]
        assert rig.station.news == ["connected", "this station shuts down"]

    play(scene)


def test_a_lost_connection_is_made_again_and_again() -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(csms.url) as rig:
            for count in range(1, 4):
                await csms.has(count)
                await rig.connected()
                await csms.connections[-1].close(1001, "restart")
            await until(lambda: len(csms.connections) == 4)
        assert rig.station.news[:2] == ["connected", "closed by the CSMS with 1001 restart"]

    play(scene)


@pytest.mark.parametrize(("version", "waits_s"), [("1.6", [0.1, 0.2, 0.4]), ("2.0.1", [0.1, 0.1, 0.1])])
def test_in_2x_any_connection_that_stood_ends_a_series_of_attempts(
    version: str, waits_s: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Part 4 §5.3, errata of 2025-04. In 1.6 it has to have stood for ten seconds."""
    monkeypatch.setattr("chargepoint.ocpp.client.STOOD_S", 0.0)

    async def scene(csms: FakeCsms) -> None:
        waited: list[float] = []
        async with running(csms.url, versions=(version,), reconnect=lambda: BackOffRule(0.1, 0.0, 5)) as rig:
            next_s = rig.client._back_off.next_s
            monkeypatch.setattr(rig.client._back_off, "next_s", lambda: waited.append(next_s()) or waited[-1])  # type: ignore[func-returns-value]
            for count in range(1, 4):
                await csms.has(count)
                await rig.connected()
                await csms.connections[-1].close()
                await until(lambda: len(waited) == count)  # noqa: B023  waited for at once
            assert waited == pytest.approx(waits_s)

    play(scene)


@pytest.mark.parametrize(("chosen", "version", "keeps_id"), [("ocpp1.6", "1.6", True), ("ocpp2.0.1", "2.0.1", False)])
def test_the_csms_chooses_among_the_versions_offered(chosen: str, version: str, keeps_id: bool) -> None:
    async def scene(csms: FakeCsms) -> None:
        offers: list[list[str]] = []
        csms.subprotocol = lambda offered: offers.append(offered) or chosen  # type: ignore[func-returns-value]
        async with running(csms.url, versions=("2.0.1", "1.6")) as rig:
            assert rig.client.version == "2.0.1"
            await rig.connected()
            assert offers == [["ocpp2.0.1", "ocpp1.6"]]
            assert (rig.client.version, rig.client.resend_keeps_id) == (version, keeps_id)

    play(scene)


def test_without_an_agreed_subprotocol_it_hangs_up_and_tries_again(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(csms: FakeCsms) -> None:
        csms.subprotocol = lambda _: None
        async with running(csms.url) as rig:
            await until(lambda: len(csms.connections) >= 2)
            assert not rig.client.connected
            assert rig.station.news == []
            csms.subprotocol = lambda offered: offered[0]
            await rig.connected()

    play(scene)
    assert "event=csms_unreachable" in caplog.text
    assert "assume_subprotocol" in caplog.text


def test_the_one_configured_version_may_be_assumed() -> None:
    async def scene(csms: FakeCsms) -> None:
        csms.subprotocol = lambda _: None
        async with running(csms.url, assume_subprotocol=True) as rig:
            await rig.connected()
            assert isinstance(await rig.client.ask(Heartbeat()), HeartbeatAnswer)

    play(scene)


def test_a_message_above_the_bound_closes_with_1009_and_it_connects_again() -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(csms.url) as rig:
            await rig.connected()
            await csms.connections[0].send("x" * (MAX_MESSAGE_BYTES + 1))
            await until(lambda: len(csms.connections) == 2)
            assert csms.closes == [1009]
            assert "closed by this station with 1009" in rig.station.news[1]

    play(scene)


def test_a_call_may_come_in_fragments_and_right_after_the_handshake() -> None:
    async def scene(csms: FakeCsms) -> None:
        converse = csms._converse

        async def hasty(connection: Any) -> None:
            text = json.dumps([2, "early", "ClearCache", {}])
            await connection.send([text[:5], text[5:6], "", text[6:]])
            await converse(connection)

        csms._converse = hasty  # type: ignore[method-assign]
        async with FakeCsms.listening(csms) as again, running(again.url):
            await until(lambda: [3, "early", {"status": "Accepted"}] in csms.received)

    play(scene)


def test_the_network_goes_down_without_a_word_and_comes_back_at_once() -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(csms.url, with_uplink=True, reconnect=lambda: NEVER) as rig:
            await rig.uplink.put(False)
            await rig.uplink.put(True)
            await rig.connected()
            open_question = asyncio.create_task(rig.client.ask(Heartbeat()))
            csms.connections[0].transport.pause_reading()
            await asyncio.sleep(0)
            await rig.uplink.put(False)
            await until(lambda: not rig.client.connected)
            with pytest.raises(CsmsOffline):
                await open_question
            csms.connections[0].transport.resume_reading()
            await until(lambda: csms.closes)
            assert csms.closes == [1006]
            assert rig.station.news[-1] == "the network is down"
            await rig.uplink.put(True)
            await rig.connected()

    play(scene)


def test_a_csms_that_is_away_is_dialled_at_once_when_the_network_returns(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        async with running(f"ws://127.0.0.1:{port}", with_uplink=True, reconnect=lambda: NEVER) as rig:
            await rig.uplink.put(True)
            await until(lambda: "connection refused" in caplog.text)
            async with FakeCsms().listening(port):
                await rig.uplink.put(False)
                await rig.uplink.put(True)
                await rig.connected()

    asyncio.run(main())


def test_a_network_monitor_that_breaks_does_not_take_the_network_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chargepoint.ocpp.client.UPLINK_AGAIN_S", 0.0)

    async def scene(csms: FakeCsms) -> None:
        calls: list[int] = []

        async def changes() -> AsyncIterator[bool]:
            calls.append(1)
            if len(calls) == 1:
                raise OSError("no netlink")
            yield True

        client = OcppClient(OcppSettings(url=csms.url, identity="cp", versions=("1.6",)), FakeStation(), changes)
        task = asyncio.create_task(client.run())
        await until(lambda: client.connected)
        task.cancel()
        await asyncio.wait({task})

    play(scene)


def test_a_drop_connects_at_once_with_the_new_password() -> None:
    async def scene(csms: FakeCsms) -> None:
        passwords = ["first"]
        async with running(csms.url, access=lambda: Access(security_profile=1, password=passwords[-1]), reconnect=lambda: NEVER) as rig:
            await rig.connected()
            passwords.append("second")
            rig.client.drop("new password")
            await until(lambda: len(csms.connections) == 2)
            headers = [each.request.headers["Authorization"] for each in csms.connections if each.request is not None]
            assert [b64decode(header.removeprefix("Basic ")) for header in headers] == [b"cp 1:first", b"cp 1:second"]
            assert csms.closes == [1000]
            assert rig.station.news[:2] == ["connected", "new password"]

    play(scene)


def test_a_drop_may_be_what_follows_an_answer() -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(csms.url, reconnect=lambda: NEVER) as rig:
            await rig.connected()
            rig.station.then = lambda: rig.client.drop("new password")
            await csms.connections[0].send(json.dumps([2, "x", "ClearCache", {}]))
            await csms.has(2)
            await rig.connected()
            assert csms.received == [[3, "x", {"status": "Accepted"}]]

    play(scene)


def test_the_old_csms_is_left_before_the_new_one_is_dialled() -> None:
    """OCPP 2.0.1 B10.FR.06."""

    async def scene(old: FakeCsms) -> None:
        left: list[bool] = []

        async def converse(_: Any) -> None:
            left.append(old.connections[0].protocol.close_rcvd is not None)

        new = FakeCsms()
        new._converse = converse  # type: ignore[method-assign,assignment]
        async with new.listening():
            urls = [old.url]
            async with running(old.url, access=lambda: Access(url=urls[-1]), reconnect=lambda: NEVER) as rig:
                await rig.connected()
                urls.append(new.url)
                rig.client.drop("another network profile")
                await until(lambda: left)
                assert left == [True]
                assert old.closes == [1000]

    play(scene)


@pytest.mark.parametrize(
    ("status", "advice"), [(401, "basic_auth_password"), (404, "station.id"), (426, "wss"), (503, "overloaded"), (418, "log")]
)
def test_an_http_error_is_told_with_what_to_check_and_tried_again(status: int, advice: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(csms: FakeCsms) -> None:
        csms.http_status = status
        async with running(csms.url.replace("ws://", "ws://user:secret@")) as rig:
            await until(lambda: caplog.text.count("csms_unreachable") >= 2)
            csms.http_status = None
            await rig.connected()

    with caplog.at_level(logging.INFO):
        play(scene)
    assert f"HTTP {status}" in caplog.text
    assert advice in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("error", "seen", "check"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no address for the host name", "name server"),
        (ConnectionRefusedError(111, "x"), "connection refused", "host and port"),
        (TimeoutError("timed out"), "no answer", "firewall"),
        (FileNotFoundError(2, "No such file", "ca.pem"), "ca.pem", "files named"),
        (UnicodeError("label too long"), "label too long", "csms_url"),
        (ssl.SSLError(1, "[SSL] x"), "TLS failed", "security_profile"),
    ],
)
def test_a_failed_attempt_has_words(error: Exception, seen: str, check: str) -> None:
    what = problem(error)
    assert seen in what.seen
    assert check in what.check


@pytest.mark.parametrize(
    ("status", "event", "answered"),
    [(401, "FailedToAuthenticateAtCentralSystem", True), (404, "", True), (429, "", False), (502, "", False)],
)
def test_a_status_says_whether_somebody_has_refused(status: int, event: str, answered: bool) -> None:
    what = problem(InvalidStatus(Response(status, "x", Headers())))
    assert (what.event, what.answered) == (event, answered)


@pytest.mark.parametrize(
    ("error", "answered"),
    [(ConnectionRefusedError(), False), (TimeoutError(), False), (InvalidMessage("x"), False), (ssl.SSLError(1, "[SSL] x"), True)],
)
def test_nobody_there_is_told_from_somebody_who_refuses(error: Exception, answered: bool) -> None:
    assert problem(error).answered is answered


async def raw_server(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> tuple[asyncio.Server, str]:
    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    return server, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def shake_hands(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subprotocol: str) -> None:
    """Open a WebSocket and leave it alone."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line.split(": ")[1] for line in request.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {accept_key(key)}", f"Sec-WebSocket-Protocol: {subprotocol}", "", ""]
    writer.write("\r\n".join(lines).encode())


def test_a_subprotocol_that_was_not_offered_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await shake_hands(reader, writer, "ocpp1.5")
            await reader.read()

        server, url = await raw_server(answer)
        async with server, running(url):
            await until(lambda: caplog.text.count("csms_unreachable") >= 2)

    asyncio.run(main())
    assert "not offered" in caplog.text


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"])
def test_whatever_else_listens_there_is_no_csms(greeting: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(greeting)
            writer.close()

        server, url = await raw_server(answer)
        async with server, running(url):
            await until(lambda: caplog.text.count("csms_unreachable") >= 2)

    asyncio.run(main())


def test_a_missing_pong_ends_the_connection() -> None:
    async def main() -> None:
        dials: list[int] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            dials.append(1)
            await shake_hands(reader, writer, "ocpp1.6")
            await reader.read()

        server, url = await raw_server(answer)
        async with server, running(url, ping_interval_s=lambda: 0.05) as rig:
            await until(lambda: len(dials) == 2)
            assert rig.station.news[:2] == ["connected", "no pong within 0.05 s"]

    asyncio.run(main())


def test_pongs_keep_the_connection() -> None:
    async def scene(csms: FakeCsms) -> None:
        intervals = [0.0]
        async with running(csms.url, ping_interval_s=lambda: intervals[-1]) as rig:
            await rig.connected()
            pings: list[Any] = []
            process = csms.connections[0].process_event

            def seen(event: Any) -> None:
                pings.append(event)
                process(event)

            csms.connections[0].process_event = seen  # type: ignore[method-assign]
            intervals.append(0.02)
            await until(lambda: len(pings) >= 3)
            assert rig.station.news == ["connected"]

    play(scene)


def test_a_csms_that_does_not_read_is_given_up() -> None:
    async def main() -> None:
        done = asyncio.Event()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await shake_hands(reader, writer, "ocpp1.6")
            await done.wait()

        server, url = await raw_server(answer)
        async with server:
            connection = await dial(url, OcppSettings(url=url, identity="cp", versions=("1.6",)))

            def fill() -> None:
                for _ in range(100):
                    connection.send(b"x" * (1 << 20))

            with pytest.raises(WireClosed, match="does not read"):
                fill()
            assert "does not read" in await connection.closed()
            done.set()

    asyncio.run(main())


# TLS


def server_context(wants_client: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "server.pem", CERTIFICATES / "server.key")
    if wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(CERTIFICATES / "ca.pem")
    return context


TRUST = str(CERTIFICATES / "ca.pem")
OWN: dict[str, Any] = {"certificate_file": str(CERTIFICATES / "client.pem"), "key_file": str(CERTIFICATES / "client.key")}


@pytest.mark.parametrize(
    ("host", "access"),
    [
        ("localhost", Access(security_profile=2, password="secret", trust_file=TRUST)),
        ("127.0.0.1", Access(security_profile=2, password="secret", trust_file=TRUST, verify_server_name=False)),
        ("localhost", Access(security_profile=3, password="secret", trust_file=TRUST, **OWN)),
    ],
)
def test_tls_with_a_chain_that_is_trusted(host: str, access: Access) -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(f"ws://{host}:{csms.port}", access=lambda: access) as rig:
            await rig.connected()
            assert csms.connections[0].request is not None
            assert ("Authorization" in csms.connections[0].request.headers) is (access.security_profile == 2)

    play(scene, ssl=server_context(wants_client=access.security_profile == 3))


@pytest.mark.parametrize(
    ("host", "access", "seen"),
    [
        ("localhost", Access(security_profile=2), "cannot be trusted"),
        ("127.0.0.1", Access(security_profile=2, trust_file=TRUST), "cannot be trusted"),
        ("localhost", Access(security_profile=2, trust_file="no-such-file.pem"), "No such file"),
    ],
)
def test_tls_with_whom_it_does_not_trust_is_refused(host: str, access: Access, seen: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(f"wss://{host}:{csms.port}", access=lambda: access) as rig:
            await until(lambda: caplog.text.count("csms_unreachable") >= 2)
            assert not rig.client.connected

    play(scene, ssl=server_context())
    assert seen in caplog.text


def test_without_a_csms_it_waits_and_is_offline() -> None:
    async def main() -> None:
        client = OcppClient(OcppSettings(url=None, identity="cp", versions=("2.0.1",)), FakeStation())
        task = asyncio.create_task(client.run())
        await asyncio.sleep(0)
        assert not task.done()
        assert (client.connected, client.version) == (False, "2.0.1")
        task.cancel()
        await asyncio.wait({task})

    asyncio.run(main())


# Compression (2.0.1 part 4 §3.3)


@pytest.mark.parametrize(("versions", "compressed"), [(("2.0.1",), True), (("2.0.1", "1.6"), True), (("1.6",), False)])
def test_compression_is_offered_where_the_csms_has_to_know_it(versions: tuple[str, ...], compressed: bool) -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(csms.url, versions=versions) as rig:
            await rig.connected()
            assert [each.name for each in csms.connections[0].protocol.extensions] == ["permessage-deflate"] * compressed
            assert isinstance(await rig.client.ask(Heartbeat(), "m-1"), HeartbeatAnswer)
            assert csms.received == [[2, "m-1", "Heartbeat", {}]]
            parts = ['[2,"c-1","ClearCache",', "{", "}]"]
            await csms.connections[0].send(parts)
            await until(lambda: rig.station.commands)

    play(scene)


def test_a_csms_without_compression_is_spoken_to_without_it() -> None:
    async def scene(csms: FakeCsms) -> None:
        async with running(csms.url, versions=("2.0.1",)) as rig:
            await rig.connected()
            assert csms.connections[0].protocol.extensions == []
            assert isinstance(await rig.client.ask(Heartbeat(), "m-1"), HeartbeatAnswer)

    play(scene, compression=None)


def test_after_an_answer_that_does_not_fit_the_offer_none_is_made() -> None:
    async def main() -> None:
        offers: list[bool] = []

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            offers.append("permessage-deflate" in request)
            key = next(line.split(": ")[1] for line in request.split("\r\n") if line.lower().startswith("sec-websocket-key"))
            lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
            lines += [f"Sec-WebSocket-Accept: {accept_key(key)}", "Sec-WebSocket-Protocol: ocpp2.0.1"]
            lines += ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=15"] * offers[-1]
            writer.write("\r\n".join([*lines, "", ""]).encode())
            await reader.read()

        server, url = await raw_server(answer)
        async with server, running(url, versions=("2.0.1",)) as rig:
            await rig.connected()
            assert offers == [True, False]

    asyncio.run(main())
