"""What holds for every board on Modbus: a session over its wire, and whatever can happen to board, wire and host in the middle of it."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import hal
from hal.api import Abilities
from hal.boards import heidelberg, phoenix_ev_cc, simpleevse, smartevse, talking
from hal.errors import DeviceError, DriverError
from simulators import verbs
from simulators.wires import smartevse as smartevse_face
from simulators.wires.smartevse import SmartEvse
from simulators.wires.tcp import TcpWire
from tests.hal.boards.modbus_rig import FIXED, IDLE, PORT, QUICK, Host, Site, charging, empty_site, host, offer, read_often, site, until

BOARDS = ("simpleevse", "heidelberg", "phoenix-ev-cc", "smartevse")
LIMIT_S = 5.0
"""A new limit is on the pilot within this."""
FAULTS = ("silent", "half_frame", "bad_checksum", "exception", "garbage", "slow", "unplugged")
each_board = pytest.mark.parametrize("name", BOARDS)


def abilities(name: str) -> Abilities:
    found: Abilities = hal.load("boards", name).abilities
    return found


@each_board
def test_a_session_from_offer_to_unplugging_with_new_limits_a_pause_and_no_opening_under_load(name: str, tmp_path: Path) -> None:
    with site(tmp_path, name) as at, host(at, name) as made:
        charging(at, made)
        assert (made.read.cp_high_mv, made.read.cp_low_mv, made.read.faults) == (6_000, -12_000, ())
        for amperes in (10, 6, 13):
            made.want(offer(amperes))
            took_s = made.until(lambda wanted=amperes: at.offered_a == wanted, LIMIT_S, f"{amperes} A on the pilot")  # type: ignore[misc]
            assert took_s < LIMIT_S / 2
        made.want(IDLE)
        assert made.until(lambda: at.offered_a == 0, LIMIT_S, "the end of the offer") < LIMIT_S / 2
        made.until(lambda: not at.closed and not made.read.contactor_closed and made.read.cp_high_mv == 9_000, 8, "a pause")
        assert made.read.cp_low_mv == 9_000
        made.want(offer(16))
        made.until(lambda: at.closed and made.read.contactor_closed is True, 12, "charging again")
        made.want(IDLE)
        made.until(lambda: not at.closed, 10, "the end")
        at.do(verbs.unplug)
        made.until(lambda: made.read.cp_high_mv == 12_000, 3, "the car's leaving")
        assert at.evse.timing.openings_under_load == 0


@each_board
def test_less_than_six_amperes_is_a_pause_and_the_car_that_stops_is_told(name: str, tmp_path: Path) -> None:
    with site(tmp_path, name) as at, host(at, name) as made:
        charging(at, made)
        at.do(verbs.patch_ev, request=False)
        made.until(lambda: made.read.cp_high_mv == 9_000 and not made.read.contactor_closed, 3, "B")
        at.do(verbs.patch_ev, request=None)
        made.until(lambda: made.read.contactor_closed is True, 10, "C again")
        made.want(offer(5))
        made.until(lambda: at.offered_a == 0 and not at.closed, 10, "the pause")


@each_board
def test_a_board_that_charges_before_its_host_lives_is_found_open_and_keeps_its_offer_back(name: str, tmp_path: Path) -> None:
    with site(tmp_path, name) as at:
        at.plug()
        time.sleep(1.0)
        with host(at, name) as made:
            assert (at.closed, at.offered_a, made.read.contactor_closed) == (False, 0, None)
            made.scan(1.5)
            assert (at.closed, at.offered_a) == (False, 0)


@each_board
def test_a_board_that_has_booted_in_mid_session_goes_on_as_control_wants_it(name: str, tmp_path: Path) -> None:
    with site(tmp_path, name) as at, host(at, name) as made:
        charging(at, made, 10)
        at.reset()
        made.until(lambda: not at.closed, 3, "the power cut")
        made.until(lambda: at.closed and at.offered_a == 10 and made.read.contactor_closed is True, 15, "charging at 10 A")
        made.want(IDLE)
        made.until(lambda: not at.closed, 10)
        at.reset()
        made.scan(2.0)
        made.until(lambda: at.offered_a == 0 and made.read.cp_high_mv == 9_000, 8, "no offer after its boot")


@each_board
def test_a_control_that_hangs_withdraws_its_offer(name: str, tmp_path: Path) -> None:
    with site(tmp_path, name) as at, host(at, name) as made:
        charging(at, made)
        until(lambda: at.offered_a == 0, 4, "the end of the offer")


LIVES = """
import sys, time
from hal import load
from hal.boards import heidelberg
from hal.measured import BoardOutputs
heidelberg.SETTINGS = {**heidelberg.SETTINGS, "watchdog_ms": 3000}
name, port = sys.argv[1:]
board = load("boards", name)(port=port, **PARITY)
board.open()
said = False
while True:
    if board.read() is not None and not said:
        said = print("found", flush=True) is None
    board.write(BoardOutputs(duty_ppm=266_666, contactor=True, lock=False, offer_ma=16_000))
    board.kick()
    time.sleep(0.02)
