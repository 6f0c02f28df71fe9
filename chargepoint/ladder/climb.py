"""From the link to the boot."""

from collections.abc import AsyncIterator

from chargepoint.domain.findings import Finding
from chargepoint.ladder import address, boot, link, name, tcp, time_of_day, tls, websocket
from chargepoint.ladder.way import Way

RUNGS = (link.NAME, address.ADDRESS, address.ROUTE, name.NAME, time_of_day.NAME, tcp.NAME, tls.NAME, websocket.NAME, boot.NAME)
"""In the order in which they come."""


async def climb(way: Way) -> AsyncIterator[Finding]:
    """A finding for each rung, as soon as there is one; within half a minute in all. What needs a rung that failed is skipped."""
    linked = link.look(way)
    yield linked
    if linked.state == "failed":
        yield _skipped(address.ADDRESS, linked)
        yield _skipped(address.ROUTE, linked)
    else:
        yield address.look(way)
        yield address.look_for_route(way)
    named, addresses = await name.look(way)
    yield named
    yield await time_of_day.look(way)
    async for finding in _from_tcp(way, named, addresses):
        yield finding


async def up_to_tls(way: Way) -> Finding | None:
    """That rung alone, which no station notices; ``None``: there is no way to it, or no TLS is wanted."""
    if not way.with_tls:
        return None
    _, addresses = await name.look(way)
    _, ip = await tcp.look(way, addresses) if addresses else (None, None)
    return None if ip is None else await tls.look(way, ip)


async def _from_tcp(way: Way, named: Finding, addresses: name.Found) -> AsyncIterator[Finding]:
    """A station that is connected says so, whatever is seen from here: it may have other ways."""
    failed = named if not addresses else None
    if failed is None:
        reached, ip = await tcp.look(way, addresses)
        yield reached
        failed = reached if ip is None else None
        if ip is not None:
            secured = await tls.look(way, ip)
            yield secured
            hidden = secured.state == "not known" and way.presence == "absent"
            failed = secured if secured.state == "failed" or hidden else None
        else:
            yield _skipped(tls.NAME, reached)
    else:
        yield _skipped(tcp.NAME, failed)
        yield _skipped(tls.NAME, failed)
    if failed is not None and not (way.uplink is not None and way.uplink.connected):
        yield _skipped(websocket.NAME, failed)
        yield _skipped(boot.NAME, failed)
    else:
        yield await websocket.look(way)
        yield boot.look(way)


def _skipped(rung: str, failed: Finding) -> Finding:
    stands = "fails" if failed.state == "failed" else "is not known"
    return Finding(name=rung, state="skipped", text=f"nothing to try while {failed.name} {stands}")
