"""Pages that a new configuration puts elsewhere: open at both places until somebody has come to the new one."""

import asyncio
import errno
import socket
from collections.abc import Collection
from typing import Any

import pytest
from starlette.requests import Request

from chargepoint.web import moving
from chargepoint.web.clock import Clock
from chargepoint.web.door import Door
from chargepoint.web.doors import Doors
from chargepoint.web.keeping import Told
from chargepoint.web.moving import Moving, announced
from chargepoint.web.wizard.ports import Progress
from tests.virtual_time import now_s, run
from tests.web.test_server import answered, hello


def request(host: str, port: int) -> Request:
    return Request({"type": "http", "server": (host, port), "headers": []})


def proved(
    *moves: str, listens: tuple[str, int], comes: tuple[str, int] | None = None, problem: str = "", host: str = ""
) -> list[Progress]:
    """What a change tells of its pages; somebody comes there a minute after they are open."""

    async def main() -> list[Progress]:
        pages = Moving()
        pages.settled("https://cp.local:443/", ("::", 443))

        async def change() -> Told:
            asyncio.get_running_loop().call_later(3, lambda: pages.settled("https://cp.local:9000/", listens, problem))
            if comes is not None:
                asyncio.get_running_loop().call_later(63, lambda: pages.came(request(*comes)))
            async for progress in pages.proof(moves):
                yield progress

        told = [progress async for progress in pages.followed(change(), host)]
        assert now_s() < 300
        assert not pages.under_way
        assert pages.ended.is_set()
        return told

    return run(main())


@pytest.mark.parametrize(
    ("listens", "comes", "found"),
    [
        (("::", 9000), ("10.0.0.5", 9000), True),
        (("10.0.0.5", 443), ("10.0.0.5", 443), True),
        (("::", 9000), ("10.0.0.5", 443), False),
        (("10.0.0.5", 443), ("10.0.0.6", 443), False),
        (("::", 9000), None, False),
    ],
)
def test_it_is_good_once_a_technician_has_come_to_the_new_place(
    listens: tuple[str, int], comes: tuple[str, int] | None, found: bool
) -> None:
    told = proved("listen", listens=listens, comes=comes)
    assert [each.state for each in told] == (["waiting"] if found else ["waiting", "failed"])


def test_the_link_leads_there_by_the_name_that_the_technician_has_used() -> None:
    assert proved("listen", listens=("::", 9000), host="192.0.2.7")[0].link == "https://192.0.2.7:9000/work"
    assert proved("listen", listens=("::", 9000), host="fe80::1")[0].link == "https://[fe80::1]:9000/work"
    assert proved("listen", listens=("10.0.0.5", 9000), host="192.0.2.7")[0].link == "https://cp.local:9000/work"


def test_a_place_that_cannot_be_had_is_known_at_once_for_drivers_too() -> None:
    told = proved("driver_listen", listens=("::", 443), problem="[::]:80: Address already in use")
    assert [(each.state, each.text) for each in told] == [("failed", "The pages cannot be opened: [::]:80: Address already in use.")]
    assert proved("driver_listen", listens=("::", 443)) == []


def test_what_will_be_elsewhere_is_said_before() -> None:
    both = {"web": {"listen": "[::]:443", "driver_listen": "[::]:80"}}
    assert announced(both, both) == []
    assert announced(both, {}) == [moving.GONE]
    (listen,) = announced(both, {"web": {"listen": "[::]:8443", "driver_listen": "[::]:80"}})
    assert "move to [::]:8443" in listen
    assert "within 3 minutes" in listen
    listen, drivers = announced(both, {"web": {}})
    assert "the program's own options" in listen
    assert "QR codes" in drivers


# Doors


def doors() -> Doors:
    return Doors(lambda: Door(hello, None, Clock()))


def free() -> int:
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return int(each.getsockname()[1])


async def open_at(every: Doors, *places: tuple[str, int]) -> Collection[Any]:
    """Where somebody is served."""
    served = []
    for place in places:
        door = every._open.get(place)
        served += [place] if door is not None and await answered(door) else []
    return served


def test_both_places_are_open_until_one_is_left() -> None:
    async def main() -> None:
        every, one, other = doors(), ("127.0.0.1", free()), ("127.0.0.1", free())
        await every.move(one)
        await every.move(other)
        assert await open_at(every, one, other) == [one, other]
        await every.move(one)
        await every.leave()
        assert await open_at(every, one, other) == [one]
        await every.close()
        assert await open_at(every, one, other) == []

    asyncio.run(main())


def test_another_address_at_the_same_port_takes_the_place_of_every_address() -> None:
    async def main() -> None:
        port = free()
        every, all_of_them, one = doors(), ("0.0.0.0", port), ("127.0.0.1", port)
        await every.move(all_of_them)
        await every.move(one)
        assert await open_at(every, all_of_them, one) == [one]
        await every.move(all_of_them)
        assert await open_at(every, all_of_them, one) == [all_of_them]
        await every.close()

    asyncio.run(main())


def test_what_cannot_be_had_leaves_open_what_was() -> None:
    async def main() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            every, one, other = doors(), ("127.0.0.1", free()), taken.getsockname()
            await every.move(one)
            with pytest.raises(OSError, match=f"127.0.0.1:{other[1]}: Address already in use; stop what listens there") as caught:
                await every.move(other)
            assert caught.value.errno == errno.EADDRINUSE
            assert every.place == one
            assert await open_at(every, one) == [one]
            await every.close()

    asyncio.run(main())
