"""Roots: what is installed, what is refused, how one follows another."""

import contextlib
import ssl
import subprocess
import tempfile
import warnings
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.pki.certificates import cert_id, der, parse, read_bundle
from chargepoint.pki.errors import PkiError
from chargepoint.pki.trust import TrustStore
from tests.pki.authority import DAY, NOW, Authority, new_key, pem, rsa_key

OLD, OTHER = Authority("old"), Authority("other", key=rsa_key())


def store(folder: Path) -> TrustStore:
    return TrustStore({"csms": folder / "csms.pem", "maker": folder / "maker.pem"})


def test_a_root_is_installed_listed_found_and_removed(tmp_path: Path) -> None:
    trust = store(tmp_path)
    assert list(trust.names()) == []
    trust.install("csms", OLD.pem, NOW, 20)
    trust.install("csms", OLD.pem, NOW, 20)
    trust.install("maker", OTHER.pem, NOW, 20)
    assert list(trust.names()) == [("csms", cert_id(OLD.certificate)), ("maker", cert_id(OTHER.certificate))]
    assert list(trust.names(["maker"])) == [("maker", cert_id(OTHER.certificate))]
    for algorithm in ("SHA256", "SHA384", "SHA512"):
        assert trust.find(cert_id(OLD.certificate, algorithm=algorithm)) == [("csms", OLD.certificate)]
    trust.remove("csms", OLD.certificate)
    assert not (tmp_path / "csms.pem").exists()
    assert trust.find(cert_id(OLD.certificate)) == []


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        ("nonsense", "no certificate in PEM"),
        (OLD.pem + OTHER.pem, "2 certificates; expected one"),
        (pem(OLD.leaf()[0]), "basic constraints"),
        (Authority("over", end=NOW).pem, "expired"),
        (Authority("weak", key=rsa_key(1024)).pem, "1024 bits"),
        (pem(Authority("forged", key=new_key()).make(OLD.name, new_key().public_key())), "basic constraints"),
    ],
)
def test_what_is_no_root_is_refused(tmp_path: Path, pem: str, words: str) -> None:
    with pytest.raises(PkiError, match=words):
        store(tmp_path).install("csms", pem, NOW, 20)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("serial", ["0x1" + "0" * 40, "-5"])
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_one_that_ocpp_cannot_name_is_refused_and_spoils_no_list(tmp_path: Path, serial: str) -> None:
    """OCPP 2.0.1 M03.FR.04, M05.FR.07: nobody could list or delete it, nor anything beside it."""
    words = ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -days 9 -subj /CN=odd -set_serial", serial)
    made = subprocess.run(["openssl", *" ".join(words).split()], check=True, capture_output=True, text=True).stdout
    now = parse(made)[0].not_valid_before_utc
    trust = store(tmp_path)
    with pytest.raises(PkiError, match="serial number"):
        trust.install("csms", made, now, 20)
    (tmp_path / "csms.pem").write_text(made + OTHER.pem)
    assert [name.serial_number for _, name in trust.names()] == [f"{OTHER.certificate.serial_number:X}"]


def test_one_that_is_not_valid_yet_is_there_in_time(tmp_path: Path) -> None:
    trust = store(tmp_path)
    trust.install("csms", Authority("coming", begin=NOW + DAY).pem, NOW, 20)
    assert not trust.usable("csms", NOW)
    assert trust.usable("csms", NOW + DAY)


def test_there_is_room_for_so_many_in_all(tmp_path: Path) -> None:
    trust = store(tmp_path)
    trust.install("csms", OLD.pem, NOW, 2)
    trust.install("maker", OTHER.pem, NOW, 2)
    trust.install("csms", OLD.pem, NOW, 2)
    with pytest.raises(PkiError, match="as many certificates as may be"):
        trust.install("csms", Authority("third").pem, NOW, 2)


def test_a_root_follows_the_one_that_has_signed_it(tmp_path: Path) -> None:
    trust, new = store(tmp_path), Authority("new", OLD)
    trust.succeed("csms", OLD.pem, NOW, 20)
    with pytest.raises(PkiError, match="not signed by the root"):
        trust.succeed("csms", OTHER.pem, NOW, 20)
    trust.succeed("csms", new.pem, NOW, 20)
    assert read_bundle(tmp_path / "csms.pem") == (new.certificate, OLD.certificate), "the old one stays behind it"
    assert not trust.settle("csms", [der(OLD.certificate)]), "it was the old one that has worked"
    assert trust.settle("csms", [der(new.leaf()[0]), der(new.certificate)])
    assert read_bundle(tmp_path / "csms.pem") == (new.certificate,)
    assert trust.find(cert_id(new.certificate, OLD.certificate)) == [("csms", new.certificate)], "its signer is gone, its name is not"


def test_the_root_that_works_stays_until_another_has_worked(tmp_path: Path) -> None:
    """M05.FR.12: a second one may come before the first has been tried; the CSMS still shows what the oldest has signed."""
    trust, new = store(tmp_path), Authority("new", OLD)
    newer = Authority("newer", new)
    trust.succeed("csms", OLD.pem, NOW, 20)
    worked = [der(OLD.certificate)]
    trust.succeed("csms", new.pem, NOW, 20, worked)
    trust.succeed("csms", newer.pem, NOW, 20, worked)
    assert read_bundle(tmp_path / "csms.pem") == (newer.certificate, OLD.certificate)


def test_a_certificate_that_openssl_cannot_read_does_not_spoil_the_file(tmp_path: Path) -> None:
    """One string in it names its type wrongly: TLS to the CSMS would never come up again with it."""
    encoded = Authority("new", OLD).certificate.public_bytes(Encoding.DER)
    wrong = encoded.replace(b"\x0c\x03new", b"\x18\x03new")
    assert wrong != encoded
    with pytest.raises(PkiError, match="OpenSSL cannot read it"):
        store(tmp_path).install("csms", ssl.DER_cert_to_PEM_cert(wrong), NOW, 20)


def test_a_bundle_that_has_to_say_that_there_was_a_root_stays_empty(tmp_path: Path) -> None:
    trust = TrustStore({"maker": tmp_path / "maker.pem"}, stay=("maker",))
    trust.install("maker", OTHER.pem, NOW, 20)
    trust.remove("maker", OTHER.certificate)
    assert (tmp_path / "maker.pem").read_bytes() == b""
    assert trust.roots("maker") == ()


def test_what_ends_soon_is_named(tmp_path: Path) -> None:
    trust, soon = store(tmp_path), Authority("soon", end=NOW + 20 * DAY)
    trust.install("csms", OLD.pem, NOW, 20)
    trust.install("csms", soon.pem, NOW, 20)
    assert trust.ending("csms", NOW, timedelta(days=30)) == [soon.certificate]
    assert trust.ending("maker", NOW, timedelta(days=30)) == []


ENCODED = OLD.certificate.public_bytes(Encoding.DER)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(ENCODED) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_whatever_is_sent_is_taken_or_refused_with_words(changes: list[tuple[int, int]]) -> None:
    broken = bytearray(ENCODED)
    for place, byte in changes:
        broken[place] = byte
    text = ssl.DER_cert_to_PEM_cert(bytes(broken))
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of serial numbers that nobody should use
        trust = store(Path(folder))
        with contextlib.suppress(PkiError):
            trust.install("csms", text, NOW, 20)
            assert broken == ENCODED or list(trust.names())
        with contextlib.suppress(PkiError):
            trust.succeed("csms", text, NOW, 20)


def test_a_use_without_a_file_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no file is configured for v2g"):
        store(tmp_path).install("v2g", OLD.pem, NOW, 20)
