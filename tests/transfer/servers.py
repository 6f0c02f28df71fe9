"""File servers on loopback, and what can go wrong with them."""

import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

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


def handler(shelf: Shelf) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            return

        def _refuse(self) -> bool:
            shelf.asked.append((self.command, self.path, dict(self.headers.items())))
            if shelf.silent is not None:
                shelf.silent.wait(10)
            status = shelf.statuses.get(self.path) or shelf.statuses.get(self.command)
            place = shelf.moved.get(self.path)
            if status is None and place is None:
                return False
            self.close_connection = True
            self.send_response(status or 307)
            if place is not None:
                self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return True

        def do_GET(self) -> None:
            if self._refuse():
                return
            if self.path not in shelf.files:
                self.send_error(404)
                return
            whole = shelf.files[self.path]
            start = self._start() if shelf.ranges else 0
            if start and start >= len(whole):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
            if shelf.tag:
                self.send_header("ETag", shelf.tag)
            self.send_header("Content-Length", str(shelf.length or len(whole) - start))
            self.end_headers()
            body = whole[start:]
            self.wfile.write(body[: shelf.break_after.pop(0)] if shelf.break_after else body)
            self.close_connection = True

        def _start(self) -> int:
            span = self.headers.get("Range", "")
            known = self.headers.get("If-Range") in (None, shelf.tag)
            return int(span.removeprefix("bytes=").partition("-")[0]) if span and known else 0

        def _take(self) -> None:
            if not self._refuse():
                shelf.files[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(201)
                self.send_header("Content-Length", "0")
                self.end_headers()

        do_PUT = do_POST = _take  # noqa: N815

    return Handler


@contextmanager
def web(shelf: Shelf, secure: bool = False) -> Iterator[str]:
    """Its URL, without a slash at the end."""
    with serving(handler(shelf), secure) as url:
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
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.02, "handle_exit": False})
    thread.start()
    try:
        scheme, host = ("ftps", "localhost") if secure else ("ftp", "127.0.0.1")
        yield f"{scheme}://us%2Fer:pass%40word@{host}:{server.address[1]}"
    finally:
        server.close_all()
        thread.join()
