"""By which names and addresses this machine is called: for its certificate, and to know requests for somebody else."""

import fcntl
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address
from pathlib import Path

SIOCGIFADDR = 0x8915
NAME_BYTES, ANSWER_BYTES = 16, 256
ADDRESS_AT = slice(20, 24)
INET6 = Path("/proc/net/if_inet6")
TEMPORARY = 0x01
"""IFA_F_TEMPORARY: a privacy address, gone tomorrow."""
LOOPBACK = ("127.0.0.1", "::1")
ALWAYS = "localhost"
USUAL = {"https": 443, "http": 80}
"""Scheme -> the port that a browser takes where none is named."""


def hosts() -> frozenset[str]:
    """Names without addresses: the host's, as the station's own network finds it, and the one of the loopback."""
    own = socket.gethostname().lower()
    short = own.partition(".")[0]
    return frozenset({ALWAYS, own, short, f"{short}.local"} - {"", ".local"})


def url(scheme: str, host: str, port: int) -> str:
    """Of what listens there: where it does so everywhere, by a name that phones of the same network find."""
    if host in ("::", "0.0.0.0", ""):
        host = sorted(hosts() - {ALWAYS}, key=lambda each: (not each.endswith(".local"), each))[0]
    named = f"[{host}]" if ":" in host else host
    return f"{scheme}://{named}/" if port == USUAL[scheme] else f"{scheme}://{named}:{port}/"


def names() -> tuple[str, ...]:
    """Names first, then addresses that last: what a certificate is for."""
    return (*sorted(hosts()), *sorted({*LOOPBACK, *of_machine()}))


def of_machine() -> tuple[str, ...]:
    """Its addresses that last, as text."""
    return tuple(sorted({*_ipv4(), *_ipv6()}))


def _ipv4() -> Iterator[str]:
    """The first of each interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(line, SIOCGIFADDR, struct.pack(f"{ANSWER_BYTES}s", name.encode()[: NAME_BYTES - 1]))
            except OSError:
                continue  # it has none
            yield socket.inet_ntoa(answer[ADDRESS_AT])


def _ipv6() -> Iterator[str]:
    """Those that last and reach further than the next cable."""
    try:
        lines = INET6.read_text("ascii").splitlines()
    except OSError:
        return
    for words in map(str.split, lines):
        address = IPv6Address(int(words[0], 16))
        if not (address.is_link_local or int(words[4], 16) & TEMPORARY):
            yield str(ip_address(address))
