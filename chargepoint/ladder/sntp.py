"""One question to a time server (RFC 4330): by how much does the clock here differ?"""

import asyncio
import socket
import struct

from chargepoint.ladder import stopwatch
from chargepoint.ladder.name import resolved

PORT = 123
PATIENCE_S = 3.0
PACKET = struct.Struct("!BBbbIII QQQQ")
ASK = 0x23
"""No leap second known, version 4, client."""
SERVER = 4
SINCE_1900_S = 2_208_988_800
FRACTION = 1 << 32
ERA_S = 1 << 32


class SntpError(Exception):
    """No answer, or none that can be believed. For people."""


class Unresolved(SntpError):
    """The server has no address here."""


class _Asking(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


async def offset_s(host: str, port: int = PORT, patience_s: float = PATIENCE_S) -> float:
    """The server's time less ours. Raises SntpError."""
    transport = None
    try:
        async with asyncio.timeout(patience_s):
            (ip, *_) = await resolved(host, port)  # not by the event loop's threads, which would be waited for at the end
            transport, asking = await asyncio.get_running_loop().create_datagram_endpoint(_Asking, remote_addr=(str(ip), port))
            sent_s = stopwatch.now().timestamp()
            transport.sendto(PACKET.pack(ASK, 0, 0, 0, 0, 0, 0, 0, 0, 0, _stamp(sent_s)))
            data = await asking.answer
    except TimeoutError:
        raise SntpError(f"no answer within {patience_s:g} s") from None
    except (OSError, UnicodeError) as error:
        kind = Unresolved if isinstance(error, socket.gaierror | UnicodeError) else SntpError
        raise kind(str(getattr(error, "strerror", "") or error)) from error
    finally:
        if transport is not None:
            transport.close()
    return _offset_s(data, sent_s, stopwatch.now().timestamp())


def _offset_s(data: bytes, sent_s: float, came_s: float) -> float:
    """RFC 4330 §5. Raises SntpError."""
    if len(data) < PACKET.size:
        raise SntpError(f"an answer of {len(data)} bytes; expected {PACKET.size}")
    first, stratum, *_, originate, received, transmitted = PACKET.unpack_from(data)
    if first & 7 != SERVER or stratum == 0 or first >> 6 == 3 or originate != _stamp(sent_s) or not transmitted:
        raise SntpError("an answer that says it must not be used")
    return ((_seconds(received, sent_s) - sent_s) + (_seconds(transmitted, came_s) - came_s)) / 2


def _stamp(at_s: float) -> int:
    return round((at_s + SINCE_1900_S) * FRACTION) & (1 << 64) - 1


def _seconds(stamp: int, near_s: float) -> float:
    """Since 1970, in the era of 136 years that is nearest: a clock that stands in 1970 need not make a server's time 1900 either."""
    at_s = stamp / FRACTION - SINCE_1900_S
    return at_s + ERA_S if at_s < 0 else at_s
