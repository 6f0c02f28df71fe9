"""Connections of the security profiles: 073, 083 to 088."""

from pathlib import Path

import pytest

from simulators.csms.authority import Authority
from simulators.csms.server import Csms
from tests.campaigns.bench import until_true
from tests.conformance.keys import NEW_PASSWORD, PASSWORD, THIRD_PASSWORD, Keys
from tests.conformance.v16.cases import case
from tests.conformance.v16.lab import LOOK_S, WAIT_S, Lab

UNREACHABLE = "event=csms_unreachable"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


async def reconnects(lab: Lab, connections: int) -> None:
    """Wait for another connection than those there have been."""
    await lab.csms.until(lambda: lab.station.connections > connections and lab.station.connected, WAIT_S * 2)


async def moves(lab: Lab, csms: Csms) -> None:
    """The port of the CSMS is served by this one from now on."""
    port = int(lab.csms.url.rpartition(":")[2])
    await lab.csms.stop()
    csms.on_line = lab.lines.append
    lab.csms = csms

    async def listens() -> bool:
        try:
            await csms.start(port=port)
        except OSError:  # somebody's outgoing connection has it for a moment
            return False
        return True

    await until_true(listens, WAIT_S, lambda: f"port {port} stays taken", LOOK_S)


@case("073", opens=False)
async def test_a_new_password_is_used_at_once_and_after_a_restart(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=Csms(versions=("1.6",), password=PASSWORD), change=keys.station(1))
    connections = lab.station.connections
    await lab.configure(AuthorizationKey=NEW_PASSWORD)
    lab.csms.password = NEW_PASSWORD
    await reconnects(lab, connections)
    connections = lab.station.connections
    await lab.configure(AuthorizationKey=THIRD_PASSWORD)
    lab.csms.password = THIRD_PASSWORD
    await reconnects(lab, connections)
    lab.passed()
    await lab.says("Accepted", "Reset", type="Hard")
    await lab.booted()
    answer = await lab.call("GetConfiguration", key=["AuthorizationKey"])
    for secret in (PASSWORD, NEW_PASSWORD, THIRD_PASSWORD):
        assert secret not in str(answer)
        assert secret not in lab.log


@case("083", opens=False)
async def test_the_security_profile_is_raised_and_kept(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=Csms(versions=("1.6",), password=PASSWORD), change=keys.station(1))
    await lab.says("Accepted", "ChangeConfiguration", key="SecurityProfile", value="2")
    lab.csms.tls = keys.server()
    await moves(lab, lab.csms)
    await lab.online()
    assert await lab.key("SecurityProfile") == "2"
    lab.passed()
    await lab.says("Accepted", "Reset", type="Hard")
    await lab.booted()
    secure, below = lab.csms, Csms(versions=("1.6",), password=PASSWORD)
    failures = lab.log.count(UNREACHABLE)
    await moves(lab, below)
    await lab.logs(UNREACHABLE, times=failures + 1)
    assert below.stations == {}
    await moves(lab, secure)
    await lab.online()


@case("084", opens=False)
async def test_the_security_profile_is_not_lowered(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=Csms(versions=("1.6",), password=PASSWORD, tls=keys.server()), change=keys.station(2))
    for value in ("0", "1", "2"):
        await lab.says("Rejected", "ChangeConfiguration", key="SecurityProfile", value=value)
    assert await lab.key("SecurityProfile") == "2"


@case("085", opens=False)
async def test_basic_authentication_and_a_csms_that_does_not_take_it(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=Csms(versions=("1.6",), password=PASSWORD), change=keys.station(1))
    assert lab.station.authenticated_by == "password"
    lab.csms.password = NEW_PASSWORD
    lab.csms.drop()
    await lab.csms.until(lambda: any("wrong or missing password" in line for line in lab.lines), WAIT_S)
    assert not lab.station.connected
    lab.csms.password = PASSWORD
    await lab.online()


@case("086", opens=False)
async def test_a_server_with_a_certificate_of_nobody_is_left_and_told_of(lab: Lab, keys: Keys) -> None:
    known = Csms(versions=("1.6",), password=PASSWORD, tls=keys.server())
    await lab.open(csms=known, change=keys.station(2))
    assert lab.station.authenticated_by == "password"
    stranger = Csms(versions=("1.6",), password=PASSWORD, tls=keys.server(authority=Authority("nobody")))
    await moves(lab, stranger)
    await lab.logs(UNREACHABLE)
    assert stranger.stations == {}
    await moves(lab, known)
    await lab.hears("SecurityEventNotification", type="InvalidCentralSystemCertificate", within_s=WAIT_S * 2)


@case("087", opens=False)
async def test_the_station_shows_its_certificate(lab: Lab, keys: Keys) -> None:
    tls = keys.server(asks_for_certificate=True)
    await lab.open(csms=Csms(versions=("1.6",), tls=tls), change=keys.station(3))
    assert lab.station.authenticated_by == "certificate cp001"


@case("088", opens=False)
async def test_a_server_that_names_no_subprotocol_of_ours_is_left(lab: Lab) -> None:
    await lab.open(csms=Csms(versions=("2.0.1",)), boots=False)
    await lab.csms.until(lambda: any("closed: it offers ocpp1.6" in line for line in lab.lines), WAIT_S)
    await moves(lab, Csms(versions=("1.6",)))
    await lab.booted()
    assert lab.station.version == "1.6"
