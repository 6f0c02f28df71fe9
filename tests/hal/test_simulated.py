"""The simulated drivers against a world on a real socket, which comes and goes."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hal import load, names
from hal.boards.simulated import SimulatedBoard
from hal.clocks.simulated import SimulatedClock
from hal.clocks.system import SystemClock
from hal.errors import DeviceError, DriverError
from hal.measured import BoardInputs, BoardOutputs, TokenSeen
from hal.meters.simulated import SimulatedMeter
from hal.networks.always import AlwaysUp
from hal.networks.simulated import SimulatedNetwork
from hal.readers.simulated import SimulatedReader
from simulators import verbs
from tests.simulators.served import PATIENCE_S, ServedWorld, wait_until

CLOSED = BoardOutputs(533_334, contactor=True, lock=True)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedWorld]:
    with ServedWorld(tmp_path / "world") as world:
        yield world


def inputs_of(board: SimulatedBoard, **wanted: object) -> BoardInputs:
    """Scan until the board measures this."""
    found: list[BoardInputs] = []

    def fits() -> bool:
        board.kick()
        inputs = board.read()
        if inputs is not None and all(getattr(inputs, name) == value for name, value in wanted.items()):
            found.append(inputs)
        return bool(found)

    wait_until(fits, f"the board to measure {wanted}")
    return found[0]


def test_a_board_measures_drives_and_leaves_the_contactor_open(served: ServedWorld) -> None:
    board = SimulatedBoard(socket=served.path, evse=1)
    board.open()
    first = inputs_of(board, contactor_closed=False, plug_locked=False)
    assert (first.cp_high_mv, first.cp_low_mv, first.pp_ohm) == (12_000, 12_000, None)
    assert time.monotonic() - first.at_s < PATIENCE_S
    board.write(CLOSED)
    closed = inputs_of(board, contactor_closed=True, plug_locked=True)
    assert closed.cp_low_mv == -12_000
    board.close()
    wait_until(lambda: not served.world.evses[1].contactor.position, "the contactor to open after close")


def test_a_change_in_the_world_arrives_without_a_kick(served: ServedWorld) -> None:
    board = SimulatedBoard(socket=served.path, evse=1)
    board.open()
    wait_until(lambda: board.read() is not None, "the first measurement")
    served.do(verbs.plug)
    wait_until(lambda: (board.read() or first_missing()).cp_high_mv < 10_500, "state B")
    board.close()


def first_missing() -> BoardInputs:
    raise AssertionError("a board that has measured goes on having a measurement")


def test_a_killed_driver_leaves_an_open_contactor_within_200_ms_of_its_last_kick(served: ServedWorld) -> None:
    board = SimulatedBoard(socket=served.path, evse=1)
    board.open()
    board.write(CLOSED)
    inputs_of(board, contactor_closed=True)
    evse = served.world.evses[1]
    wait_until(lambda: not evse.contactor.position, "the dead-man")
    last_kick_s = evse.timing.last_kick_s
    assert last_kick_s is not None
    wait_until(lambda: (board.read() or first_missing()).contactor_closed is False, "the news of it")
    newest = board.read()
    assert newest is not None
    assert 0.15 <= newest.at_s - last_kick_s < 1.0
    board.close()


def test_a_board_finds_its_world_again(tmp_path: Path) -> None:
    board = SimulatedBoard(socket=str(tmp_path / "world"), evse=1)
    with pytest.raises(DeviceError, match=r"simulated world at .*: No such file or directory; start it"):
        board.open()
    for _ in range(2):
        with ServedWorld(tmp_path / "world"):
            board.write(CLOSED)
            inputs_of(board, contactor_closed=True)
            old = board.read()
        board.kick()
        assert board.read() == old
    board.close()


def test_the_newest_driver_of_a_board_has_it(served: ServedWorld) -> None:
    old, new = SimulatedBoard(socket=served.path, evse=1), SimulatedBoard(socket=served.path, evse=1)
    old.open()
    inputs_of(old, contactor_closed=False)
    new.open()
    new.write(CLOSED)
    inputs_of(new, contactor_closed=True)
    old.close()
    new.close()


def test_a_meter_is_read_and_says_helpfully_when_it_is_lost(served: ServedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hal.meters.simulated.TIMEOUT_S", 0.1)
    meter = SimulatedMeter(socket=served.path, evse=2, start_wh=7, public_key="key")
    meter.open()
    reading = meter.read()
    assert (reading.energy_wh, reading.current_ma, reading.voltage_mv) == (0, (0, None, None), (230_000, None, None))
    served.do(verbs.patch_hardware, evse=2, meter="lost")
    with pytest.raises(DeviceError, match=r"meter\.simulated evse 2 on .*: no answer for 0\.1 s"):
        meter.read()
    served.do(verbs.patch_hardware, evse=2, meter=None)
    assert meter.read().energy_wh == 0
    meter.close()


def test_a_meter_without_a_world_says_so(tmp_path: Path) -> None:
    meter = SimulatedMeter(socket=str(tmp_path / "world"), evse=1)
    with pytest.raises(DeviceError, match="the world is not there"):
        meter.read()


def test_an_evse_that_the_world_does_not_have_is_hung_up_on(served: ServedWorld) -> None:
    meter = SimulatedMeter(socket=served.path, evse=9)
    meter.open()
    with pytest.raises(DeviceError, match="evse 9"):
        meter.read()
    meter.close()


def test_a_path_that_no_socket_can_have_is_the_installers_error() -> None:
    with pytest.raises(DriverError, match=r"hal\.sim\.socket .*: too long"):
        SimulatedBoard(socket="/" + "x" * 200, evse=1).open()


async def _first(values: AsyncIterator[object]) -> object:
    async with asyncio.timeout(PATIENCE_S):
        return await anext(values)


async def _last(values: AsyncIterator[object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        async for _ in values:
            pass


def test_a_reader_gets_the_cards_and_ends_with_the_world(tmp_path: Path) -> None:
    async def read(served: ServedWorld) -> object:
        async def present() -> None:
            served.world.present(TokenSeen("04A1"))

        tokens = SimulatedReader(socket=served.path, evses=[2]).tokens()
        card = asyncio.create_task(_first(tokens))
        while not card.done():
            await asyncio.to_thread(served.call, present)
            await asyncio.wait([card], timeout=0.01)
        await asyncio.to_thread(served.stop)
        with pytest.raises(DeviceError, match="closed the connection"):
            await _last(tokens)
        return card.result()

    with ServedWorld(tmp_path / "world") as served:
        assert asyncio.run(read(served)) == TokenSeen("04A1", evses=(2,))


def test_the_network_tells_its_state_first_and_then_every_change_also_over_a_restart(tmp_path: Path) -> None:
    async def follow() -> list[object]:
        changes = SimulatedNetwork(socket=str(tmp_path / "world")).changes()
        seen: list[object] = []
        for cut in (False, True):
            with ServedWorld(tmp_path / "world") as served:

                async def set_down(world: ServedWorld = served) -> None:
                    world.world.network_up = False
                    world.world.changed(time.monotonic())

                if cut:
                    await asyncio.to_thread(served.call, set_down)
                seen.append(await _first(changes))
        return seen

    assert asyncio.run(follow()) == [True, False]


def test_the_clock_has_the_offset_after_open_and_follows_it(served: ServedWorld) -> None:
    def shift(offset_s: float) -> None:
        async def set_offset() -> None:
            served.world.clock_offset_s = offset_s
            served.world.changed(time.monotonic())

        served.call(set_offset)

    shift(3600.0)
    clock = SimulatedClock(socket=served.path)
    clock.open()
    assert clock.now_s() == pytest.approx(time.time() + 3600, abs=1)
    shift(-60.0)
    wait_until(lambda: abs(clock.now_s() - time.time() + 60) < 1, "the new offset")
    clock.close()


def test_a_clock_without_a_world_is_the_hosts(tmp_path: Path) -> None:
    assert SimulatedClock(socket=str(tmp_path / "world")).now_s() == pytest.approx(SystemClock().now_s(), abs=1)


def test_a_network_that_is_not_watched_is_always_up() -> None:
    assert asyncio.run(_first(AlwaysUp().changes())) is True


@pytest.mark.parametrize("kind", ["boards", "meters", "readers", "networks", "clocks"])
def test_every_driver_of_the_table_can_be_loaded(kind: str) -> None:
    assert "simulated" in names(kind)
    assert all(callable(load(kind, name)) for name in names(kind))


def test_an_unknown_driver_is_named_with_those_there_are() -> None:
    with pytest.raises(DriverError, match=r"board driver 'nonsense': unknown; there are .*simulated"):
        load("boards", "nonsense")


def test_the_meter_signs_over_a_line_of_its_own_and_says_why_it_does_not(served: ServedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    meter = SimulatedMeter(socket=served.path, evse=1)
    assert meter.open_record() is None
    meter.begin_record('{"ID":"7f3a"}', 1_795_301_400)
    assert (meter.open_record(), meter.last_record()) == ('{"ID":"7f3a"}', None)
    with pytest.raises(DeviceError, match=r"meter\.simulated evse 1 on .*: a record is open already"):
        meter.begin_record("{}", 0)
    record = meter.end_record('{"ID":"7f3a"}', 1_795_301_400)
    assert b'"ID":"7f3a"' in record.data
    assert (meter.last_record(), record.public_key, meter.open_record()) == (record, meter.public_key(), None)
    monkeypatch.setattr("hal.meters.simulated.TIMEOUT_S", 0.1)
    served.do(verbs.patch_hardware, signing="silent")
    with pytest.raises(DeviceError, match="no answer about what it signs"):
        meter.open_record()
    meter.close()
