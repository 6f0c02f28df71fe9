"""Block C: authorisation, without cache and list."""

import pytest

from tests.conformance.v201 import held_cards, states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, OTHER_CARD, Lab


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("Invalid", marks=case("TC_C_02")),
        pytest.param("Blocked", marks=case("TC_C_06")),
        pytest.param("Expired", marks=case("TC_C_07")),
        pytest.param("Unknown", marks=case("TC_C_56")),
    ],
)
async def test_a_card_that_is_not_in_order_begins_nothing(lab: Lab, status: str) -> None:
    lab.tokens({CARD: status})
    await states.ev_connected_pre_session(lab)
    assert await held_cards.asked(lab) == status
    await held_cards.refused(lab, asks=1)


@case("TC_C_04")
async def test_a_stranger_does_not_end_what_another_card_has_begun(lab: Lab) -> None:
    transaction = await states.charging(lab)
    assert await held_cards.asked(lab, OTHER_CARD) == "Accepted"
    await held_cards.still_charges(lab, transaction)
    told = [event["idToken"]["idToken"] for event in lab.events(transaction) if "idToken" in event]
    assert told == [CARD]


@case("TC_E_52")
async def test_nobody_is_asked_where_remote_authorisation_is_off_and_a_stranger_is_refused(lab: Lab) -> None:
    await lab.configure({"AuthCtrlr.Enabled": "true", "AuthCtrlr.DisableRemoteAuthorization": "true"})
    await lab.card()
    await held_cards.refused(lab, asks=0)
    await states.ev_connected_pre_session(lab)
    await held_cards.refused(lab, asks=0)


@case("TC_C_26")
async def test_a_stranger_charges_offline_until_the_csms_says_otherwise(lab: Lab) -> None:
    await lab.configure(
        {
            **held_cards.LOCALLY,
            "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
            "AuthCtrlr.LocalAuthorizeOffline": "true",
            "TxCtrlr.MaxEnergyOnInvalidId": "0",
            "TxCtrlr.StopTxOnInvalidId": "false",
        }
    )
    await held_cards.started_offline(lab)
    lab.tokens({CARD: "Invalid"})
    await lab.network("up")
    begun = await lab.event(idToken=CARD, offline=True)
    suspended = await lab.event(chargingState="SuspendedEVSE")
    before = [event for event in lab.events(states.transaction_of(begun)) if event["seqNo"] < suspended.payload["seqNo"]]
    assert all(event.get("offline") for event in before), before
    await states.stop_authorized(lab)
    await states.ev_disconnected(lab)
