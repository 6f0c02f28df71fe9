"""HTTP and HTTPS: GET with ranges, PUT, and POST where PUT is not known."""

import base64
import http.client
import os
import select
import ssl
from typing import IO, NamedTuple
from urllib.parse import quote, urljoin

from chargepoint.transfer import trust, urls
from chargepoint.transfer.job import Job, Reason, TransferError
from chargepoint.transfer.part import BLOCK, Part
from chargepoint.transfer.urls import Address
from chargepoint.transfer.watch import Watch

REDIRECTS = 5
EARLY_S = 0.3
"""So long an upload waits for a refusal before it sends the file."""
MOVED = (301, 302, 303, 307, 308)
NO_METHOD = (405, 501)
REASONS = {400: Reason.BAD_REQUEST, 401: Reason.DENIED, 403: Reason.DENIED, 404: Reason.MISSING, 410: Reason.MISSING}
REASONS |= dict.fromkeys(NO_METHOD, Reason.UNSUPPORTED)


class Asked(NamedTuple):
    """An answer whose body has not been read, and the connection that it comes over."""

    connection: http.client.HTTPConnection
    answer: http.client.HTTPResponse

    def close(self) -> None:
        """Nothing more is wanted."""
        self.answer.close()
        self.connection.close()


class _Body:
    """A file that is watched while it is sent."""

    def __init__(self, file: IO[bytes], size: int, watch: Watch) -> None:
        self._file, self._size, self._watch, self._sent = file, size, watch, 0

    def read(self, _: int = -1) -> bytes:
        """The next block."""
        self._watch.at(self._sent, self._size)
        block = self._file.read(BLOCK)
        self._sent += len(block)
        return block

    def again(self) -> "_Body":
        """From its beginning."""
        self._file.seek(0)
        return _Body(self._file, self._size, self._watch)


def download(job: Job, part: Part, watch: Watch) -> None:
    """Whatever is missing of the file. Raises TransferError, ``BROKEN`` where it may be taken up again."""
    offset = part.size
    asked = _ask(job, "GET", _ranges(part) if offset else {}, None)
    try:
        if asked.answer.status == 416 and offset:  # beyond its end: complete, or another file
            if offset == part.total:
                return
            part.restart()
            raise TransferError(Reason.BROKEN, "the file on the server has become shorter")
        _successful(asked.answer, (200, 206))
        _receive(asked.answer, part, watch)
    finally:
        asked.close()


def _ranges(part: Part) -> dict[str, str]:
    return {"Range": f"bytes={part.size}-"} | ({"If-Range": part.mark} if part.mark else {})


def _receive(answer: http.client.HTTPResponse, part: Part, watch: Watch) -> None:
    total = _total(answer, part)
    part.expect(_mark(answer), total)
    try:
        while block := answer.read(BLOCK):
            part.add(block)
            watch.at(part.size, total)
    except (OSError, http.client.HTTPException) as error:
        raise _broken(error, f"after {part.size} bytes") from None
    if total is not None and part.size < total:
        raise TransferError(Reason.BROKEN, f"the connection ended after {part.size} of {total} bytes")


def _total(answer: http.client.HTTPResponse, part: Part) -> int | None:
    """The size of the whole file; what is here already is dropped where it does not fit."""
    length = None if answer.length is None else int(answer.length)
    if answer.status != 206:
        part.restart()
        return length
    unit, _, span = answer.headers.get("Content-Range", "").partition(" ")
    first, _, whole = span.partition("-")[0], None, span.rpartition("/")[2]
    total = int(whole) if whole.isdecimal() else None
    if unit != "bytes" or first != str(part.size) or (part.total is not None and total not in (None, part.total)):
        part.restart()
        raise TransferError(Reason.BROKEN, f"the server sent another range than was asked for ({span[:60]})")
    return part.total if total is None else total


def _mark(answer: http.client.HTTPResponse) -> str:
    """A strong entity tag, or the date (RFC 9110 §13.1.5)."""
    tag = answer.headers.get("ETag", "")
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")


def upload(job: Job, watch: Watch, again: bool) -> None:
    """PUT the file as it is, under its own name where the URL names a folder; POST it where the server knows no PUT.

    PUT is what stores a file under a URL, what ``curl -T`` does and what signed links of object stores are made for; the standard names
    no method (1.6 §8.2). A server that knows no PUT may also say that there is nothing of that name, or hang up in the middle of it, its
    answer unheard. ``again``: a connection broke on the way; HTTP has to begin anew.
    """
    try:
        _store(job, "PUT", watch)
    except TransferError as error:
        if error.reason not in (Reason.UNSUPPORTED, Reason.MISSING, Reason.BROKEN):
            raise
        _post_instead(job, watch, error)


