"""Bundles as they should be, and every way of being wrong that somebody might try."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from chargepoint.update.bundle import SMALL, BundleError, copy_payload, identity, read_head
from chargepoint.update.trust import Trust
from simulators.csms.authority import Authority, key_pem
from tests.update.bundles import KEY, MAKER, PAYLOAD, SIGNER, bundle, manifest, members, packed, written

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BUILT = datetime(2026, 11, 22, tzinfo=UTC)


@contextmanager
def opened(folder: Path, content: bytes) -> Iterator[int]:
    descriptor = os.open(written(folder, content), os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def taken(folder: Path, content: bytes, trust: Path | None = None, now: datetime = NOW) -> str:
    """ "taken", or why not."""
    roots = trust or written(folder, MAKER.pem.encode(), "trust.pem")
    with opened(folder, content) as file:
        try:
            head = read_head(file)
            complaint = Trust([roots]).complaint(head, now, BUILT)
            into = io.BytesIO()
            found = complaint or copy_payload(file, head, into)
        except BundleError as error:
            return str(error)
        if complaint is None:
            assert into.getvalue() == PAYLOAD
            assert found == identity(file, head) == hashlib.sha256(content).hexdigest()
        return complaint or "taken"


def test_a_bundle_is_taken_wherever_its_reader_was_left(tmp_path: Path) -> None:
    assert taken(tmp_path, bundle()) == "taken"


def test_its_name_is_the_hash_of_all_of_it(tmp_path: Path) -> None:
    again = packed(members(manifest()))  # another signature over the same
    with opened(tmp_path, bundle()) as one:
        first = identity(one, read_head(one))
    with opened(tmp_path, again) as other:
        assert identity(other, read_head(other)) != first


@pytest.mark.parametrize("keep", [0, 1, 511, 512, 700, 1024, 2048, 3000, 4096, 5000, -1, -511, -512, -1024, -1536, -9000])
def test_one_that_is_cut_short_is_not_taken(tmp_path: Path, keep: int) -> None:
    whole = bundle()
    shortest = len(whole.rstrip(b"\0")) + 2 * 512
    cut = whole[:keep] if keep >= 0 else whole[:shortest][:keep]
    assert "ends after" in (said := taken(tmp_path, cut)) or "end of the bundle" in said


def test_every_length_but_the_whole_is_refused_and_none_stalls(tmp_path: Path) -> None:
    whole = bundle()
    for length in range(0, len(whole) - 10_240, 97):
        assert taken(tmp_path, whole[:length]) != "taken", length


def test_every_byte_of_it_counts_but_for_what_nobody_reads(tmp_path: Path) -> None:
    """Dates, owners and modes of the members are nobody's; the header's checksum holds them all the same."""
    whole = bundle()
    for place in range(0, len(whole), 61):
        changed = whole[:place] + bytes([whole[place] ^ 0x21]) + whole[place + 1 :]
        said = taken(tmp_path, changed)
        assert said != "taken", (place, whole[max(0, place - 20) : place + 20])


@pytest.mark.parametrize(
    "order", [(1, 0, 2, 3), (0, 1, 3, 2), (3, 0, 1, 2), (0, 2, 1, 3), (0, 0, 1, 2, 3), (0, 1, 2), (0, 1, 2, 3, 3), (0, 1, 2, 3, 0)]
)
def test_members_have_one_order_and_nothing_is_among_them(tmp_path: Path, order: tuple[int, ...]) -> None:
    right = members(manifest())
    assert taken(tmp_path, packed([right[place] for place in order])) != "taken"


@pytest.mark.parametrize("name", ["../payload.bin", "/etc/cron.d/x", "a/b", "..", ".", "", "-rf", "x" * 101, "manifest.json", "a\nb", "é"])
def test_a_payload_has_a_plain_name(tmp_path: Path, name: str) -> None:
    said = json.dumps({**json.loads(manifest()), "payload": name}).encode()
    made = packed(members(said, name="payload.bin")).replace(b"payload.bin".ljust(100, b"\0"), name.encode()[:100].ljust(100, b"\0"))
    assert "payload" in taken(tmp_path, made)


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.GNUTYPE_SPARSE]
)
def test_a_payload_is_a_file(tmp_path: Path, kind: bytes) -> None:
    assert "no plain member" in taken(tmp_path, packed(members(manifest()), kind))


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_other_kinds_of_tar_are_not_read(tmp_path: Path, form: int) -> None:
    right = members(manifest())
    odd = [(name + "x" * 120 if name == "manifest.json" else name, content) for name, content in right]
    assert taken(tmp_path, packed(odd, form=form)) != "taken"


def test_a_manifest_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    header = tarfile.TarInfo("manifest.json")
    header.size = 1 << 30
    path = written(tmp_path, header.tobuf(tarfile.USTAR_FORMAT))
    os.truncate(path, 1 << 31)
    descriptor = os.open(path, os.O_RDONLY)
    with pytest.raises(BundleError, match="1073741824 bytes; at most 65536"):
        read_head(descriptor)
    os.close(descriptor)


@pytest.mark.parametrize("size", [0, 1, len(PAYLOAD) - 1, len(PAYLOAD) + 1, 1 << 40, -1])
def test_a_size_that_lies_is_found_out(tmp_path: Path, size: int) -> None:
    assert taken(tmp_path, bundle(size=size)) != "taken"


def test_another_payload_of_the_same_length_is_not_what_was_signed(tmp_path: Path) -> None:
    other = bytes(reversed(PAYLOAD))
    assert "not the file that was signed" in taken(tmp_path, packed(members(manifest(), payload=other)))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"{}",
        b"[]",
        b"nonsense",
        b"\xff\xfe",
        b"[" * 60_000,
        b'{"format": 2}',
        manifest(format=2),
        manifest(name="other"),
        manifest(version=""),
    ],
    ids=range(10),
)
def test_a_manifest_that_cannot_be_read_is_refused(tmp_path: Path, said: bytes) -> None:
    assert taken(tmp_path, packed(members(said))).startswith("manifest.json: ")


def test_fields_of_later_releases_do_not_matter(tmp_path: Path) -> None:
    assert taken(tmp_path, bundle(invented={"a": 1})) == "taken"


@pytest.mark.parametrize("name", SMALL)
def test_behind_a_member_there_is_nothing(tmp_path: Path, name: str) -> None:
    whole = bundle()
    end = next(place for place in range(len(whole)) if whole.startswith(name.encode().ljust(100, b"\0"), place)) + 512
    following = next(place for place in range(end, len(whole), 512) if whole[place + 257 : place + 262] == b"ustar")
    assert whole[following - 1] == 0
    assert "does not belong" in taken(tmp_path, whole[: following - 1] + b"x" + whole[following:])


def test_behind_the_end_there_is_nothing(tmp_path: Path) -> None:
    assert "does not belong" in taken(tmp_path, bundle() + b"x")
    assert "too long" in taken(tmp_path, bundle() + bytes(1 << 20))


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    for descriptor in (reading, os.open(tmp_path, os.O_RDONLY), os.open("/dev/zero", os.O_RDONLY)):
        with pytest.raises(BundleError, match="no file"):
            read_head(descriptor)
        os.close(descriptor)
    os.close(writing)


# Trust


def with_usage(*usages: x509.ObjectIdentifier, signs: bool = True, begin: datetime = BUILT, days: int = 365) -> tuple[str, str]:
    """A certificate of the maker's for something, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "something")])
    builder = x509.CertificateBuilder(MAKER.certificate.subject, name, key.public_key(), 7, begin, begin + timedelta(days=days))
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    usage = x509.KeyUsage(signs, False, False, False, not signs, False, False, False, False)
    made = builder.add_extension(usage, critical=True).sign(MAKER.key, hashes.SHA256())
    from cryptography.hazmat.primitives.serialization import Encoding

    return made.public_bytes(Encoding.PEM).decode(), key_pem(key)


