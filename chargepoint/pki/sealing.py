"""Text that is sealed with a passphrase: a key by scrypt, the text by AES-GCM, bound to what it belongs to.

    passphrase, salt ──scrypt──▶ key ──AES-256-GCM(nonce, bound)──▶ data

``python -m chargepoint.pki.sealing`` does it in a process of its own, for those that run for months: the package costs memory for good and
scrypt ``2 ** COST * 1 KiB`` for a moment. It reads one ``Wish`` as JSON and writes one ``Done``.
"""

import base64
import os
import sys
from hashlib import scrypt

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from chargepoint.pki.sealed import COST, COSTS, Done, Sealed, Wish

BLOCK, LANES, KEY_BYTES, SALT_BYTES, NONCE_BYTES = 8, 1, 32, 16, 12
MEMORY_BYTES = 256 * 1024 * 1024


class SealError(ValueError):
    """It cannot be opened. The message is for people."""


def seal(text: str, passphrase: str, bound: str) -> Sealed:
    """``bound``: what it belongs to; it opens with that alone."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    data = AESGCM(_key(passphrase, salt, COST)).encrypt(nonce, text.encode(), bound.encode())
    return Sealed(cost=COST, salt=_written(salt), nonce=_written(nonce), data=_written(data))


def unseal(sealed: Sealed, passphrase: str, bound: str) -> str:
    """Raises SealError: another passphrase, or somebody has changed something of it."""
    if sealed.cost not in COSTS:
        raise SealError(f"sealed at a cost of {sealed.cost}; expected {COSTS.start} to {COSTS.stop - 1}")
    try:
        salt, nonce, data = (base64.b64decode(each, validate=True) for each in (sealed.salt, sealed.nonce, sealed.data))
        if len(salt) != SALT_BYTES or len(nonce) != NONCE_BYTES:
            raise SealError("what is sealed is damaged: its salt has another length")
        return AESGCM(_key(passphrase, salt, sealed.cost)).decrypt(nonce, data, bound.encode()).decode()
    except InvalidTag:
        raise SealError("the passphrase is another one, or the file was changed; type the one with which the backup was made") from None
    except UnicodeDecodeError:
        raise SealError("what is sealed is no text") from None
    except ValueError as error:
        raise error if isinstance(error, SealError) else SealError(f"what is sealed is damaged ({error})") from None


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return scrypt(passphrase.encode(), salt=salt, n=1 << cost, r=BLOCK, p=LANES, maxmem=MEMORY_BYTES, dklen=KEY_BYTES)


def _written(data: bytes) -> str:
    return base64.b64encode(data).decode()


def done(wish: Wish) -> Done:
    """One wish."""
    try:
        if wish.sealed is None:
            return Done(sealed=seal(wish.text, wish.passphrase, wish.bound))
        return Done(text=unseal(wish.sealed, wish.passphrase, wish.bound))
    except SealError as error:
        return Done(wrong=str(error))


def main() -> int:
    """One wish from standard input."""
    answer: Struct = done(msgspec.json.decode(sys.stdin.buffer.read(), type=Wish))
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
