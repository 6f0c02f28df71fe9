"""Block D: the local authorisation list; block C: what it is good for."""

import pytest

from tests.campaigns.bench import Json
from tests.conformance.v201 import held_cards, states
from tests.conformance.v201.cases import case
from tests.conformance.v201.lab import CARD, OTHER_CARD, Lab

ACCEPTED = {"status": "Accepted"}
OFFLINE = {
    **held_cards.LOCALLY,
    "AuthCtrlr.OfflineTxForUnknownIdEnabled": "false",
    "AuthCtrlr.LocalAuthorizeOffline": "true",
    "OCPPCommCtrlr.OfflineThreshold": "60",
}


async def sent(lab: Lab, wanted: str, number: int, *texts: str, kind: str = "Differential", info: Json | None = None) -> None:
    """SendLocalList, and what becomes of it."""
    entries = [{"idToken": states.token(text)} | ({} if info is None else {"idTokenInfo": info}) for text in texts]
    await lab.says(
        wanted, "SendLocalList", versionNumber=number, updateType=kind, **({"localAuthorizationList": entries} if entries else {})
    )


async def version(lab: Lab) -> int:
    """GetLocalListVersion."""
    number: int = (await lab.call("GetLocalListVersion"))["versionNumber"]
    return number


# What is in it


@case("TC_D_01", "TC_D_08")
async def test_a_full_list_is_taken(lab: Lab) -> None:
    await lab.configure({"LocalAuthListCtrlr.Enabled": "true"})
    await sent(lab, "Accepted", 7, CARD, kind="Full", info=ACCEPTED)
    assert await version(lab) == 7
    assert await lab.variable("LocalAuthListCtrlr.Entries") == "1"


@pytest.mark.parametrize(
    ("texts", "info", "left"),
    [
        pytest.param((OTHER_CARD,), ACCEPTED, "2", marks=case("TC_D_02")),
        pytest.param((CARD,), None, "0", marks=case("TC_D_03")),
        pytest.param((), None, "1", marks=case("TC_D_05")),
    ],
)
async def test_a_differential_update_is_taken(lab: Lab, texts: tuple[str, ...], info: Json | None, left: str) -> None:
    await states.id_token_in_local_list(lab, version=5)
    await sent(lab, "Accepted", 6, *texts, info=info)
    assert await version(lab) == 6
    assert await lab.variable("LocalAuthListCtrlr.Entries") == left


@case("TC_D_04")
async def test_a_full_list_of_nothing_empties_it_and_has_its_version(lab: Lab) -> None:
    await states.id_token_in_local_list(lab, version=5)
    await sent(lab, "Accepted", 6, kind="Full")
    assert await version(lab) == 6
    assert await lab.variable("LocalAuthListCtrlr.Entries") == "0"
    await lab.says("Accepted", "SendLocalList", versionNumber=7, updateType="Differential", localAuthorizationList=[])
    assert await version(lab) == 7


@case("TC_D_06")
async def test_an_update_that_is_not_newer_is_refused(lab: Lab) -> None:
    await states.id_token_in_local_list(lab, version=5)
    await sent(lab, "VersionMismatch", 4, OTHER_CARD, info=ACCEPTED)
    assert await version(lab) == 5


@case("TC_D_07", fresh=True)
async def test_it_outlives_a_restart(lab: Lab) -> None:
    await states.id_token_in_local_list(lab, version=5)
    await states.booted(lab)
    assert await version(lab) == 5


@case("TC_D_10")
async def test_a_list_that_is_off_has_version_zero(lab: Lab) -> None:
    await states.id_token_in_local_list(lab, version=5)
    await lab.configure({"LocalAuthListCtrlr.Enabled": "false"})
    assert await version(lab) == 0


# Connected


@case("TC_C_27")
async def test_a_card_that_it_names_is_not_asked_about(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "TxCtrlr.TxStartPoint": "Authorized"})
    await states.id_token_in_local_list(lab)
    begun = await states.authorized(lab, asks=False)
    assert begun is not None
    await states.ev_connected_pre_session(lab)
    await states.energy_transfer_started(lab, plugged=True)
    assert lab.heard("Authorize") == []


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("Invalid", marks=case("TC_C_28")),
        pytest.param("Blocked", marks=case("TC_C_29")),
        pytest.param("Expired", marks=case("TC_C_30")),
    ],
)
async def test_one_that_it_names_as_bad_is_asked_about(lab: Lab, status: str) -> None:
    await lab.configure({**held_cards.LOCALLY, "LocalAuthListCtrlr.DisablePostAuthorize": "false"})
    await states.id_token_in_local_list(lab, status=status)
    lab.tokens({CARD: status})
    await states.ev_connected_pre_session(lab)
    assert await held_cards.asked(lab) == status
    await held_cards.refused(lab, asks=1)


@case("TC_C_31")
async def test_and_charges_if_the_csms_says_so(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "LocalAuthListCtrlr.DisablePostAuthorize": "false"})
    await states.id_token_in_local_list(lab, status="Invalid")
    await states.authorized(lab)
    await states.energy_transfer_started(lab)


@case("TC_C_58")
async def test_unless_nobody_is_to_be_asked_about_such_cards(lab: Lab) -> None:
    await lab.configure({**held_cards.LOCALLY, "LocalAuthListCtrlr.DisablePostAuthorize": "true"})
    await states.id_token_in_local_list(lab, status="Invalid")
    await states.ev_connected_pre_session(lab)
    await lab.card()
    await held_cards.refused(lab, asks=0)


# Offline


@case("TC_C_21")
async def test_offline_a_card_that_it_names_charges(lab: Lab) -> None:
    await lab.configure(OFFLINE)
    await states.id_token_in_local_list(lab)
    await held_cards.started_offline(lab)
    await lab.card()
    await lab.shows(contactor="open")
    await lab.unplug()
    await lab.shows(status="Available")
    await lab.network("up")
    stopped = await lab.event({"Updated", "Ended"}, triggerReason="StopAuthorized")
    events = lab.events(states.transaction_of(stopped))
    assert all(event.get("offline") for event in events if event["seqNo"] <= stopped.payload["seqNo"]), events
    await lab.status("Available")


@pytest.mark.parametrize(
    "status",
    [
        pytest.param("Invalid", marks=case("TC_C_22")),
        pytest.param("Blocked", marks=case("TC_C_23")),
        pytest.param("Expired", marks=case("TC_C_24")),
    ],
)
async def test_offline_one_that_it_names_as_bad_does_not(lab: Lab, status: str) -> None:
    await lab.configure(OFFLINE)
    await states.id_token_in_local_list(lab, status=status)
    await lab.network("down")
    await lab.card()
    await lab.logs(f"event=token_refused status={status}")
    await lab.network("up")
    await held_cards.settled(lab)
    assert lab.heard("TransactionEvent") == []


@case("TC_C_25")
async def test_offline_it_counts_for_more_than_the_cache(lab: Lab) -> None:
    await lab.configure({**OFFLINE, "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true", "TxCtrlr.StopTxOnInvalidId": "false"})
    await states.id_token_cached(lab)
    await states.id_token_in_local_list(lab, status="Invalid")
    lab.passed()
    await states.ev_connected_pre_session(lab)
    await lab.network("down")
    told = len(lab.heard("TransactionEvent"))
    await lab.card()
    await lab.logs("event=token_refused status=Invalid")
    await lab.network("up")
    await held_cards.settled(lab)
    assert len(lab.heard("TransactionEvent")) == told
