"""The clock: what the kernel says, what a time server says, and what it means."""

import asyncio
import socket
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chargepoint.ladder import kernel_clock, sntp, stopwatch
from chargepoint.ladder.kernel_clock import KernelClock
from chargepoint.ladder.sntp import PACKET, SINCE_1900_S, SntpError, Unresolved
from chargepoint.ladder.time_of_day import RESOLVE, judged

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEPT, LEFT = KernelClock(True, 0.1), KernelClock(False, 16.0)


@pytest.mark.parametrize(
    ("now", "clock", "offset", "state"),
    [
        (NOW, KEPT, 0.02, "passed"),
        (NOW, KEPT, None, "passed"),
        (NOW, LEFT, 0.5, "passed"),
        (NOW, LEFT, None, "warning"),
        (NOW, None, None, "warning"),
        (NOW, KEPT, 61.0, "failed"),
        (NOW, LEFT, -3600.0, "failed"),
        (datetime(1970, 1, 1, 0, 3, tzinfo=UTC), KEPT, None, "failed"),
        (datetime(2106, 2, 7, tzinfo=UTC), LEFT, None, "failed"),
    ],
)
def test_what_it_means(now: datetime, clock: KernelClock | None, offset: float | None, state: str) -> None:
    found = judged(now, clock, offset, "ntp.example.com")
    assert (found.state, found.code) == (state, "CP-704" if state == "failed" else "")
    assert bool(found.remedy) == (state != "passed")


def test_the_kernel_says_something_sensible() -> None:
    clock = kernel_clock.kernel_clock()
    assert clock is None or 0 <= clock.at_most_wrong_s <= 100


def test_servers_are_found_where_each_program_has_them_and_what_is_compiled_in_only_counts_last(tmp_path: Path) -> None:
    (tmp_path / "etc/systemd").mkdir(parents=True)
    (tmp_path / "etc/systemd/timesyncd.conf").write_text("[Time]\n#NTP=\n#FallbackNTP=0.debian.pool.ntp.org 1.debian.pool.ntp.org\n")
    assert kernel_clock.servers(tmp_path) == ("0.debian.pool.ntp.org", "1.debian.pool.ntp.org")
    (tmp_path / "etc/chrony").mkdir()
    (tmp_path / "etc/chrony/chrony.conf").write_text("# own\npool ntp.example.com iburst\nserver 192.168.1.1\n")
    (tmp_path / "run/systemd/netif").mkdir(parents=True)
    (tmp_path / "run/systemd/netif/state").write_text("OPER_STATE=routable\nNTP=192.168.1.2\n")
    assert kernel_clock.servers(tmp_path) == ("192.168.1.2", "ntp.example.com", "192.168.1.1")


Answer = Callable[[bytes], bytes]


def asked(answer: Answer | None) -> float:
    """The offset that a server of the test's own makes of it."""

    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            if answer is not None:
                self.transport.sendto(answer(data), addr)  # type: ignore[attr-defined]

    async def main() -> float:
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
        try:
            return await sntp.offset_s("127.0.0.1", transport.get_extra_info("sockname")[1], patience_s=5.0 if answer else 0.05)
        finally:
            transport.close()

    return asyncio.run(main())


def server(ahead_s: float, first: int = 0x24, stratum: int = 2) -> Answer:
    def answer(question: bytes) -> bytes:
        (transmitted,) = struct.unpack_from("!Q", question, 40)
        stamp = int((stopwatch.now().timestamp() + ahead_s + SINCE_1900_S) * (1 << 32)) & (1 << 64) - 1
        return PACKET.pack(first, stratum, 0, 0, 0, 0, 0, 0, transmitted, stamp, stamp)

    return answer


@pytest.mark.parametrize("ahead_s", [0.0, 90.0, -86_400.0, 400_000_000.0])
def test_the_offset_is_the_servers_time_less_ours_also_beyond_2036(ahead_s: float) -> None:
    assert asked(server(ahead_s)) == pytest.approx(ahead_s, abs=0.5)


@pytest.mark.parametrize(
    "answer", [None, lambda _: b"short", server(0, stratum=0), server(0, first=0xE4), server(0, first=0x23), lambda _: bytes(48)]
)
def test_an_answer_that_says_nothing_is_none(answer: Answer | None) -> None:
    with pytest.raises(SntpError):
        asked(answer)


def test_a_server_without_an_address_is_no_matter_for_the_firewall(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resolved(host: str, port: int) -> tuple[()]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(sntp, "resolved", resolved)
    with pytest.raises(Unresolved, match="Name or service not known"):
        asyncio.run(sntp.offset_s("ntp.example.com"))
    found = judged(NOW, LEFT, None, "ntp.example.com: Name or service not known", RESOLVE)
    assert (found.state, "name server" in found.remedy) == ("warning", True)
