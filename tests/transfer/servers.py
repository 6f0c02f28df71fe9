"""File servers on loopback, and what can go wrong with them."""

import ssl
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Struct

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # pyftpdlib uses asyncore, which Python 3.11 has still got
    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_FTPHandler
    from pyftpdlib.servers import ThreadedFTPServer

CERTIFICATES = Path(__file__).parents[1] / "ocpp" / "certificates"


class Shelf(Struct):
    """What an HTTP server has, gets and does wrong. The test changes it while the server runs."""

    files: dict[str, bytes] = {}
    asked: list[tuple[str, str, dict[str, str]]] = []
    break_after: list[int] = []
    """Of each answer, in turn, only so many bytes go out before the connection ends."""
    ranges: bool = True
    tag: str | None = '"v1"'
    statuses: dict[str, int] = {}
    """By method or path: an answer without content."""
    moved: dict[str, str] = {}
    length: int | None = None
    """Tells another size than there is."""
    silent: threading.Event | None = None
    """Answers nothing until it is set."""


class Asked(NamedTuple):
    """One request; ``body`` reads what came with it."""

    method: str
    path: str
    headers: Message
    body: Callable[[], bytes]

    def start(self, shelf: Shelf) -> int:
        """Of the range that is wanted and can be had; 0: the whole."""
        span = self.headers.get("Range", "") if shelf.ranges and self.headers.get("If-Range") in (None, shelf.tag) else ""
        return int(span.removeprefix("bytes=").partition("-")[0]) if span else 0


class Reply(NamedTuple):
    """What goes back."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""


def stored(shelf: Shelf, asked: Asked) -> Reply:
    shelf.files[asked.path] = asked.body()
    return Reply(201)


def beyond(shelf: Shelf, asked: Asked) -> bool:
    return bool(start := asked.start(shelf)) and start >= len(shelf.files[asked.path])


def file(shelf: Shelf, asked: Asked) -> Reply:
    whole, start = shelf.files[asked.path], asked.start(shelf)
    headers = {"ETag": shelf.tag} if shelf.tag else {}
    if start:
        headers["Content-Range"] = f"bytes {start}-{len(whole) - 1}/{len(whole)}"
    return Reply(206 if start else 200, headers, whole[start:])


RULES: tuple[tuple[Callable[[Shelf, Asked], object], Callable[[Shelf, Asked], Reply]], ...] = (
    (lambda shelf, asked: asked.path in shelf.statuses, lambda shelf, asked: Reply(shelf.statuses[asked.path])),
    (lambda shelf, asked: asked.method in shelf.statuses, lambda shelf, asked: Reply(shelf.statuses[asked.method])),
    (lambda shelf, asked: asked.path in shelf.moved, lambda shelf, asked: Reply(307, {"Location": shelf.moved[asked.path]})),
    (lambda shelf, asked: asked.method != "GET", stored),
    (lambda shelf, asked: asked.path not in shelf.files, lambda shelf, asked: Reply(404)),
    (beyond, lambda shelf, asked: Reply(416)),
    (lambda shelf, asked: True, file),
)
"""(when, what is answered), the first that fits. A refusal does not read what came with the request."""


class ShelfHandler(BaseHTTPRequestHandler):
    """Answers by the table, then hangs up."""

    protocol_version = "HTTP/1.1"
    shelf: Shelf

    def log_message(self, *_: Any) -> None:
        return

    def answer(self) -> None:
        asked = Asked(self.command, self.path, self.headers, lambda: self.rfile.read(int(self.headers["Content-Length"])))
        self.shelf.asked.append((asked.method, asked.path, dict(asked.headers.items())))
        if self.shelf.silent is not None:
            self.shelf.silent.wait(10)
        self.send(next(what for when, what in RULES if when(self.shelf, asked))(self.shelf, asked))

    def send(self, reply: Reply) -> None:
        size, body = len(reply.body), reply.body
        if body:
            size, cut = self.shelf.length or size, self.shelf.break_after
            body = body[: cut.pop(0)] if cut else body
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Length": str(size)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    do_GET = do_PUT = do_POST = answer  # noqa: N815


@contextmanager
def web(shelf: Shelf, secure: bool = False) -> Iterator[str]:
    """Its URL, without a slash at the end."""
    with serving(type("Handler", (ShelfHandler,), {"shelf": shelf}), secure) as url:
        yield url


@contextmanager
def serving(made: type[BaseHTTPRequestHandler], secure: bool) -> Iterator[str]:
    """The same with another handler."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    server.daemon_threads = True
    if secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / "server.pem", CERTIFICATES / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        host = "localhost" if secure else "127.0.0.1"
        yield f"{'https' if secure else 'http'}://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Breaking(DTPHandler):  # type: ignore[misc]
    """A data connection that ends after so many bytes, once for each entry of ``break_after``."""

    break_after: list[int] = []

    def send(self, data: bytes) -> int:
        if self.break_after and self.tot_bytes_sent + len(data) > self.break_after[0]:
            self.break_after.pop(0)
            self.close()
            return 0
        return int(super().send(data))


class _Latin(str):
    """A line that goes over the wire as old servers write it."""

    def encode(self, encoding: str = "", errors: str = "strict") -> bytes:
        return super().encode("latin-1")


@contextmanager
def ftp(folder: Path, secure: bool = False, break_after: tuple[int, ...] = (), greeting: str = "") -> Iterator[str]:
    """Its URL with user and password; ``folder`` is what it serves. ``greeting``: said in Latin-1."""
    authorizer = DummyAuthorizer()
    authorizer.add_user("us/er", "pass@word", str(folder), perm="elradfmwMT")
    base = TLS_FTPHandler if secure else FTPHandler
    made: dict[str, Any] = {"authorizer": authorizer, "use_sendfile": False, "auth_failed_timeout": 0.01}
    if secure:
        both = folder.parent / "both.pem"
        both.write_text((CERTIFICATES / "server.pem").read_text() + (CERTIFICATES / "server.key").read_text())
        made |= {"certfile": str(both), "tls_control_required": True, "tls_data_required": True}
    elif break_after:
        made["dtp_handler"] = type("Breaking", (_Breaking,), {"break_after": list(break_after)})
    if greeting:
        made["handle"] = lambda handler: handler.push(_Latin(f"220 {greeting}\r\n"))
    server = ThreadedFTPServer(("127.0.0.1", 0), type("Handler", (base,), made))
    leave = threading.Event()

    def serve() -> None:
        """Closed by the thread that polls: what it polls must not vanish under it."""
        while not leave.is_set():
            server.serve_forever(timeout=0.02, blocking=False, handle_exit=False)
        server.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        scheme, host = ("ftps", "localhost") if secure else ("ftp", "127.0.0.1")
        yield f"{scheme}://us%2Fer:pass%40word@{host}:{server.address[1]}"
    finally:
        leave.set()
        thread.join()
