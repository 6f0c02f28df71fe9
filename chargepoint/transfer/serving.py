"""The helper process that gives published firmware to other stations of the site (OCPP 2.0.1 L03): GET and HEAD by HTTP, nothing else.

It has no folder: it knows the files that the station names, each by its MD5, and whatever else is asked for is 404. No login, no
listing, no upload; one request for each connection, so many connections at once, so long for each.

→ {"host": "0.0.0.0", "port": 8090}                       first
← {"event": "open", "port": 8090}                         or {"event": "failed", "text": ...}, and it ends
→ {"do": "offer", "name": "d41d8c...", "path": ...}
← {"event": "offered", "name": "d41d8c..."}
→ {"do": "withdraw", "name": "d41d8c..."}
← {"event": "withdrawn", "name": "d41d8c...", "busy": 0}  so many are downloading it: it stays unless that is 0

It ends with its standard input: it lives no longer than whoever started it.
"""

import asyncio
import json
import os
import re
import socket
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, NamedTuple

from chargepoint.transfer.watch import tell

NICE = 10
PREFIX = "/firmware/"
MOST = 16
"""So many connections at once; more are turned away."""
EACH = 4
"""So many of them from one address."""
HEAD_S = 10.0
"""The longest time for a request."""
HEAD_BYTES = 8192
IDLE_S = 30.0
"""The longest silence of who downloads."""
WHOLE_S = 6 * 3600.0
"""The longest time for one download."""
BLOCK = 64 * 1024
LONGEST_LINE = 64 * 1024

