"""TLS to a server of the test's own: what it shows is told, and what is wrong with it has its number."""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from msgspec.structs import replace

from chargepoint.domain.findings import Finding
from chargepoint.ladder import stopwatch, tls
from chargepoint.ladder.climb import up_to_tls
from chargepoint.station.csms import Access
from simulators.csms.authority import Authority
from tests.ladder.ways import climbed, way

LOOPBACK = ip_address("127.0.0.1")
ROOT, OTHER = Authority("test root"), Authority("another root")


def files(folder: Path, issued: tuple[str, str], name: str = "server") -> tuple[str, str]:
    pem, key = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_text(issued[0])
    key.write_text(issued[1])
    return str(pem), str(key)


def seen(
    folder: Path, issued: tuple[str, str], root: Authority = ROOT, client_roots: bool = False, own: bool = False, **more: bool
) -> Finding:
    """The rung against a server with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files(folder, issued))
    if client_roots:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=ROOT.pem)
    trust = folder / "trust.pem"
    trust.write_text(root.pem)
    certificate, key = files(folder, ROOT.issue("cp001"), "own") if own else (None, None)
    access = Access(
        security_profile=3 if own else 2,
        trust_file=str(trust),
        certificate_file=certificate,
        key_file=key,
        **more,  # type: ignore[arg-type]
    )
    return asyncio.run(_looked(folder, context, access))


async def _looked(folder: Path, context: ssl.SSLContext | None, access: Access) -> Finding:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    heard: list[bytes] = []
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        found = await tls.look(way(f"wss://localhost:{port}", folder, access=access), LOOPBACK)
    assert all(data == b"" for data in heard), "nothing may be said: no identity, no HTTP"
    return found


def test_a_good_server_is_told_with_version_cipher_names_chain_and_days(tmp_path: Path) -> None:
    found = seen(tmp_path, ROOT.issue("csms", hosts=("localhost", "127.0.0.1")))
    assert found.state == "passed"
    assert found.figures["version"] == "TLSv1.3"
    assert (found.figures["subject"], found.figures["issuer"]) == ("csms", "test root")
    assert "through test root" in found.text
    assert isinstance(found.figures["days_left"], int)


@pytest.mark.parametrize(("days", "state"), [(29, "warning"), (31, "passed")])
def test_one_that_ends_within_a_month_is_a_warning(tmp_path: Path, days: int, state: str) -> None:
    end = datetime.now(UTC) + timedelta(days=days, hours=1)
    found = seen(tmp_path, ROOT.issue("csms", hosts=("localhost",), end=end))
    assert (found.state, found.figures["days_left"]) == (state, days)


def test_wrong_certificates_have_their_numbers_and_are_told_as_they_are_shown(tmp_path: Path) -> None:
    good = ROOT.issue("csms", hosts=("localhost",))
    past = datetime.now(UTC) - timedelta(days=2)
    cases = {
        "CP-722": (ROOT.issue("elsewhere", hosts=("csms.example.com",)), ROOT),
        "CP-723": (ROOT.issue("csms", hosts=("localhost",), end=past), ROOT),
        "CP-724": (good, OTHER),
    }
    for code, (issued, trusted) in cases.items():
        found = seen(tmp_path, issued, trusted)
        assert (found.state, found.code) == ("failed", code)
        assert "issued by test root" in found.text
        assert found.remedy
    assert "csms.example.com" in seen(tmp_path, *cases["CP-722"]).text


def test_a_clock_in_1970_makes_a_good_certificate_one_that_is_not_valid_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopwatch, "now", lambda: datetime(1970, 1, 2, tzinfo=UTC))
    found = seen(tmp_path, ROOT.issue("csms", hosts=("localhost",)), OTHER)
    assert "valid only from 2024-01-01" in found.text


def test_without_the_check_of_the_name_it_is_a_warning(tmp_path: Path) -> None:
    found = seen(tmp_path, ROOT.issue("elsewhere", hosts=("csms.example.com",)), verify_server_name=False)
    assert (found.state, "not verified" in found.text) == ("warning", True)


def test_a_certificate_of_ours_that_is_wanted_and_shown_passes(tmp_path: Path) -> None:
    assert seen(tmp_path, ROOT.issue("csms", hosts=("localhost",)), client_roots=True, own=True).state == "passed"


def test_profile_3_without_a_certificate_of_ours_says_so(tmp_path: Path) -> None:
    access = Access(security_profile=3, trust_file=str(tmp_path / "trust.pem"))
    (tmp_path / "trust.pem").write_text(ROOT.pem)
    found = asyncio.run(tls.look(way("wss://localhost:1", tmp_path, access=access), LOOPBACK))
    assert (found.state, found.code) == ("failed", "CP-729")


def test_no_tls_at_the_port_has_its_number(tmp_path: Path) -> None:
    async def main() -> Finding:
        async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await writer.drain()
            writer.close()

        async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            access = Access(security_profile=2, system_trust=True)
            return await tls.look(way(f"wss://localhost:{port}", tmp_path, access=access), LOOPBACK)

    found = asyncio.run(main())
    assert (found.state, found.code) == ("failed", "CP-721")


def test_files_of_ours_that_cannot_be_used_are_named_and_are_no_matter_of_the_csms(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for trust in (empty, tmp_path / "gone.pem"):
        at = way("wss://localhost:1", tmp_path, access=Access(security_profile=2, trust_file=str(trust)))
        found = asyncio.run(tls.look(at, LOOPBACK))
        assert (found.state, found.code, str(trust) in found.text) == ("failed", "CP-812", True)


def test_without_the_right_to_read_them_nothing_is_dialled_and_nothing_said_to_fail(tmp_path: Path) -> None:
    def hidden() -> Access:
        raise PermissionError(13, "Permission denied", "/etc/chargepoint/root.pem")

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        at = way(f"wss://127.0.0.1:{listening.getsockname()[1]}", tmp_path, access=Access(security_profile=2))
        found = asyncio.run(climbed(replace(at, settings=replace(at.settings, access=hidden))))
    assert (found["tls"].state, "/etc/chargepoint/root.pem" in found["tls"].text) == ("not known", True)
    assert (found["websocket"].state, found["websocket"].text) == ("skipped", "nothing to try while tls is not known")


def test_that_rung_alone_says_whether_the_chain_leads_to_a_root_that_is_only_proposed(tmp_path: Path) -> None:
    async def main() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files(tmp_path, ROOT.issue("csms", hosts=("localhost",))))
        async with await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context) as server:
            url = f"wss://localhost:{server.sockets[0].getsockname()[1]}"
            for root, wanted in ((ROOT, ("passed", "")), (OTHER, ("failed", "CP-724"))):
                (tmp_path / "trust.pem").write_text(root.pem)
                access = Access(security_profile=2, trust_file=str(tmp_path / "trust.pem"))
                found = await up_to_tls(way(url, tmp_path, access=access))
                assert found is not None
                assert (found.state, found.code) == wanted
                assert "chargepoint setup" in found.remedy or found.state == "passed"
        assert await up_to_tls(way(url, tmp_path, access=access)) is None, "nobody is there"
        assert await up_to_tls(way("ws://localhost:1", tmp_path)) is None, "no TLS is wanted"

    asyncio.run(main())
