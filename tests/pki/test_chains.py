"""Who is trusted, and what is said of whom is not."""

from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from chargepoint.pki.chains import complaint
from tests.pki.authority import BEGIN, DAY, END, NOW, Authority, name, new_key, rsa_key, usage

ROOT = Authority("root")
MIDDLE = Authority("middle", ROOT)
LOW = Authority("low", MIDDLE)
LEAF, _ = LOW.leaf()
STRANGER = Authority("root")
"""Of the same name, with another key."""


def said(leaf: x509.Certificate, *others: x509.Certificate, roots: Any = (ROOT.certificate,), **more: Any) -> str | None:
    return complaint(leaf, others, roots, NOW, **more)


def test_a_chain_leads_to_its_root_in_whatever_order_it_comes() -> None:
    assert said(LEAF, MIDDLE.certificate, LOW.certificate) is None
    assert said(LEAF, LOW.certificate, MIDDLE.certificate, LOW.certificate) is None
    assert said(LEAF, LOW.certificate, roots=(MIDDLE.certificate,)) is None, "what is installed is trusted as it is"


def test_rsa_signs_as_well() -> None:
    root = Authority("rsa", key=rsa_key())
    assert said(root.leaf()[0], roots=(root.certificate,)) is None


@pytest.mark.parametrize(
    ("others", "roots", "words"),
    [
        ((), (ROOT.certificate,), "is not trusted"),
        ((LOW.certificate,), (ROOT.certificate,), "is not trusted"),
        ((LOW.certificate, MIDDLE.certificate), (STRANGER.certificate,), "is not trusted"),
        ((LOW.certificate, MIDDLE.certificate, ROOT.certificate), (STRANGER.certificate,), "is not trusted"),
        ((LOW.certificate, MIDDLE.certificate), (), "no root certificate"),
    ],
)
def test_a_chain_that_leads_nowhere(others: Any, roots: Any, words: str) -> None:
    assert words in (said(LEAF, *others, roots=roots) or "")


@pytest.mark.parametrize(
    ("low", "words"),
    [
        (Authority("low", ROOT, begin=NOW + DAY), "not valid before 2026-03-02"),
        (Authority("low", ROOT, end=NOW - DAY), "expired on 2026-02-28"),
        (Authority("low", ROOT, ca=False), "basic constraints"),
        (Authority("low", ROOT, key=rsa_key(1024)), "RSA key of 1024 bits"),
        (Authority("low", ROOT, key=new_key(ec.SECP192R1())), "elliptic key of 192 bits"),
        (Authority("low", Authority("low", ROOT, depth=0)), "is not trusted"),
    ],
)
def test_everybody_on_the_way_has_to_be_fit(low: Authority, words: str) -> None:
    """A00.FR.501, A00.FR.502, A00.FR.503."""
    leaf, _ = low.leaf()
    assert words in (said(leaf, low.certificate) or "")


def test_a_signer_allows_only_so_many_below_it() -> None:
    narrow = Authority("narrow", ROOT, depth=0)
    below = Authority("below", narrow)
    assert said(narrow.leaf()[0], narrow.certificate) is None
    assert "it allows 0 certificates below it, there are 1" in (said(below.leaf()[0], below.certificate, narrow.certificate) or "")


def test_key_usage_keeps_a_certificate_from_signing() -> None:
    key = new_key()
    extensions = [x509.BasicConstraints(True, None), usage("digital_signature")]
    certificate = ROOT.make(name("odd"), key.public_key(), extensions)
    odd = Authority("odd", key=key)
    assert "key usage" in (said(odd.leaf()[0], certificate) or "")


def test_the_certificate_itself_has_to_be_fit() -> None:
    """A00.FR.501, A00.FR.502, A00.FR.504, A00.FR.506."""
    assert "expired on" in (said(ROOT.leaf(end=NOW)[0]) or "")
    assert "not valid before" in (said(ROOT.leaf(begin=NOW + DAY)[0]) or "")
    assert said(ROOT.leaf(begin=NOW + DAY)[0], early=True) is None
    assert "RSA key of 1024 bits" in (said(ROOT.leaf(key=rsa_key(1024))[0]) or "")
    assert "weak hash" in (said(ROOT.leaf(digest=hashes.SHA224())[0]) or "")
    assert said(ROOT.leaf(digest=hashes.SHA384())[0]) is None


def test_a_condition_that_nobody_here_understands_is_not_passed_over() -> None:
    """RFC 5280 §4.2: a critical extension that is not known makes a certificate unfit."""
    strange = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    made = ROOT.make(name("0001"), new_key().public_key(), [strange])
    assert "1.2.3.4" in str(complaint(made, [], [ROOT.certificate], NOW))


def test_a_forged_signature_is_no_link() -> None:
    forged = STRANGER.leaf()[0]
    assert "is not trusted" in (said(forged, roots=(ROOT.certificate,)) or "")


def test_certificates_that_sign_each_other_in_circles_come_to_an_end() -> None:
    key = new_key()
    ring = [Authority("ring", key=key, end=END - number * DAY).certificate for number in range(30)]
    leaf, _ = Authority("ring", key=key).leaf()
    assert "is not trusted" in (said(leaf, *ring) or "") or "on the way to a root" in (said(leaf, *ring) or "")


def test_a_root_that_the_old_one_has_signed_stands_on_its_own() -> None:
    new = Authority("new root", ROOT)
    assert said(new.leaf()[0], roots=(new.certificate,)) is None
    expired = Authority("old root", begin=BEGIN, end=NOW - DAY)
    assert said(Authority("new", expired).leaf()[0], roots=(expired.certificate,)) is not None
