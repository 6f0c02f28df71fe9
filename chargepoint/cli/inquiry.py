"""One question to the running station process (``chargepoint.inquiry``)."""

import os
from argparse import Namespace
from typing import TypeVar

import msgspec

from chargepoint.cli import paths
from chargepoint.cli.errors import CliError
from chargepoint.inquiry import client

T = TypeVar("T")


def socket_of(arguments: Namespace) -> str:
    """The socket where the station of ``--state-dir`` is asked. Raises CliError.

    A station that runs is asked whatever has become of its configuration file since. Where there is none, a file that is missing or wrong
    is the reason to tell.
    """
    path = paths.asked(arguments.state_dir)
    if not _hidden(path) and not os.path.exists(path):
        from chargepoint.cli.configuration import read

        read(arguments.config)
    return path


def _hidden(path: str) -> bool:
    """May this user not even look? Whoever asks is told so."""
    folder = os.path.dirname(path)
    return os.path.isdir(folder) and not os.access(folder, os.X_OK)


def ask(path: str, answer: type[T], question: msgspec.Struct | None = None, timeout_s: float = client.PATIENCE_S) -> T:
    """The station's answer; without a question its document. Raises CliError."""
    try:
        return client.ask(path, answer, question, timeout_s)
    except client.InquiryError as error:
        said = str(error)
        raise CliError(f"{said}{' ' if said.endswith('?') else '; '}chargepoint doctor tells more") from error
