"""What a Phoenix EV-CC has of its own: switches that decide what it takes, a lock, a residual current monitor."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hal.errors import DeviceError
from simulators import verbs
from simulators.wires.modbus_slave import ModbusException
from simulators.wires.phoenix_ev_cc import LOCK, Switches
from tests.hal.boards.modbus_rig import IDLE, PORT, SOCKET, Site, charging, host, offer, site

NAME = "phoenix-ev-cc"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path, NAME) as made:
        yield made


def test_it_obeys_coils_and_monitors_residual_current_from_the_first_time_that_its_host_has_found_it(at: Site) -> None:
    with host(at, NAME):
        kept = at.device().kept
        assert (kept[4000], kept[4002], kept[4011]) == (3, 3, 1)
    with host(at, NAME, lock=False, rcm=False) as made:
        made.scan(1.0)
        assert at.device().writes == 3


def test_a_monitor_that_somebody_has_set_up_is_left_as_it_is(at: Site) -> None:
    at.device().kept[4011] = 4
    with host(at, NAME):
        assert at.device().kept[4011] == 4


@pytest.mark.parametrize(
    ("switches", "sentence"),
    [
        (Switches(ml=False), "keeps lock_mode at 0, 3 is expected; set S1/DIP 3 to ON, or say lock = false"),
        (Switches(xr=True), "keeps rcm_mode at 0, 1 is expected; set S1/DIP 2 to OFF, or say rcm = false"),
    ],
)
def test_a_switch_that_forbids_what_has_to_be_is_told_in_a_sentence(at: Site, switches: Switches, sentence: str) -> None:
    at.device().switches = switches
    at.device().kept[4002] = 0
    with pytest.raises(DeviceError, match=sentence):
        at.driver("boards", NAME, PORT)._talk.open()


def test_its_lock_obeys_also_after_a_power_cut(tmp_path: Path) -> None:
    with site(tmp_path, NAME, SOCKET) as at, host(at, NAME) as made:
        at.plug(cable_ohm=220)
        made.want(offer(16, lock=True))
        made.until(lambda: at.evse.locked is True and at.closed, 8, "locked, and charging")
        at.reset()
        made.scan(1.0)
        made.until(lambda: at.evse.locked is True and at.closed, 12, "the same again")
        made.want(IDLE)
        made.until(lambda: at.evse.locked is False and not at.closed, 10, "unlocked")


def test_an_offer_is_withdrawn_though_its_lock_refuses_to_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(tmp_path, NAME, SOCKET) as at, host(at, NAME) as made:
        at.plug(cable_ohm=220)
        made.want(offer(16, lock=True))
        made.until(lambda: at.closed, 8, "charging")
        device = at.device()
        obeys = device.write_coils

        def refuses(address: int, values: list[int]) -> None:
            if address == LOCK:
                raise ModbusException(4)
            obeys(address, values)

        monkeypatch.setattr(device, "write_coils", refuses)
        made.want(IDLE)
        made.until(lambda: at.offered_a == 0 and not at.closed, 10, "the end of the offer")


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"rcd": "tripped"}, "rcm_tripped", "ground_failure"),
    ({"contactor_feedback": "reads_open"}, "contactor_failed", "power_switch_failure"),
]


@pytest.mark.parametrize(("entries", "name", "kind"), BROKEN)
def test_a_fault_of_its_own_is_told_by_its_kind_and_the_car_is_still_there(at: Site, entries: dict[str, Any], name: str, kind: str) -> None:
    at.device().kept[4006] = 1
    with host(at, NAME) as made:
        charging(at, made)
        at.patch(**entries)
        made.until(lambda: made.faults == {name: kind} and not at.closed, 6)
        assert made.read.cp_high_mv == 6_000


def test_lock_monitor_and_diode_are_told_by_their_bits(at: Site) -> None:
    with host(at, NAME) as made:
        for kind, name in (("connector_lock_failure", "lock_failed"),):
            at.do(verbs.raise_fault, name="x", kind=kind)
            made.until(lambda expected={name: kind}: made.faults == expected, 5)  # type: ignore[misc]
            at.do(verbs.clear_fault, name="x")
        made.until(lambda: made.faults == {}, 5)
        at.plug(car="shorted-diode")
        made.want(offer(16))
        made.until(lambda: made.faults == {"diode_check_failed": "ev_communication_error"}, 8)
        assert made.read.faults[0].vendor_code == "13"
        assert at.evse.timing.closings == 0


def test_a_cable_is_told_by_its_coding(tmp_path: Path) -> None:
    with site(tmp_path, NAME, SOCKET) as at, host(at, NAME) as made:
        at.plug(cable_ohm=680)
        made.want(offer(32, lock=True))
        made.until(lambda: made.read.pp_ohm == 680 and at.offered_a == 20, 6)


def test_nothing_is_offered_at_the_current_of_before(at: Site) -> None:
    with host(at, NAME) as made:
        charging(at, made, 32)
        made.want(IDLE)
        made.until(lambda: at.offered_a == 0 and made.read.cp_high_mv == 9_000, 8)
        seen: list[float] = []
        made.want(offer(6))
        ends_s = time.monotonic() + 2
        while time.monotonic() < ends_s:
            made.scan(0.02)
            seen.append(at.offered_a)
        assert set(seen) - {0} == {6}
