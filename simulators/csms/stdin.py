"""Lines typed on standard input, without blocking the event loop and without a thread that nobody can end."""

import asyncio
import os
from collections.abc import AsyncIterator

_CHUNK = 4096


async def typed_lines(descriptor: int) -> AsyncIterator[str]:
    """Every line until the end of the file. The descriptor itself stays as it is: it may be shared with other programs."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    try:
        loop.add_reader(descriptor, ready.set)
    except PermissionError:  # a plain file is always ready, and epoll will not have it
        ready.set()
        watched = False
    else:
        watched = True
    try:
        async for line in _lines(descriptor, ready, watched):
            yield line
    finally:
        if watched:
            loop.remove_reader(descriptor)


async def _lines(descriptor: int, ready: asyncio.Event, watched: bool) -> AsyncIterator[str]:
    rest = b""
    while True:
        await ready.wait()
        if watched:
            ready.clear()
        chunk = os.read(descriptor, _CHUNK)
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode(errors="replace")
        if not chunk:
            if rest:
                yield rest.decode(errors="replace")
            return
