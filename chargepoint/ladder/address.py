"""Has this computer an address of the network, who has lent it, and is there a way out?"""

import socket
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from chargepoint.domain.findings import Finding, failing
from chargepoint.ladder import netlink
from chargepoint.ladder.netlink import Address, Route
from chargepoint.ladder.way import Ip, Way
from chargepoint.ladder.words import lasting

ADDRESS, ROUTE = "address", "route"
AT_HOME = "the CSMS is on this computer"
FAR_AWAY = tuple(map(ip_address, ("198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1")))
"""Addresses that belong to nobody (RFC 5737, 3849, 9637): what leads there is the default route. Two of each, for some network here may
be numbered by one of them."""
LEASES = "run/systemd/netif/leases"
"""Of systemd-networkd, one file for each interface."""


def look(way: Way) -> Finding:
    """The rung of the address."""
    if way.at_home:
        return Finding(name=ADDRESS, state="not needed", text=AT_HOME)
    try:
        every = [each for each in netlink.addresses() if not each.ip.is_loopback]
    except OSError as error:
        return Finding(name=ADDRESS, state="not known", text=_unasked(error), remedy="Look with ip address, as any user.")
    return judged(every, _lenders(way.root))


def judged(every: list[Address], lenders: dict[str, str]) -> Finding:
    """``lenders``: DHCP servers by interface, as far as they are known."""
    usable = [each for each in every if not each.ip.is_link_local]
    if not usable:
        own = ", ".join(f"{each.ip} on {each.interface}" for each in every)
        return failing(ADDRESS, "address_missing", f"only {own}, which no DHCP server has given" if own else "none")
    text = "; ".join(_words(each, lenders) for each in sorted(usable, key=lambda each: each.ip.version))
    return Finding(name=ADDRESS, state="passed", text=text, figures={each.interface: str(each.ip) for each in reversed(usable)})


def _words(each: Address, lenders: dict[str, str]) -> str:
    lender = f" by {lenders[each.interface]}" if each.interface in lenders else ""
    if each.lent_s is None:
        return f"{each.ip}/{each.prefix} on {each.interface}, for ever"
    return f"{each.ip}/{each.prefix} on {each.interface}, lent{lender if each.ip.version == 4 else ''} for {lasting(each.lent_s)} more"


def _lenders(root: Path) -> dict[str, str]:
    found = {}
    for index, name in socket.if_nameindex():
        try:
            lines = (root / LEASES / str(index)).read_text().splitlines()
        except OSError:
            continue
        for line in lines:
            if line.startswith("SERVER_ADDRESS="):
                found[name] = line.partition("=")[2]
    return found


def look_for_route(way: Way) -> Finding:
    """The rung of the way out."""
    if way.at_home:
        return Finding(name=ROUTE, state="not needed", text=AT_HOME)
    asked: tuple[Ip, ...] = (way.literal,) if way.literal else FAR_AWAY
    try:
        ways = list(_ways(asked))
    except OSError as error:
        return Finding(name=ROUTE, state="not known", text=_unasked(error), remedy="Look with ip route, as any user.")
    if not ways:
        if way.literal:
            return failing(ROUTE, "network_unreachable", f"none to {way.literal}")
        text = "no default route: only computers in the same network are reached"
        return failing(ROUTE, "address_missing", text, state="warning")
    text = "; ".join(
        f"IPv{to.version} {f'through {found.gateway}' if found.gateway else 'in the same network'} on {found.interface}"
        for to, found in ways
    )
    return Finding(name=ROUTE, state="passed", text=text, figures={f"ipv{to.version}": str(found.gateway or "") for to, found in ways})


def _ways(asked: tuple[Ip, ...]) -> Iterator[tuple[Ip, Route]]:
    """One of each family, through a gateway if there is one."""
    for version in (4, 6):
        found = [(to, route) for to in asked if to.version == version and (route := netlink.route(to)) is not None]
        yield from sorted(found, key=lambda each: each[1].gateway is None)[:1]


def _unasked(error: OSError) -> str:
    return f"the kernel may not be asked here ({error.strerror or error})"
