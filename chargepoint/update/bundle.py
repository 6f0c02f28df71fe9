"""A bundle, ``.cpb``: a plain tar (ustar) of four members in this order, and nothing else.

    manifest.json     what it is and for whom (``messages.Manifest``)
    manifest.sig      signature over manifest.json, base64: RSA-PSS or ECDSA, SHA-256
    signer.pem        certificate of who has signed, then those on its way to a root
    PAYLOAD           the file to be installed, named, measured and hashed in the manifest

It is read from a descriptor, from its beginning and once: what is looked at is what is copied. The payload comes last, so nothing of it is
read before the signature has been checked. A file may be as slow as whoever hands it over likes: ``hurry`` is asked before each piece, and
ends it by a BundleError. The reader knows this one kind of tar: links, long names, sparse files do not exist for it.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from stat import S_ISREG
from typing import BinaryIO

import msgspec
from msgspec import Struct

from chargepoint.update.messages import Manifest
from chargepoint.update.versions import FORM

BLOCK = 512
CHUNK = 1 << 18
SMALL = {"manifest.json": 65_536, "manifest.sig": 8_192, "signer.pem": 65_536}
"""Members before the payload, with the most bytes that each may have."""
MOST_BYTES = 4 << 30
"""Of a payload."""
PADDING = range(2 * BLOCK, 41 * BLOCK, BLOCK)
"""Zeroes at the end: two blocks at least, tar fills up to twenty."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~_-]{0,98}")


Hurry = Callable[[], None]
"""Raises BundleError once it has taken too long."""


class BundleError(Exception):
    """It is not taken. The message is for people; ``code`` is of the catalogue."""

    def __init__(self, message: str, code: str = "CP-825") -> None:
        super().__init__(message)
        self.code = code


class Head(Struct, frozen=True, kw_only=True):
    """All of a bundle but its payload."""

    manifest: Manifest
    manifest_json: bytes
    signature: str
    signer: str
    raw: bytes
    """As it is in the file, up to the payload."""


def no_hurry() -> None:
    """It may take as long as it likes."""


def read_head(file: int) -> Head:
    """Of a descriptor of a bundle. Nothing of it is trusted yet. Raises BundleError."""
    if not S_ISREG(os.fstat(file).st_mode):
        raise BundleError("what was handed over is no file; expected an open bundle (.cpb)")
    raw, members = b"", {}
    for name, most in SMALL.items():
        header = _at(file, len(raw), BLOCK)
        size = _size(header, name, most)
        content = _at(file, len(raw) + BLOCK, _padded(size))
        members[name] = _without_padding(content, size, name)
        raw += header + content
    manifest = _manifest(members["manifest.json"])
    header = _at(file, len(raw), BLOCK)
    size = _size(header, manifest.payload, MOST_BYTES)
    if size != manifest.size:
        raise BundleError(f"{manifest.payload} has {size} bytes in the bundle, its manifest says {manifest.size}; fetch it anew")
    return Head(
        manifest=manifest,
        manifest_json=members["manifest.json"],
        signature=members["manifest.sig"].decode("ascii", "replace"),
        signer=members["signer.pem"].decode("ascii", "replace"),
        raw=raw + header,
    )


def _at(file: int, offset: int, count: int) -> bytes:
    found = os.pread(file, count, offset)
    if len(found) != count:
        raise BundleError(f"the bundle ends after {offset + len(found)} bytes, in the middle; fetch it anew")
    return found


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _without_padding(content: bytes, size: int, name: str) -> bytes:
    if content[size:].strip(b"\0"):
        raise BundleError(f"after {name} there is something that does not belong there; fetch the bundle anew")
    return content[:size]


def _size(header: bytes, name: str, most: int) -> int:
    """Of a member, from its header (POSIX ustar): a plain file of this name, and nothing else."""
    wanted = name.encode()
    if header[257:262] != b"ustar" or header[156:157] not in (b"0", b"\0") or header[345:500].strip(b"\0"):
        raise BundleError(f"this is no bundle: where {name} should be is no plain member of a tar file")
    if header[:100].rstrip(b"\0") != wanted:
        raise BundleError(f"this is no bundle: its next member is {header[:100].rstrip(bytes(1))!r}, expected {name!r}")
    if _octal(header[148:156]) != sum(header[:148]) + sum(header[156:]) + 8 * ord(" "):
        raise BundleError(f"the header of {name} is damaged (checksum); fetch the bundle anew")
    size = _octal(header[124:136])
    if size is None or size > most:
        raise BundleError(f"{name}: {'no size' if size is None else f'{size} bytes'}; at most {most} are taken")
    return size


def _octal(field: bytes) -> int | None:
    digits = field.strip(b" \0")
    return int(digits, 8) if re.fullmatch(rb"[0-7]+", digits) else None


def _manifest(content: bytes) -> Manifest:
    try:
        found = msgspec.json.decode(content, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError(f"manifest.json: {error}; this release takes format 1 of bundles for chargepoint") from None
    for wrong in _unsound(found):
        raise BundleError(f"manifest.json: {wrong}")
    return found


def _unsound(manifest: Manifest) -> Iterator[str]:
    if not FORM.fullmatch(manifest.version):
        yield f"version {manifest.version[:100]!r}; expected one like 1.2.3+deb12"
    if not NAME.fullmatch(manifest.payload) or manifest.payload in SMALL:
        yield f"payload {manifest.payload[:100]!r}; expected the plain name of a file"
    if not 0 < manifest.size <= MOST_BYTES:
        yield f"size {manifest.size}; expected 1 to {MOST_BYTES} bytes"
    if not re.fullmatch(r"[0-9a-f]{64}", manifest.sha256):
        yield f"sha256 {manifest.sha256[:80]!r}; expected 64 hexadecimal digits"


def copy_payload(file: int, head: Head, into: BinaryIO, hurry: Hurry = no_hurry) -> str:
    """Copy the payload and look at the rest; the hash of the whole bundle. Raises BundleError: cut short, changed, or too long; OSError."""
    whole, own = hashlib.sha256(head.raw), hashlib.sha256()
    at, left = len(head.raw), head.manifest.size
    while left:
        hurry()
        piece = _at(file, at, min(CHUNK, left))
        whole.update(piece)
        own.update(piece)
        into.write(piece)
        at, left = at + len(piece), left - len(piece)
    rest = os.pread(file, PADDING.stop + BLOCK, at)
    if own.hexdigest() != head.manifest.sha256:
        raise BundleError(f"{head.manifest.payload} is not the file that was signed: its hash is another; fetch the bundle anew", "CP-821")
    _look_at_end(rest, head.manifest.size)
    whole.update(rest)
    return whole.hexdigest()


def _look_at_end(rest: bytes, size: int) -> None:
    if rest.strip(b"\0"):
        raise BundleError("after the payload there is something that does not belong there; fetch the bundle anew")
    if len(rest) - (_padded(size) - size) not in PADDING:
        raise BundleError("the end of the bundle is missing, or too long; fetch it anew")


def identity(file: int, head: Head, hurry: Hurry = no_hurry) -> str:
    """The hash of a whole bundle, which is its id; empty: it is longer than it should be. Raises BundleError, OSError."""
    whole, at = hashlib.sha256(), 0
    most = len(head.raw) + _padded(head.manifest.size) + PADDING.stop
    while piece := os.pread(file, CHUNK, at):
        whole.update(piece)
        at += len(piece)
        if at > most:
            return ""
        hurry()
    return whole.hexdigest()
