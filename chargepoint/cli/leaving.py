"""What a bench that ends in order takes away: the directory of its sockets (``chargepoint.cli.paths``)."""

import os
import shutil
import socket
from contextlib import suppress
from pathlib import Path
from stat import S_ISSOCK

from chargepoint.cli.paths import WIRES, left


def leave(state_dir: Path | str) -> None:
    """Take the private directory away, at a normal end: its sockets that nobody listens at any more, and the wires of the bench. While
    somebody listens it stays."""
    for place in left(state_dir):
        if [each for each in os.scandir(place) if not (each.is_dir(follow_symlinks=False) or _swept(each.path))]:
            continue
        shutil.rmtree(os.path.join(place, WIRES), ignore_errors=True)
        with suppress(OSError):  # somebody else's things are in it, or were put there just now
            os.rmdir(place)


def _swept(path: str) -> bool:
    """Is there none any more? One of another kind that lives says so in another way."""
    try:
        if not S_ISSOCK(os.lstat(path).st_mode):
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)
            probe.connect(path)
    except ConnectionRefusedError:
        with suppress(FileNotFoundError):
            os.unlink(path)
        return True
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return False
