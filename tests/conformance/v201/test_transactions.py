"""Block E: transactions."""

from tests.conformance.v201 import states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab

ASKED_ABOUT = {"AuthCacheCtrlr.Enabled": "false", "AuthCtrlr.LocalPreAuthorize": "false"}
"""Every card is asked about, however often it comes."""


@case("TC_E_03")
async def test_cable_first_then_the_card(lab: Lab) -> None:
    await lab.configure(ASKED_ABOUT)
    await states.ev_connected_pre_session(lab)
    await states.authorized(lab, plugged=True)
    charging = await states.energy_transfer_started(lab, plugged=True)
    assert lab.told(states.transaction_of(charging))[0] == ("Started", "Authorized")


@case("TC_E_04")
async def test_card_first_then_the_cable(lab: Lab) -> None:
    await lab.configure(ASKED_ABOUT)
    await states.authorized(lab)
    charging = await states.energy_transfer_started(lab)
    first, *_ = lab.events(states.transaction_of(charging))
    assert (first["eventType"], first["idToken"]["idToken"]) == ("Started", CARD)


@case("TC_E_05")
async def test_card_and_no_cable_until_the_time_out_then_both(lab: Lab) -> None:
    await lab.configure({"TxCtrlr.EVConnectionTimeOut": "1", **ASKED_ABOUT})
    first = await states.authorized(lab)
    if first is not None:
        ended = "Authorized" in await states.points(lab, states.STOP)
        await lab.event("Ended" if ended else "Updated", triggerReason="EVConnectTimeout", stoppedReason="Timeout" if ended else None)
    await lab.logs("car_did_not_come")
    await states.authorized(lab)
    await states.energy_transfer_started(lab)


@case("TC_E_38")
async def test_the_car_is_not_ready(lab: Lab) -> None:
    await lab.configure(ASKED_ABOUT)
    await states.authorized(lab)
    plugged = await states.ev_connected_pre_session(lab, paid=True, request=False)
    assert plugged is not None
    waits = await lab.event("Updated", triggerReason="ChargingStateChanged", chargingState="SuspendedEV", within_s=15.0)
    assert states.transaction_of(waits) == states.transaction_of(plugged)


@case("TC_E_06")
async def test_the_card_that_began_it_ends_it(lab: Lab) -> None:
    await lab.configure(ASKED_ABOUT)
    transaction = await states.charging(lab)
    ended = await states.stop_authorized(lab)
    assert (ended.payload["eventType"], states.transaction_of(ended)) == ("Ended", transaction)
    await states.ev_connected_post_session(lab)
    await states.ev_disconnected(lab)


@case("TC_E_52")
async def test_without_remote_authorization_a_card_that_is_not_known_here_is_refused(lab: Lab) -> None:
    await lab.configure({"AuthCtrlr.DisableRemoteAuthorization": "true"})
    await lab.card(CARD)
    await lab.logs("event=token_refused")
    assert lab.heard("Authorize") == []
    assert lab.heard("TransactionEvent") == []
