"""Block B: reset of the station and of one EVSE (B11, B12)."""

import pytest

from simulators.csms.message_log import Message
from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import OTHER_CARD, Lab, in_order
from tests.conformance.v201.sites import CABLE, SOCKET


async def restarted(lab: Lab, reason: str, **connectors: str) -> Message:
    """The station boots with this reason and tells how its connectors are; the boot. ``connectors``: other than Available."""
    boot = await lab.booted()
    assert boot.payload["reason"] == reason
    await lab.csms.until(lambda: lab.station.connectors == {f"{SOCKET}.1": "Available", f"{CABLE}.1": "Available", **connectors}, 5)
    return boot


@pytest.mark.parametrize(
    "name",
    [pytest.param("nothing", marks=case("TC_B_20")), pytest.param("unavailable", marks=case("TC_B_23"))],
)
async def test_an_idle_station_starts_anew_and_what_was_unavailable_still_is(lab: Lab, name: str) -> None:
    more = {}
    if name == "unavailable":
        await states.unavailable(lab, evse=SOCKET, connector=1)
        more = {f"{SOCKET}.1": "Unavailable"}
    lab.passed()
    await lab.says("Accepted", "Reset", type="OnIdle")
    await restarted(lab, "RemoteReset", **more)


@case("TC_B_24")
async def test_what_was_reserved_still_is(lab: Lab) -> None:
    """Immediate by errata 2025-02: a reservation is not idle."""
    await states.reserved(lab)
    await lab.says("Scheduled", "Reset", type="OnIdle")
    lab.passed()
    await lab.says("Accepted", "Reset", type="Immediate")
    await restarted(lab, "RemoteReset", **{f"{SOCKET}.1": "Reserved"})


@case("TC_B_21")
async def test_on_idle_the_station_starts_anew_when_its_transaction_has_ended(lab: Lab) -> None:
    transaction = await states.charging(lab)
    await lab.says("Scheduled", "Reset", type="OnIdle")
    lab.passed()
    await states.stop_authorized(lab)
    end = await lab.event("Ended") if states.ongoing(lab) else None
    boot = await restarted(lab, "ScheduledReset", **{f"{SOCKET}.1": "Occupied"})
    assert end is None or in_order(end, boot)
    assert lab.told(transaction)[-1][0] == "Ended"
    event = await lab.hears("SecurityEventNotification")
    assert event.payload["type"] in ("StartupOfTheDevice", "ResetOrReboot")


@case("TC_B_41")
async def test_on_idle_the_station_waits_for_all_of_its_transactions(lab: Lab) -> None:
    first = await states.charging(lab, evse=SOCKET)
    second = await states.charging(lab, evse=CABLE, text=OTHER_CARD)
    await lab.says("Scheduled", "Reset", type="OnIdle")
    lab.passed()
    await states.stop_authorized(lab, evse=SOCKET)
    await states.ev_connected_post_session(lab, evse=SOCKET)
    await states.ev_disconnected(lab, evse=SOCKET)
    await lab.csms.until(lambda: states.ongoing(lab, SOCKET) is None, 5)
    assert not lab.heard("BootNotification")
    await states.stop_authorized(lab, evse=CABLE, text=OTHER_CARD)
    await restarted(lab, "ScheduledReset", **{f"{CABLE}.1": "Occupied"})
    assert [lab.told(each)[-1][0] for each in (first, second)] == ["Ended", "Ended"]


@case("TC_B_22")
async def test_an_immediate_reset_ends_the_transaction_and_then_starts_anew(lab: Lab) -> None:
    await states.charging(lab)
    await lab.says("Accepted", "Reset", type="Immediate")
    end = await reset_ended(lab)
    boot = await restarted(lab, "RemoteReset", **{f"{SOCKET}.1": "Occupied"})
    assert in_order(end, boot)


async def reset_ended(lab: Lab) -> Message:
    """The transaction's end tells of the reset, and of nobody's card."""
    return await lab.event(
        "Ended", triggerReason="ResetCommand", chargingState="EVConnected", stoppedReason="ImmediateReset", idToken=None, evse=SOCKET
    )


@case("TC_B_25")
async def test_one_evse_is_reset(lab: Lab) -> None:
    assert await lab.variable(f"EVSE@{SOCKET}.AllowReset") == "true"
    await lab.says("Accepted", "Reset", type="OnIdle", evseId=SOCKET)
    await lab.status("Unavailable")
    await lab.status("Available")
    assert not lab.heard("BootNotification")
    await lab.says("Rejected", "Reset", type="OnIdle", evseId=99)


@case("TC_B_26")
async def test_on_idle_one_evse_is_reset_when_its_transaction_has_ended(lab: Lab) -> None:
    transaction = await states.charging(lab)
    await lab.says("Scheduled", "Reset", type="OnIdle", evseId=SOCKET)
    await states.stop_authorized(lab)
    await states.ev_connected_post_session(lab)
    await lab.status("Unavailable")
    await lab.status("Occupied")
    await states.ev_disconnected(lab)
    assert lab.told(transaction)[-1][0] == "Ended"
    assert not lab.heard("BootNotification")


@case("TC_B_27")
async def test_an_immediate_reset_of_one_evse_ends_its_transaction(lab: Lab) -> None:
    await states.charging(lab)
    await lab.says("Accepted", "Reset", type="Immediate", evseId=SOCKET)
    await reset_ended(lab)
    await lab.status("Unavailable")
    await lab.status("Occupied")
    assert not lab.heard("BootNotification")
