"""The link over real sockets: greeting, replay, bursts, slow readers, garbage, and a path that is taken."""

import asyncio
import os
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.control.events import Ring
from chargepoint.domain.ids import PlugInId
from chargepoint.link.messages import MAX_MESSAGE_BYTES, Ack, Down, Event, EvseState, Hello, Revoke, Snapshot, Telemetry, Unlock, Up
from chargepoint.link.ports import LinkClosed
from chargepoint.link.seqpacket import BATCH, ListenError, SeqpacketControl, SeqpacketStation, adopt, connect, listen
from tests.link.rig import TELEMETRY, greeted, listening, run, until


@pytest.fixture
def path() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        yield str(Path(directory) / "link")


def test_messages_pass_both_ways_in_order(path: str) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            station = await greeted(end, path)
            wishes: list[Down] = [Unlock(1, 1, "a"), Revoke(1, PlugInId("b", 1)), Ack("b", 3)]
            for wish in wishes:
                await station.send(wish)
            heard: list[Down] = []
            while len(heard) < 3:
                heard += await until(end.receive)
            assert heard == wishes
            news: list[Up] = [Snapshot("boot", 1.0, (EvseState(evse=1),)), Event("boot", 1, 1.0, EvseState(evse=1)), TELEMETRY]
            assert all(end.send(each) for each in news)
            assert [await station.receive() for _ in news] == news
            station.close()

    run(test, path)


def test_a_socket_that_was_handed_over_is_served_and_outlives_control(path: str) -> None:
    """A station that knocks while there is no control is heard by the next one."""

    async def test(path: str) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as handed:
            handed.bind(path)
            handed.listen()
            adopt(handed.dup().detach()).close()
            station = await connect(path)
            await station.send(Hello())
            end = adopt(handed.dup().detach())
            assert await until(end.receive) == [Hello()]
            end.close()
            station.close()

    run(test, path)
    assert os.path.exists(path)


def test_what_is_handed_over_has_to_be_such_a_socket() -> None:
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other,
        pytest.raises(ListenError, match="SOCK_STREAM; expected AF_UNIX SOCK_SE"),
    ):
        adopt(other.dup().detach())
    with pytest.raises(ListenError, match="handed over as descriptor 999: Bad file descriptor"):
        adopt(999)


def test_nobody_is_told_anything_before_hello(path: str) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            assert not end.send(TELEMETRY)
            station = await connect(path)
            assert end.receive() == []
            assert not end.send(TELEMETRY)
            station.close()

    run(test, path)


def test_who_speaks_before_hello_is_dropped(path: str) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            station = await connect(path)
            await station.send(Unlock(1, 1, "a"))
            await until(lambda: end.receive() == [])
            with pytest.raises(LinkClosed, match="hung up"):
                await station.receive()

    run(test, path)


def test_events_are_replayed_after_either_side_restarts(path: str) -> None:
    """The ring as control uses it; the station commits the first two, dies, and comes back."""

    async def test(path: str) -> None:
        ring = Ring("boot")
        async with listening(path) as end:
            station = await greeted(end, path)
            for _ in range(4):
                ring.add(EvseState(evse=1), 1.0)
            send_due(ring, end)
            assert [await number(station) for _ in range(4)] == [1, 2, 3, 4]
            await station.send(Ack("boot", 2))
            for ack in await until(end.receive):
                ring.ack(ack.boot, ack.number)
            station.close()
            await until(lambda: end.receive() == [] and not end.send(TELEMETRY))
            ring.add(EvseState(evse=1), 2.0)
            station = await greeted(end, path)
            ring.rewind()
            send_due(ring, end)
            assert [await number(station) for _ in range(3)] == [3, 4, 5]
        with pytest.raises(LinkClosed):
            await station.receive()
        with pytest.raises(FileNotFoundError):
            await connect(path)
        async with listening(path) as end:
            station = await greeted(end, path)
            assert end.send(TELEMETRY)
            assert await station.receive() == TELEMETRY
            station.close()

    run(test, path)


def send_due(ring: Ring, end: SeqpacketControl) -> None:
    """Hand over all that is due."""
    while (event := ring.due()) is not None and end.send(event):
        ring.sent()


async def number(station: SeqpacketStation) -> int:
    """Of the next event."""
    message = await station.receive()
    assert isinstance(message, Event)
    return message.number


def test_a_newer_connection_takes_the_place_of_the_older(path: str) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            older = await greeted(end, path)
            newer = await greeted(end, path)
            with pytest.raises(LinkClosed, match="hung up"):
                await older.receive()
            assert end.send(TELEMETRY)
            assert await newer.receive() == TELEMETRY
            newer.close()

    run(test, path)


def test_a_burst_is_taken_in_batches_and_nothing_is_lost(path: str) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            station = await greeted(end, path)
            count = 5 * BATCH
            burst = asyncio.create_task(say(station, count))
            heard: list[Down] = []
            batches: list[int] = []
            while len(heard) < count:
                batch = end.receive()
                batches.append(len(batch))
                heard += batch
                await asyncio.sleep(0)
            await burst
            assert heard == [Ack("boot", each) for each in range(count)]
            assert max(batches) <= BATCH
            station.close()

    run(test, path)


async def say(station: SeqpacketStation, count: int) -> None:
    """A talkative station; it waits when the kernel's queue is full."""
    for each in range(count):
        await station.send(Ack("boot", each))


def test_a_slow_reader_delays_events_and_never_control(path: str) -> None:
    async def test(path: str) -> None:
        ring = Ring("boot")
        async with listening(path) as end:
            station = await greeted(end, path)
            for _ in range(3_000):
                ring.add(EvseState(evse=1), 1.0)
            send_due(ring, end)
            waiting = ring.due()
            assert waiting is not None, "the kernel's queue is bounded"
            heard = 0
            while heard < 3_000:
                assert await number(station) == heard + 1
                heard += 1
                send_due(ring, end)
            assert ring.due() is None
            station.close()

    run(test, path)


def test_hanging_up_wakes_whoever_waits(path: str) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            station = await greeted(end, path)
            waiting = asyncio.create_task(station.receive())
            await asyncio.sleep(0)
            station.close()
            station.close()
            with pytest.raises(LinkClosed):
                await waiting
            with pytest.raises(LinkClosed):
                await station.send(Hello())

    run(test, path)


def test_a_message_that_is_too_long_is_logged_and_control_lives_on(path: str, caplog: pytest.LogCaptureFixture) -> None:
    async def test(path: str) -> None:
        async with listening(path) as end:
            station = await greeted(end, path)
            assert end.send(Telemetry("b" * MAX_MESSAGE_BYTES, 1.0, EvseState(evse=1)))
            assert end.send(TELEMETRY)
            assert await station.receive() == TELEMETRY
            station.close()

    run(test, path)
    assert "event=link_message_lost" in caplog.text


def test_the_socket_is_ours_alone_and_gone_afterwards(path: str) -> None:
    end = listen(path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    end.close()
    assert not os.path.exists(path)


def test_what_a_dead_process_left_is_replaced(path: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as dead:
        dead.bind(path)
        dead.listen()
    listen(path).close()


def test_a_path_that_cannot_be_taken_is_explained(path: str) -> None:
    end = listen(path)
    with pytest.raises(ListenError, match="another control process listens there"):
        listen(path)
    end.close()
    Path(path).write_text("something else")
    with pytest.raises(ListenError, match="no socket"):
        listen(path)
    with pytest.raises(ListenError, match="check that the directory exists"):
        listen(f"{path}/there/is/no/such/directory")
    with pytest.raises(ListenError, match="too long"):
        listen("/tmp/" + "x" * 200)
