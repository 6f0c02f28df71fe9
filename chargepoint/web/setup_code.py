"""The set-up code: whoever can read it off this device may make the first account. Made at the first start, gone with the first account."""

import hmac
import secrets
from pathlib import Path

from chargepoint.pki import files

FILE = "setup-code"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""None that looks like another."""
GROUPS, LONG = 3, 4
"""Nearly 59 bits, tried at a few an hour."""


def of(folder: Path) -> str:
    """The code of this device; made where there is none. Raises OSError."""
    code = read(folder)
    if code is None:
        code = new()
        files.replace(folder / FILE, f"{code}\n".encode(), files.PRIVATE)
    return code


def new() -> str:
    """Another one."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LONG)) for _ in range(GROUPS))


def read(folder: Path) -> str | None:
    """The code that is there. Raises OSError."""
    try:
        return (folder / FILE).read_text("ascii").strip() or None
    except FileNotFoundError:
        return None


def same(said: str, code: str) -> bool:
    """In constant time; without case, spaces and dashes."""
    return hmac.compare_digest(_plain(said), _plain(code))


def forget(folder: Path) -> None:
    """It has been used. Raises OSError."""
    files.remove(folder / FILE)


def _plain(code: str) -> bytes:
    return "".join(code.upper().replace("-", "").split()).encode()
