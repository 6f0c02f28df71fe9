"""The link in memory behaves like the real one, under a virtual clock."""

import asyncio

import pytest

from chargepoint.link.codec import VersionMismatch
from chargepoint.link.messages import LINK_VERSION, Ack, EvseState, Hello, Snapshot, Telemetry, Unlock
from chargepoint.link.pair import QUEUE, PairControl, pair
from chargepoint.link.ports import ControlEnd, LinkClosed, StationEnd
from tests import virtual_time

TELEMETRY = Telemetry("boot", 1.0, EvseState(evse=1))


def test_both_ends_are_ends() -> None:
    control, station = pair()
    ends: tuple[ControlEnd, StationEnd] = (control, station)
    assert all(ends)


def test_messages_pass_both_ways() -> None:
    async def test() -> None:
        control, station = pair()
        await station.send(Hello())
        await station.send(Ack("boot", 1))
        assert control.receive() == [Hello(), Ack("boot", 1)]
        assert control.receive() == []
        assert control.send(TELEMETRY)
        assert await station.receive() == TELEMETRY

    virtual_time.run(test())


def test_a_station_waits_for_news_without_taking_time() -> None:
    async def test() -> None:
        control, station = pair()
        await station.send(Hello())
        control.receive()
        waiting = asyncio.create_task(station.receive())
        await asyncio.sleep(3_600)
        assert not waiting.done()
        control.send(TELEMETRY)
        assert await waiting == TELEMETRY
        assert virtual_time.now_s() == 3_600

    virtual_time.run(test())


def test_before_hello_nobody_is_there() -> None:
    async def test() -> None:
        control, station = pair()
        assert not control.send(TELEMETRY)
        await station.send(Unlock(1, 1, "w"))
        assert control.receive() == []
        with pytest.raises(LinkClosed):
            await station.receive()

    virtual_time.run(test())


def test_a_distant_release_is_refused_on_either_side() -> None:
    async def test() -> None:
        control, station = pair()
        await station.send(Hello(LINK_VERSION + 2))
        assert control.receive() == []
        assert station.closed
        station = control.connect()
        await station.send(Hello())
        control.receive()
        control.send(Snapshot("boot", 1.0, (), version=LINK_VERSION + 2))
        with pytest.raises(VersionMismatch):
            await station.receive()

    virtual_time.run(test())


def test_hanging_up_and_connecting_again() -> None:
    async def test() -> None:
        control, station = pair()
        await station.send(Hello())
        control.receive()
        assert control.send(TELEMETRY)
        station.close()
        assert not control.send(TELEMETRY)
        assert control.receive() == []
        with pytest.raises(LinkClosed):
            await station.send(Hello())
        older = control.connect()
        newer = control.connect()
        with pytest.raises(LinkClosed):
            await older.receive()
        await newer.send(Hello())
        assert control.receive() == [Hello()]
        control.close()
        with pytest.raises(LinkClosed):
            await newer.receive()
        with pytest.raises(ConnectionRefusedError):
            control.connect()

    virtual_time.run(test())


def test_both_queues_are_bounded() -> None:
    async def test() -> None:
        control, station = pair()
        await station.send(Hello())
        control.receive()
        assert [control.send(TELEMETRY) for _ in range(QUEUE + 1)] == [True] * QUEUE + [False]
        await station.receive()
        assert control.send(TELEMETRY)
        talking = asyncio.create_task(talk(station))
        await asyncio.sleep(1)
        assert not talking.done()
        heard = control.receive()
        await talking
        assert len(heard + control.receive()) == QUEUE + 1

    virtual_time.run(test())


async def talk(station: StationEnd) -> None:
    """One message more than fits."""
    for number in range(QUEUE + 1):
        await station.send(Ack("boot", number))


def test_who_waits_for_room_hears_that_the_other_side_is_gone() -> None:
    async def test() -> None:
        control = PairControl()
        station = control.connect()
        talking = asyncio.create_task(talk(station))
        await asyncio.sleep(1)
        control.hang_up()
        with pytest.raises(LinkClosed):
            await talking

    virtual_time.run(test())
