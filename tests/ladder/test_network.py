"""Link, address, route, name and TCP: what is read of the system, and what it means."""

import asyncio
import socket
from ipaddress import ip_address
from pathlib import Path

import pytest

from chargepoint.ladder import address, link, name, netlink, tcp
from chargepoint.ladder.netlink import Address
from chargepoint.ladder.tcp import Tried
from tests.ladder.ways import way

FAR = "ws://csms.example.com:9000"


def interface(root: Path, called: str, hardware: bool = True, **files: str) -> None:
    folder = root / "sys/class/net" / called
    folder.mkdir(parents=True)
    if hardware:
        (folder / "device").mkdir()
    for file, text in {"type": "1", **files}.items():
        (folder / file).write_text(f"{text}\n")


def test_a_carrier_on_any_interface_is_a_link(tmp_path: Path) -> None:
    interface(tmp_path, "lo", hardware=False, type="772", carrier="1")
    interface(tmp_path, "eth0", carrier="1", speed="1000", duplex="full")
    interface(tmp_path, "wlan0")
    found = link.look(way(FAR, tmp_path))
    assert (found.state, found.text) == ("passed", "eth0 1000 Mb/s; wlan0 no carrier")


def test_no_carrier_is_no_link(tmp_path: Path) -> None:
    interface(tmp_path, "eth0", carrier="0", speed="-1")
    interface(tmp_path, "docker0", hardware=False, carrier="1")
    found = link.look(way(FAR, tmp_path))
    assert (found.state, found.code, found.text) == ("failed", "CP-701", "eth0 no carrier")


@pytest.mark.parametrize(("level", "state"), [("-61.", "passed"), ("-88.", "warning")])
def test_a_weak_radio_is_a_warning(tmp_path: Path, level: str, state: str) -> None:
    interface(tmp_path, "wlan0", carrier="1")
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/wireless").write_text(f"Inter-| sta-|\n face | tus | link level\n wlan0: 0000   49.  {level}  -256   0\n")
    assert link.look(way(FAR, tmp_path)).state == state


def test_half_duplex_is_a_warning(tmp_path: Path) -> None:
    interface(tmp_path, "eth0", carrier="1", speed="10", duplex="half")
    assert link.look(way(FAR, tmp_path)).state == "warning"


def test_nothing_to_be_seen_is_not_known(tmp_path: Path) -> None:
    assert link.look(way(FAR, tmp_path)).state == "not known"


def test_an_address_that_was_lent_says_how_long_and_by_whom() -> None:
    lent = Address("eth0", ip_address("192.168.1.20"), 24, 7300)
    found = address.judged([lent, Address("eth0", ip_address("fe80::1"), 64, None)], {"eth0": "192.168.1.1"})
    assert (found.state, found.text) == ("passed", "192.168.1.20/24 on eth0, lent by 192.168.1.1 for 2 h more")


def test_an_address_that_nobody_has_given_is_none() -> None:
    found = address.judged([Address("eth0", ip_address("169.254.7.7"), 16, None)], {})
    assert (found.state, found.code) == ("failed", "CP-702")
    assert "169.254.7.7" in found.text
    assert address.judged([], {}).code == "CP-702"


def test_the_kernel_tells_addresses_and_ways_without_rights() -> None:
    loopback = ip_address("127.0.0.1")
    assert Address("lo", loopback, 8, None) in netlink.addresses()
    found = netlink.route(loopback)
    assert found is not None
    assert (found.interface, found.gateway) == ("lo", None)


def test_name_servers_behind_the_stub_are_named(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").write_text("# by resolved\nnameserver 127.0.0.53\noptions edns0\n")
    assert name.servers(tmp_path) == ("127.0.0.53",)
    (tmp_path / "run/systemd/resolve").mkdir(parents=True)
    (tmp_path / "run/systemd/resolve/resolv.conf").write_text("nameserver 192.168.1.1\nnameserver fd00::1\n")
    assert name.servers(tmp_path) == ("192.168.1.1", "fd00::1")


def test_a_name_server_that_does_not_answer_is_told_from_a_name_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, words in ((socket.EAI_AGAIN, "no server answers"), (socket.EAI_NONAME, "Name or service not known")):

        def fail(*_: object, number: int = number, **__: object) -> None:
            raise socket.gaierror(number, "Name or service not known")

        with monkeypatch.context() as patched:
            patched.setattr(socket, "getaddrinfo", fail)
            found, addresses = asyncio.run(name.look(way(FAR, tmp_path)))
        assert (found.state, found.code, addresses) == ("failed", "CP-703", ())
        assert words in found.text


def test_one_address_that_answers_is_enough_and_each_is_told() -> None:
    four, six = ip_address("192.0.2.1"), ip_address("2001:db8::1")
    found, ip = tcp.judged(443, [Tried(four, 12), Tried(six, 3, OSError(101, "Network is unreachable"))])
    assert (found.state, ip) == ("passed", four)
    assert found.text == "port 443: 192.0.2.1 in 12 ms; 2001:db8::1: Network is unreachable"


def test_a_first_address_that_swallows_everything_keeps_the_station_from_the_second() -> None:
    four, six = ip_address("192.0.2.1"), ip_address("2001:db8::1")
    found, ip = tcp.judged(443, [Tried(six, 6000, TimeoutError()), Tried(four, 12)])
    assert (found.state, ip) == ("warning", four)
    assert "2001:db8::1" in found.remedy


def test_no_address_that_answers_has_the_number_of_the_first() -> None:
    found, ip = tcp.judged(443, [Tried(ip_address("192.0.2.1"), 6000, TimeoutError())])
    assert (found.code, ip) == ("CP-712", None)
