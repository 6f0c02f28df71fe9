"""Where the bench listens: on this host only, for its verbs ask nobody who is there."""

from ipaddress import ip_address


def listen_address(text: str) -> tuple[str, int]:
    """Host and port of ``HOST:PORT``. Raises ValueError for anything that is not loopback; port 0 lets the system choose."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isascii() or not port.isdecimal() or int(port) > 65_535:
        raise ValueError(f"bench.listen {text!r}: expected HOST:PORT with a port from 0 to 65535, such as 127.0.0.1:8800")
    if not _is_loopback(host):
        raise ValueError(f"bench.listen {text!r}: {host or 'an empty host'} is not a loopback address; use 127.0.0.1, [::1] or localhost")
    return host, int(port)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
