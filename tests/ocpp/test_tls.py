"""TLS on real sockets: whom the station talks to, how, and what it says of those it does not talk to (1.6-SEC A00)."""

import asyncio
import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes

from chargepoint.ocpp import tls
from chargepoint.ocpp.problems import TLS_ADVICE
from chargepoint.pki.certificates import der, parse
from chargepoint.station.csms import Access
from tests.ocpp.rig import FakeCsms, until
from tests.ocpp.test_client import Rig, running
from tests.pki.authority import DAY, NOW, Authority, key_pem, pem, rsa_key

ROOT = Authority("root")
LOCALHOST = ("localhost",)
TRIES = 3

Scene = Callable[[FakeCsms], Awaitable[None]]


class Files:
    """Whatever a test needs, as PEM files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trust = self.write("trust.pem", ROOT.pem)

    def write(self, name: str, content: str) -> str:
        (self.folder / name).write_text(content)
        return str(self.folder / name)

    def server(self, signer: Authority = ROOT, below: str = "", wants: str = "", **leaf: Any) -> ssl.SSLContext:
        """A server with a certificate from this authority; ``wants``: it asks clients for one that these roots have signed."""
        certificate, key = signer.leaf(**({"common": "csms", "hosts": LOCALHOST} | leaf))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(self.write("server.pem", pem(certificate) + below), self.write("server.key", key_pem(key).decode()))
        if wants:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(cadata=wants)
        return context

    def own(self, signer: Authority = ROOT, **leaf: Any) -> dict[str, Any]:
        certificate, key = signer.leaf("0001", **leaf)
        return {
            "certificate_file": self.write("own.pem", pem(certificate)),
            "key_file": self.write("own.key", key_pem(key).decode()),
        }


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def play(scene: Scene, context: ssl.SSLContext | None) -> None:
    async def main() -> None:
        async with FakeCsms().listening(ssl=context) as csms:
            await scene(csms)

    asyncio.run(main())


def connects(
    context: ssl.SSLContext, access: Access, look: Callable[[Rig, FakeCsms], None] = lambda *_: None, host: str = "localhost"
) -> Any:
    """It connects; what the station was told of the chain."""
    chains: list[tuple[bytes, ...]] = []

    async def scene(csms: FakeCsms) -> None:
        async with running(f"ws://{host}:{csms.port}", access=lambda: access, verified=chains.append) as rig:
            await rig.connected()
            look(rig, csms)
            assert rig.station.notes == []

    play(scene, context)
    return chains[0]


def refused(
    context: ssl.SSLContext | None, access: Access, caplog: pytest.LogCaptureFixture, host: str = "localhost"
) -> list[tuple[str, str]]:
    """It does not connect, however often it tries; what the security log hears of it."""
    notes: list[tuple[str, str]] = []

    async def scene(csms: FakeCsms) -> None:
        async with running(f"ws://{host}:{csms.port}", access=lambda: access) as rig:
            await until(lambda: caplog.text.count("csms_unreachable") >= TRIES)
            assert csms.connections == []
            notes.extend(rig.station.notes)

    play(scene, context)
    return notes


class Strict:
    """A server that says why it ends a handshake, as all do but those of asyncio, which hang up. Nobody gets through."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Strict":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self._turn_away(connection)

    def _turn_away(self, connection: socket.socket) -> None:
        """It reads on until the client has left: for what is not read the kernel would take back what was said."""
        heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
        inside, failed = self._context.wrap_bio(heard, said, server_side=True), False
        with contextlib.suppress(OSError):
            while data := connection.recv(65_536):
                heard.write(data)
                try:
                    inside.do_handshake()
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLError:
                    failed = True
                connection.sendall(said.read())
                if failed:
                    connection.shutdown(socket.SHUT_WR)
                    failed = False


