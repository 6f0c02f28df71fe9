"""The device's own certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from chargepoint.pki import device
from chargepoint.pki.device import DeviceCertificate, settle

NAMES = ("station.local", "192.0.2.1", "fd00::1")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def read(made: DeviceCertificate) -> x509.Certificate:
    return x509.load_pem_x509_certificate(Path(made.certificate_file).read_bytes())


def test_it_is_made_once_for_all_names_and_only_its_owner_has_the_key(tmp_path: Path) -> None:
    made = settle(tmp_path, NAMES, NOW)
    assert made.due is not None
    assert made.names == NAMES
    assert Path(made.key_file).stat().st_mode & 0o777 == 0o600
    assert msgspec.structs.replace(made, due=None) == settle(tmp_path, NAMES[:2], NOW + timedelta(days=700))
    own = read(made)
    assert own.public_key().curve.name == "secp256r1"  # type: ignore[union-attr]
    assert own.not_valid_after_utc - own.not_valid_before_utc < timedelta(days=825)
    assert not own.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert made.fingerprint.replace(":", "").lower() == own.fingerprint(own.signature_hash_algorithm).hex()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("names", "now", "due"),
    [
        ((*NAMES, "192.0.2.99"), NOW, "it is not for 192.0.2.99"),
        (NAMES, NOW + timedelta(days=790), "it ends on 2029-02-18"),
    ],
)
def test_it_is_made_anew_with_the_same_key(names: tuple[str, ...], now: datetime, due: str, tmp_path: Path) -> None:
    before = settle(tmp_path, NAMES, NOW)
    key = Path(before.key_file).read_bytes()
    after = settle(tmp_path, names, now)
    assert after.due == due
    assert after.fingerprint != before.fingerprint
    assert Path(after.key_file).read_bytes() == key
    assert settle(tmp_path, names, now).due is None


@pytest.mark.parametrize("spoilt", [device.CERTIFICATE, device.KEY])
@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_files_that_are_spoilt_are_replaced(spoilt: str, content: bytes, tmp_path: Path) -> None:
    settle(tmp_path, NAMES, NOW)
    (tmp_path / spoilt).write_bytes(content)
    assert settle(tmp_path, NAMES, NOW).due == "there is none that can be used"
    assert settle(tmp_path, NAMES, NOW).due is None


def test_a_clock_that_was_never_set_makes_a_certificate_that_is_valid_today(tmp_path: Path) -> None:
    own = read(settle(tmp_path, NAMES, datetime(1970, 1, 1, tzinfo=UTC)))
    assert own.not_valid_before_utc < NOW < own.not_valid_after_utc
    assert settle(tmp_path, NAMES, NOW).due is None


def test_as_a_program_it_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert device.main([str(tmp_path), NOW.isoformat(), *NAMES]) == 0
    told = msgspec.json.decode(capsys.readouterr().out, type=DeviceCertificate)
    assert msgspec.structs.replace(told, due=None) == settle(tmp_path, NAMES, NOW)
    (tmp_path / "file").touch()
    assert device.main([str(tmp_path / "file" / "x"), NOW.isoformat(), *NAMES]) == 1
    assert "Not a directory" in capsys.readouterr().err
