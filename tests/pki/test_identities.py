"""The station's own certificates: which one is used, how a new one comes, and what a power cut leaves."""

import contextlib
import os
import ssl
import stat
import tempfile
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.pki import keys
from chargepoint.pki.errors import PkiError
from chargepoint.pki.identities import Identities
from tests.pki.authority import DAY, NOW, Authority, key_pem, name, new_key, pem, rsa_key, usage

ROOT = Authority()
ROOTS = (ROOT.certificate,)


def put(folder: Path, stem: str, **more: Any) -> None:
    leaf, key = ROOT.leaf(**more)
    (folder / f"{stem}.pem").write_text(pem(leaf))
    (folder / f"{stem}.key").write_bytes(key_pem(key))


def used(folder: Path, now: datetime = NOW, without: str = "") -> str | None:
    found = Identities(folder).current(now, without)
    return found.name if found else None


def test_the_newest_that_is_valid_now_is_used(tmp_path: Path) -> None:
    """OCPP 2.0.1 A02.FR.15, A03.FR.15."""
    assert used(tmp_path / "missing") is None
    put(tmp_path, "old", begin=NOW - 300 * DAY)
    put(tmp_path, "new", begin=NOW - 3 * DAY, key=rsa_key())
    put(tmp_path, "over", begin=NOW - 2 * DAY, end=NOW - DAY)
    put(tmp_path, "coming", begin=NOW + DAY)
    assert used(tmp_path) == "new"
    assert used(tmp_path, NOW + DAY) == "coming"
    assert used(tmp_path, without="new") == "old"


def test_without_a_valid_one_there_is_still_the_one_that_ended_last(tmp_path: Path) -> None:
    """OCPP 2.0.1 A00.FR.430."""
    own = Identities(tmp_path)
    assert own.last() is None
    put(tmp_path, "older", begin=NOW - 300 * DAY, end=NOW - 90 * DAY)
    put(tmp_path, "over", begin=NOW - 200 * DAY, end=NOW - DAY)
    put(tmp_path, "weak", begin=NOW - 200 * DAY, key=rsa_key(1024))
    last, before = own.last(), own.last(without="over")
    assert last is not None
    assert before is not None
    assert (last.name, before.name) == ("over", "older")
    assert used(tmp_path) is None


def test_what_is_no_pair_is_left_alone_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    put(tmp_path, "good")
    (tmp_path / "lonely.pem").write_text(pem(ROOT.leaf()[0]))
    (tmp_path / "other.pem").write_text(pem(ROOT.leaf()[0]))
    (tmp_path / "other.key").write_bytes(key_pem(new_key()))
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----")
    (tmp_path / "notes.txt").write_text("x")
    assert used(tmp_path) == "good"
    for stem in ("lonely", "other", "broken"):
        assert f"{stem}.pem" in caplog.text
    assert len(list(tmp_path.iterdir())) == 7


@pytest.mark.parametrize("password", [None, "geheim"])
def test_what_was_asked_for_is_taken_and_used(tmp_path: Path, password: str | None) -> None:
    own = Identities(tmp_path / "identity", password)
    csr = own.ask("0001", "CPO", anew=True)
    assert own.every() == []
    signed = ROOT.sign(csr, begin=NOW - DAY)
    identity = own.take(signed + ROOT.pem, ROOTS, "0001", NOW)
    assert own.current(NOW) == identity
    assert len(identity.chain) == 2
    key = Path(identity.key_file)
    assert stat.S_IMODE(os.stat(key).st_mode) == 0o600
    assert (b"ENCRYPTED" in key.read_bytes()) is (password is not None)
    assert keys.read(key.read_bytes(), password)
    assert own.take(signed + ROOT.pem, ROOTS, "0001", NOW) == identity, "the CSMS has not heard our answer and says it again"


def test_an_authority_that_counts_from_one_again_takes_no_certificate_away(tmp_path: Path) -> None:
    own = Identities(tmp_path)
    first, second = (own.take(ROOT.sign(own.ask("0001", "", True), begin=NOW - age * DAY, serial=1), ROOTS, "0001", NOW) for age in (2, 1))
    assert own.every() == [second, first]


def test_the_same_request_again_has_the_same_key_and_a_new_one_another(tmp_path: Path) -> None:
    own = Identities(tmp_path)

    def public(anew: bool) -> Any:
        return x509.load_pem_x509_csr(own.ask("0001", "", anew).encode()).public_key().public_numbers()  # type: ignore[union-attr]

    first = public(True)
    assert public(False) == first
    assert public(True) != first


