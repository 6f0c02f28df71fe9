"""Who may sign firmware, and what a signature is worth (1.6-SEC L01.FR.04, 12, 23)."""

import base64
import hashlib
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtendedKeyUsageOID

from chargepoint.pki.firmware import certificate_complaint, signature_complaint
from tests.pki.authority import NOW, Authority, name, new_key, pem, rsa_key, usage
from tests.pki.signing import Maker, signature

IMAGE = b"firmware"
SHA256 = hashlib.sha256(IMAGE).hexdigest()


@pytest.mark.parametrize("key", [None, rsa_key()])
def test_a_certificate_of_the_maker_and_its_signature_are_good(key: object) -> None:
    maker = Maker(key)
    assert certificate_complaint(maker.certificate, maker.root, NOW) is None
    assert signature_complaint(maker.certificate, maker.sign(IMAGE), SHA256) is None
    text = maker.sign(IMAGE)
    assert signature_complaint(maker.certificate, f"{text[:64]}\r\n{text[64:]}\n", SHA256) is None


@pytest.mark.parametrize("key", [None, rsa_key()])
def test_a_signature_over_another_file_or_by_another_key_is_not(key: object) -> None:
    maker = Maker(key)
    assert signature_complaint(maker.certificate, maker.sign(b"other"), SHA256) == "the signature is not that of this file"
    assert signature_complaint(maker.certificate, signature(rsa_key(number=1), IMAGE), SHA256) == "the signature is not that of this file"


def test_the_older_rsa_padding_is_not_taken() -> None:
    maker = Maker(rsa_key())
    old = base64.b64encode(maker.key.sign(IMAGE, padding.PKCS1v15(), hashes.SHA256())).decode()
    assert signature_complaint(maker.certificate, old, SHA256) == "the signature is not that of this file"


@pytest.mark.parametrize("text", ["☺", "not base64!", "", "QUJD"])
def test_a_signature_that_is_none_is_a_complaint(text: str) -> None:
    assert signature_complaint(Maker().certificate, text, SHA256) is not None


@pytest.mark.parametrize("text", ["☺", "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_certificate_that_is_none_is_a_complaint(text: str) -> None:
    assert certificate_complaint(text, Maker().root, NOW) is not None


def test_a_stranger_and_a_maker_without_root_are_not_trusted() -> None:
    maker = Maker()
    assert certificate_complaint(maker.certificate, Maker().root, NOW) is not None
    assert certificate_complaint(maker.certificate, "", NOW) == "there is no root certificate to trust"


def test_a_certificate_is_valid_for_a_time() -> None:
    maker = Maker(begin=datetime(2026, 1, 1, tzinfo=UTC), end=datetime(2026, 2, 1, tzinfo=UTC))
    assert "expired" in (certificate_complaint(maker.certificate, maker.root, NOW) or "")
    assert "not valid before" in (certificate_complaint(maker.certificate, maker.root, datetime(2025, 1, 1, tzinfo=UTC)) or "")


def test_a_certificate_for_something_else_may_not_sign() -> None:
    root, key = Authority("manufacturer"), new_key()
    other = root.make(name("server"), key.public_key(), [usage("key_agreement")])
    assert certificate_complaint(pem(other), root.pem, NOW) == "it may not sign data (key usage)"


def test_a_certificate_of_the_makers_web_server_signs_no_firmware() -> None:
    root = Authority("manufacturer")
    for use, fits in ((ExtendedKeyUsageOID.SERVER_AUTH, False), (ExtendedKeyUsageOID.CODE_SIGNING, True)):
        made = root.make(name("maker"), new_key().public_key(), [usage("digital_signature"), x509.ExtendedKeyUsage([use])])
        assert (certificate_complaint(pem(made), root.pem, NOW) is None) is fits


def test_a_chain_in_the_request_leads_to_the_root() -> None:
    root = Authority("manufacturer")
    middle = Authority("department", above=root)
    made, _ = middle.leaf("firmware signing")
    assert certificate_complaint(pem(made), root.pem, NOW) is not None
    assert certificate_complaint(pem(made, middle.certificate), root.pem, NOW) is None
