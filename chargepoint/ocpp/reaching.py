"""The TCP connection to the CSMS: its addresses are tried one beside the other (RFC 8305), and of all that were tried one socket stays.

asyncio has this as ``happy_eyeballs_delay``, but forgets the socket that has won when it is cancelled before it could hand it over: the
CSMS then has a connection of which nobody here knows (Python 3.11 to 3.13).
"""

import asyncio
import contextlib
import socket
from collections import deque
from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import Any

NEXT_ADDRESS_S = 0.25
"""So long one address of the CSMS is waited for before the next is tried beside it."""

Info = tuple[Any, ...]
"""As getaddrinfo has it: family, kind, protocol, name, address."""


async def reached(host: str, port: int) -> socket.socket:
    """A connected socket, not blocking. Raises OSError, of several the most telling one; UnicodeError: no host can have such a name."""
    loop = asyncio.get_running_loop()
    waiting = deque(_by_turns(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    tries: list[asyncio.Task[socket.socket]] = []
    won: asyncio.Task[socket.socket] | None = None
    try:
        while won is None and (waiting or not all(each.done() for each in tries)):
            if waiting:
                tries.append(loop.create_task(_connected(waiting.popleft())))
            running = [each for each in tries if not each.done()]
            await asyncio.wait(running, timeout=NEXT_ADDRESS_S if waiting else None, return_when=asyncio.FIRST_COMPLETED)
            won = next((each for each in tries if each.done() and each.exception() is None), None)
    finally:
        for each in tries:
            if each is not won:
                each.cancel()
                each.add_done_callback(_drop)
    if won is None:
        raise _telling([error for each in tries if (error := each.exception()) is not None], host)
    return won.result()


async def _connected(info: Info) -> socket.socket:
    family, kind, protocol, _, address = info
    made = socket.socket(family, kind, protocol)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, address)
    except BaseException:
        made.close()
        raise
    return made


def _by_turns(infos: list[Any]) -> Iterator[Info]:
    """One family, then the other, the family of the first address first."""
    first = [info for info in infos if info[0] == infos[0][0]]
    others = [info for info in infos if info[0] != infos[0][0]]
    return (info for info in chain.from_iterable(zip_longest(first, others)) if info is not None)


def _drop(tried: "asyncio.Task[socket.socket]") -> None:
    """It came too late, or nobody waits for it any more."""
    with contextlib.suppress(asyncio.CancelledError, OSError):
        tried.result().close()


def _telling(errors: list[BaseException], host: str) -> BaseException:
    """Somebody's refusal says more than that there was no way to another address."""
    refused = next((error for error in errors if isinstance(error, ConnectionRefusedError)), None)
    return refused or (errors[0] if errors else OSError(f"no address for {host}"))