def test_a_key_that_cannot_be_read_any_more_makes_way_for_a_new_one(tmp_path: Path) -> None:
    Identities(tmp_path, "before").ask("0001", "", anew=True)
    own = Identities(tmp_path, "after")
    assert own.take(ROOT.sign(own.ask("0001", "", anew=False)), ROOTS, "0001", NOW)


def other_key(_: str) -> str:
    return pem(ROOT.leaf()[0])


def extended(csr: str, *extensions: Any, common: str = "0001") -> str:
    public: Any = x509.load_pem_x509_csr(csr.encode()).public_key()
    return pem(ROOT.make(name(common), public, extensions))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda csr: "", "no certificate in PEM"),
        (other_key, "not for the key of the last signing request"),
        (lambda csr: Authority().sign(csr), "is not trusted"),
        (lambda csr: ROOT.sign(csr, end=NOW), "expired on"),
        (lambda csr: extended(csr, x509.BasicConstraints(True, None)), "may sign other certificates"),
        (lambda csr: extended(csr, common="0002"), "its common name is '0002'; expected '0001'"),
        (lambda csr: extended(csr, usage("key_encipherment")), "key usage"),
        (lambda csr: extended(csr, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])), "not for a TLS client"),
    ],
)
def test_what_will_not_do_is_refused_and_the_key_goes_on_waiting(tmp_path: Path, answer: Any, words: str) -> None:
    """OCPP 2.0.1 A00.FR.427: another station's, for one."""
    own = Identities(tmp_path)
    csr = own.ask("0001", "CPO", anew=True)
    with pytest.raises(PkiError, match=words):
        own.take(answer(csr), ROOTS, "0001", NOW)
    assert own.every() == []
    assert own.take(ROOT.sign(csr), ROOTS, "0001", NOW)


OWN_KEY = new_key()
CHAIN = [ssl.PEM_cert_to_DER_cert(each) for each in (pem(ROOT.leaf("0001", key=OWN_KEY)[0]), Authority("middle", ROOT).pem)]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_comes_as_a_certificate_is_taken_or_refused_with_words(data: st.DataObject) -> None:
    encoded = [bytearray(each) for each in CHAIN]
    for each in encoded:
        for _ in range(data.draw(st.integers(0, 2))):
            each[data.draw(st.integers(0, len(each) - 1))] = data.draw(st.integers(0, 255))
    text = "".join(ssl.DER_cert_to_PEM_cert(bytes(each)) for each in encoded)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of serial numbers that nobody should use
        (Path(folder) / "asked.key").write_bytes(key_pem(OWN_KEY))
        with contextlib.suppress(PkiError):
            own = Identities(Path(folder))
            assert own.take(text, ROOTS, "0001", NOW) == own.current(NOW)


def test_one_for_later_is_taken_and_used_when_its_time_comes(tmp_path: Path) -> None:
    put(tmp_path, "old", begin=NOW - DAY)
    own = Identities(tmp_path)
    taken = own.take(ROOT.sign(own.ask("0001", "", True), begin=NOW + DAY), ROOTS, "0001", NOW)
    assert used(tmp_path) == "old"
    assert used(tmp_path, NOW + 2 * DAY) == taken.name


def test_a_power_cut_while_a_certificate_is_written_leaves_the_key_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Identities(tmp_path)
    signed = ROOT.sign(own.ask("0001", "", True))
    real, left = os.replace, [0]

    def cut(source: Any, target: Any) -> None:
        if left[0] == 0:
            raise OSError("power cut")
        left[0] -= 1
        real(source, target)

    monkeypatch.setattr(os, "replace", cut)
    for done_before in (0, 1):
        left[0] = done_before
        with pytest.raises(OSError, match="power cut"):
            own.take(signed, ROOTS, "0001", NOW)
        assert own.every() == []
    left[0] = 2
    assert own.take(signed, ROOTS, "0001", NOW) == own.current(NOW)


def test_only_what_we_have_asked_for_is_pruned(tmp_path: Path) -> None:
    put(tmp_path, "factory", begin=NOW - 900 * DAY)
    own = Identities(tmp_path)
    for age in range(5, 0, -1):
        own.take(ROOT.sign(own.ask("0001", "", True), begin=NOW - age * DAY), ROOTS, "0001", NOW)
    newest = [each.name for each in own.every()][:3]
    own.prune(newest[0])
    assert [each.name for each in own.every()] == [*newest, "factory"]


def test_the_one_that_is_used_is_not_pruned_for_those_whose_time_has_not_come(tmp_path: Path) -> None:
    own = Identities(tmp_path)
    names = [own.take(ROOT.sign(own.ask("0001", "", True), begin=NOW + age * DAY), ROOTS, "0001", NOW).name for age in range(-1, 4)]
    own.prune(names[0])
    assert used(tmp_path) == names[0]
