"""Private roots that somebody gives: looked at, and kept where the station reads them."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from chargepoint.web.wizard import roots
from chargepoint.web.wizard.roots import RootError
from tests.pki.authority import END, Authority, key_pem, pem

ROOT, OTHER = Authority("Acme root"), Authority("another root")
OLD = Authority("old root", end=END - timedelta(days=700))
LEAF, LEAF_KEY = ROOT.leaf("csms", hosts=("csms.example",))
NOW = END - timedelta(days=30)
DER = ROOT.certificate.public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize(
    "given",
    [ROOT.pem.encode(), b"Dear customer,\r\n\r\n" + ROOT.pem.replace("\n", "\r\n").encode() + b"\nRegards", DER],
    ids=["PEM", "a letter with it", "as Windows saves it"],
)
def test_a_root_is_kept_beside_the_configuration_for_the_station_to_read(given: bytes, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "station.toml").symlink_to(tmp_path / "real/station.toml")
    path, words = roots.put(tmp_path / "station.toml", given, NOW)
    assert Path(path).parent == tmp_path / "real/certificates"
    assert Path(path).read_text() == ROOT.pem
    assert stat.S_IMODE(os.stat(path).st_mode) & 0o007 == 0
    assert stat.S_IMODE(os.stat(path).st_mode) & 0o440 == 0o440
    assert words == f"Acme root, valid until {END:%Y-%m-%d}"
    assert roots.put(tmp_path / "station.toml", given, NOW)[0] == path, "given twice it is there once"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pem(LEAF).encode(), "it may not sign certificates (basic constraints); what is wanted is the root certificate"),
        (OLD.pem.encode(), "expired on "),
        (ROOT.pem.encode() + key_pem(LEAF_KEY), "private key"),
        (b"my root", "from -----BEGIN CERTIFICATE----- to"),
        (ROOT.pem[:-60].encode(), "from -----BEGIN CERTIFICATE----- to"),
        (DER[:-9], "from -----BEGIN CERTIFICATE----- to"),
        (ROOT.pem.encode() * 9, "9 certificates"),
        (b"x" * 40_000, "at most 32768 bytes"),
    ],
    ids=["of the CSMS itself", "over", "with a key", "words", "cut", "cut DER", "many", "long"],
)
def test_what_is_no_root_is_refused_with_what_is_wanted(given: bytes, said: str, tmp_path: Path) -> None:
    with pytest.raises(RootError) as refused:
        roots.put(tmp_path / "station.toml", given, NOW)
    assert said in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_roots_that_no_configuration_names_do_not_pile_up(tmp_path: Path) -> None:
    config = tmp_path / "station.toml"
    first, _ = roots.put(config, ROOT.pem.encode(), NOW)
    (tmp_path / "station.toml.previous").write_text(f'[security]\ntrust = {{ csms = "{first}" }}\n')
    for number in range(12):
        last, _ = roots.put(config, Authority(f"root {number}").pem.encode(), NOW)
    assert Path(first).exists()
    assert Path(last).exists()
    assert len(list((tmp_path / "certificates").iterdir())) <= roots.MOST_FILES + 2
    roots.forget(config)
    assert list((tmp_path / "certificates").iterdir()) == [], "a factory reset leaves none"


def test_a_path_is_read_and_what_is_kept_already_stays(tmp_path: Path) -> None:
    config, given = tmp_path / "station.toml", tmp_path / "root.crt"
    given.write_text(OTHER.pem)
    kept = roots.from_text(config, str(given), NOW)
    assert Path(kept).read_text() == OTHER.pem
    assert roots.from_text(config, OTHER.pem, NOW) == kept
    assert roots.from_text(config, kept, NOW) == kept
    assert roots.from_text(config, "/etc/elsewhere.pem", NOW, before="/etc/elsewhere.pem") == "/etc/elsewhere.pem"
    for nothing in (tmp_path, tmp_path / "nothing", Path("/dev/zero")):
        with pytest.raises(RootError, match="no such file"):
            roots.from_text(config, str(nothing), NOW)
