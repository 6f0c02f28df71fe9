"""What is connected is told, and can be pasted; whatever is in the way is told, too."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import hal
from chargepoint.cli import detecting
from chargepoint.cli.main import main
from hal.bus.serial_line import SerialSettings, line
from hal.detect import hosts, serial
from hal.detect import ports as ports_module
from hal.detect.found import Found
from hal.detect.modbus import Look
from hal.detect.ports import Holder, Port
from simulators.hardware import ConnectorPlan, EvsePlan
from simulators.wires.harness import Harness, Wanted
from simulators.wires.modbus_slave import ModbusSlave, TableRegisters
from simulators.wires.thread import beside
from simulators.world import World
from tests.hal.bus.rig import on_tcp
from tests.hal.meters.manuals import Manual

HEAD = '[station]\nid = "cp001"\nvendor = "Acme"\nmodel = "One"\n\n[site]\nfuse_a = 63\n\n'
RTU = {"port": "/dev/serial/by-id/usb-FTDI_A1", "unit": 3, "baud": 9600, "parity": "N", "stopbits": 1}
CABINET = (
    Wanted("board", 1, "boards", "openevse", {"port": "/dev/ttyUSB0"}),
    Wanted("meter", 1, "meters", "sdm630", {"port": "/dev/ttyUSB1", "unit": 3}),
    Wanted("reader", 1, "readers", "pn532-uart", {"port": "/dev/ttyUSB2"}),
)


def good(folder: Path, lines: str) -> bool:
    """Does check-config accept them beneath a station and a site?"""
    file = folder / "pasted.toml"
    file.write_text(HEAD + lines)
    return main(["check-config", str(file)]) == 0


@contextmanager
def cabinet(folder: Path) -> Iterator[None]:
    """A board, a meter and a reader, each on a port."""
    world = World([EvsePlan(id=1, connectors=(ConnectorPlan(id=1, cable="fixed"),))])
    harness = Harness(world, folder)
    with beside() as loop:
        loop.call(world.open, 0.0)
        for wanted in CABINET:
            loop.call(harness.fit, wanted)
        loop.call(harness.open)
        try:
            yield
        finally:
            loop.call(harness.close)


def test_a_cabinet_is_found_and_its_lines_make_a_station(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial, "QUICK", Look((1, 3), twice=True))
    monkeypatch.setattr(serial, "OVERHEAR_S", 0.1)
    with cabinet(tmp_path):
        assert main(["detect", "--quick", "--root", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert "3 serial ports, 3 to look at: " in err
    for said in ("OpenEVSE, firmware 8.2.3, RAPI 5.2.1", "unit 3, 9600 8N1: Eastron sdm630, by its code 0x0070", "PN532, firmware 1.6"):
        assert said in out
    pasted = out.partition("tells what is missing):\n\n")[2]
    assert 'board = { driver = "openevse", port = "/dev/ttyUSB0" }' in pasted
    assert good(tmp_path, pasted)


ON_RTU = [
    (kind, name)
    for kind in ("boards", "meters")
    for name in hal.DRIVERS[kind]
    if name not in ("simulated", "openevse", "pulse", "auto") and (kind, name) != ("meters", "heidelberg") and "raspberry" not in name
]


@pytest.mark.parametrize(("kind", "name"), [*ON_RTU, ("boards", "openevse"), ("readers", "pn532-uart"), ("readers", "rdm6300")])
def test_the_lines_of_every_driver_that_can_be_found_are_accepted(kind: str, name: str, tmp_path: Path) -> None:
    entries = RTU if (kind, name) in ON_RTU else {"port": "/dev/ttyUSB3"}
    found = [
        Found(kind="boards", where="", says="OpenEVSE", driver="openevse", entries={"port": "/dev/ttyUSB0"}),
        Found(kind="meters", where="", says="Eastron", driver="sdm630", entries={**RTU, "port": "/dev/ttyUSB1"}),
    ]
    one = Found(kind=kind, where="", says='it "seems"', driver=name, entries=entries, sure=kind == "readers")
    assert good(tmp_path, detecting.lines([one, *(each for each in found if each.kind != kind)]))


def test_what_belongs_to_no_evse_is_a_comment() -> None:
    meter = Found(kind="meters", where="", says="Eastron", driver="sdm630", entries=RTU)
    unknown = Found(kind="meters", where="", says="nobody knows")
    assert all(line.startswith("#") for line in detecting.lines([meter, unknown]).splitlines() if line)
    board = Found(kind="boards", where="", says="a board", driver="simpleevse", entries=RTU)
    assert "# none was found: without one nothing is delivered" in detecting.lines([board])


def occupied(*holders: Holder, denied: str = "") -> Port:
    return Port("/dev/ttyUSB0", "/dev/ttyUSB0", "/dev/ttyUSB0", holders, denied)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (
            occupied(Holder(7, "python -m chargepoint control --config x")),
            "control (process 7) runs on it; systemctl stop chargepoint-control",
        ),
        (occupied(Holder(8, "screen /dev/ttyUSB0")), "left alone: in use by screen /dev/ttyUSB0 (process 8); end that"),
        (occupied(denied="user pi may not open it; sudo usermod -aG dialout pi, then log in again"), "sudo usermod -aG dialout pi"),
    ],
)
def test_a_port_that_is_in_use_or_not_allowed_is_left_alone(
    port: Port, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports_module, "ports", lambda root, only: [port])
    monkeypatch.setattr(serial, "look", lambda *_: pytest.fail("it was asked"))
    assert main(["detect", "--quick", "--ports", "/dev/ttyUSB0"]) == 1
    out, err = capsys.readouterr()
    assert said in out
    assert "1 serial port, 0 to look at: 0 s at most" in err


def test_a_port_that_a_process_of_somebody_else_has_is_left_alone_with_who_that_may_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports_module, "holders", lambda device: iter(()))  # whose files this user may not see
    with cabinet(tmp_path):
        theirs = line(str(tmp_path / "dev/ttyUSB1"), SerialSettings())
        with theirs.turn():
            assert main(["detect", "--quick", "--root", str(tmp_path), "--ports", "/dev/ttyUSB1"]) == 1
        theirs.close()
    assert "left alone: in use by another user's process; if it is control, systemctl stop chargepoint-control" in capsys.readouterr().out


def test_where_a_package_is_missing_what_needs_none_is_told_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sys/class/watchdog/watchdog0").mkdir(parents=True)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/ttyUSB0").touch()
    monkeypatch.setitem(sys.modules, "serial", None)
    assert main(["detect", "--quick", "--root", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "cannot be looked at: " in out
    assert "needs the package pyserial, which is not installed here; pip install 'chargepoint[serial]'" in out
    assert "/dev/watchdog0" in out


class AnyUnit(ModbusSlave):
    """A device with Ethernet that answers whatever it is called."""

    def _answer(self, request: bytes) -> bytes | None:
        self.unit = request[6]
        return super()._answer(request)


def behind_tcp(kind: type[ModbusSlave], unit: int, name: str) -> ModbusSlave:
    manual = Manual(name)
    return kind(unit, TableRegisters({**manual.table, 3: {**manual.table[3], 0xFC02: 0x70}}), framing="tcp", answers_s=0.0)


@pytest.mark.parametrize("kind", [ModbusSlave, AnyUnit])
def test_a_host_that_is_named_is_asked_by_modbus_tcp_and_a_device_that_answers_to_every_unit_is_one(
    kind: type[ModbusSlave], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hosts, "HOST", {**hosts.HOST, "timeout_s": 0.1})
    faces = [behind_tcp(kind, 1, "sdm630"), *([behind_tcp(kind, 9, "sdm630")] if kind is ModbusSlave else [])]
    with on_tcp(*faces) as bus:
        port = bus.entries["tcp_port"]
        assert main(["detect", "--quick", "--hosts", f"127.0.0.1:{port}"]) == 0
    out = capsys.readouterr().out
    assert [f"unit {unit}: Eastron sdm630, by its code 0x0070" in out for unit in (1, 9, 2)] == [True, kind is ModbusSlave, False]
    assert f'{{ driver = "sdm630", host = "127.0.0.1", tcp_port = {port}, unit = 1 }}' in out


def test_a_host_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "--quick", "--hosts", "127.0.0.1:1"]) == 1
    assert "127.0.0.1:1\n    cannot be looked at: " in capsys.readouterr().out


@pytest.mark.parametrize("text", ["", ":502", "gateway:", "gateway:x", "gateway:70000"])
def test_what_is_no_host_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["detect", "--hosts", text])
    assert caught.value.code == 2
    assert "expected a host, and its port if it is not 502" in capsys.readouterr().err


def test_for_programs_it_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sys/class/watchdog/watchdog0").mkdir(parents=True)
    assert main(["detect", "--json", "--quick", "--root", str(tmp_path)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ports"] == []
    assert [each["where"] for each in told["others"]] == ["/dev/watchdog0"]
    assert told["configuration"] == ""


def test_a_port_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", "--root", str(tmp_path), "--ports", "/dev/ttyUSB7"]) == 1
    assert "cannot be looked at: " in capsys.readouterr().out
    assert ports_module.ports(tmp_path) == []
