"""Files to and from real servers on loopback, in this process: whole, broken off, too large, refused, redirected."""

import hashlib
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from chargepoint.transfer.job import Job, Reason, TransferError
from chargepoint.transfer.main import run
from chargepoint.transfer.urls import redacted
from chargepoint.transfer.watch import Watch
from tests.transfer.disk import room
from tests.transfer.servers import CERTIFICATES, Shelf, ftp, serving, web

FIRMWARE = bytes(range(256)) * 4096
"""One MiB."""
SHA256 = hashlib.sha256(FIRMWARE).hexdigest()
TRUST = str(CERTIFICATES / "ca.pem")


class Hurried(Watch):
    """Does not wait before it takes up a broken connection."""

    def pause(self, seconds: float) -> None:
        self.paused = getattr(self, "paused", 0) + 1


def job(tmp_path: Path, url: str, **more: object) -> Job:
    return Job(
        **{"kind": "download", "path": str(tmp_path / "fw"), "url": url, "limit_bytes": 10**8, "idle_s": 5.0, **more}  # type: ignore[arg-type]
    )


def do(each: Job) -> tuple[int, str]:
    return run(each, Hurried(each))


def reason(each: Job) -> str:
    with pytest.raises(TransferError) as caught:
        do(each)
    assert "pass" not in str(caught.value)
    return caught.value.reason


