"""Addresses and routes of this computer, asked of the kernel (rtnetlink(7)). No rights are needed."""

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

from msgspec import Struct

Ip = IPv4Address | IPv6Address

RTM_GETADDR, RTM_NEWADDR = 22, 20
RTM_GETROUTE, RTM_NEWROUTE = 26, 24
NLM_F_REQUEST, NLM_F_DUMP = 0x1, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
IFA_ADDRESS, IFA_LOCAL, IFA_CACHEINFO = 1, 2, 6
RTA_DST, RTA_OIF, RTA_GATEWAY, RTA_PREFSRC = 1, 4, 5, 7
FOR_EVER = 0xFFFFFFFF
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
HEADER = struct.Struct("=LHHLL")
ATTRIBUTE = struct.Struct("=HH")
PATIENCE_S = 2.0
BUFFER_BYTES = 65_536


class Address(Struct, frozen=True):
    """One of an interface."""

    interface: str
    ip: Ip
    prefix: int
    lent_s: int | None
    """So long it is valid; ``None``: for ever, as one that somebody has entered."""


class Route(Struct, frozen=True):
    """The way that a packet takes."""

    interface: str
    gateway: Ip | None
    """``None``: the address is in the same network."""
    source: Ip | None


def addresses() -> list[Address]:
    """All, loopback included. Raises OSError."""
    body = struct.pack("=BBBBI", socket.AF_UNSPEC, 0, 0, 0, 0)
    found = []
    for kind, data in _asked(RTM_GETADDR, NLM_F_DUMP, body):
        if kind == RTM_NEWADDR:
            _, prefix, _, _, index = struct.unpack_from("=BBBBI", data)
            parts = dict(_attributes(data[8:]))
            raw = parts.get(IFA_LOCAL) or parts.get(IFA_ADDRESS)
            if raw:
                valid_s = struct.unpack_from("=II", parts[IFA_CACHEINFO])[1] if IFA_CACHEINFO in parts else FOR_EVER
                found.append(Address(_name(index), ip_address(raw), prefix, None if valid_s == FOR_EVER else valid_s))
    return found


def route(to: Ip) -> Route | None:
    """The way there; ``None``: there is none. Raises OSError: it cannot be asked."""
    raw = to.packed
    body = struct.pack("=BBBBBBBBI", FAMILY[to.version], len(raw) * 8, 0, 0, 0, 0, 0, 0, 0)
    body += ATTRIBUTE.pack(ATTRIBUTE.size + len(raw), RTA_DST) + raw
    for kind, data in _asked(RTM_GETROUTE, 0, body):
        if kind == RTM_NEWROUTE:
            parts = dict(_attributes(data[12:]))
            index = struct.unpack("=I", parts[RTA_OIF])[0] if RTA_OIF in parts else 0
            return Route(_name(index), _ip(parts.get(RTA_GATEWAY)), _ip(parts.get(RTA_PREFSRC)))
    return None


def _asked(kind: int, flags: int, body: bytes) -> Iterator[tuple[int, bytes]]:
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as line:
        line.settimeout(PATIENCE_S)
        line.send(HEADER.pack(HEADER.size + len(body), kind, NLM_F_REQUEST | flags, 1, 0) + body)
        while True:
            for answer, data in _messages(line.recv(BUFFER_BYTES)):
                if answer in (NLMSG_DONE, NLMSG_ERROR):
                    return
                yield answer, data
            if not flags:
                return


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= HEADER.size:
        length, kind, *_ = HEADER.unpack_from(data)
        if length < HEADER.size:
            return
        yield kind, data[HEADER.size : length]
        data = data[_aligned(length) :]


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= ATTRIBUTE.size:
        length, kind = ATTRIBUTE.unpack_from(data)
        if length < ATTRIBUTE.size:
            return
        yield kind & 0x3FFF, data[ATTRIBUTE.size : length]
        data = data[_aligned(length) :]


def _aligned(length: int) -> int:
    return (length + 3) & ~3


def _ip(raw: bytes | None) -> Ip | None:
    return ip_address(raw) if raw else None


def _name(index: int) -> str:
    try:
        return socket.if_indextoname(index)
    except OSError:
        return f"interface {index}"
