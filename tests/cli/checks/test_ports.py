"""Ports that can be opened, and do not do."""

from pathlib import Path

from chargepoint.cli.checks import ports
from tests.cli.checks.test_checks import put


def place(root: Path, name: str) -> ports.Place:
    return ports.Place(path=f"/dev/{name}", real=put(root, f"dev/{name}"), wanted_by="evses[0].meter", kind="meters")


def test_a_port_that_the_kernels_console_writes_to_has_failed_with_how_to_switch_that_off(tmp_path: Path) -> None:
    put(tmp_path, "proc/consoles", "tty1                 -WU (EC  p  )    4:1\nttyAMA0              -W- (EC p a  )  204:64\n")
    found = ports._doubted(place(tmp_path, "ttyAMA0"), tmp_path)
    assert found is not None
    assert (found.state, found.code) == ("failed", "CP-533")
    assert "console" in found.text
    assert "do_serial_cons" in found.remedy
    assert ports._doubted(place(tmp_path, "ttyUSB0"), tmp_path) is None


def test_the_mini_uart_of_a_raspberry_pi_is_a_warning(tmp_path: Path) -> None:
    assert ports._doubted(place(tmp_path, "ttyS0"), tmp_path) is None
    put(tmp_path, "proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.4\0")
    found = ports._doubted(place(tmp_path, "ttyS0"), tmp_path)
    assert found is not None
    assert (found.state, "no parity" in found.text, "disable-bt" in found.remedy) == ("warning", True, True)