def turned_away(context: ssl.SSLContext, access: Access, caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """By a server that says why: what the security log hears of it, however often it is tried."""
    notes: list[tuple[str, str]] = []

    async def main() -> None:
        with Strict(context) as server:
            async with running(f"ws://localhost:{server.port}", access=lambda: access) as rig:
                await until(lambda: caplog.text.count("csms_unreachable") >= TRIES)
                notes.extend(rig.station.notes)

    asyncio.run(main())
    return notes


def negotiated(csms: FakeCsms) -> tuple[str, str]:
    inside: ssl.SSLObject = csms.connections[0].transport.get_extra_info("ssl_object")
    assert inside.compression() is None
    cipher = inside.cipher()
    assert cipher is not None
    return str(inside.version()), cipher[0]


@pytest.mark.parametrize("suite", tls.SUITES)
def test_every_suite_of_the_standard_and_those_of_the_field_are_spoken(files: Files, suite: str) -> None:
    """OCPP 2.0.1 A00.FR.319, A00.FR.422; without compression: A00.FR.321, A00.FR.424."""
    context = files.server(key=None if "ECDSA" in suite else rsa_key())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{suite}:@SECLEVEL=0")

    def look(_: Rig, csms: FakeCsms) -> None:
        assert negotiated(csms) == ("TLSv1.2", suite)

    connects(context, Access(security_profile=2, trust_file=files.trust), look)


def test_a_csms_that_leaves_the_choice_to_the_station_gets_forward_secrecy(files: Files) -> None:
    context = files.server(key=rsa_key())
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def look(_: Rig, csms: FakeCsms) -> None:
        assert negotiated(csms)[1].startswith("ECDHE-RSA")

    connects(context, Access(security_profile=2, trust_file=files.trust), look)


def test_the_newest_version_is_taken(files: Files) -> None:
    """OCPP 2.0.1 A00.FR.312, A00.FR.317, A00.FR.415, A00.FR.420."""

    def look(_: Rig, csms: FakeCsms) -> None:
        assert negotiated(csms)[0] == "TLSv1.3"

    connects(files.server(), Access(security_profile=2, trust_file=files.trust), look)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_csms_with_old_tls_only_is_refused_and_noted_once(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    """OCPP 2.0.1 A00.FR.313, A00.FR.314, A00.FR.316, A00.FR.416, A00.FR.417, A00.FR.419."""
    context = files.server(key=rsa_key())
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    notes = turned_away(context, Access(security_profile=2, trust_file=files.trust), caplog)
    assert [kind for kind, _ in notes] == ["InvalidTLSVersion"]
    assert TLS_ADVICE[tls.INVALID_VERSION] in caplog.text


@pytest.mark.parametrize(
    "suites", ["AES128-SHA", "ECDHE-RSA-AES128-SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "AES256-SHA256", "DHE-RSA-AES256-GCM-SHA384"]
)
def test_a_csms_with_other_suites_only_is_refused_and_noted_once(files: Files, suites: str, caplog: pytest.LogCaptureFixture) -> None:
    """OCPP 2.0.1 A00.FR.320, A00.FR.323, A00.FR.423, A00.FR.426."""
    context = files.server(key=rsa_key())
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{suites}:@SECLEVEL=0")
    notes = turned_away(context, Access(security_profile=2, trust_file=files.trust), caplog)
    assert [kind for kind, _ in notes] == ["InvalidTLSCipherSuite"]
    assert TLS_ADVICE[tls.INVALID_SUITE] in caplog.text
    assert "no TLS cipher suite in common with the CSMS" in caplog.text
    assert "ws://" not in caplog.text.replace("wss://", "")


@pytest.mark.parametrize(
    ("leaf", "signer"),
    [
        ({}, Authority("stranger")),
        ({}, Authority("root")),
        ({"end": NOW - DAY}, ROOT),
        ({"begin": NOW + 30_000 * DAY}, ROOT),
        ({"hosts": ("csms.example.com",)}, ROOT),
        ({"hosts": (), "common": "csms.example.com"}, ROOT),
        ({"key": rsa_key(1024)}, ROOT),
        ({"digest": hashes.SHA224()}, Authority("root", key=rsa_key())),
    ],
    ids=["stranger", "namesake", "over", "early", "other host", "other common name", "weak key", "weak hash of a stranger"],
)
def test_a_certificate_that_cannot_be_trusted_is_refused_and_noted_once(
    files: Files, leaf: dict[str, Any], signer: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    """OCPP 2.0.1 A00.FR.308, A00.FR.309, A00.FR.310, A00.FR.311, A00.FR.411, A00.FR.412, A00.FR.413, A00.FR.414."""
    notes = refused(files.server(signer, **leaf), Access(security_profile=2, trust_file=files.trust), caplog)
    assert [kind for kind, _ in notes] == ["InvalidCentralSystemCertificate"]
    assert "url=wss://localhost" in caplog.text
    assert TLS_ADVICE[tls.INVALID_CERTIFICATE] in caplog.text


def test_a_wildcard_will_do_only_where_it_is_allowed(files: Files) -> None:
    """The rest of the handshake is OpenSSL's; which names there are is what counts here."""
    made = tls.context(Access(security_profile=2, trust_file=files.trust, wildcards=False))
    shown = {"subject": ((("commonName", "*.example.com"),),), "subjectAltName": (("DNS", "*.example.com"),)}
    for names, good in ((("*.example.com",), False), (("*.example.com", "csms.example.com"), True), (("csms.example.com",), True)):
        end = made.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="csms.example.com")
        assert isinstance(end, tls.Handshake)
        end.getpeercert = lambda *_, names=names: {**shown, "subjectAltName": tuple(("DNS", name) for name in names)}  # type: ignore[method-assign,assignment]
        if good:
            end.look_for_name()
        else:
            with pytest.raises(ssl.SSLCertVerificationError, match="wildcard"):
                end.look_for_name()


def test_the_name_may_stand_in_the_common_name_alone(files: Files) -> None:
    connects(files.server(common="localhost", hosts=()), Access(security_profile=2, trust_file=files.trust))


def test_only_the_configuration_takes_the_name_check_away_and_never_the_chain(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    nameless = files.server(common="csms.example.com", hosts=())
    connects(nameless, Access(security_profile=2, trust_file=files.trust, verify_server_name=False))
    stranger = files.write("stranger.pem", Authority("root").pem)
    assert refused(nameless, Access(security_profile=2, trust_file=stranger, verify_server_name=False), caplog)


def test_certificates_without_any_extension_will_do_where_the_name_is_not_checked(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    place = files.folder

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=place, check=True, capture_output=True)

    for name in ("ca", "v1"):
        openssl(
            "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/O=CPO/CN={name}"
        )
    openssl("x509", "-req", "-in", "ca.csr", "-signkey", "ca.key", "-days", "99", "-out", "ca.pem")
    openssl("x509", "-req", "-in", "v1.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "99", "-out", "v1.pem")
    assert parse((place / "v1.pem").read_bytes())[0].version.name == "v1"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "v1.pem", place / "v1.key")
    connects(context, Access(security_profile=2, trust_file=str(place / "ca.pem"), verify_server_name=False))
    refused(context, Access(security_profile=2, trust_file=files.trust, verify_server_name=False), caplog)


def test_the_station_hears_how_the_csms_was_verified(files: Files) -> None:
    middle = Authority("middle", ROOT)
    chain = connects(files.server(middle, below=middle.pem), Access(security_profile=2, trust_file=files.trust))
    assert len(chain) == 3
    assert chain[1:] == (der(middle.certificate), der(ROOT.certificate))


def test_a_new_root_is_trusted_beside_the_old_one_and_without_it(files: Files) -> None:
    """OCPP 2.0.1 M05.FR.14."""
    new = Authority("new root", ROOT)
    both, alone = files.write("both.pem", new.pem + ROOT.pem), files.write("alone.pem", new.pem)
    for trust in (both, alone):
        chain = connects(files.server(new), Access(security_profile=2, trust_file=trust))
        assert der(new.certificate) in chain


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_profile_3_shows_the_stations_own_certificate(files: Files, version: ssl.TLSVersion) -> None:
    """OCPP 2.0.1 A00.FR.401, A00.FR.402."""
    context = files.server(wants=ROOT.pem)
    context.minimum_version = context.maximum_version = version

    def look(_: Rig, csms: FakeCsms) -> None:
        shown = csms.connections[0].transport.get_extra_info("peercert")
        assert (("commonName", "0001"),) in shown["subject"]
        assert csms.connections[0].request is not None
        assert "Authorization" not in csms.connections[0].request.headers

    access = Access(security_profile=3, password="unused", trust_file=files.trust, **files.own())
    connects(context, access, look)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(("signer", "leaf"), [(Authority("stranger"), {}), (ROOT, {"end": NOW - 300 * DAY})], ids=["stranger", "over"])
def test_a_csms_that_refuses_our_certificate_is_noted_once(
    files: Files, version: ssl.TLSVersion, signer: Authority, leaf: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    context = files.server(wants=ROOT.pem)
    context.minimum_version = context.maximum_version = version
    access = Access(security_profile=3, trust_file=files.trust, **files.own(signer, **leaf))
    assert [kind for kind, _ in turned_away(context, access, caplog)] == ["FailedToAuthenticateAtCentralSystem"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_csms_that_wants_a_certificate_in_profile_2_is_no_matter_of_suites(
    files: Files, version: ssl.TLSVersion, caplog: pytest.LogCaptureFixture
) -> None:
    """With TLS 1.2 its alert is the one of a CSMS that knows none of our suites."""
    context = files.server(wants=ROOT.pem)
    context.minimum_version = context.maximum_version = version
    notes = turned_away(context, Access(security_profile=2, trust_file=files.trust), caplog)
    assert [kind for kind, _ in notes] == ["FailedToAuthenticateAtCentralSystem"]
    assert "it may want one where none is shown: security_profile 3" in caplog.text


def test_profile_3_without_a_certificate_says_what_is_missing(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    assert refused(files.server(wants=ROOT.pem), Access(security_profile=3, trust_file=files.trust), caplog) == []
    assert "this station has no certificate of its own that is valid now" in caplog.text


def test_a_key_that_needs_a_password_does_not_ask_at_the_terminal(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    own = files.own()
    from chargepoint.pki import keys

    key = keys.read(Path(own["key_file"]).read_bytes())
    Path(own["key_file"]).write_bytes(keys.written(key, "geheim"))
    access = Access(security_profile=3, trust_file=files.trust, key_password="geheim", **own)
    connects(files.server(wants=ROOT.pem), access)
    refused(files.server(wants=ROOT.pem), Access(security_profile=3, trust_file=files.trust, **own), caplog)
    assert "geheim" not in caplog.text + repr(access)


def test_whoever_speaks_no_tls_at_all_is_no_security_event(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    assert refused(None, Access(security_profile=2, trust_file=files.trust), caplog) == []


def test_a_refused_password_is_noted_once_and_again_after_a_connection(files: Files) -> None:
    async def scene(csms: FakeCsms) -> None:
        csms.http_status = 401
        access = Access(security_profile=1, password="0" * 32)
        async with running(f"ws://localhost:{csms.port}", access=lambda: access) as rig:
            await until(lambda: rig.station.notes)
            csms.http_status = None
            await rig.connected()
            csms.http_status = 401
            await csms.connections[0].close()
            await until(lambda: len(rig.station.notes) == 2)
            assert {kind for kind, _ in rig.station.notes} == {"FailedToAuthenticateAtCentralSystem"}

    play(scene, None)


def test_nobody_is_led_from_tls_to_a_plain_connection(files: Files, caplog: pytest.LogCaptureFixture) -> None:
    async def scene(csms: FakeCsms) -> None:
        async with FakeCsms().listening() as plain:

            def away(connection: Any, _: Any) -> Any:
                response = connection.respond(302, "")
                response.headers["Location"] = plain.url
                return response

            csms._admit = away  # type: ignore[method-assign]
            async with FakeCsms.listening(csms, ssl=context) as secure:
                access = Access(security_profile=2, password="0" * 32, trust_file=files.trust)
                async with running(f"wss://localhost:{secure.port}", access=lambda: access):
                    await until(lambda: caplog.text.count("csms_unreachable") >= TRIES)
            assert plain.connections == []

    context = files.server()

    async def main() -> None:
        await scene(FakeCsms())

    asyncio.run(main())