def _post_instead(job: Job, watch: Watch, refusal: TransferError) -> None:
    try:
        _store(job, "POST", watch)
    except TransferError as error:
        raise (error if refusal.reason == Reason.UNSUPPORTED else refusal) from None


def _store(job: Job, method: str, watch: Watch) -> None:
    size = os.path.getsize(job.path)
    with open(job.path, "rb") as file:
        headers = {"Content-Length": str(size), "Content-Type": "application/octet-stream"} | _disposition(job, method)
        asked = _ask(job, method, headers, _Body(file, size, watch))
    try:
        _successful(asked.answer, range(200, 300))
    finally:
        asked.close()


def _disposition(job: Job, method: str) -> dict[str, str]:
    """A POST tells the name of the file (OCPP 2.0.1 N01.FR.19); of a PUT the URL is the name."""
    if method != "POST" or not job.name:
        return {}
    return {"Content-Disposition": f'form-data; name="uploadfile"; filename="{quote(job.name)}"'}


def _ask(job: Job, method: str, headers: dict[str, str], body: _Body | None) -> Asked:
    """Send a request and follow where it leads, never from https to http."""
    url = job.url
    first = urls.read(url)
    for _ in range(REDIRECTS + 1):
        address = urls.read(url)
        if address.scheme not in ("http", "https") or (first.scheme == "https" and address.scheme == "http"):
            raise TransferError(Reason.UNSUPPORTED, f"redirected to {urls.redacted(url)}; expected {first.scheme}")
        same = (address.host, address.port) == (first.host, first.port)
        asked = _request(job, address, method, headers | _credentials(first if same else address), body)
        if asked.answer.status not in MOVED:
            return asked
        place = asked.answer.headers.get("Location", "")
        asked.close()
        if not place:
            break
        url = urljoin(f"{address.scheme}://{_host(address)}:{address.port}{address.target}", place)
        if body is not None:
            body = body.again()
    raise TransferError(Reason.REFUSED, f"more than {REDIRECTS} redirections, or one to nowhere")


def _request(job: Job, address: Address, method: str, headers: dict[str, str], body: _Body | None) -> Asked:
    target = address.target
    if body is not None and address.is_folder:
        target = f"{target.rstrip('/')}/{quote(job.name)}"
    connection = _connection(job, address)
    try:
        connection.connect()
    except ssl.SSLCertVerificationError as error:
        raise TransferError(Reason.UNTRUSTED, f"{address.host}: {error.verify_message}") from None
    except (OSError, UnicodeError) as error:
        raise TransferError(Reason.UNREACHABLE, f"{address.host}:{address.port}: {error}") from None
    try:
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in {"Accept-Encoding": "identity", "User-Agent": "chargepoint", **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        _send(connection, body)
        return Asked(connection, connection.getresponse())
    except (OSError, http.client.HTTPException, ValueError) as error:
        connection.close()
        raise _broken(error, f"asking {address.host}") from None


def _send(connection: http.client.HTTPConnection, body: _Body | None) -> None:
    """A server that refuses need not hear it all: its answer tells why. Over TLS it cannot be seen before it is read."""
    if body is None:
        return
    plain = not isinstance(connection.sock, ssl.SSLSocket)
    wait_s = EARLY_S
    try:
        while block := body.read():
            if plain and select.select([connection.sock], [], [], wait_s)[0]:
                return
            wait_s = 0.0
            connection.send(block)
    except (BrokenPipeError, ConnectionResetError):
        return


def _connection(job: Job, address: Address) -> http.client.HTTPConnection:
    if address.scheme == "https":
        return http.client.HTTPSConnection(address.host, address.port, timeout=job.idle_s, context=trust.context(job))
    return http.client.HTTPConnection(address.host, address.port, timeout=job.idle_s)


def _credentials(address: Address) -> dict[str, str]:
    if address.user is None:
        return {}
    pair = f"{address.user}:{address.password or ''}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def _host(address: Address) -> str:
    return f"[{address.host}]" if ":" in address.host else address.host


def _successful(answer: http.client.HTTPResponse, expected: "range | tuple[int, ...]") -> None:
    if answer.status not in expected:
        raise TransferError(REASONS.get(answer.status, Reason.REFUSED), f"HTTP {answer.status} {answer.reason[:60]}")


def _broken(error: Exception, when: str) -> TransferError:
    reason = Reason.TIMED_OUT if isinstance(error, TimeoutError) else Reason.BROKEN
    return TransferError(reason, f"{when}: {error or type(error).__name__}")
