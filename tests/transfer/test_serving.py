"""The helper process that gives published firmware to other stations: a real process, real connections, and people who want more of it."""

import hashlib
import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from chargepoint.transfer.job import Job
from chargepoint.transfer.main import run
from chargepoint.transfer.serving import EACH
from chargepoint.transfer.watch import Watch

IMAGE = bytes(range(256)) * 4096 * 16
"""16 MiB: more than a connection holds on its way."""
NAME = hashlib.md5(IMAGE, usedforsecurity=False).hexdigest()
WAIT_S = 10.0


class Shop:
    """A helper, and the station's hands."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self.port = 0

    def say(self, **line: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(line).encode() + b"\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def do(self, wish: str, name: str = NAME, path: Path | None = None) -> dict[str, Any]:
        self.say(do=wish, name=name, path=str(path))
        return self.hear()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), WAIT_S)

    def ask(self, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_S)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def raw(self, request: bytes) -> bytes:
        with self.connect() as line:
            line.sendall(request)
            return b"".join(iter(lambda: line.recv(65536), b""))


@contextmanager
def shop(host: str = "127.0.0.1", port: int = 0) -> Iterator[Shop]:
    command = (sys.executable, "-m", "chargepoint.transfer.serving")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        made = Shop(process)
        try:
            made.say(host=host, port=port)
            yield made
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(WAIT_S)


@contextmanager
def with_image(tmp_path: Path) -> Iterator[Shop]:
    path = tmp_path / NAME
    path.write_bytes(IMAGE)
    (tmp_path / "secret").write_bytes(b"not for you")
    with shop() as made:
        made.port = made.hear()["port"]
        assert made.do("offer", path=path) == {"event": "offered", "name": NAME}
        yield made


def test_the_file_is_had_by_its_checksum_and_nothing_else_is(tmp_path: Path) -> None:
    with with_image(tmp_path) as made:
        status, headers, body = made.ask("GET", f"/firmware/{NAME}")
        assert (status, hashlib.md5(body, usedforsecurity=False).hexdigest()) == (200, NAME)
        assert (headers["Content-Length"], headers["ETag"]) == (str(len(IMAGE)), f'"{NAME}"')
        assert made.ask("HEAD", f"/firmware/{NAME}")[::2] == (200, b"")
        for path in (
            *("/", "/firmware", "/firmware/", f"/firmware/{'0' * 32}", f"/firmware/{NAME}/", f"/firmware/{NAME}.part", f"/{NAME}"),
            *(
                "/firmware/../secret",
                "/firmware/%2e%2e/secret",
                f"/firmware/{NAME}/../secret",
                f"/firmware/{NAME}?x",
                str(tmp_path / "secret"),
            ),
            *(f"/firmware/{NAME.upper()}", f"//firmware/{NAME}", f"http://127.0.0.1/firmware/{NAME}"),
        ):
            assert made.ask("GET", path)[::2] == (404, b""), path
        for method in ("PUT", "POST", "DELETE", "OPTIONS", "PROPFIND"):
            assert made.ask(method, f"/firmware/{NAME}")[0] == 405


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("bytes=0-9", 206, 0, 9),
        ("bytes=16777000-", 206, 16_777_000, len(IMAGE) - 1),
        ("bytes=16777000-99999999999", 206, 16_777_000, len(IMAGE) - 1),
        ("bytes=-100", 206, len(IMAGE) - 100, len(IMAGE) - 1),
        ("bytes=0-1,5-6", 200, 0, len(IMAGE) - 1),
        ("bytes=-", 200, 0, len(IMAGE) - 1),
        ("lines=1-2", 200, 0, len(IMAGE) - 1),
    ],
)
def test_a_part_of_the_file(tmp_path: Path, asked: str, status: int, first: int, last: int) -> None:
    with with_image(tmp_path) as made:
        found, headers, body = made.ask("GET", f"/firmware/{NAME}", Range=asked, If_Range=f'"{NAME}"')
        assert (found, body == IMAGE[first : last + 1]) == (status, True)
        assert headers.get("Content-Range") == (f"bytes {first}-{last}/{len(IMAGE)}" if status == 206 else None)
        assert made.ask("GET", f"/firmware/{NAME}", Range=asked, If_Range='"another"')[0] == 200


@pytest.mark.parametrize("asked", [f"bytes={len(IMAGE)}-", "bytes=-0", "bytes=9-3"])
def test_a_part_that_the_file_does_not_have(tmp_path: Path, asked: str) -> None:
    with with_image(tmp_path) as made:
        status, headers, body = made.ask("GET", f"/firmware/{NAME}", Range=asked)
        assert (status, headers["Content-Range"], body) == (416, f"bytes */{len(IMAGE)}", b"")


def test_another_station_takes_a_download_up_where_it_broke(tmp_path: Path) -> None:
    """By the downloader of this very program."""
    with with_image(tmp_path) as made:
        path = tmp_path / "elsewhere"
        path.with_name("elsewhere.part").write_bytes(IMAGE[:5_000_000])
        path.with_name("elsewhere.meta").write_text(json.dumps({"mark": f'"{NAME}"', "total": len(IMAGE)}))
        job = Job("download", str(path), f"http://127.0.0.1:{made.port}/firmware/{NAME}", limit_bytes=10**8)
        assert run(job, Watch(job)) == (len(IMAGE), hashlib.sha256(IMAGE).hexdigest())
        assert run(Job("md5", str(path)), Watch(job)) == (len(IMAGE), NAME)


def test_a_file_is_not_withdrawn_while_somebody_downloads_it(tmp_path: Path) -> None:
    """L04.FR.04: and is, when he is gone."""
    with with_image(tmp_path) as made:
        with made.connect() as line:
            line.sendall(b"GET /firmware/%s HTTP/1.1\r\n\r\n" % NAME.encode())
            assert line.recv(12) == b"HTTP/1.1 200"
            assert made.do("withdraw") == {"event": "withdrawn", "name": NAME, "busy": 1}
            assert made.ask("HEAD", f"/firmware/{NAME}")[0] == 200
        while made.do("withdraw")["busy"]:
            pass  # asked again until the helper has seen that he is gone
        assert made.ask("GET", f"/firmware/{NAME}")[0] == 404
        assert made.do("withdraw")["busy"] == 0


def test_a_file_that_is_gone_from_the_disk_is_not_there(tmp_path: Path) -> None:
    with with_image(tmp_path) as made:
        (tmp_path / NAME).unlink()
        assert made.ask("GET", f"/firmware/{NAME}")[0] == 404


@pytest.mark.parametrize(
    "request_", [b"\r\n\r\n", b"\x16\x03\x01\r\n\r\n", b"GET\r\n\r\n", b"get / HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_what_is_no_request_is_told_so(tmp_path: Path, request_: bytes) -> None:
    with with_image(tmp_path) as made:
        assert made.raw(request_).startswith(b"HTTP/1.1 400 ")


def test_endless_headers_end_the_connection_and_not_the_helper(tmp_path: Path) -> None:
    with with_image(tmp_path) as made:
        with suppress(ConnectionError):  # the kernel tells it so
            assert made.raw(b"GET /firmware/%s HTTP/1.1\r\n" % NAME.encode() + b"X: y\r\n" * 100_000) == b""
        assert made.ask("HEAD", f"/firmware/{NAME}")[0] == 200


def test_one_address_has_so_many_connections_and_no_more(tmp_path: Path) -> None:
    with with_image(tmp_path) as made:
        lines = [made.connect() for _ in range(EACH)]
        for line in lines:
            line.sendall(b"GET /firmware/%s HTTP/1.1\r\n\r\n" % NAME.encode())
            assert line.recv(12) == b"HTTP/1.1 200"
        with made.connect() as more:
            assert more.recv(12) == b"HTTP/1.1 503"
        for line in lines:
            line.close()
        while made.do("withdraw")["busy"]:
            pass
        made.do("offer", path=tmp_path / NAME)
        assert made.ask("HEAD", f"/firmware/{NAME}")[0] == 200


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with shop(port=taken.getsockname()[1]) as made:
            assert made.hear() == {"event": "failed", "text": "Address already in use"}


def test_it_ends_with_whoever_has_started_it_even_while_somebody_downloads(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(IMAGE)
    with shop() as made:
        made.port = made.hear()["port"]
        made.do("offer", path=path)
        line = made.connect()
        line.sendall(b"GET /firmware/%s HTTP/1.1\r\n\r\n" % NAME.encode())
        assert line.recv(12) == b"HTTP/1.1 200"
    assert made._process.returncode == 0, "within the time that it is waited for"
    line.close()
