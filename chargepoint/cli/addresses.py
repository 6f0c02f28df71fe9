"""HOST:PORT, as options and entries have it."""

import argparse

Address = tuple[str, int]
FORM = "HOST:PORT"


def address(text: str) -> Address:
    """HOST:PORT, an IPv6 host in brackets."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r}: expected HOST:PORT with a port from 0 to 65535, such as 127.0.0.1:9000")
    return host, int(port)
