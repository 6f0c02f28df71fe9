"""Block B, network connection profiles, and part 4."""

import time
from itertools import pairwise
from pathlib import Path

import pytest

from simulators.csms.authority import Authority
from simulators.csms.behaviour import Behaviour
from simulators.csms.server import Csms
from tests.campaigns.bench import Json
from tests.conformance.keys import PASSWORD, Keys
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, WAIT_S, Lab
from tests.conformance.v201.moving import ACTIVE, ATTEMPTS, UNREACHABLE, beside, moves, profile, reconnects, resets, sets_profile
from tests.conformance.v201.sites import SOCKET, Change

MINIMUM, RANGE = "OCPPCommCtrlr.RetryBackOffWaitMinimum", "OCPPCommCtrlr.RetryBackOffRandomRange"
REPEATS = "OCPPCommCtrlr.RetryBackOffRepeatTimes"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def plain(versions: tuple[str, ...] = ("2.0.1",)) -> Csms:
    """One that takes everybody."""
    return Csms(versions=versions)


def retries(lab: Lab) -> list[float]:
    """Waits before another attempt, as the station has logged them."""
    marks = (line.rpartition("retry_s=")[2] for line in lab.log.splitlines() if UNREACHABLE in line)
    return [float(mark.split()[0]) for mark in marks]


@case("TC_B_43")
async def test_a_slot_that_there_is_not_is_rejected(lab: Lab) -> None:
    await sets_profile(lab, 999, profile(lab.csms.url), wanted="Rejected")


@case("TC_B_45", fresh=True)
async def test_the_station_goes_to_another_csms(lab: Lab) -> None:
    async with beside(lab, plain()) as other:
        await sets_profile(lab, 2, profile(other.url), first="2,1")
        await resets(lab, goes_to=other)
        assert await lab.variable(ACTIVE) == "2"


@case("TC_B_46", fresh=True)
async def test_after_two_attempts_the_next_slot_has_its_turn(lab: Lab) -> None:
    async with beside(lab, plain()) as other:
        other.behaviour = Behaviour(refuse=503)
        await lab.configure({ATTEMPTS: "2", RANGE: "0"})
        await sets_profile(lab, 2, profile(other.url), first="2,1")
        await resets(lab, goes_to=lab.csms)
        assert len(retries(lab)) == 2
        assert await lab.variable(ACTIVE) == "1"


@case("TC_B_49", fresh=True)
async def test_after_all_attempts_the_one_that_worked_last_is_tried_again(lab: Lab) -> None:
    first = lab.csms
    async with beside(lab, plain()) as other:
        other.behaviour = first.behaviour = Behaviour(refuse=503)
        await lab.configure({ATTEMPTS: "1", REPEATS: "0", RANGE: "0", MINIMUM: "1"})
        await sets_profile(lab, 2, profile(other.url), first="2,1")
        lab.passed()
        await lab.says("Accepted", "Reset", type="OnIdle")
        await lab.logs(UNREACHABLE, times=2)
        first.behaviour = Behaviour()
        await lab.booted()
        assert set(retries(lab)) == {1.0}
        assert await lab.variable(ACTIVE) == "1"


# With TLS


def checked(keys: Keys) -> Change:
    """A station that takes a new root of the CSMS only from the old one."""

    def change(tree: Json) -> None:
        keys.station(2)(tree)
        tree["ocpp"]["variables"].append({"component": "SecurityCtrlr", "variable": "AdditionalRootCertificateCheck", "value": "true"})

    return change


def secured(keys: Keys, authority: Authority | None = None) -> Csms:
    """With TLS and a password."""
    return Csms(versions=("2.0.1",), password=PASSWORD, tls=keys.server(authority=authority))


@case("TC_B_47", opens=False)
async def test_another_csms_with_a_certificate_of_the_old_root_is_not_believed_the_old_one_is(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=secured(keys), change=checked(keys))
    new = Authority("new root", root=keys.operator)
    await states.certificate_installed(lab, "CSMSRootCertificate", new.pem)
    async with beside(lab, secured(keys)) as other:
        await lab.configure({ATTEMPTS: "1"})
        await sets_profile(lab, 2, profile(other.url, 2), first="2,1")
        await resets(lab, goes_to=lab.csms)
        assert other.stations == {}
        assert UNREACHABLE in lab.log, "it has tried"
        await lab.hears("SecurityEventNotification", type="InvalidCsmsCertificate")
        assert await lab.variable(ACTIVE) == "1"
        found = await states.installed_certificates(lab, "CSMSRootCertificate")
        assert f"{keys.operator.certificate.serial_number:X}" in [each["certificateHashData"]["serialNumber"] for each in found]


