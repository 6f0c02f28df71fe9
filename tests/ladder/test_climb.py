"""The whole ladder, against CSMSs on loopback."""

import asyncio
import socket
from pathlib import Path

import pytest

from chargepoint.domain.findings import Finding
from chargepoint.ladder.climb import RUNGS, climb
from chargepoint.station.csms import Access
from tests.ladder.ways import STANDS, TRIES, climbed, way
from tests.ocpp.rig import FakeCsms


def on_ladder(tmp_path: Path, csms: FakeCsms, up: object = None, **more: object) -> dict[str, Finding]:
    async def main() -> dict[str, Finding]:
        async with csms.listening():
            return await climbed(way(csms.url, tmp_path, up, **more))  # type: ignore[arg-type]

    return asyncio.run(main())


def test_rungs_come_in_their_order(tmp_path: Path) -> None:
    async def main() -> None:
        async with FakeCsms().listening() as csms:
            assert tuple([rung.name async for rung in climb(way(csms.url, tmp_path))]) == RUNGS

    asyncio.run(main())


def test_a_station_that_is_connected_is_believed_and_its_csms_sees_no_second_websocket(tmp_path: Path) -> None:
    csms = FakeCsms()
    found = on_ladder(tmp_path, csms, STANDS)
    assert (found["tcp"].state, found["websocket"].state, found["boot"].state) == ("passed", "passed", "passed")
    assert found["tls"].state == "not needed"
    assert "connected for 100 s with OCPP 1.6" in found["websocket"].text
    assert "heartbeat every 300 s" in found["boot"].text
    assert csms.connections == []


def test_a_station_that_tries_is_believed_as_well(tmp_path: Path) -> None:
    csms = FakeCsms()
    found = on_ladder(tmp_path, csms, TRIES)
    assert (found["websocket"].state, found["websocket"].code) == ("failed", "CP-732")
    assert "attempt number 3, 4 s ago; the next in 9 s" in found["websocket"].text
    assert found["boot"].state == "skipped"
    assert csms.connections == []


def test_a_station_that_cannot_be_asked_may_be_connected_so_nothing_is_tried(tmp_path: Path) -> None:
    csms = FakeCsms()
    found = on_ladder(tmp_path, csms, presence="unknown", ask_how="Run this as root.")
    assert (found["websocket"].state, found["websocket"].remedy) == ("not known", "Run this as root.")
    assert csms.connections == []


def test_without_a_station_the_websocket_is_tried_and_closed_with_nothing_said(tmp_path: Path) -> None:
    csms = FakeCsms()
    found = on_ladder(tmp_path, csms, access=Access(security_profile=1, password="secret of this station"))
    assert found["websocket"].state == "passed"
    assert found["boot"].state == "skipped"
    (connection,) = csms.connections
    assert connection.request is not None
    assert connection.request.path == "/ocpp/cp001"
    assert connection.request.headers["Authorization"].startswith("Basic ")
    assert (csms.received, csms.closes) == ([], [1000])


@pytest.mark.parametrize(("status", "code"), [(401, "CP-732"), (403, "CP-733"), (404, "CP-734"), (503, "CP-736")])
def test_a_refused_handshake_has_its_number(tmp_path: Path, status: int, code: str) -> None:
    csms = FakeCsms()
    csms.http_status = status
    found = on_ladder(tmp_path, csms)
    assert (found["websocket"].state, found["websocket"].code) == ("failed", code)
    assert str(status) in found["websocket"].text
    assert found["websocket"].remedy


def test_no_version_in_common_has_its_number(tmp_path: Path) -> None:
    csms = FakeCsms()
    csms.subprotocol = lambda offered: None
    found = on_ladder(tmp_path, csms, versions=("2.0.1",))
    assert (found["websocket"].state, found["websocket"].code) == ("failed", "CP-741")


def test_nobody_at_the_port_skips_what_is_above(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        url = f"ws://127.0.0.1:{taken.getsockname()[1]}"
        found = asyncio.run(climbed(way(url, tmp_path)))
    assert (found["tcp"].state, found["tcp"].code) == ("failed", "CP-711")
    assert {found[name].state for name in ("tls", "websocket", "boot")} == {"skipped"}


def test_a_name_that_nobody_can_have_fails_and_skips_the_rest(tmp_path: Path) -> None:
    found = asyncio.run(climbed(way(f"ws://{'x' * 70}.invalid", tmp_path)))
    assert (found["name"].state, found["name"].code) == ("failed", "CP-703")
    assert {found[name].state for name in ("tcp", "tls", "websocket", "boot")} == {"skipped"}
    assert found["link"].state != "not needed"


def test_a_csms_on_this_computer_needs_no_network(tmp_path: Path) -> None:
    found = on_ladder(tmp_path, FakeCsms(), STANDS)
    assert {found[name].state for name in ("link", "address", "route", "name")} == {"not needed"}
