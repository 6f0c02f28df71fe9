"""What is taken away at a normal end."""

import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.cli.leaving import leave
from chargepoint.cli.paths import private_directory


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In a run-time directory short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="cp-") as folder:
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder) / "state"


def test_the_private_directory_goes_and_nothing_that_somebody_listens_at(state: Path) -> None:
    place = Path(private_directory(state))
    (place / "wires" / "dev").mkdir(parents=True)
    (place / "wires" / "dev" / "ttyUSB0").symlink_to(state.parent)
    for kind, name in ((socket.SOCK_STREAM, "inquiry"), (socket.SOCK_DGRAM, "log"), (socket.SOCK_SEQPACKET, "link")):
        with socket.socket(socket.AF_UNIX, kind) as listening:
            listening.bind(str(place / name))
            if kind != socket.SOCK_DGRAM:
                listening.listen()
            leave(state)
            assert (place / name).exists()
            assert (place / "wires").exists()
    leave(state)
    assert not place.exists()
    assert state.parent.exists()
    leave(state)


def test_what_is_no_socket_is_left_alone(state: Path) -> None:
    place = Path(private_directory(state))
    (place / "notes").write_text("mine")
    leave(state)
    assert (place / "notes").read_text() == "mine"
