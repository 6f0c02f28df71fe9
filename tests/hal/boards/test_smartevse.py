"""What a SmartEVSE has of its own: it asks before it does anything, and hears of its current by a broadcast to all nodes."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import hal
from hal.boards.smartevse_balance import BROADCAST_S, STALE_S, Balance
from hal.errors import DeviceError
from simulators import verbs
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.wires import smartevse as face
from simulators.wires.modbus_slave import ModbusException, ModbusSlave, TableRegisters
from tests.hal.boards.modbus_rig import IDLE, PORT, Host, Site, charging, empty_site, host, offer, site, until
from tests.hal.bus.rig import on_pty

NAME = "smartevse"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, NAME) as made:
        yield made


def test_it_waits_for_its_hosts_word_twice_and_is_given_none_without_an_offer(at: Site) -> None:
    with host(at, NAME) as made:
        at.plug()
        made.until(lambda: made.read.cp_high_mv == 9_000, 5)
        made.scan(1.5)
        assert at.device().state == face.COMM_B
        made.want(offer(16))
        assert made.until(lambda: at.closed, 8, "both words") < 4


def test_its_watchdog_is_fed_by_broadcasts_and_a_silence_takes_the_offer_back_until_it_hears_again(
    at: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face, "TIMEOUT_S", 3.0)
    with host(at, NAME) as made:
        charging(at, made)
        ends_s = time.monotonic() + 5
        while time.monotonic() < ends_s:
            made.scan(0.2)
            assert at.closed
        at.loop.call(setattr, at.device(), "balance", lambda values: None)
        made.until(lambda: at.offered_a == 0 and not at.closed, 12, "its watchdog")
        at.loop.call(delattr, at.device(), "balance")
        made.until(lambda: at.closed and made.read.contactor_closed is True, 12, "charging again")
        assert made.faults == {}


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"rcd": "tripped"}, "rcm_tripped", "ground_failure"),
    ({"temperature_c": 75.0}, "too_hot", "high_temperature"),
]


@pytest.mark.parametrize(("entries", "name", "kind"), BROKEN)
def test_a_fault_of_its_own_is_told_by_its_kind(at: Site, entries: dict[str, Any], name: str, kind: str) -> None:
    with host(at, NAME) as made:
        charging(at, made)
        at.patch(**entries)
        made.until(lambda: made.faults == {name: kind} and not at.closed, 9)
        at.patch(**dict.fromkeys(entries))
        at.loop.call(at.firmware.clear, "gfci")
        made.until(lambda: made.faults == {}, 5)


def test_too_little_current_is_cleared_by_whoever_offers_and_an_unknown_bit_is_a_fault(at: Site) -> None:
    with host(at, NAME) as made:
        at.plug()
        at.device().errors |= face.LESS_6A | face.NO_SUN
        made.want(offer(16))
        made.until(lambda: at.closed, 10)
        at.device().errors |= 0x80
        made.until(lambda: made.faults == {"error": "internal_error"}, 5)
        assert made.read.faults[0].vendor_code == "80"


def test_a_car_is_seen_though_somebody_has_switched_access_off(at: Site) -> None:
    with host(at, NAME) as made:
        at.device().access = 0
        at.plug()
        made.until(lambda: made.read.cp_high_mv == 9_000, 5)
        made.scan(1.5)
        assert at.evse.timing.closings == 0


def test_its_pwm_ends_though_it_does_not_take_what_would_give_it_access(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with host(at, NAME) as made:
        at.plug(request=False)
        made.want(offer(16))
        made.until(lambda: at.offered_a == 16, 8, "the offer")
        device = at.device()
        takes = device.write

        def refuses(address: int, values: list[int]) -> None:
            if address in (3, 5):
                raise ModbusException(4)
            takes(address, values)

        monkeypatch.setattr(device, "write", refuses)
        device.mode = 1
        made.want(IDLE)
        made.until(lambda: at.offered_a == 0, 5, "the end of the offer")


def test_its_temperature_is_in_degrees_though_it_tells_kelvin(at: Site) -> None:
    with host(at, NAME) as made:
        at.patch(temperature_c=41.0)
        made.until(lambda: made.read.temperature_c == 41, 4)


def test_without_a_residual_current_monitor_it_is_a_fault_unless_the_installer_has_decided_so(at: Site) -> None:
    at.device().kept[0][0x0106] = 0
    with host(at, NAME) as made:
        assert made.faults == {"no_rcm": "internal_error"}
    with host(at, NAME, rcm=False) as made:
        assert made.faults == {}


def test_one_that_is_no_node_is_told_in_a_sentence(at: Site) -> None:
    at.device().kept[0][0x0104] = 1
    with pytest.raises(DeviceError, match=r"is no SmartEVSE 3 .*load balancing 1 where 2 is expected \(an Edgetech Smart EVSE"):
        at.driver("boards", NAME, PORT)._talk.open()


def test_an_edgetech_smart_evse_is_another_device(tmp_path: Path) -> None:
    """Its registers are input registers; evcc calls it smartevse."""
    edgetech = ModbusSlave(
        2, TableRegisters({4: dict.fromkeys((*range(6), *range(258, 272)), 0x4142), 3: {513: 16, 516: 0, 520: 0, 521: 0}})
    )
    with on_pty(tmp_path, edgetech) as bus:
        talk = hal.load("boards", NAME)(**{**PORT, **bus.entries})._talk
        with pytest.raises(DeviceError, match=r"is no SmartEVSE 3 .*refused with exception 2 .*; compare driver, unit and device"):
            talk.open()


def test_two_nodes_on_one_line_share_their_broadcasts_and_each_has_its_own_current(tmp_path: Path) -> None:
    plans = [EvsePlan(id=number, connectors=(ConnectorPlan(1, "fixed"),)) for number in (1, 2)]
    with empty_site(tmp_path, *plans) as at:
        for number in (1, 2):
            at.fit("boards", NAME, {**PORT, "unit": number + 1}, number)
        at.loop.call(at.harness.open)
        until(lambda: all(at.device(number).firmware.boots for number in (1, 2)), 5)
        time.sleep(1.1)
        hosts = [Host(at.driver("boards", NAME, {**PORT, "unit": number + 1})) for number in (1, 2)]
        for made in hosts:
            made.board.open()
        both(hosts, lambda: all(made.board.read() is not None for made in hosts), 12)
        for number, made in enumerate(hosts, start=1):
            at.loop.call(verbs.plug, at.world, at.world.evses[number], {"reaction_s": 0.2}, time.monotonic())
            made.want(offer(6 + 4 * number))
        evses = [at.world.evses[number] for number in (1, 2)]
        both(hosts, lambda: all(evse.contacts.closed for evse in evses), 12)
        both(hosts, lambda: [evse.advertised_ma for evse in evses] == [10_000, 14_000], 5)
        hosts[0].want(IDLE)
        both(hosts, lambda: not evses[0].contacts.closed, 10)
        assert (evses[1].contacts.closed, evses[1].advertised_ma) == (True, 14_000)
        for made in hosts:
            made.board.close()


def both(hosts: list[Host], holds: Any, within_s: float) -> None:
    """Scan both until it holds."""

    def scanned() -> bool:
        for made in hosts:
            made.board.write(made.wanted)
            made.board.kick()
        return bool(holds())

    until(scanned, within_s)


class Bus:
    """Notes what is broadcast."""

    def __init__(self) -> None:
        self.told: list[list[int]] = []

    def tell(self, unit: int, address: int, values: list[int]) -> None:
        assert (unit, address) == (9, 0x20)
        self.told.append(values)


def test_a_broadcast_has_all_nodes_is_sent_every_two_seconds_and_at_once_when_new_and_forgets_who_fell_silent() -> None:
    now = 100.0
    bus: Any = Bus()
    balance = Balance(lambda: now)
    balance.tell(bus, 2, 160)
    balance.tell(bus, 3, 60)
    balance.tell(bus, 2, 160)
    assert bus.told == [[0, 160, 0, 0, 0, 0, 0, 0], [0, 160, 60, 0, 0, 0, 0, 0]]
    now += BROADCAST_S
    balance.tell(bus, 2, 160)
    assert len(bus.told) == 3
    now += STALE_S
    balance.tell(bus, 2, 160)
    assert bus.told[-1] == [0, 160, 0, 0, 0, 0, 0, 0]
    assert all(len(one) == len(other) for one, other in pairwise(bus.told))