REQUEST = re.compile(rb"(GET|HEAD) " + PREFIX.encode() + rb"([0-9a-f]{32}) HTTP/1\.[01]\r\n")
METHOD = re.compile(rb"[A-Z]{1,20} \S+ HTTP/1\.[01]\r\n")
RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")
WORDS = {200: "OK", 206: "Partial Content", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
WORDS |= {416: "Range Not Satisfiable", 503: "Service Unavailable"}


class Span(NamedTuple):
    """The bytes of a file that are sent; ``last`` is one of them."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """So many."""
        return self.last - self.first + 1


def span(headers: dict[bytes, bytes], tag: bytes, size: int) -> Span | None:
    """What of the file is asked for (RFC 9110 §14). Raises ValueError for a range that it does not have; ``None``: all of it, as for ranges
    of another file or of a kind that is not known here."""
    asked = RANGE.fullmatch(headers.get(b"range", b""))
    if asked is None or headers.get(b"if-range", tag) != tag or asked.groups() == (b"", b""):
        return None
    first, last = asked.groups()
    if not first:
        if int(last) == 0 or size == 0:
            raise ValueError
        return Span(max(size - int(last), 0), size - 1)
    if int(first) >= size or (last and int(last) < int(first)):
        raise ValueError
    return Span(int(first), min(int(last), size - 1) if last else size - 1)


def headers_of(head: bytes) -> dict[bytes, bytes]:
    """By name; of two with one name the last."""
    lines = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in lines}


class Shop:
    """The files, and who is downloading them."""

    def __init__(self, idle_s: float = IDLE_S, head_s: float = HEAD_S) -> None:
        self._files: dict[str, str] = {}
        self._busy: Counter[str] = Counter()
        self._open: Counter[str] = Counter()
        """Connections by address."""
        self._idle_s = idle_s
        self._head_s = head_s

    def obey(self, line: dict[str, Any]) -> dict[str, Any]:
        """What the station wants, and what it is told."""
        name = str(line["name"])
        if line["do"] == "offer":
            self._files[name] = str(line["path"])
            return {"event": "offered", "name": name}
        if not self._busy[name]:
            self._files.pop(name, None)
        return {"event": "withdrawn", "name": name, "busy": self._busy[name]}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        peer = writer.get_extra_info("peername")
        host = str(peer[0]) if peer else ""
        self._open[host] += 1
        try:
            async with asyncio.timeout(WHOLE_S):
                await self._answer(reader, writer, self._open[host] > EACH or self._open.total() > MOST)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever it was, he is gone, too slow or no client
        finally:
            self._open[host] -= 1
            self._open += Counter()  # nobody stays in it
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, full: bool) -> None:
        if full:
            await self._refuse(writer, 503, b"Retry-After: 60\r\n")
            return
        async with asyncio.timeout(self._head_s):
            head = await reader.readuntil(b"\r\n\r\n")
        asked = REQUEST.match(head)
        if asked is None:
            await self._refuse(writer, *_wrong(head))
            return
        method, name = asked[1], asked[2].decode()
        try:
            file = open(self._files.get(name, ""), "rb")  # noqa: ASYNC230, SIM115  (nothing else goes on here; closed below)
        except OSError:
            await self._refuse(writer, 404)
            return
        with file, self._downloading(name, method):
            await self._send(writer, file, method, headers_of(head), b'"%s"' % asked[2])
            await self._gone(writer)

    async def _refuse(self, writer: asyncio.StreamWriter, status: int, more: bytes = b"") -> None:
        writer.write(_head(status, 0, more))
        await self._gone(writer)

    async def _gone(self, writer: asyncio.StreamWriter) -> None:
        """Everything has left."""
        writer.close()
        async with asyncio.timeout(self._idle_s):
            await writer.wait_closed()

    @contextmanager
    def _downloading(self, name: str, method: bytes) -> Iterator[None]:
        """Whoever only looks holds nothing up."""
        count = int(method == b"GET")
        self._busy[name] += count
        try:
            yield
        finally:
            self._busy[name] -= count

    async def _send(self, writer: asyncio.StreamWriter, file: IO[bytes], method: bytes, headers: dict[bytes, bytes], tag: bytes) -> None:
        size = os.fstat(file.fileno()).st_size
        try:
            part = span(headers, tag, size)
        except ValueError:
            writer.write(_head(416, 0, b"Content-Range: bytes */%d\r\n" % size))
            return
        first, length = (0, size) if part is None else (part.first, part.length)
        more = b"" if part is None else b"Content-Range: bytes %d-%d/%d\r\n" % (part.first, part.last, size)
        more += b"Content-Type: application/octet-stream\r\nAccept-Ranges: bytes\r\nETag: %s\r\n" % tag
        writer.write(_head(200 if part is None else 206, length, more))
        file.seek(first)
        while method == b"GET" and length > 0 and (block := file.read(min(BLOCK, length))):
            writer.write(block)
            length -= len(block)
            async with asyncio.timeout(self._idle_s):
                await writer.drain()


def _wrong(head: bytes) -> tuple[int, bytes]:
    """What to say to another request."""
    if METHOD.match(head) is None:
        return 400, b""
    return (404, b"") if head.startswith((b"GET ", b"HEAD ")) else (405, b"Allow: GET, HEAD\r\n")


def _head(status: int, length: int, more: bytes) -> bytes:
    line = b"HTTP/1.1 %d %s\r\nContent-Length: %d\r\n" % (status, WORDS[status].encode(), length)
    return line + more + b"X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"


def listening(host: str, port: int) -> socket.socket:
    """Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    line = socket.socket(family, kind, protocol)
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            line.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        line.bind(address)
    except OSError:
        line.close()
        raise
    return line


async def work() -> int:
    """Until standard input ends. 1: it cannot listen."""
    orders = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    begin, shop = await orders.readline(), Shop()
    if not begin:
        return 0
    place = json.loads(begin)
    try:
        line = listening(place["host"], place["port"])
        server = await asyncio.start_server(shop.serve, sock=line, limit=HEAD_BYTES)
    except OSError as error:
        tell(event="failed", text=error.strerror or str(error))
        return 1
    tell(event="open", port=line.getsockname()[1])
    while order := await orders.readline():
        tell(**shop.obey(json.loads(order)))
    server.close()
    return 0


def main() -> int:
    """See the top."""
    os.nice(NICE)
    with suppress(BrokenPipeError):
        return asyncio.run(work())
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # whoever is still downloading is let go
