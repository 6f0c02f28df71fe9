"""What a simpleEVSE has of its own: a current without watchdog, settings that are kept, an RCD that it only hears of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hal.boards import simpleevse
from hal.errors import DeviceError
from simulators import verbs
from simulators.wires.modbus_slave import ModbusException
from simulators.wires.simpleevse import SimpleEvse
from tests.hal.boards.modbus_rig import IDLE, PORT, SOCKET, Site, charging, host, offer, site

NAME = "simpleevse"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, NAME) as made:
        yield made


def test_it_boots_without_an_offer_and_without_its_button_from_the_first_time_that_its_host_has_found_it(at: Site) -> None:
    with host(at, NAME):
        kept = at.device().kept
        assert (kept[2000], kept[2005]) == (0, 0x0210)
    at.reset()
    at.plug()
    with host(at, NAME):
        assert at.evse.timing.closings == 0


def test_one_that_takes_no_zero_for_its_boot_gets_the_least(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    take = SimpleEvse.write

    def strict(board: SimpleEvse, address: int, values: list[int]) -> None:
        if (address, values) == (2000, [0]):
            raise ModbusException(3)
        take(board, address, values)

    monkeypatch.setattr(SimpleEvse, "write", strict)
    with host(at, NAME) as made:
        assert at.device().kept[2000] == 6
        at.plug()
        at.reset()
        made.scan(0.5)
        made.until(lambda: at.offered_a == 0 and not at.closed, 8, "the end of what it began by itself")


def test_hundredths_of_an_ampere_are_told_where_it_is_set_to_them_and_whole_ones_elsewhere(at: Site) -> None:
    at.device().kept[2005] |= 0x0080
    with host(at, NAME) as made:
        at.plug()
        made.want(offer(13.37))
        made.until(lambda: at.device().current == 1337 and 13.3 <= at.offered_a <= 13.37, 5)
    at.device().kept[2005] &= ~0x0080
    with host(at, NAME) as made:
        made.want(offer(13.37))
        made.until(lambda: at.device().current == 13 and at.offered_a == 13, 5)


def test_a_residual_current_is_told_and_cleared_once_nothing_is_offered(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simpleevse, "RCD_AGAIN_S", 0.5)
    with host(at, NAME) as made:
        charging(at, made)
        at.patch(rcd="tripped")
        made.until(lambda: made.faults == {"rcd_tripped": "ground_failure"}, 5)
        assert not at.closed
        assert made.read.cp_high_mv == 6_000, "the car is still there"
        made.want(IDLE)
        made.scan(1.5)
        assert made.faults == {"rcd_tripped": "ground_failure"}, "it is still there"
        at.patch(rcd=None)
        made.until(lambda: made.faults == {}, 5)


def test_a_missing_diode_closes_nothing_and_is_gone_with_the_car(at: Site) -> None:
    with host(at, NAME) as made:
        at.plug(car="shorted-diode")
        made.want(offer(16))
        made.until(lambda: made.faults == {"diode_check_failed": "ev_communication_error"}, 8)
        assert at.evse.timing.closings == 0
        made.want(IDLE)
        at.do(verbs.unplug)
        made.until(lambda: made.faults == {} and made.read.cp_high_mv == 12_000, 5)


def test_a_car_that_wants_ventilation_is_told_by_its_letter(at: Site) -> None:
    with host(at, NAME) as made:
        at.plug(ventilation=True)
        made.want(offer(16))
        made.until(lambda: made.read.cp_high_mv == 3_000 and made.faults == {}, 8)
        assert at.evse.timing.closings == 0
    at.do(verbs.unplug)
    with host(at, NAME, ventilation=True) as made:
        at.plug(ventilation=True)
        made.want(offer(16))
        made.until(lambda: at.closed and made.read.contactor_closed is True, 8)


def test_a_cable_is_told_by_its_coding_until_it_is_pulled(tmp_path: Path) -> None:
    with site(tmp_path, NAME, SOCKET) as at, host(at, NAME) as made:
        assert made.read.pp_ohm is None
        at.plug(cable_ohm=680)
        made.want(offer(32))
        made.until(lambda: made.read.pp_ohm == 680 and at.offered_a == 20, 6, "the coding, and the cable's 20 A")
        at.do(verbs.unplug)
        made.until(lambda: made.read.cp_high_mv == 12_000 and made.read.pp_ohm is None, 3)


def test_welded_contacts_are_not_told_open(at: Site) -> None:
    with host(at, NAME) as made:
        charging(at, made)
        at.patch(contactor="welded")
        made.want(IDLE)
        made.until(lambda: made.read.cp_high_mv == 9_000, 8)
        made.scan(1.5)
        assert at.closed
        assert made.read.contactor_closed is None


def test_a_firmware_that_is_too_old_is_told_in_a_sentence(at: Site) -> None:
    at.device().revision = 7
    with pytest.raises(DeviceError, match="is no simpleEVSE with firmware 8 or newer: it says firmware 7"):
        at.driver("boards", NAME, PORT)._talk.open()


def test_a_board_that_does_not_offer_what_it_is_told_is_a_fault(at: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hal.boards.lag.OFFERS_S", 1.5)
    with host(at, NAME) as made:
        at.device().kept[2005] |= 0x4000
        at.plug()
        made.want(offer(16))
        made.until(lambda: made.faults == {"offer_refused": "internal_error"}, 6)
        at.device().kept[2005] &= ~0x4000
        made.until(lambda: made.faults == {} and at.closed, 8)
