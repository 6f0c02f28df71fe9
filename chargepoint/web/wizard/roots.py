"""Private roots of a CSMS that somebody gives: looked at, and put where the station reads them before any configuration names them.

PEM, or one certificate in DER ──▶ fit ──▶ certificates/csms-HASH.pem beside the configuration ──▶ [security] trust.csms

Other certificates get another name, so a configuration that is put back finds those that it was made with.
"""

import os
import re
import ssl
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from chargepoint.web.accounts import give_to_owner_of_folder

NAME = re.compile(r"csms-[0-9a-f]{12}\.pem")
GIVEN = "csms-*.pem"
FOLDER = "certificates"
FOLDER_MODE, MODE = 0o750, 0o640
"""For the owner of the folder's parent, and its group: the station's."""
LONGEST_BYTES = 32_768
MOST = 8
"""Certificates in one file."""
MOST_FILES = 8
"""That no configuration names any more; the oldest go."""
DER, BEGIN = b"\x30", "-----BEGIN"
PEM = "expected everything from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, both lines too"
HINTS = {
    "it may not sign": "what is wanted is the root certificate of the authority, not the CSMS's own",
    "expired on": "ask the operator for the one in force, and check this station's clock (date -u)",
}
OTHERWISE = "ask the operator for another one"


class RootError(Exception):
    """It is none that can be trusted. The message says why, and what to do."""


class Root(Struct, frozen=True):
    """One or several, fit for use."""

    pem: str
    words: str
    """Whose, and until when."""


def read(data: bytes, now: datetime) -> Root:
    """What somebody has pasted, or a file. Raises RootError."""
    from chargepoint.pki import certificates, trust
    from chargepoint.pki.errors import PkiError

    if len(data) > LONGEST_BYTES:
        raise RootError(f"too long; expected at most {LONGEST_BYTES} bytes, and no other certificates with it")
    if b"PRIVATE KEY-----" in data:
        raise RootError("there is a private key in it, which nobody should give away; expected certificates alone")
    try:
        found = certificates.parse(_as_pem(data))
    except PkiError as error:
        raise RootError(f"there is none in PEM in it, or one that cannot be read; {PEM}") from error
    if len(found) > MOST:
        raise RootError(f"{len(found)} certificates; expected the root of the CSMS alone, at most {MOST}")
    try:
        fit = [trust.fit(each, now) for each in found]
    except PkiError as error:
        raise RootError(f"{error}; {next((hint for words, hint in HINTS.items() if words in str(error)), OTHERWISE)}") from error
    until = min(each.not_valid_after_utc for each in fit)
    names = ", ".join(certificates.name_of(each) or each.subject.rfc4514_string()[:60] for each in fit)
    return Root(certificates.pem(fit), f"{names}, valid until {until:%Y-%m-%d}")


def _as_pem(data: bytes) -> bytes:
    """A certificate as Windows saves it is one, too."""
    return ssl.DER_cert_to_PEM_cert(data).encode() if data.startswith(DER) else data


def keep(config: Path, root: Root) -> str:
    """Its file, on the disk and readable for the station. ``config``: the configuration file. Raises OSError."""
    from chargepoint.pki import files

    folder = _folder(config)
    if not folder.is_dir():
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        give_to_owner_of_folder(folder)
    path = folder / f"csms-{sha256(root.pem.encode()).hexdigest()[:12]}.pem"
    files.replace(path, root.pem.encode(), MODE)
    give_to_owner_of_folder(path)
    _forget_old(folder, path, Path(os.path.realpath(config)))
    return str(path)


def is_kept(config: Path, path: str) -> bool:
    """Is it a file that ``keep`` has made?"""
    return Path(path).parent == _folder(config) and NAME.fullmatch(Path(path).name) is not None and Path(path).is_file()


def forget(config: Path) -> None:
    """All of them, with the configuration. Raises OSError."""
    for path in _folder(config).glob(GIVEN):
        path.unlink(missing_ok=True)


def _folder(config: Path) -> Path:
    """Wherever a link leads."""
    return Path(os.path.realpath(config)).parent / FOLDER


def _forget_old(folder: Path, newest: Path, config: Path) -> None:
    """Those that neither this configuration nor the one before names."""
    named = b"".join(each.read_bytes() for each in config.parent.glob(f"{config.name}*") if each.is_file())
    unused = [each for each in folder.glob(GIVEN) if each != newest and each.name.encode() not in named]
    for each in sorted(unused, key=lambda each: each.stat().st_mtime)[:-MOST_FILES]:
        each.unlink(missing_ok=True)


def put(config: Path, data: bytes, now: datetime) -> tuple[str, str]:
    """(file, words) of what was given. Raises RootError."""
    root = read(data, now)
    try:
        return keep(config, root), root.words
    except OSError as error:
        raise RootError(f"it cannot be kept: {error.filename}: {error.strerror}; look for room, and who may write there") from error


def from_text(config: Path, text: str, now: datetime, before: str = "") -> str:
    """The file where it is kept, of the path of another or of the certificate itself; what was there ``before`` stays. Raises RootError."""
    path = text.strip()
    if path in ("", before) or is_kept(config, path):
        return path
    if BEGIN in path:
        return put(config, path.encode(), now)[0]
    named = Path(path).expanduser()
    if not named.is_file():
        raise RootError(f"{path}: no such file; expected the path of a file in PEM")
    try:
        with named.open("rb") as file:
            data = file.read(LONGEST_BYTES + 1)
    except OSError as error:
        raise RootError(f"{path}: {error.strerror}; expected the path of a file in PEM") from error
    return put(config, data, now)[0]
