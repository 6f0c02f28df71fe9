"""One question to the running station process (``chargepoint.inquiry``)."""

from typing import TypeVar

import msgspec

from chargepoint.cli.errors import CliError
from chargepoint.inquiry import client

T = TypeVar("T")


def ask(path: str, answer: type[T], question: msgspec.Struct | None = None, timeout_s: float = client.PATIENCE_S) -> T:
    """The station's answer; without a question its document. Raises CliError."""
    try:
        return client.ask(path, answer, question, timeout_s)
    except client.InquiryError as error:
        raise CliError(str(error)) from error
