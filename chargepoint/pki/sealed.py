"""What ``chargepoint.pki.sealing`` takes and gives; asked for in a process of its own, without the package that it needs."""

import asyncio
import sys

import msgspec
from msgspec import Struct

COST = 15
"""32 MiB, and some hundred milliseconds on a small board."""
COSTS = range(14, 18)
"""Accepted: neither too easy to guess, nor more memory than there is."""
PATIENCE_S = 30.0
LONGEST_PASSPHRASE = 200


class Sealed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base64 where it is no number."""

    cost: int
    """Logarithm of scrypt's n."""
    salt: str
    nonce: str
    data: str


class Wish(Struct, frozen=True, kw_only=True):
    """Seal ``text``, or open ``sealed``."""

    passphrase: str
    bound: str
    text: str = ""
    sealed: Sealed | None = None

    def __repr__(self) -> str:
        return "Wish(***)"


class Done(Struct, frozen=True, kw_only=True):
    """What has become of it."""

    sealed: Sealed | None = None
    text: str = ""
    wrong: str = ""

    def __repr__(self) -> str:
        return f"Done(wrong={self.wrong!r})"


async def carried_out(wish: Wish) -> Done:
    """In a process of its own. Raises OSError: it cannot be started, or does not end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "chargepoint.pki.sealing", stdin=pipe, stdout=pipe)
    try:
        async with asyncio.timeout(PATIENCE_S):
            said, _ = await process.communicate(msgspec.json.encode(wish))
        return msgspec.json.decode(said, type=Done)
    except TimeoutError as error:
        raise OSError(f"sealing takes longer than {PATIENCE_S:.0f} s") from error
    except msgspec.MsgspecError as error:
        raise OSError(f"sealing failed ({error}); see the log") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