def test_without_anybody_to_trust_it_says_where_to_put_one(tmp_path: Path) -> None:
    assert "nobody is trusted here: put the root certificate" in taken(tmp_path, bundle(), trust=tmp_path / "none.pem")


def test_a_signer_of_somebody_else_is_not_trusted(tmp_path: Path) -> None:
    signer, key = Authority("maker of stations", organization="Acme").issue("release signing")
    assert "not trusted" in taken(tmp_path, packed(members(manifest(), signer=signer, key=key)))


def test_an_intermediate_may_stand_between(tmp_path: Path) -> None:
    signer, key = Authority("releases", organization="Acme", root=MAKER).issue("release signing")
    assert taken(tmp_path, packed(members(manifest(), signer=signer, key=key))) == "taken"


def test_the_signature_has_to_be_of_this_manifest_and_by_this_signer(tmp_path: Path) -> None:
    _, key = MAKER.issue("another")
    assert "signature" in taken(tmp_path, packed(members(manifest(), key=key)))
    right = members(manifest())
    right[1] = members(manifest(version="3.0"))[1]
    assert "signature" in taken(tmp_path, packed(right))
    for junk in (b"", b"%%%", b"AAAA", b"A" * 8_000):
        right[1] = ("manifest.sig", junk)
        assert "signature" in taken(tmp_path, packed(right))