"""


@each_board
def test_a_host_that_is_killed_in_mid_session_leaves_the_board_as_its_abilities_say(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smartevse_face, "TIMEOUT_S", 4.0)
    with site(tmp_path, name) as at:
        command = [sys.executable, "-c", LIVES.replace("PARITY", repr({"parity": "N"})), name, f"{tmp_path}/dev/ttyUSB0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline() == "found\n"
                at.plug()
                until(lambda: at.closed and at.offered_a == 16, 20, "charging")
                time.sleep(0.5)
            finally:
                process.kill()
        if abilities(name).when_lost == "opens":
            until(lambda: not at.closed and at.offered_a == 0, 12, "its watchdog")
        else:
            time.sleep(5)
            assert (at.closed, at.offered_a) == (True, 16)
        with host(at, name) as made:
            made.until(lambda: not at.closed and at.offered_a == 0, 10, "a host that offers nothing")


@each_board
def test_whatever_is_wrong_with_the_wire_no_measurement_is_made_up_and_it_comes_back_by_itself(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (heidelberg, phoenix_ev_cc, simpleevse, smartevse):
        monkeypatch.setattr(module, "REST_S", 0.2)
    monkeypatch.setattr(talking, "AGAIN_S", 0.2)
    with site(tmp_path, name) as at, host(at, name) as made:
        charging(at, made)
        for fault in FAULTS:
            at.spoil(fault)
            at.do(verbs.patch_ev, request=False)
            began_s = time.monotonic()
            made.scan(0.8)
            said = made.read
            assert said.at_s < began_s + 0.2, fault
            assert (said.cp_high_mv, said.contactor_closed) == (6_000, True), fault
            at.spoil(None)
            made.until(lambda since_s=said.at_s: made.read.at_s > since_s and made.read.cp_high_mv == 9_000, 8, fault)  # type: ignore[misc]
            at.do(verbs.patch_ev, request=None)
            made.until(lambda: made.read.contactor_closed is True and at.offered_a == 16, 15, f"charging after {fault}")


@each_board
def test_it_is_the_same_over_tcp(name: str, tmp_path: Path) -> None:
    with empty_site(tmp_path) as at:
        at.fit("boards", name, {"host": "127.0.0.1", "tcp_port": 0, **QUICK})
        at.loop.call(at.harness.open)
        wire = at.harness.fitted["board", 1].wire
        assert isinstance(wire, TcpWire)
        until(lambda: at.firmware.boots > 0 and not at.firmware.deaf(time.monotonic()), 5)
        with host(at, name, port="", host="127.0.0.1", tcp_port=wire.port) as made:
            charging(at, made)
            made.want(IDLE)
            made.until(lambda: not at.closed and made.read.cp_high_mv == 9_000, 10)


@each_board
def test_board_and_two_meters_on_one_line_of_9600_baud_do_not_starve_each_other(name: str, tmp_path: Path) -> None:
    line = {"port": "/dev/ttyUSB0", "baud": 9600}
    meters = (("sdm630", {**line, "unit": 11}), ("sdm120", {**line, "unit": 12}))
    with empty_site(tmp_path, FIXED, paced=True) as at:
        at.fit("boards", name, line)
        for number, (model, entries) in enumerate(meters, start=1):
            at.loop.call(_hang, at, number, model, entries)
        at.loop.call(at.harness.open)
        until(lambda: at.firmware.boots > 0 and not at.firmware.deaf(time.monotonic()), 5)
        made = Host(at.driver("boards", name, line))
        made.board.open()
        made.until(lambda: made.board.read() is not None, 15, "a first measurement")
        charging(at, made)
        _beside_meters(at, made, meters, abilities(name).silent_s)
        made.board.close()


def _hang(at: Site, number: int, model: str, entries: dict[str, object]) -> None:
    """A meter more on the line; the bench knows it by a number of its own."""
    from simulators.wires.harness import Fitted, Wanted
    from simulators.wires.meters import MeterFace, table_of
    from simulators.wires.table import Place

    face = MeterFace(table_of(model), Place(at.world, entries, at.evse))
    wire = at.harness._wire(entries)
    at.harness.fitted["meter", number] = Fitted(Wanted("meter", number, "meters", model, entries), wire.line.add(face), wire)


def _beside_meters(at: Site, made: Host, meters: tuple[tuple[str, dict[str, object]], ...], silent_s: float) -> None:
    took_s: list[float] = []

    def poll(model: str, entries: dict[str, object]) -> None:
        meter = at.driver("meters", model, entries)
        meter.open()
        took_s.extend(read_often(meter, 5))

    pollers = [threading.Thread(target=poll, args=each) for each in meters]
    for poller in pollers:
        poller.start()
    oldest_s = 0.0
    for amperes in (10, 13):
        made.want(offer(amperes))
        made.until(lambda wanted=amperes: at.offered_a == wanted, LIMIT_S, f"{amperes} A beside two meters")  # type: ignore[misc]
        for _ in range(20):
            made.scan(0.1)
            oldest_s = max(oldest_s, time.monotonic() - made.read.at_s)
    for poller in pollers:
        poller.join(30)
    assert oldest_s < silent_s / 2
    assert len(took_s) >= 10 - 2 * len(meters), "each may lose two readings of five, which control passes over"
    assert max(took_s) < 1.9


@each_board
def test_another_device_is_told_apart_in_a_sentence(name: str, tmp_path: Path) -> None:
    for other in BOARDS:
        if other == name:
            continue
        with site(tmp_path / other, other, unit=2) as at:
            talk = at.driver("boards", name, {**PORT, "unit": 2})._talk
            with pytest.raises(DeviceError, match=rf"board\.{name} on .*/dev/ttyUSB0 unit 2: is no .*compare driver, unit and device"):
                talk.open()
            assert at.evse.timing.closings == 0


def test_wrong_entries_are_told_before_anything_is_opened() -> None:
    for name in BOARDS:
        with pytest.raises(DriverError, match=rf"board\.{name}: .*colour"):
            hal.load("boards", name)(port="/dev/ttyUSB0", colour="red")
    with pytest.raises(DriverError, match="expected a node, unit 2 to 8"):
        hal.load("boards", "smartevse")(port="/dev/ttyUSB0", unit=1)


def test_other_names_lead_to_the_same_boards() -> None:
    for other, name in (("evse-din", "simpleevse"), ("walther-basicevo-pro", "heidelberg"), ("ev-charge-control-basic", "phoenix-ev-cc")):
        assert hal.load("boards", other) is hal.load("boards", name)
        assert hal.about("boards", other) is not None


def test_settings_that_are_kept_are_written_once_and_never_by_a_poll(tmp_path: Path) -> None:
    for name in ("simpleevse", "phoenix-ev-cc", "smartevse"):
        with site(tmp_path / name, name) as at:
            with host(at, name):
                written = at.device().writes
                assert 1 <= written <= 3
            with host(at, name) as made:
                charging(at, made)
                made.want(IDLE)
                made.until(lambda now=at: not now.closed, 10)  # type: ignore[misc]
                assert at.device().writes == written, name


def test_a_smartevse_that_is_asked_for_by_its_name_alone_is_node_two(tmp_path: Path) -> None:
    with site(tmp_path, "smartevse") as at:
        assert isinstance(at.device(), SmartEvse)
        assert at.device().unit == 2
