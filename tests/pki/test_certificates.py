"""How a certificate is named, held against what openssl says, and how bundles are kept."""

import re
import subprocess
from pathlib import Path

import pytest
from cryptography import x509

from chargepoint.pki.certificates import CertId, cert_id, is_ca, is_named, parse, read_bundle, write_bundle
from chargepoint.pki.errors import PkiError
from chargepoint.pki.requests import signing_request
from tests.pki.authority import Authority, name, new_key, pem, rsa_key

ROOTS = [Authority("elliptic"), Authority("rsa", key=rsa_key())]


def openssl(*words: str | Path, feed: str = "") -> str:
    return subprocess.run(["openssl", *map(str, words)], input=feed, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA384", "SHA512"])
@pytest.mark.parametrize("root", ROOTS)
def test_the_name_is_what_openssl_asks_an_ocsp_server_for(root: Authority, algorithm: str, tmp_path: Path) -> None:
    leaf, _ = root.leaf(serial=0x00FEDCBA9876543210)
    (tmp_path / "root.pem").write_text(root.pem)
    (tmp_path / "leaf.pem").write_text(pem(leaf))
    files = ("-issuer", tmp_path / "root.pem", "-cert", tmp_path / "leaf.pem", "-reqout", tmp_path / "request")
    said = re.sub(r"\\\n *", "", openssl("ocsp", f"-{algorithm.lower()}", *files, "-req_text"))  # long lines are folded
    found = [re.search(rf"{what}: (\w+)", said) for what in ("Issuer Name Hash", "Issuer Key Hash", "Serial Number")]
    assert all(found)
    expected = CertId(algorithm, *(each[1] for each in found if each is not None))
    mine = cert_id(leaf, root.certificate, algorithm)
    assert mine.same_as(expected)
    assert mine.serial_number == "FEDCBA9876543210"
    assert mine.issuer_key_hash == mine.issuer_key_hash.lower()


def test_names_are_compared_without_case_and_leading_zeroes() -> None:
    mine = cert_id(ROOTS[0].certificate)
    shouted = CertId("sha256", mine.issuer_name_hash.upper(), mine.issuer_key_hash.upper(), "00" + mine.serial_number.lower())
    assert is_named(ROOTS[0].certificate, ROOTS[0].certificate, CertId("SHA256", *map(str.upper, _rest(mine))))
    assert mine.same_as(shouted)
    assert not mine.same_as(cert_id(ROOTS[1].certificate))
    assert not is_named(ROOTS[0].certificate, None, CertId("SHA256", mine.issuer_name_hash, "00", mine.serial_number))


def _rest(of: CertId) -> tuple[str, str, str]:
    return of.issuer_name_hash, of.issuer_key_hash, of.serial_number


def test_a_signer_that_is_not_at_hand_is_no_hindrance() -> None:
    middle = Authority("middle", ROOTS[0])
    named = cert_id(middle.certificate, ROOTS[0].certificate)
    assert is_named(middle.certificate, None, named)
    assert is_named(middle.certificate, ROOTS[0].certificate, named)


def test_bundles_are_read_with_whatever_stands_between(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "roots.pem"
    assert read_bundle(file) == ()
    write_bundle(file, [root.certificate for root in ROOTS])
    file.write_text("# the operator's, für alle\n" + file.read_text().replace("-----BEGIN", "\nsubject: x\n-----BEGIN"))
    assert read_bundle(file) == tuple(root.certificate for root in ROOTS)
    assert [each.name for each in file.parent.iterdir()] == ["roots.pem"], "nothing is left lying beside it"
    assert len(openssl("storeutl", "-noout", "-certs", file).split("Certificate")) == 3
    file.write_text("nothing\n")
    assert read_bundle(file) == ()


@pytest.mark.parametrize(
    "text", ["", "no pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----", "ä"]
)
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(PkiError, match="no certificate in PEM"):
        parse(text)


def test_a_root_without_extensions_may_sign_if_it_signed_itself() -> None:
    key = new_key()
    bare = Authority("bare", key=key)
    plain = bare.make(name("bare"), key.public_key())
    assert plain.version is x509.Version.v3, "the builder makes no other"
    assert not is_ca(plain)
    assert is_ca(bare.certificate)


@pytest.mark.parametrize("key", [new_key(), rsa_key()])
def test_openssl_takes_the_signing_request(key: object) -> None:
    """A00.FR.507, A00.FR.509, A00.FR.511, A00.FR.512, A00.FR.514: what its key may do is said by KeyUsage, not by ExtendedKeyUsage."""
    csr = signing_request(key, "0001", "Stadtwerke Söst")  # type: ignore[arg-type]
    said = openssl("req", "-verify", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus", feed=csr)
    assert "CN=0001" in said.replace(" ", "")
    assert "O=Stadtwerke Söst" in said.replace("O = ", "O=")
    assert len(csr) < 5500
    (extension,) = x509.load_pem_x509_csr(csr.encode()).extensions
    assert isinstance(extension.value, x509.KeyUsage)
    assert extension.value.digital_signature
    assert not extension.value.key_cert_sign


def test_a_signing_request_without_an_operator_names_none() -> None:
    said = openssl("req", "-noout", "-subject", feed=signing_request(new_key(), "0001"))
    assert said.replace(" ", "").strip() == "subject=CN=0001"
