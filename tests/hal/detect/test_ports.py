"""Serial ports: which are there, under which names, and who is in the way."""

import grp
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hal.detect.ports import Holder, denied, holders, ports


def test_ports_without_hardware_are_none_and_one_with_two_names_is_one(tmp_path: Path) -> None:
    for name in ("ttyS0", "ttyS1", "ttyUSB0"):
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / name).touch()
    for name, kind in (("ttyS0", "4"), ("ttyS1", "0")):
        (tmp_path / "sys/class/tty" / name).mkdir(parents=True)
        (tmp_path / "sys/class/tty" / name / "type").write_text(kind)
    by_id = tmp_path / "dev/serial/by-id"
    by_id.mkdir(parents=True)
    (by_id / "usb-FTDI_A1-if00-port0").symlink_to("../../ttyUSB0")
    found = ports(tmp_path)
    assert [(port.path, port.name) for port in found] == [
        ("/dev/ttyUSB0", "/dev/serial/by-id/usb-FTDI_A1-if00-port0"),
        ("/dev/ttyS0", "/dev/ttyS0"),
    ]
    assert [port.path for port in ports(tmp_path, ("/dev/ttyS1",))] == ["/dev/ttyS1"]


def test_adapters_of_one_kind_without_serial_numbers_are_named_by_their_sockets(tmp_path: Path) -> None:
    for name in ("ttyUSB0", "ttyUSB1", "ttyAMA0"):
        (tmp_path / "dev").mkdir(exist_ok=True)
        (tmp_path / "dev" / name).touch()
    links = {"by-id/usb-1a86_USB_Serial-if00-port0": "ttyUSB1", "by-path/platform-fe201000.serial": "ttyAMA0"}
    links |= {f"by-path/platform-usb-0:1.{number}:1.0-port0": f"ttyUSB{number}" for number in range(2)}
    for link, name in links.items():
        path = tmp_path / "dev/serial" / link
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(f"../../{name}")
    assert [port.name for port in ports(tmp_path)] == [
        "/dev/serial/by-path/platform-usb-0:1.0:1.0-port0",
        "/dev/serial/by-path/platform-usb-0:1.1:1.0-port0",
        "/dev/ttyAMA0",
    ]


def test_whoever_has_a_port_open_is_named(tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch()
    assert list(holders(str(port))) == []
    script = f"f = open({str(port)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script, "chargepoint control"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        (holder,) = holders(str(port))
        child.communicate(b"\n")
    assert holder.pid == child.pid
    assert holder.command.startswith(sys.executable)


def test_the_processes_of_a_station_are_known_by_their_commands() -> None:
    assert Holder(1, "/usr/bin/python3 -m chargepoint control --config x").part == "control"
    assert Holder(1, "/usr/bin/chargepoint station").part == "station"
    assert Holder(1, "screen /dev/ttyUSB0").part == ""


def test_who_may_not_is_told_which_group_would_help(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch()
    assert denied(str(port)) == ""
    assert denied(str(tmp_path / "gone")) == ""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert denied(str(port)).endswith(("run this as root", "then log in again"))
    monkeypatch.setattr(grp, "getgrgid", lambda number: type("Group", (), {"gr_name": "dialout"}))
    assert "sudo usermod -aG dialout " in denied(str(port))
