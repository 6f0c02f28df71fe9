"""One question to the running station process, over its inquiry socket (``chargepoint.station.questions``)."""

import socket
from typing import TypeVar

import msgspec

from chargepoint.cli.errors import CliError

T = TypeVar("T")


def ask(path: str, answer: type[T], question: msgspec.Struct | None = None, timeout_s: float = 3.0) -> T:
    """The station's answer; without a question its document. Raises CliError."""
    try:
        with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as said:
            line.settimeout(timeout_s)
            line.connect(path)
            if question is not None:
                line.sendall(msgspec.json.encode(question) + b"\n")
            line.shutdown(socket.SHUT_WR)
            return msgspec.json.decode(said.read(), type=answer)
    except (OSError, msgspec.MsgspecError) as error:
        raise CliError(
            f"no station answers at {path}: {error}; is the station process running, with the same --config and --state-dir?"
        ) from error