@case("TC_B_50", opens=False)
async def test_another_csms_with_a_certificate_of_the_new_root_is_believed(lab: Lab, keys: Keys) -> None:
    await lab.open(csms=secured(keys), change=checked(keys))
    new = Authority("new root", root=keys.operator)
    await states.certificate_installed(lab, "CSMSRootCertificate", new.pem)
    async with beside(lab, secured(keys, new)) as other:
        await sets_profile(lab, 2, profile(other.url, 2), first="2,1")
        await resets(lab, goes_to=other)
        (found,) = await states.installed_certificates(lab, "CSMSRootCertificate")
        assert found["certificateHashData"]["serialNumber"] == f"{new.certificate.serial_number:X}"


# Part 4


@case("TC_B_57", fresh=True)
async def test_a_lost_connection_is_made_again_each_wait_twice_the_last(lab: Lab) -> None:
    await lab.configure({REPEATS: "5", RANGE: "0", MINIMUM: "1", ATTEMPTS: "3"})
    connections = lab.station.connections
    assert await back_after_s(lab, connections) >= 1.0
    lab.csms.behaviour, dropped_at = Behaviour(refuse=503), time.monotonic()
    lab.csms.drop()
    await lab.logs(UNREACHABLE)
    lab.csms.behaviour = Behaviour()
    await reconnects(lab, connections + 1)
    waits_s = [1.0, *retries(lab)]
    assert len(waits_s) > 1
    assert all(after >= 2 * before for before, after in pairwise(waits_s))
    assert time.monotonic() - dropped_at >= sum(waits_s)


async def back_after_s(lab: Lab, connections: int) -> float:
    """The connection is dropped; seconds until there is another."""
    dropped_at = time.monotonic()
    lab.csms.drop()
    await reconnects(lab, connections)
    return time.monotonic() - dropped_at


# The version (no case of part 6)


def speaks_both(tree: Json) -> None:
    """2.0.1 before 1.6."""
    tree["ocpp"]["version"] = ["2.0.1", "1.6"]


@case(opens=False)
async def test_the_version_is_agreed_upon_at_each_connection(lab: Lab) -> None:
    """Dialect, device model and rooms follow, and the station boots anew."""
    await lab.open(csms=plain(), change=speaks_both)
    assert lab.station.version == "2.0.1"
    newer = lab.csms
    await moves(lab, plain(("1.6",)))
    boot = await lab.hears("BootNotification", within_s=WAIT_S * 2)
    assert boot.payload["chargePointVendor"] == "Acme"
    answer = await lab.call("GetConfiguration", key=["HeartbeatInterval"])
    assert answer["configurationKey"][0]["key"] == "HeartbeatInterval"
    await lab.refuses("NotImplemented", "GetVariables", getVariableData=[])
    await moves(lab, newer)
    boot = await lab.hears("BootNotification", within_s=WAIT_S * 2)
    assert boot.payload["reason"] == "Unknown"
    assert await lab.variable("OCPPCommCtrlr.HeartbeatInterval")


@case(opens=False)
async def test_a_transaction_goes_on_over_a_change_of_version_and_back(lab: Lab) -> None:
    """Begun in 2.0.1, told to a CSMS of 1.6 from its beginning, ended without a connection, told to the first one."""
    await lab.open(csms=plain(), change=speaks_both)
    newer, transaction = lab.csms, await lab.charge()
    await moves(lab, plain(("1.6",)))
    start = await lab.hears("StartTransaction", within_s=WAIT_S * 2)
    assert start.payload["idTag"] == CARD
    number = (await lab.answer(start))["transactionId"]
    await lab.says("Accepted", "TriggerMessage", requestedMessage="MeterValues", connectorId=SOCKET)
    assert (await lab.hears("MeterValues")).payload["transactionId"] == number
    await lab.network("down")
    await lab.card(CARD)
    await lab.shows(SOCKET, contactor="open")
    await lab.unplug()
    await moves(lab, newer)
    await lab.network("up")
    ended = await lab.event("Ended", within_s=WAIT_S * 2, transactionId=transaction, offline=True)
    assert ended.payload["seqNo"] > 0
    assert [event.payload["seqNo"] for event in lab.heard("TransactionEvent", eventType="Started")] == [0], "heard once"


@case(opens=False)
async def test_a_slot_may_lead_to_a_csms_of_another_version(lab: Lab) -> None:
    await lab.open(csms=plain(), change=speaks_both)
    async with beside(lab, plain(("1.6",))) as other:
        await sets_profile(lab, 2, profile(other.url, ocppVersion="OCPP16"), first="2,1")
        await lab.says("Accepted", "Reset", type="OnIdle")
        await other.until(lambda: bool(other.stations), WAIT_S * 2)
        assert next(iter(other.stations.values())).version == "1.6"
