"""The socket: who may be heard, for how long, and what becomes of nonsense."""

import array
import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chargepoint.update import client, server
from chargepoint.update.client import UpdaterError, ask, inquire
from chargepoint.update.messages import Install, LookForSticks, Offer, Offered, Question, See, State
from chargepoint.update.server import MAX_QUESTION_BYTES, MOST_AT_ONCE, Server
from tests.update.bundles import written
from tests.waiting import until

STATE = State(version="1.0", installer="dry-run")


class Answers:
    """What it was asked, and what the files held."""

    def __init__(self) -> None:
        self.read: list[bytes] = []
        self.slowly = threading.Event()
        self.slowly.set()

    def __call__(self, question: Question, file: int | None) -> Offered | State:
        self.slowly.wait(10)
        if isinstance(question, Install):
            raise OSError(28, "No space left on device")
        if file is not None:
            self.read.append(os.pread(file, 100, 0))
        return STATE if isinstance(question, See) else Offered(accepted=file is not None)


@contextmanager
def served(folder: Path, answers: Answers) -> Iterator[tuple[str, Server]]:
    path, leave = str(folder / "updater"), threading.Event()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path)
        listening.listen()
        found = Server(listening, answers)

        def serve() -> None:
            while not leave.is_set():
                found.serve(0.05)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield path, found
        finally:
            leave.set()
            thread.join()


