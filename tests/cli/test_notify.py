"""What is said to a service manager, and what is taken from it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.cli.notify import Manager, handed_over, manager


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind(str(tmp_path / "notify"))
        found.setblocking(False)
        yield found


def said(ear: socket.socket) -> list[str]:
    found = []
    while True:
        try:
            found.append(ear.recv(1000).decode())
        except BlockingIOError:
            return found


def test_it_is_ready_with_the_first_sign_of_life_and_fed_four_times_in_the_watchdogs_time(ear: socket.socket) -> None:
    told = Manager(ear.getsockname(), watchdog_s=2.0)
    for scan in range(101):
        told.alive(1_000 + scan * 0.018)
    told.status("two\nlines")
    told.stopping()
    assert said(ear) == ["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1", "STATUS=two lines", "STOPPING=1"]


def test_readiness_that_could_not_be_told_is_told_later(ear: socket.socket, tmp_path: Path) -> None:
    told = Manager(str(tmp_path / "later"), watchdog_s=2.0)
    told.alive(1.0)
    os.rename(tmp_path / "notify", tmp_path / "later")
    told.alive(1.018)
    assert said(ear) == ["READY=1"]


def test_an_abstract_name_is_one() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(f"\0chargepoint-test-{os.getpid()}")
        Manager(f"@chargepoint-test-{os.getpid()}").status("here")
        assert ear.recv(100) == b"STATUS=here"


def test_nobody_is_told_anything_without_a_manager() -> None:
    nobody = manager({})
    nobody.alive(1.0)
    nobody.status("unheard")
    nobody.stopping()
    assert nobody.watchdog_s is None


@pytest.mark.parametrize(
    ("environment", "watchdog_s"),
    [
        ({"WATCHDOG_USEC": "2000000"}, 2.0),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(os.getpid())}, 2.0),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
    ],
)
def test_the_watchdog_is_ours_only_if_it_says_so(environment: dict[str, str], watchdog_s: float | None) -> None:
    assert manager(environment).watchdog_s == watchdog_s


@pytest.mark.parametrize(
    ("environment", "descriptor"),
    [
        ({}, None),
        ({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"}, 3),
        ({"LISTEN_PID": "1", "LISTEN_FDS": "1"}, None),
        ({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "0"}, None),
    ],
)
def test_a_socket_is_handed_over_to_one_process_alone(environment: dict[str, str], descriptor: int | None) -> None:
    assert handed_over(environment) == descriptor
