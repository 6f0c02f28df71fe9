"""What stands in for the kernel on a bench: a Unix SEQPACKET socket under the name of the device or of the file in sysfs.

    driver ── connect to /…/duty_cycle ──▶ simulated device        one datagram each way: the answer begins with an errno, 0 for none,
           ── b"w266667" ───────────────▶                          so a simulated file refuses with the kernel's own words
           ◀── errno, text ─────────────

On a station there is a character device or a file of that name, never a socket; so no entry of a configuration chooses between them.
"""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ERRNO_BYTES = 4
MAX_BYTES = 65_536
ANSWER_S = 2.0
"""A bench that takes longer is taken for gone."""


def is_one(path: Path) -> bool:
    """Is this a bench's? Raises OSError where there is nothing."""
    return stat.S_ISSOCK(path.stat().st_mode)


def connect(path: Path) -> socket.socket:
    """A connection whose answers are waited for. Raises OSError."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    try:
        with short(path) as name:
            line.connect(name)
        line.settimeout(ANSWER_S)
    except OSError:
        line.close()
        raise
    return line


@contextmanager
def short(path: Path) -> Iterator[str]:
    """Another name of a path that may be too long for a socket (108 bytes); it counts until the block ends."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def exchange(line: socket.socket, question: bytes) -> bytes:
    """Ask, and wait for the answer. Raises OSError as the kernel would."""
    line.send(question)
    answer = line.recv(MAX_BYTES)
    if len(answer) < ERRNO_BYTES:
        raise ConnectionResetError("closed by the bench")
    if number := int.from_bytes(answer[:ERRNO_BYTES], "little"):
        raise OSError(number, os.strerror(number))
    return answer[ERRNO_BYTES:]


def answered(payload: bytes = b"", number: int = 0) -> bytes:
    """An answer, as the bench makes it."""
    return number.to_bytes(ERRNO_BYTES, "little") + payload


def ask(path: Path, question: bytes) -> bytes:
    """Connect, ask, and hang up. Raises OSError."""
    with closing(connect(path)) as line:
        return exchange(line, question)