def test_a_file_is_fetched_over_http_and_hashed(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw.bin?v=1&x=%20": FIRMWARE})
    with web(shelf) as url:
        assert do(job(tmp_path, url.replace("//", "//us%40er:p%3Aw@") + "/fw.bin?v=1&x=%20")) == (len(FIRMWARE), SHA256)
    assert (tmp_path / "fw").read_bytes() == FIRMWARE
    assert os.listdir(tmp_path) == ["fw"]
    assert shelf.asked[0][2]["Authorization"] == "Basic dXNAZXI6cDp3"


def test_a_connection_that_breaks_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw": FIRMWARE}, break_after=[300_000, 200_000])
    with web(shelf) as url:
        assert do(job(tmp_path, f"{url}/fw")) == (len(FIRMWARE), SHA256)
    ranges = [headers.get("Range") for _, _, headers in shelf.asked]
    assert ranges == [None, "bytes=300000-", "bytes=500000-"]
    assert shelf.asked[1][2]["If-Range"] == '"v1"'


def test_what_an_earlier_process_fetched_is_taken_up_if_it_is_still_the_same_file(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw": FIRMWARE}, break_after=[300_000, 0])
    with web(shelf) as url:
        assert reason(job(tmp_path, f"{url}/fw")) == Reason.BROKEN
        assert do(job(tmp_path, f"{url}/fw")) == (len(FIRMWARE), SHA256)
        assert shelf.asked[-1][2]["Range"] == "bytes=300000-"


@pytest.mark.parametrize("tag", ['"v2"', None])
def test_a_file_that_has_changed_or_cannot_be_told_is_fetched_anew(tmp_path: Path, tag: str | None) -> None:
    shelf = Shelf(files={"/fw": b"x" * 1_000_000}, break_after=[300_000, 0], tag=tag and '"v1"')
    with web(shelf) as url:
        assert reason(job(tmp_path, f"{url}/fw")) == Reason.BROKEN
        shelf.tag, shelf.files["/fw"] = tag, FIRMWARE
        assert do(job(tmp_path, f"{url}/fw")) == (len(FIRMWARE), SHA256)


def test_a_server_without_ranges_is_asked_for_the_whole_again(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw": FIRMWARE}, break_after=[300_000], ranges=False)
    with web(shelf) as url:
        assert do(job(tmp_path, f"{url}/fw")) == (len(FIRMWARE), SHA256)


def test_connections_that_bring_nothing_new_end_the_attempt(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw": FIRMWARE}, break_after=[1000] * 60, ranges=False)
    with web(shelf) as url:
        assert reason(job(tmp_path, f"{url}/fw")) == Reason.BROKEN
    assert len(shelf.asked) == 2


def test_a_file_shorter_than_announced_is_not_complete(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw": FIRMWARE}, length=len(FIRMWARE) + 1)
    with web(shelf) as url:
        assert reason(job(tmp_path, f"{url}/fw")) == Reason.BROKEN
    assert not (tmp_path / "fw").exists()


@pytest.mark.parametrize("announced", [True, False])
def test_a_file_above_the_limit_is_refused_and_nothing_of_it_stays(tmp_path: Path, announced: bool) -> None:
    shelf = Shelf(files={"/fw": FIRMWARE}, length=None if announced else 1000)
    with web(shelf) as url:
        each = job(tmp_path, f"{url}/fw", limit_bytes=len(FIRMWARE) - 1 if announced else 999)
        assert reason(each) == Reason.TOO_LARGE
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_seen_before_it_is_full(tmp_path: Path) -> None:
    disk = os.statvfs(tmp_path)
    with web(Shelf(files={"/fw": FIRMWARE})) as url:
        assert reason(job(tmp_path, f"{url}/fw", spare_bytes=disk.f_blocks * disk.f_frsize)) == Reason.NO_SPACE
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("size", [0, 10, 100_000, len(FIRMWARE) - 1])
def test_a_disk_that_fills_on_the_way_fails_the_download_and_gets_its_room_back(tmp_path: Path, size: int) -> None:
    """It is no broken connection, which would be taken up again fifty times."""
    with web(Shelf(files={"/fw": FIRMWARE})) as url, room(size):
        assert reason(job(tmp_path, f"{url}/fw")) == Reason.NO_SPACE
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_on_the_way_is_no_fault_of_an_ftp_server(tmp_path: Path) -> None:
    with ftp(served(tmp_path)) as url, room(100_000):
        assert reason(job(tmp_path, f"{url}/f%20w.bin")) == Reason.NO_SPACE
    assert os.listdir(tmp_path) == ["served"]


def test_a_silent_server_is_left_after_the_idle_time(tmp_path: Path) -> None:
    shelf = Shelf(files={"/fw": FIRMWARE}, silent=threading.Event())
    with web(shelf) as url:
        assert reason(job(tmp_path, f"{url}/fw", idle_s=0.1)) == Reason.TIMED_OUT
        assert shelf.silent is not None
        shelf.silent.set()


def test_a_server_that_drips_is_left_when_the_time_for_the_whole_is_up(tmp_path: Path) -> None:
    ticks = iter(range(0, 10_000, 10))
    with web(Shelf(files={"/fw": FIRMWARE})) as url:
        each = job(tmp_path, f"{url}/fw", whole_s=30.0)
        with pytest.raises(TransferError, match="not complete after 30 s"):
            run(each, Hurried(each, lambda: float(next(ticks))))


@pytest.mark.parametrize(
    ("status", "why"),
    [(404, Reason.MISSING), (403, Reason.DENIED), (503, Reason.REFUSED), (400, Reason.BAD_REQUEST), (405, Reason.UNSUPPORTED)],
)
def test_a_refusal_says_why(tmp_path: Path, status: int, why: str) -> None:
    with web(Shelf(statuses={"/fw": status})) as url:
        assert reason(job(tmp_path, f"{url}/fw")) == why


@pytest.mark.parametrize(
    "url",
    [
        *("dummy://dummy", "file:///etc/hosts", "C:", "", "sftp://h/f", "http://", "ftp://h/a%0d%0aDELE b", "http://h:x/"),
        *(
            "http://a b/",
            "ftp://.",
            "http://a..b/",
            f"ftp://us:pass@{'a' * 64}.example/",
            "http://[::1",
            "ftp://%0d%0a:x@h/",
            "http://h:99999/",
        ),
    ],
)
def test_nothing_but_four_schemes_is_tried(tmp_path: Path, url: str) -> None:
    assert reason(job(tmp_path, url)) == Reason.UNSUPPORTED
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("ftp://me:hush@host:21/x?key=hush", "ftp://host:21/x"),
        ("ftp://me:a/hush@host/x", "ftp://***"),
        ("ftp://me:hush?a@host/x", "ftp://***"),
        ("ftp://me:hush#a@host/x", "ftp://***"),
        ("me:hush?@host/x", "***"),
        ("http://host/x", "http://host/x"),
    ],
)
def test_a_password_that_is_written_wrongly_stays_out_of_the_log_as_well(url: str, shown: str) -> None:
    assert redacted(url) == shown


@pytest.mark.parametrize("scheme", ["http", "ftp"])
@pytest.mark.parametrize("host", ["é" * 60, "[fe80::1%25none]", "[v1.x]", "127.0.0.1:1", "%31%32"])
@pytest.mark.parametrize("kind", ["upload", "download"])
def test_a_host_that_nobody_can_find_is_no_error_of_ours(tmp_path: Path, scheme: str, host: str, kind: str) -> None:
    path = tmp_path / "file"
    if kind == "upload":
        path.write_bytes(b"log")
    assert reason(job(tmp_path, f"{scheme}://us:pass@{host}/x", kind=kind, path=str(path))) in (Reason.UNREACHABLE, Reason.UNSUPPORTED)


def test_nobody_listens(tmp_path: Path) -> None:
    with web(Shelf()) as url:
        pass
    assert reason(job(tmp_path, f"{url}/fw")) == Reason.UNREACHABLE
    assert reason(job(tmp_path, url.replace("http", "ftp") + "/fw")) == Reason.UNREACHABLE


def test_redirections_are_followed_a_few_times_and_take_no_password_to_strangers(tmp_path: Path) -> None:
    there, here = Shelf(files={"/fw": FIRMWARE}), Shelf()
    with web(there) as other, web(here) as url:
        here.moved = {"/a": "/b", "/b": f"{other}/fw", "/loop": "/loop", "/away": "file:///etc/hosts"}
        assert do(job(tmp_path, url.replace("//", "//user:pass@") + "/a")) == (len(FIRMWARE), SHA256)
        assert "Authorization" in here.asked[1][2]
        assert "Authorization" not in there.asked[0][2]
        (tmp_path / "fw").unlink()
        assert reason(job(tmp_path, f"{url}/loop")) == Reason.REFUSED
        assert reason(job(tmp_path, f"{url}/away")) == Reason.UNSUPPORTED


def test_https_is_trusted_only_with_the_root_and_the_name(tmp_path: Path) -> None:
    """N01.FR.14, N01.FR.15."""
    with web(Shelf(files={"/fw": FIRMWARE}), secure=True) as url:
        assert reason(job(tmp_path, f"{url}/fw")) == Reason.UNTRUSTED
        by_number = url.replace("localhost", "127.0.0.1")
        assert reason(job(tmp_path, f"{by_number}/fw", trust_file=TRUST)) == Reason.UNTRUSTED
        assert do(job(tmp_path, f"{by_number}/fw", trust_file=TRUST, verify_server_name=False)) == (len(FIRMWARE), SHA256)
        (tmp_path / "fw").unlink()
        assert do(job(tmp_path, f"{url}/fw", trust_file=TRUST)) == (len(FIRMWARE), SHA256)


def test_roots_of_the_system_are_trusted_where_that_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """N01.FR.16."""
    monkeypatch.setenv("SSL_CERT_FILE", str(TRUST))
    with web(Shelf(files={"/fw": FIRMWARE}), secure=True) as url:
        assert reason(job(tmp_path, f"{url}/fw")) == Reason.UNTRUSTED
        assert do(job(tmp_path, f"{url}/fw", system_trust=True)) == (len(FIRMWARE), SHA256)


def test_https_is_not_left_for_http(tmp_path: Path) -> None:
    with web(Shelf(files={"/fw": FIRMWARE})) as plain, web(Shelf(moved={"/fw": f"{plain}/fw"}), secure=True) as url:
        assert reason(job(tmp_path, f"{url}/fw", trust_file=TRUST)) == Reason.UNSUPPORTED


def upload(tmp_path: Path, url: str, **more: object) -> Job:
    (tmp_path / "log").write_bytes(FIRMWARE)
    return job(tmp_path, url, kind="upload", path=str(tmp_path / "log"), name="log-1.tar.gz", **more)


@pytest.mark.parametrize(("place", "stored"), [("/in/", "/in/log-1.tar.gz"), ("", "/log-1.tar.gz"), ("/in/x.gz?sig=1", "/in/x.gz?sig=1")])
def test_an_upload_is_put_under_the_url_or_in_its_folder(tmp_path: Path, place: str, stored: str) -> None:
    shelf = Shelf()
    with web(shelf) as url:
        assert do(upload(tmp_path, url + place)) == (len(FIRMWARE), SHA256)
    assert shelf.files == {stored: FIRMWARE}
    assert shelf.asked[0][0] == "PUT"


@pytest.mark.parametrize("status", [405, 501, 404])
def test_a_server_that_knows_no_put_gets_a_post(tmp_path: Path, status: int) -> None:
    """N01.FR.19: with the name of the file. A server that routes by method and path together says 404."""
    shelf = Shelf(statuses={"PUT": status}, moved={"/in": "/other"})
    with web(shelf) as url:
        do(upload(tmp_path, f"{url}/in"))
    assert shelf.files == {"/other": FIRMWARE}
    method, _, headers = shelf.asked[-1]
    assert method == "POST"
    assert 'filename="log-1.tar.gz"' in headers["Content-Disposition"]


class OnlyPost(BaseHTTPRequestHandler):
    """Knows no PUT at all, and hangs up without having read what came with it."""

    taken: list[int] = []

    def log_message(self, *_: object) -> None:
        return

    def do_POST(self) -> None:
        self.taken.append(len(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()


@pytest.mark.parametrize("secure", [False, True])
def test_a_server_that_hangs_up_on_a_put_gets_a_post(tmp_path: Path, secure: bool) -> None:
    with serving(OnlyPost, secure) as url:
        assert do(upload(tmp_path, f"{url}/in", trust_file=TRUST)) == (len(FIRMWARE), SHA256)
    assert OnlyPost.taken.pop() == len(FIRMWARE)


@pytest.mark.parametrize(("status", "why"), [(403, Reason.DENIED), (404, Reason.MISSING), (405, Reason.UNSUPPORTED)])
def test_a_refused_upload_says_why(tmp_path: Path, status: int, why: str) -> None:
    with web(Shelf(statuses={"/in": status})) as url:
        assert reason(upload(tmp_path, f"{url}/in")) == why


def served(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "in").mkdir()
    (folder / "f w.bin").write_bytes(FIRMWARE)
    return folder


@pytest.mark.parametrize("secure", [False, True])
def test_ftp_both_ways_with_user_and_password(tmp_path: Path, secure: bool) -> None:
    folder = served(tmp_path)
    with ftp(folder, secure) as url:
        trust = TRUST if secure else None
        assert do(job(tmp_path, f"{url}/f%20w.bin", trust_file=trust)) == (len(FIRMWARE), SHA256)
        for place, stored in (("/in/", "in/log-1.tar.gz"), ("/in", "in/log-1.tar.gz"), ("/in/own.gz", "in/own.gz")):
            assert do(upload(tmp_path, url + place, trust_file=trust)) == (len(FIRMWARE), SHA256)
            assert (folder / stored).read_bytes() == FIRMWARE
            (folder / stored).unlink()


def test_an_ftp_server_that_greets_in_latin_1_serves_names_in_utf_8(tmp_path: Path) -> None:
    folder = served(tmp_path)
    (folder / "f w.bin").rename(folder / "für.bin")
    with ftp(folder, greeting="Grüß Gott") as url:
        assert do(job(tmp_path, f"{url}/f%C3%BCr.bin")) == (len(FIRMWARE), SHA256)


def test_ftps_needs_the_root(tmp_path: Path) -> None:
    with ftp(served(tmp_path), secure=True) as url:
        assert reason(job(tmp_path, f"{url}/f%20w.bin")) == Reason.UNTRUSTED


def test_a_broken_ftp_download_is_taken_up_with_rest(tmp_path: Path) -> None:
    with ftp(served(tmp_path), break_after=(300_000, 500_000)) as url:
        each = job(tmp_path, f"{url}/f%20w.bin")
        watch = Hurried(each)
        assert run(each, watch) == (len(FIRMWARE), SHA256)
        assert watch.paused == 2


def test_ftp_refusals_say_why(tmp_path: Path) -> None:
    with ftp(served(tmp_path)) as url:
        assert reason(job(tmp_path, f"{url}/none")) == Reason.MISSING
        assert reason(job(tmp_path, url.replace("pass%40word", "wrong") + "/f%20w.bin")) == Reason.DENIED
        assert reason(upload(tmp_path, f"{url}/none/there/")) == Reason.DENIED
        assert reason(job(tmp_path, f"{url}/f%20w.bin", limit_bytes=1000)) == Reason.TOO_LARGE


@pytest.mark.parametrize("make", [lambda p: Job("digest", str(p)), lambda p: Job("download", str(p), "http://127.0.0.1:1/x")])
def test_a_file_that_is_here_is_only_hashed(tmp_path: Path, make: Callable[[Path], Job]) -> None:
    path = tmp_path / "fw"
    path.write_bytes(FIRMWARE)
    assert do(make(path)) == (len(FIRMWARE), SHA256)
