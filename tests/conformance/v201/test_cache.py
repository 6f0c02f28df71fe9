"""Block C: the authorisation cache."""

import asyncio

import pytest

from tests.conformance.v201 import held_cards, states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, Lab

INVALID = "TxCtrlr.StopTxOnInvalidId", "TxCtrlr.MaxEnergyOnInvalidId"
SECOND_S = 1.0


async def cached(lab: Lab, status: str = "Accepted", text: str = CARD) -> None:
    """The cache knows the card so."""
    lab.tokens({text: status})
    assert await held_cards.asked(lab, text) == status


@case("TC_C_08")
async def test_a_card_that_is_known_to_be_good_is_not_asked_about(lab: Lab) -> None:
    await lab.configure(held_cards.LOCALLY)
    await states.id_token_cached(lab)
    await held_cards.started_unasked(lab, asks=1)


@case("TC_C_13")
async def test_nor_is_it_when_the_cable_comes_later(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "TxCtrlr.TxStartPoint": "Authorized"})
    await states.id_token_cached(lab)
    begun = await states.authorized(lab, asks=False)
    assert begun is not None
    assert begun.payload["eventType"] == "Started"
    await lab.shows(contactor="open")
    await states.ev_connected_pre_session(lab)
    await states.energy_transfer_started(lab, plugged=True)
    assert len(lab.heard("Authorize")) == 1


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("Invalid", marks=case("TC_C_09")),
        pytest.param("Blocked", marks=case("TC_C_10")),
        pytest.param("Expired", marks=case("TC_C_11")),
    ],
)
async def test_a_card_that_is_known_to_be_bad_is_asked_about_again(lab: Lab, status: str) -> None:
    await lab.configure({**held_cards.LOCALLY, "AuthCacheCtrlr.DisablePostAuthorize": "false"})
    await cached(lab, status)
    await states.ev_connected_pre_session(lab)
    assert await held_cards.asked(lab) == status
    await held_cards.refused(lab, asks=2)


@case("TC_C_12")
async def test_and_charges_if_it_is_in_order_by_now(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "AuthCacheCtrlr.DisablePostAuthorize": "false"})
    await cached(lab, "Invalid")
    lab.tokens({CARD: "Accepted"})
    await states.charging(lab)


@case("TC_C_57")
async def test_unless_nobody_is_to_be_asked_about_such_cards(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "AuthCacheCtrlr.DisablePostAuthorize": "true"})
    await cached(lab, "Invalid")
    await states.ev_connected_pre_session(lab)
    await lab.card()
    await held_cards.refused(lab, asks=1)


# What the CSMS thinks of it after all


async def charged_offline(lab: Lab, *, stops: bool, energy_wh: int) -> str:
    """A cached card charges offline, and is Invalid when the connection is back; the transaction."""
    values = dict(zip(INVALID, ("true" if stops else "false", str(energy_wh)), strict=True))
    more = {
        "AuthCtrlr.LocalAuthorizeOffline": "true",
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "OCPPCommCtrlr.OfflineThreshold": "60",
    }
    await lab.configure({**held_cards.LOCALLY, **values, **more})
    await states.id_token_cached(lab)
    await held_cards.started_offline(lab)
    lab.tokens({CARD: "Invalid"})
    await lab.network("up")
    begun = await lab.event(triggerReason="Authorized", idToken=CARD, offline=True)
    await lab.event(triggerReason="ChargingStateChanged", chargingState="Charging", offline=True)
    return states.transaction_of(begun)


@case("TC_C_15")
async def test_it_goes_on_with_the_energy_that_a_bad_card_may_have(lab: Lab) -> None:
    transaction = await charged_offline(lab, stops=False, energy_wh=10_000)
    await held_cards.still_charges(lab, transaction)
    told = lab.events(transaction)
    assert [event for event in told if event["triggerReason"] == "Deauthorized"] == []
    assert [event for event in told if event["transactionInfo"].get("chargingState") == "SuspendedEVSE"] == []