@contextmanager
def connected(path: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(30)
        line.connect(path)
        yield line


def heard(line: socket.socket) -> bytes:
    said = b""
    while piece := line.recv(65_536):
        said += piece
    return said


def refused(line: socket.socket) -> str:
    answer = msgspec.json.decode(heard(line), type=Offered)
    assert not answer.accepted
    return answer.text


def test_a_question_is_answered_and_a_file_goes_along(tmp_path: Path) -> None:
    answers = Answers()
    (tmp_path / "file").write_bytes(b"content")
    with served(tmp_path, answers) as (path, _), (tmp_path / "file").open("rb") as file:
        assert ask(path, State, See()) == STATE
        assert not ask(path, Offered, Offer(source="page")).accepted
        assert ask(path, Offered, Offer(source="page"), file.fileno()).accepted
        assert answers.read == [b"content"]
        assert os.pread(file.fileno(), 7, 0) == b"content", "it is still ours"


def inquired(path: str, answer: Any, question: Question, file: int | None = None) -> Any:
    """Without blocking."""
    return asyncio.run(inquire(path, answer, question, file))


@pytest.mark.parametrize("way", [ask, inquired])
def test_who_copies_or_looks_for_sticks_has_time_and_else_an_answer_is_not_waited_for(
    way: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", 0.1)
    answers = Answers()
    with served(tmp_path, answers) as (path, _), written(tmp_path, b"content").open("rb") as file:
        answers.slowly.clear()
        with pytest.raises(UpdaterError, match=r"does not answer: (timed out|it takes too long)"):
            way(path, State, See())
        for question, given in ((LookForSticks(), None), (Offer(source="page"), file.fileno())):
            answers.slowly.clear()
            threading.Timer(0.5, answers.slowly.set).start()
            assert way(path, Offered, question, given).accepted is (given is not None)


@pytest.mark.parametrize(
    "junk",
    [
        b"\n",
        b"junk\n",
        b"{}\n",
        b'{"ask": "nothing"}\n',
        b'{"ask": "offer"}\n',
        b"\xff\xfe\n",
        b"[" * 4_000 + b"\n",
        b'{"ask": "see"}',
        b"x" * 9_000,
    ],
    ids=range(9),
)
def test_nonsense_is_answered_and_kills_nobody(tmp_path: Path, junk: bytes) -> None:
    with served(tmp_path, Answers()) as (path, _):
        with connected(path) as line:
            line.sendall(junk[: MAX_QUESTION_BYTES + 1])
            line.shutdown(socket.SHUT_WR)
            assert "the question cannot be read" in refused(line)
        assert ask(path, State, See()) == STATE


def test_who_says_nothing_or_only_little_is_hung_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PATIENCE_S", 0.2)
    with served(tmp_path, Answers()) as (path, found):
        with connected(path) as line:
            assert heard(line) == b""
        monkeypatch.setattr(server, "PATIENCE_S", 30.0)
        with connected(path) as line:
            for _ in range(server.MOST_PIECES):
                line.sendall(b"x")
                time.sleep(0.01)
            assert "cannot be read" in refused(line)
        with connected(path) as line:
            line.sendall(b'{"ask": "see"}\n')
        until(lambda: not found.busy, within_s=10)
        assert ask(path, State, See()) == STATE


def test_no_descriptor_stays_open_whatever_comes_with_a_question(tmp_path: Path) -> None:
    with served(tmp_path, Answers()) as (path, found):
        ask(path, State, See())
        before = len(os.listdir("/proc/self/fd"))
        with open("/dev/null", "rb") as file:
            for count, said in ((1, b"junk\n"), (3, b'{"ask": "see"}\n'), (60, b'{"ask": "see"}\n')):
                with connected(path) as line:
                    descriptors = array.array("i", [file.fileno()] * count)
                    line.sendmsg([said], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
                    answer = heard(line)
                    assert (b"version" in answer) == (count == 3)
        until(lambda: not found.busy and len(os.listdir("/proc/self/fd")) <= before, within_s=10)


def test_two_at_once_are_both_answered_and_far_too_many_are_not_heard(tmp_path: Path) -> None:
    answers = Answers()
    answers.slowly.clear()
    with served(tmp_path, answers) as (path, found):
        lines = [socket.socket(socket.AF_UNIX) for _ in range(MOST_AT_ONCE + 2)]
        for line in lines:
            line.settimeout(30)
            line.connect(path)
            try:
                line.sendall(b'{"ask": "see"}\n')
            except OSError:
                continue
        assert [heard_or_cut(line) for line in lines[MOST_AT_ONCE:]] == [b"", b""]
        assert found.busy
        answers.slowly.set()
        assert all(b'"1.0"' in heard(line) for line in lines[:MOST_AT_ONCE])
        for line in lines:
            line.close()


def heard_or_cut(line: socket.socket) -> bytes:
    try:
        return heard(line)
    except ConnectionError:
        return b""


def test_a_disk_that_is_full_is_an_answer(tmp_path: Path) -> None:
    with served(tmp_path, Answers()) as (path, _):
        answer = ask(path, Offered, Install(id="1"))
        assert (answer.accepted, answer.code) == (False, "CP-826")
        assert "No space left" in answer.text


def test_where_nobody_listens_the_message_says_what_to_look_at(tmp_path: Path) -> None:
    with pytest.raises(UpdaterError, match=r"systemctl status chargepoint-updater\.socket"):
        ask(str(tmp_path / "nobody"), State, See())


def test_an_answer_counts_though_the_updater_has_hung_up_before_anything_more_was_sent(tmp_path: Path) -> None:
    """A question fits into one piece with its file; by the time that it has left, the answer may be here."""
    path = str(tmp_path / "updater")
    with socket.socket(socket.AF_UNIX) as listening, open("/dev/null", "rb") as file:
        listening.bind(path)
        listening.listen()
        hung_up = threading.Event()

        def answer() -> None:
            line, _ = listening.accept()
            with line:
                line.recv(server.MAX_QUESTION_BYTES)
                line.sendall(msgspec.json.encode(STATE) + b"\n")
            hung_up.set()

        thread = threading.Thread(target=answer)
        thread.start()
        before = socket.send_fds

        def slowly(*args: Any, **kwargs: Any) -> int:
            sent = before(*args, **kwargs)
            assert hung_up.wait(10)
            return sent

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(socket, "send_fds", slowly)
            assert ask(path, State, See(), file.fileno()) == STATE
        thread.join()
