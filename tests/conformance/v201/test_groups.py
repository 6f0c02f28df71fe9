"""Block C: cards of one group, and the master pass."""

import pytest

from simulators.csms.message_log import Message
from tests.campaigns.bench import Json
from tests.conformance.v201 import held_cards, states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, OTHER_CARD, Lab
from tests.conformance.v201.sites import CABLE, SOCKET

GROUP, MASTER_GROUP, MASTER_CARD = "FAMILY", "MASTERS", "04FFFFFF"
GROUP_TOKEN = {"idToken": GROUP, "type": "Central"}


def of_the_group(other: str = "Accepted") -> Json:
    return {CARD: {"status": "Accepted", "group": GROUP}, OTHER_CARD: {"status": other, "group": GROUP}}


async def listed(lab: Lab, other: str = "Accepted") -> None:
    """Both are in the local list."""
    info = {CARD: "Accepted", OTHER_CARD: other}
    entries = [
        {"idToken": states.token(text), "idTokenInfo": {"status": status, "groupIdToken": GROUP_TOKEN}} for text, status in info.items()
    ]
    await lab.says("Accepted", "SendLocalList", versionNumber=1, updateType="Full", localAuthorizationList=entries)


async def cached(lab: Lab, other: str = "Accepted") -> None:
    """Both are in the cache."""
    await states.id_token_cached(lab)
    assert await held_cards.asked(lab, OTHER_CARD) == other
    if other == "Accepted":  # it waits for a car
        await lab.logs("event=car_did_not_come")


async def stopped_by_the_other(lab: Lab) -> Message:
    stopped = await states.stop_authorized(lab, text=OTHER_CARD)
    assert stopped.payload["idToken"] == states.token(OTHER_CARD)
    await lab.shows(contactor="open")
    await states.ev_connected_post_session(lab)
    await states.ev_disconnected(lab)
    return stopped


@case("TC_C_39")
async def test_another_card_of_the_group_ends_it(lab: Lab) -> None:
    lab.tokens(of_the_group())
    await states.charging(lab)
    await stopped_by_the_other(lab)
    assert [message.payload["idToken"]["idToken"] for message in lab.heard("Authorize")] == [CARD, OTHER_CARD]


@case("TC_C_42")
async def test_one_that_is_invalid_does_not(lab: Lab) -> None:
    lab.tokens(of_the_group("Invalid"))
    transaction = await states.charging(lab)
    assert await held_cards.asked(lab, OTHER_CARD) == "Invalid"
    await held_cards.still_charges(lab, transaction)


@case("TC_C_40")
async def test_one_of_the_list_is_not_asked_about(lab: Lab) -> None:
    await lab.configure(held_cards.LOCALLY)
    lab.tokens(of_the_group())
    await listed(lab)
    await held_cards.started_unasked(lab)
    await stopped_by_the_other(lab)
    assert lab.heard("Authorize") == []


@case("TC_C_41")
async def test_nor_one_of_the_cache(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "TxCtrlr.EVConnectionTimeOut": "1"})
    lab.tokens(of_the_group())
    await cached(lab)
    await held_cards.started_unasked(lab, asks=2)
    await stopped_by_the_other(lab)
    assert len(lab.heard("Authorize")) == 2


@pytest.mark.parametrize("place", [pytest.param("list", marks=case("TC_C_43")), pytest.param("cache", marks=case("TC_C_44"))])
async def test_one_that_is_known_to_be_invalid_is_asked_about_and_ends_nothing(lab: Lab, place: str) -> None:
    post = {"AuthCacheCtrlr.DisablePostAuthorize": "false", "LocalAuthListCtrlr.DisablePostAuthorize": "false"}
    await lab.configure({**held_cards.LOCALLY, **post})
    lab.tokens(of_the_group("Invalid"))
    await (listed if place == "list" else cached)(lab, "Invalid")
    asks = len(lab.heard("Authorize"))
    transaction = states.transaction_of(await held_cards.started_unasked(lab, asks=asks))
    assert await held_cards.asked(lab, OTHER_CARD) == "Invalid"
    await held_cards.still_charges(lab, transaction)


# The master pass


def with_a_master() -> Json:
    return {CARD: "Accepted", OTHER_CARD: "Accepted", MASTER_CARD: {"status": "Accepted", "group": MASTER_GROUP}}


@case("TC_C_45")
async def test_the_master_pass_begins_nothing(lab: Lab) -> None:
    await lab.configure({"AuthCtrlr.MasterPassGroupId": MASTER_GROUP, states.START: "Authorized"})
    lab.tokens(with_a_master())
    assert await held_cards.asked(lab, MASTER_CARD) == "Accepted"
    await states.ev_connected_pre_session(lab)
    await held_cards.settled(lab)
    assert lab.heard("TransactionEvent") == []
    await lab.shows(contactor="open")


@case("TC_C_49")
async def test_the_master_pass_ends_all_of_them(lab: Lab) -> None:
    await lab.configure({"AuthCtrlr.MasterPassGroupId": MASTER_GROUP})
    lab.tokens(with_a_master())
    running = {SOCKET: await states.charging(lab), CABLE: await states.charging(lab, evse=CABLE, text=OTHER_CARD)}
    assert await held_cards.asked(lab, MASTER_CARD) == "Accepted"
    for evse, transaction in running.items():
        ended = await lab.event("Ended", triggerReason="StopAuthorized", stoppedReason="MasterPass", evse=evse, idToken={None, MASTER_CARD})
        assert states.transaction_of(ended) == transaction
        await lab.shows(evse, contactor="open")
        await states.ev_connected_post_session(lab, evse=evse)
        await states.ev_disconnected(lab, evse=evse)