def test_a_certificate_for_something_else_signs_no_software(tmp_path: Path) -> None:
    for usages, signs, expected in (
        ((ExtendedKeyUsageOID.SERVER_AUTH,), True, "not for signing code"),
        ((), False, "may not sign data"),
        ((ExtendedKeyUsageOID.CODE_SIGNING,), True, None),
    ):
        signer, key = with_usage(*usages, signs=signs)
        said = taken(tmp_path, packed(members(manifest(), signer=signer, key=key)))
        assert (said == "taken") if expected is None else (expected in said)


def test_certificates_have_their_time_and_a_clock_that_is_not_set_does_not_count(tmp_path: Path) -> None:
    young, key = with_usage(begin=BUILT - timedelta(days=100), days=200)
    content = packed(members(manifest(), signer=young, key=key))
    assert taken(tmp_path, content) == "taken"
    assert "expired" in taken(tmp_path, content, now=NOW + timedelta(days=200))
    assert taken(tmp_path, content, now=datetime(1970, 1, 1, tzinfo=UTC)) == "taken"
    old, key = with_usage(begin=BUILT - timedelta(days=300), days=200)
    assert "expired" in taken(tmp_path, packed(members(manifest(), signer=old, key=key)), now=datetime(1970, 1, 1, tzinfo=UTC))
    later, key = with_usage(begin=NOW + timedelta(days=10), days=200)
    content = packed(members(manifest(), signer=later, key=key))
    assert "not valid before" in taken(tmp_path, content)
    assert taken(tmp_path, content, now=datetime(1970, 1, 1, tzinfo=UTC)) == "taken"


def test_a_file_of_trust_that_is_spoilt_is_named(tmp_path: Path) -> None:
    spoilt = written(tmp_path, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "spoilt.pem")
    assert str(spoilt) in taken(tmp_path, bundle(), trust=spoilt)
    assert "unreadable" in Trust([spoilt]).subjects()[0]
    assert Trust([written(tmp_path, MAKER.pem.encode(), "t.pem")]).subjects() == ("CN=maker of stations,O=Acme",)


def test_what_make_bundle_writes_is_taken(tmp_path: Path) -> None:
    from bundle.signing import signed
    from bundle.writing import write

    payload = written(tmp_path, PAYLOAD, "payload.bin")
    said = manifest()
    write(tmp_path / "made.cpb", said, signed(said, KEY.encode(), SIGNER.encode()), SIGNER.encode(), payload)
    assert taken(tmp_path, (tmp_path / "made.cpb").read_bytes()) == "taken"


def test_make_bundle_makes_none_that_no_station_takes(tmp_path: Path) -> None:
    from bundle.signing import look_at, signed
    from bundle.writing import write
    from deb.project import BuildError

    for payload, name, version in ((b"", "payload.bin", "2.0"), (PAYLOAD, "payload.bin", "v1 0"), (PAYLOAD, "my file (1).bin", "2.0")):
        said, path = (
            json.dumps(json.loads(manifest(payload, version=version)) | {"payload": name}).encode(),
            written(tmp_path, payload, name),
        )
        with pytest.raises(BuildError, match=r"no station would take this bundle: manifest\.json: "):
            write(tmp_path / "made.cpb", said, signed(said, KEY.encode(), SIGNER.encode()), SIGNER.encode(), path)
    assert list(tmp_path.glob("made*")) == []
    look_at(SIGNER.encode(), NOW)
    with pytest.raises(BuildError, match=r"--signer: .*expired"):
        look_at(SIGNER.encode(), NOW + timedelta(days=36_500))
    with pytest.raises(BuildError, match=r"--signer: it may not sign data \(key usage\)"):
        look_at(with_usage(signs=False)[0].encode(), NOW)