@pytest.mark.parametrize("energy_wh", [pytest.param(0, marks=case("TC_C_16")), pytest.param(500, marks=case("TC_C_18"))])
async def test_it_ends_where_a_bad_card_ends_it(lab: Lab, energy_wh: int) -> None:
    transaction = await charged_offline(lab, stops=True, energy_wh=energy_wh)
    ended = await lab.event("Ended", triggerReason="Deauthorized", stoppedReason="DeAuthorized", offline=None)
    assert states.transaction_of(ended) == transaction
    await lab.shows(contactor="open")


@case("TC_C_17")
async def test_it_stays_open_without_energy_where_a_bad_card_does_not_end_it(lab: Lab) -> None:
    transaction = await charged_offline(lab, stops=False, energy_wh=0)
    await lab.event(chargingState="SuspendedEVSE", offline=None)
    assert [reason for _, reason in lab.told(transaction) if reason == "Deauthorized"] == []
    await lab.shows(contactor="open")


# What is in it


@case("TC_C_32", fresh=True)
async def test_it_outlives_a_restart(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, states.START: "Authorized"})
    await states.id_token_cached(lab)
    await states.booted(lab)
    begun = await states.authorized(lab, asks=False)
    assert begun is not None
    await states.ev_connected_pre_session(lab)
    await states.energy_transfer_started(lab, plugged=True)
    assert len(lab.heard("Authorize")) == 1


@case("TC_C_33")
async def test_it_learns_from_the_answer_to_authorize(lab: Lab) -> None:
    await lab.configure(held_cards.LOCALLY)
    await states.charging(lab)
    await states.stop_authorized(lab)
    await states.ev_connected_post_session(lab)
    await states.ev_disconnected(lab)
    await states.ev_connected_pre_session(lab)
    lab.tokens({CARD: "Invalid"})
    begun = await states.authorized(lab, asks=False, plugged=True)
    assert begun is not None
    assert (await lab.answer(begun))["idTokenInfo"]["status"] == "Invalid"
    assert len(lab.heard("Authorize")) == 1


@case("TC_C_34")
async def test_it_learns_from_the_answer_to_a_transaction_event(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, **dict(zip(INVALID, ("true", "0"), strict=True))})
    await states.id_token_cached(lab)
    await states.ev_connected_pre_session(lab)
    lab.tokens({CARD: "Invalid"})
    begun = await states.authorized(lab, asks=False, plugged=True)
    assert begun is not None
    assert (await lab.answer(begun))["idTokenInfo"]["status"] == "Invalid"
    stopped = {"EVConnected", "SuspendedEVSE"}
    await lab.event("Ended", triggerReason="Deauthorized", chargingState=stopped, stoppedReason="DeAuthorized")
    await states.ev_disconnected(lab)
    await states.ev_connected_pre_session(lab)
    assert await held_cards.asked(lab) == "Invalid"


@case("TC_C_36")
async def test_it_is_not_enough_where_it_is_not_to_be(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "AuthCtrlr.LocalPreAuthorize": "false"})
    await states.id_token_cached(lab)
    lab.tokens({CARD: "Invalid"})
    assert await held_cards.asked(lab) == "Invalid"


@case("TC_C_46")
async def test_what_is_too_old_is_asked_about_again(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "AuthCacheCtrlr.LifeTime": "1"})
    await states.id_token_cached(lab)
    await states.ev_connected_pre_session(lab)
    await asyncio.sleep(SECOND_S)  # since the last answer about it
    await states.authorized(lab, plugged=True)
    assert len(lab.heard("Authorize")) == 2


@case("TC_C_37")
async def test_it_can_be_cleared(lab: Lab) -> None:
    await lab.configure(held_cards.LOCALLY)
    await states.id_token_cached(lab)
    await lab.says("Accepted", "ClearCache")
    await states.charging(lab)
    assert len(lab.heard("Authorize")) == 2


@case("TC_C_38")
async def test_not_while_it_is_off(lab: Lab) -> None:
    await lab.configure({"AuthCacheCtrlr.Enabled": "true"})
    await states.id_token_cached(lab)
    await lab.configure({"AuthCacheCtrlr.Enabled": "false"})
    await lab.says("Rejected", "ClearCache")
