"""Which addresses has the host of ``csms_url``?"""

import asyncio
import contextlib
import socket
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

from chargepoint.domain.findings import Finding, failing
from chargepoint.ladder import stopwatch
from chargepoint.ladder.way import Ip, Way

NAME = "name"
PATIENCE_S = 10.0
SLOW_S = 3.0
STUB = "127.0.0.53"
"""systemd-resolved, which asks others in its turn."""

Found = tuple[Ip, ...]


async def look(way: Way) -> tuple[Finding, Found]:
    """The rung, and the addresses, in the order in which they are tried."""
    if way.literal is not None:
        return Finding(name=NAME, state="not needed", text=f"csms_url has an address, {way.literal}"), (way.literal,)
    began_s, asked = stopwatch.monotonic(), servers(way.root)
    where = f"of {', '.join(asked)}" if asked else "of no server that /etc/resolv.conf names"
    try:
        found = await resolved(way.host, way.port)
    except TimeoutError:
        return failing(NAME, "name_unresolved", f"no answer for {way.host} within {PATIENCE_S:.0f} s, asked {where}"), ()
    except (OSError, UnicodeError) as error:
        return failing(NAME, "name_unresolved", f"{way.host}: {_cause(error)}, asked {where}"), ()
    took_ms = round((stopwatch.monotonic() - began_s) * 1000)
    text = f"{way.host} is {', '.join(map(str, found))}, asked {where} in {took_ms} ms"
    if took_ms > SLOW_S * 1000:
        remedy = "Name a server that answers first in /etc/resolv.conf or in the DHCP server: each attempt to connect waits so long."
        return Finding(name=NAME, state="warning", text=text, remedy=remedy, figures={"took_ms": took_ms}), found
    return Finding(name=NAME, state="passed", text=text, figures={"took_ms": took_ms, "addresses": ", ".join(map(str, found))}), found


def _cause(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "no server answers" if error.errno == socket.EAI_AGAIN else str(error.strerror)
    return str(error)


async def resolved(host: str, port: int) -> Found:
    """As the station does it. In a thread that nobody waits for at the end: the system's resolver cannot be interrupted.

    Raises OSError, UnicodeError (no host can have such a name), TimeoutError.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Found] = loop.create_future()

    def tell(found: Found | Exception) -> None:
        if not answer.done():
            answer.set_exception(found) if isinstance(found, Exception) else answer.set_result(found)

    def ask() -> None:
        found: Found | Exception
        try:
            every = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = tuple(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in every))
        except (OSError, UnicodeError) as error:
            found = error
        with contextlib.suppress(RuntimeError):  # nobody waits any more
            loop.call_soon_threadsafe(tell, found)

    Thread(target=ask, name="resolver", daemon=True).start()
    async with asyncio.timeout(PATIENCE_S):
        return await answer


def servers(root: Path) -> tuple[str, ...]:
    """Name servers that are asked, those behind systemd-resolved where it is asked."""
    own = _servers(root / "etc/resolv.conf")
    return _servers(root / "run/systemd/resolve/resolv.conf") or own if STUB in own else own


def _servers(file: Path) -> tuple[str, ...]:
    try:
        lines = [line.split() for line in file.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return ()
    return tuple(words[1] for words in lines if len(words) > 1 and words[0] == "nameserver")
